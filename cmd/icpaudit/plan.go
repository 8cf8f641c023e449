package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/report"
)

// planFlags are the flags of the plan command.
type planFlags struct {
	from   string
	format string
	all    bool
}

func (p *program) planCommand() *cobra.Command {
	var f planFlags
	cmd := &cobra.Command{
		Use:   "plan SUBJECT|--all --from DIR",
		Short: "Plan, from an audit's reports, how subjects are put right: which orders, in which sequence, by when",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if f.all == (len(args) == 1) {
				return usage(errors.New("name one subject, by number or name, or say --all"))
			}
			if !slices.Contains([]string{"text", "json", "csv"}, f.format) {
				return usage(fmt.Errorf("format %q: it is text, json or csv", f.format))
			}
			return p.plan(f, append(args, "")[0])
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.from, "from", "", "directory that an audit wrote its reports to")
	flags.StringVar(&f.format, "format", "text", "text, json or csv")
	flags.BoolVar(&f.all, "all", false, "plan for every subject")
	cmd.MarkFlagRequired("from")
	return cmd
}

// plan tells the plan of one subject, or of all that need one; its days are
// counted from today.
func (p *program) plan(f planFlags, subject string) error {
	s, err := p.desk()
	if err != nil {
		return err
	}
	if f.format == "csv" {
		header, err := s.teller.PlanHeader(s.config.Report.Headers)
		if err != nil {
			return err
		}
		if _, err := p.out.Write(header); err != nil {
			return err
		}
	}
	found := false
	err = s.told(f.from, func(told report.Judged) error {
		if !f.all && subject != told.Subject.ID() && subject != told.Subject.Name {
			return nil
		}
		found = true
		return p.tellPlan(s, f, told)
	})
	if err == nil && !found && !f.all {
		err = usage(fmt.Errorf("the audit in %q has no subject %q", f.from, subject))
	}
	return err
}

func (p *program) tellPlan(s *session, f planFlags, told report.Judged) error {
	plan := s.planner().Until(told.Subject, told.Findings, filing.DayOf(p.now()), told.Due)
	if f.all && !plan.Needed() {
		return nil
	}
	var text []byte
	var err error
	switch f.format {
	case "json":
		text, err = report.PlanLine(told.Subject, plan)
	case "csv":
		text, err = s.teller.PlanRows(told.Subject, plan)
	default:
		var b bytes.Buffer
		err = s.teller.Plan(&b, plan)
		b.WriteByte('\n')
		text = b.Bytes()
	}
	if err != nil {
		return err
	}
	_, err = p.out.Write(text)
	return err
}

// told hands over every subject of an audit's reports.
func (s *session) told(dir string, each func(report.Judged) error) error {
	path := filepath.Join(dir, "findings.jsonl")
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return usage(fmt.Errorf("%q holds no findings.jsonl: name the directory that icpaudit audit --out wrote", dir))
	}
	if err != nil {
		return usage(fmt.Errorf("read an audit's reports: %w", err))
	}
	defer file.Close()
	for told, err := range report.Read(file) {
		if err != nil {
			return usage(fmt.Errorf("read %q: %w", path, err))
		}
		if err := each(told); err != nil {
			return err
		}
	}
	return nil
}
