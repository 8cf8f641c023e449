package main

import (
	"context"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/spf13/cobra"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/report"
	"github.com/icpaudit/icpaudit/report/deliver"
)

// shownRows is how many rows of each letter a dry run names.
const shownRows = 5

// notifyFlags are the flags of the notify command.
type notifyFlags struct {
	from   source
	to     string
	dryRun bool
}

func (p *program) notifyCommand() *cobra.Command {
	var f notifyFlags
	cmd := &cobra.Command{
		Use:   "notify [RUN] [--from DIR]",
		Short: "Tell each team of an audit's findings, by mail and work chat",
		Long: "Tell each team of the findings that are its own, by mail and work chat, as the deliver block of the configuration says.\n" +
			"--dry-run shows who would get what and sends nothing; --to DIR writes the letters into files instead.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.from.take(args); err != nil {
				return err
			}
			c, from, err := p.load()
			if err != nil {
				return err
			}
			p.announce(p.out, from, report.In(c.Lang))
			return p.notify(cmd.Context(), c, f)
		},
	}
	f.from.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.to, "to", "", "directory to write the letters into (.eml, .md) instead of sending them")
	flags.BoolVar(&f.dryRun, "dry-run", false, "show who would get what, and send nothing")
	cmd.MarkFlagsMutuallyExclusive("to", "dry-run")
	return cmd
}

// mailing is one run's letters on their way.
type mailing struct {
	p      *program
	c      config
	say    report.Phrases
	ref    *reference.Set
	plan   deliver.Plan
	writer *deliver.Writer
}

// notify tells the teams of a run.
func (p *program) notify(ctx context.Context, c config, f notifyFlags) error {
	say := report.In(c.Lang)
	if len(c.Deliver.Teams) == 0 {
		return usage(fmt.Errorf("%s", say.Say("notify-no-teams")))
	}
	s, err := p.furnish(c)
	if err != nil {
		return err
	}
	return p.lines(ctx, s, f.from, "", func(t told) error {
		m := &mailing{p: p, c: c, say: say, ref: s.ref}
		if err := m.read(t.path); err != nil {
			return usage(err)
		}
		return m.deliver(ctx, f)
	})
}

// deliver sends the letters, or what the flags name in place of that.
func (m *mailing) deliver(ctx context.Context, f notifyFlags) error {
	if f.dryRun {
		m.show()
		return nil
	}
	if f.to != "" {
		sink, err := deliver.NewSink(f.to, m.c.Deliver.Mail)
		if err != nil {
			return incomplete(err)
		}
		return m.send(ctx, sink, fmt.Sprintf(m.say.Say("wrote"), f.to))
	}
	post, err := m.p.postman(m.c, m.ref, func(channel deliver.Channel, to string) bool { return needs(m.plan, channel, to) })
	if err != nil {
		return usage(err)
	}
	return m.send(ctx, post, m.say.Say("notify-sent"))
}

// read reads the run's lines and plans the letters.
func (m *mailing) read(path string) error {
	ledger, err := report.OpenLedger(path)
	if err != nil {
		return err
	}
	run := deliver.RunOf(ledger.Run)
	if m.writer, err = deliver.NewWriter(m.ref, m.c.Deliver, run, m.c.Report.Headers, workbook(m.ref, ledger.Run)); err != nil {
		return err
	}
	m.plan, err = deliver.MakePlan(m.c.Deliver, m.c.Lang, run, func(lang string) iter.Seq2[report.Row, error] {
		return ledger.Rows(report.NewTeller(m.ref, ledger.Run.Policy, lang, ledger.Run.Started))
	})
	if err != nil {
		return fmt.Errorf("%q: %w", path, err)
	}
	return nil
}

// workbook is the attachment of a team's own list.
func workbook(ref *reference.Set, run report.RunInfo) deliver.Attachment {
	return deliver.Attachment{
		Name: "findings.xlsx", Type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		Write: func(w io.Writer, lang string, rows []report.Row) error {
			return report.NewTeller(ref, run.Policy, lang, run.Started).WriteXLSX(w, rows)
		},
	}
}

// show tells who would get what.
func (m *mailing) show() {
	for _, d := range m.plan.Drafts {
		state := m.say.Say("notify-would")
		if d.Skip != "" {
			state = m.say.Say("notify-" + d.Skip)
		}
		m.line(d, state)
		for i, r := range d.Rows {
			if i == shownRows {
				fmt.Fprintf(m.p.out, "  "+m.say.Say("notify-more")+"\n", len(d.Rows)-shownRows)
				break
			}
			fmt.Fprintf(m.p.out, "  - %s  %s  %s\n", deliver.PlaceOf(r), r.SceneName, r.OutcomeWord)
		}
	}
	m.unclaimed()
}

// line tells of one letter.
func (m *mailing) line(d deliver.Draft, state string) {
	fmt.Fprintf(m.p.out, m.say.Say("notify-"+string(d.Channel))+"\n", d.To, report.Clean(strings.Join(d.Teams, m.say.Say("list-comma")), 200),
		d.Counts[checks.Deficient], d.Counts[checks.Suspected], len(d.Rows), state)
}

func (m *mailing) unclaimed() {
	if m.plan.Unclaimed > 0 {
		fmt.Fprintf(m.p.out, m.say.Say("notify-unclaimed")+"\n", m.plan.Unclaimed)
	}
}

// send sends the letters, each written only when it is its turn, and tells how
// each went. What was not delivered makes the exit code 1.
func (m *mailing) send(ctx context.Context, post deliver.Sender, done string) error {
	var drafts []deliver.Draft
	for _, d := range m.plan.Drafts {
		if d.Skip == "" {
			drafts = append(drafts, d)
		} else {
			m.line(d, m.say.Say("notify-"+d.Skip))
		}
	}
	errs := deliver.Rounds(ctx, len(drafts), m.c.Deliver.Retry, func(i int) error {
		letter, err := m.writer.Write(drafts[i])
		if err != nil {
			return err
		}
		return post.Send(ctx, letter)
	}, deliver.Wait)
	failed := 0
	for i, d := range drafts {
		state := done
		if errs[i] != nil {
			failed++
			state = fmt.Sprintf(m.say.Say("notify-failed"), report.Clean(errs[i].Error(), 500))
		}
		m.line(d, state)
	}
	m.unclaimed()
	if failed > 0 {
		return incomplete(fmt.Errorf(m.say.Say("notify-undelivered"), failed, len(drafts)))
	}
	return nil
}
