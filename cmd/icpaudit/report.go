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
	var from source
	var out string
	var formats []string
	cmd := &cobra.Command{
		Use:   "report [RUN] --format xlsx,html [--from DIR] [--out DIR]",
		Short: "Write the reports of a run again, from the history or from its findings.jsonl, in other formats or another language",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := report.CheckFormats(formats); err != nil {
				return usage(fmt.Errorf("--format: %w", err))
			}
			if err := from.take(args); err != nil {
				return err
			}
			return p.ledger(cmd.Context(), from, "", func(s *session, t told, teller *report.Teller, l *report.Ledger) error {
				dir := out
				switch {
				case dir != "":
				case t.run > 0:
					dir = fmt.Sprintf("run-%d", t.run)
				default:
					dir = filepath.Dir(t.path)
				}
				if err := os.MkdirAll(dir, 0o755); err != nil {
					return usage(fmt.Errorf("make the report directory: %w", err))
				}
				paths, err := teller.Render(l, s.config.Report, dir, formats)
				p.tellReports(teller.Phrases, paths)
				return usageOrNil(err)
			})
		},
	}
	from.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&out, "out", "", "directory for the reports (default: that of --from, or run-ID for a run of the history); files in it are never written over")
	flags.StringSliceVar(&formats, "format", nil, strings.Join(report.Formats(), ", ")+" (several with commas)")
	cmd.MarkFlagRequired("format")
	return cmd
}

func (p *program) noticeCommand() *cobra.Command {
	var from source
	var out string
	cmd := &cobra.Command{
		Use:   "notice SUBJECT|SERVICE [--run ID|--from DIR] [--out DIR]",
		Short: "Write the notice to one subject, or about one of its services: what has to be put right, how, and by when",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.ledger(cmd.Context(), from, args[0], func(s *session, t told, teller *report.Teller, l *report.Ledger) error {
				if out != "" {
					if err := os.MkdirAll(out, 0o755); err != nil {
						return usage(fmt.Errorf("make the notice's directory: %w", err))
					}
				}
				paths, found, err := teller.Notice(p.out, l, s.config.Report, args[0], out)
				if err == nil && !found {
					err = fmt.Errorf("find %q in %s: no subject has that number or name, and no service that number (the columns subject, subject_name and service of findings.csv list them)", report.Clean(args[0], 200), t.name)
				}
				p.tellReports(teller.Phrases, paths)
				return usageOrNil(err)
			})
		},
	}
	from.register(cmd)
	cmd.Flags().StringVar(&out, "out", "", "directory for the notice as HTML and text; without it the text is printed")
	return cmd
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
