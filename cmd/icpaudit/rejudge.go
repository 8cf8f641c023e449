package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
)

func (p *program) rejudgeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rejudge RUN",
		Short: "Judge a run again with today's rules and data, without network, and show which verdicts differ",
		Args:  cobra.ExactArgs(1),
	}
	file := historyFlag(cmd)
	format := cmd.Flags().String("format", "table", formats)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return p.withFormat(cmd.Context(), *file, *format, func(h remembered) error {
			run, err := h.published(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return p.rejudge(cmd.Context(), h, run, *format)
		})
	}
	return cmd
}

// rejudged counts what was judged again.
type rejudged struct {
	subjects, verdicts, differ, missing int
	differences                         []history.Difference
}

func (p *program) rejudge(ctx context.Context, h remembered, run history.Run, format string) error {
	var n rejudged
	for stored, err := range h.store.Dossiers(ctx, run) {
		if err != nil {
			return incomplete(err)
		}
		n.compare(stored, h.judge(ctx, stored, run))
	}
	if err := p.differences(h, n.differences, format); err != nil || format != "table" {
		return err
	}
	fmt.Fprintf(p.out, h.teller.Say("rejudged")+"\n", run.ID, n.subjects, n.verdicts, n.differ, n.missing)
	for _, line := range h.rulesDiffer(run) {
		fmt.Fprintln(p.out, line)
	}
	return nil
}

// judge judges with today's rules and data what a run saw of a subject.
func (h remembered) judge(ctx context.Context, stored history.Stored, run history.Run) []checks.Finding {
	bench := benchOf(ctx, h.config, h.ref, nil, h.store, judgedAt(stored, run.Started), run.Position)
	bench.Evidence = func(*filing.Subject) filing.Evidence { return stored.Evidence }
	return bench.Judge(stored.Subject, stored.Looks)
}

// rulesDiffer says in words what is in force now and was not in the run.
func (h remembered) rulesDiffer(run history.Run) []string {
	var lines []string
	if history.RulesDigest(checks.All(), h.config.Checks) != run.Rules {
		lines = append(lines, h.teller.Say("rejudged-rules"))
	}
	if h.ref.Digest != run.Reference {
		lines = append(lines, h.teller.Say("rejudged-reference"))
	}
	return lines
}

// judgedAt is when a subject was judged: right after its last look.
func judgedAt(stored history.Stored, started time.Time) time.Time {
	last := started
	for _, looks := range stored.Looks {
		for _, d := range looks {
			if d.At.After(last) {
				last = d.At
			}
		}
	}
	return last
}

// compare holds new verdicts against those of the run. An item whose looks are
// not kept any more can't be judged.
func (n *rejudged) compare(stored history.Stored, findings []checks.Finding) {
	n.subjects++
	n.missing += len(stored.Missing)
	now := map[checks.Level]map[string]history.Outcomes{}
	items := map[string]checks.Finding{}
	var order []string
	for _, f := range findings {
		if f.Level == checks.LevelItem && slices.Contains(stored.Missing, f.Name) {
			continue
		}
		if now[f.Level] == nil {
			now[f.Level] = map[string]history.Outcomes{}
		}
		if now[f.Level][f.Item] == nil {
			now[f.Level][f.Item] = history.Outcomes{}
			id := string(f.Level) + " " + f.Item
			items[id] = f
			order = append(order, id)
		}
		now[f.Level][f.Item][f.Scene] = history.SightOf(f)
		n.verdicts++
	}
	for _, id := range order {
		f := items[id]
		d := history.Difference{
			Item: history.Item{Level: f.Level, Key: f.Item, Subject: f.Subject, Service: f.Service, Name: f.Name},
			A:    stored.Outcomes[f.Level][f.Item], B: now[f.Level][f.Item],
		}
		if scenes := d.Scenes(); len(scenes) > 0 {
			n.differ += len(scenes)
			n.differences = append(n.differences, d)
		}
	}
}
