package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"

	"github.com/spf13/cobra"

	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/report"
	"github.com/icpaudit/icpaudit/scanner"
)

// longestFile is how much of a file is read for inspection.
const longestFile = 8 << 20

func (p *program) inspectCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "inspect", Short: "Show what the readers see in a page, a registration answer, an address, a number or an App package"}
	cmd.AddCommand(p.inspectPage(), p.inspectRegistration(), p.inspectIP(), p.inspectNumber(), p.inspectApp())
	return cmd
}

// each runs a reader over its arguments and writes one JSON object for each; a
// file that can't be opened doesn't keep the others from being read.
func (p *program) each(args []string, read func(ref *reference.Set, arg string) (any, error)) error {
	s, err := p.desk()
	if err != nil {
		return err
	}
	enc := json.NewEncoder(p.out)
	enc.SetEscapeHTML(false)
	return inTurn(args, s.ref, read, func(v any) error { return enc.Encode(v) })
}

// inTurn reads one argument after the other and writes what was read.
func inTurn[T any](args []string, ref *reference.Set, read func(ref *reference.Set, arg string) (T, error), write func(T) error) error {
	var errs []error
	for _, arg := range args {
		v, err := read(ref, arg)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if err := write(v); err != nil {
			return err
		}
	}
	if err := errors.Join(errs...); err != nil {
		return usage(err)
	}
	return nil
}

// readFile reads a file within bounds; "-" is standard input.
func readFile(name string) ([]byte, bool, error) {
	in := io.Reader(os.Stdin)
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, false, err
		}
		defer file.Close()
		in = file
	}
	data, err := io.ReadAll(io.LimitReader(in, longestFile+1))
	if err != nil {
		return nil, false, fmt.Errorf("read %q: %w", name, err)
	}
	if len(data) > longestFile {
		return data[:longestFile], true, nil
	}
	return data, false, nil
}

func (p *program) inspectPage() *cobra.Command {
	var address, contentType string
	cmd := &cobra.Command{
		Use: "page FILE…", Short: "Read filing numbers and their links from pages (- is standard input)", Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			base, err := url.Parse(address)
			if err != nil {
				return usage(fmt.Errorf("read --url: %w", err))
			}
			return p.each(args, func(ref *reference.Set, name string) (any, error) {
				data, cut, err := readFile(name)
				if err != nil {
					return nil, err
				}
				return report.InspectedPage(name, scanner.ReadPage(ref, data, contentType, base, cut)), nil
			})
		},
	}
	cmd.Flags().StringVar(&address, "url", "", "the page's own address, for relative links")
	cmd.Flags().StringVar(&contentType, "content-type", "", "the Content-Type that the server sent")
	return cmd
}

func (p *program) inspectRegistration() *cobra.Command {
	var domain string
	cmd := &cobra.Command{
		Use: "registration --domain NAME FILE…", Short: "Read WHOIS or RDAP answers from files (- is standard input)", Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return p.each(args, func(_ *reference.Set, name string) (any, error) {
				data, _, err := readFile(name)
				if err != nil {
					return nil, err
				}
				seen, fault := scanner.ReadRegistration(domain, data)
				return report.InspectedRegistration(name, domain, seen, fault), nil
			})
		},
	}
	cmd.Flags().StringVar(&domain, "domain", "", "the domain that was asked for")
	cmd.MarkFlagRequired("domain")
	return cmd
}

func (p *program) inspectNumber() *cobra.Command {
	return &cobra.Command{
		Use: "number VALUE…", Short: "Show how filing numbers and identifiers are read", Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return p.each(args, func(_ *reference.Set, text string) (any, error) { return report.InspectedNumber(text), nil })
		},
	}
}
