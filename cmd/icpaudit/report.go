package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/icpaudit/icpaudit/report"
)

func (p *program) reportCommand() *cobra.Command {
	var from, out string
	var formats []string
	cmd := &cobra.Command{
		Use:   "report --from DIR --format xlsx,html [--out DIR]",
		Short: "Write the reports of a run again from its findings.jsonl, in other formats or another language",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := report.CheckFormats(formats); err != nil {
				return usage(fmt.Errorf("--format: %w", err))
			}
			c, teller, ledger, err := p.readRun(from)
			if err != nil {
				return err
			}
			if out == "" {
				out = dirOf(from)
			}
			if err := os.MkdirAll(out, 0o755); err != nil {
				return usage(fmt.Errorf("make the report directory: %w", err))
			}
			paths, err := teller.Render(ledger, c.Report, out, formats)
			p.tellReports(teller.Phrases, paths)
			return usageOrNil(err)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&from, "from", "", "directory of an audit's reports, or its findings.jsonl")
	flags.StringVar(&out, "out", "", "directory for the reports (default: that of --from); files in it are never written over")
	flags.StringSliceVar(&formats, "format", nil, strings.Join(report.Formats(), ", ")+" (several with commas)")
	cmd.MarkFlagRequired("from")
	cmd.MarkFlagRequired("format")
	return cmd
}

func (p *program) noticeCommand() *cobra.Command {
	var from, out string
	cmd := &cobra.Command{
		Use:   "notice SUBJECT --from DIR [--out DIR]",
		Short: "Write the notice to one subject: what it has to put right, how, and by when",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			c, teller, ledger, err := p.readRun(from)
			if err != nil {
				return err
			}
			if out != "" {
				if err := os.MkdirAll(out, 0o755); err != nil {
					return usage(fmt.Errorf("make the notice's directory: %w", err))
				}
			}
			paths, found, err := teller.Notice(p.out, ledger, c.Report, args[0], out)
			if err == nil && !found {
				err = fmt.Errorf("find %q in %q: no subject has that number or name (the columns subject and subject_name of findings.csv list them)", report.Clean(args[0], 200), from)
			}
			p.tellReports(teller.Phrases, paths)
			return usageOrNil(err)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&from, "from", "", "directory of an audit's reports, or its findings.jsonl")
	flags.StringVar(&out, "out", "", "directory for the notice as HTML and text; without it the text is printed")
	cmd.MarkFlagRequired("from")
	return cmd
}

// readRun opens a run from disk with the words that are in force now.
func (p *program) readRun(from string) (config, *report.Teller, *report.Ledger, error) {
	s, err := p.desk()
	if err != nil {
		return config{}, nil, nil, err
	}
	ledger, err := report.OpenLedger(filepath.Join(dirOf(from), fileOf(from)))
	if err != nil {
		return s.config, nil, nil, usage(err)
	}
	return s.config, report.NewTeller(s.ref, ledger.Run.Policy, s.config.Lang, ledger.Run.Started), ledger, nil
}

// dirOf and fileOf let people name the directory or the file itself.
func dirOf(from string) string {
	if strings.HasSuffix(from, ".jsonl") {
		return filepath.Dir(from)
	}
	return from
}

func fileOf(from string) string {
	if strings.HasSuffix(from, ".jsonl") {
		return filepath.Base(from)
	}
	return "findings.jsonl"
}

func (p *program) tellReports(say report.Phrases, paths []string) {
	if len(paths) == 0 {
		return
	}
	fmt.Fprintln(p.out, say.Say("reports"))
	for _, path := range paths {
		fmt.Fprintln(p.out, "  "+path)
	}
}

// usageOrNil: what goes wrong here is the files that were named.
func usageOrNil(err error) error {
	if err == nil {
		return nil
	}
	return usage(err)
}
