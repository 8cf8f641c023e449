package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/report"
)

// planFlags are the flags of the plan command.
type planFlags struct {
	from   source
	format string
	all    bool
}

func (p *program) planCommand() *cobra.Command {
	var f planFlags
	cmd := &cobra.Command{
		Use:   "plan SUBJECT|--all [--run ID|--from DIR]",
		Short: "Plan, from an audit's findings, how subjects are put right: which orders, in which sequence, by when",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.all == (len(args) == 1) {
				return usage(errors.New("name one subject, by number or name, or say --all"))
			}
			if !slices.Contains([]string{"text", "json", "csv"}, f.format) {
				return usage(fmt.Errorf("format %q: it is text, json or csv", f.format))
			}
			return p.plan(cmd.Context(), f, append(args, "")[0])
		},
	}
	f.from.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.format, "format", "text", "text, json or csv")
	flags.BoolVar(&f.all, "all", false, "plan for every subject")
	return cmd
}

// plan tells the plan of one subject, or of all that need one; its days are
// counted from today.
func (p *program) plan(ctx context.Context, f planFlags, subject string) error {
	s, err := p.desk()
	if err != nil {
		return err
	}
	return p.lines(ctx, s, f.from, subject, func(t told) error { return p.planOf(s, f, t, subject) })
}

func (p *program) planOf(s *session, f planFlags, t told, subject string) error {
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
	err := s.read(t, func(told report.Judged) error {
		if !f.all && subject != told.Subject.ID() && subject != told.Subject.Name {
			return nil
		}
		found = true
		return p.tellPlan(s, f, told)
	})
	if err == nil && !found && !f.all {
		err = usage(fmt.Errorf("the audit in %s has no subject %q", t.name, subject))
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

// read hands over every subject of an audit.
func (s *session) read(t told, each func(report.Judged) error) error {
	file, err := os.Open(t.path)
	if errors.Is(err, fs.ErrNotExist) {
		return usage(fmt.Errorf("%s holds no findings.jsonl: name the directory that icpaudit audit --out wrote", t.name))
	}
	if err != nil {
		return usage(fmt.Errorf("read an audit's reports: %w", err))
	}
	defer file.Close()
	for told, err := range report.Read(file) {
		if err != nil {
			return usage(fmt.Errorf("read %q: %w", t.path, err))
		}
		if err := each(told); err != nil {
			return err
		}
	}
	return nil
}
