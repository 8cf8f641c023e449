package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/icpaudit/icpaudit/audit"
	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/report"
)

// maxEventText bounds the text of an error that a line about our own health shows.
const maxEventText = 300

// watch has the audits of this session share one watch over our own health. It
// tells what happens, and rests of a canary that is left out.
func (s *session) watch(tell func(audit.Event), rests func(canary string, err error)) error {
	canaries, err := s.scanner.NewCanaries(s.config.Audit.Canaries, rests)
	if err != nil {
		return usage(err)
	}
	s.health = audit.NewHealth(s.config.Audit, canaries.Round, tell)
	return nil
}

// watchAloud watches and tells of it in words.
func (s *session) watchAloud(log io.Writer) error {
	return s.watch(func(e audit.Event) { fmt.Fprintln(log, s.event(e)) }, func(canary string, err error) {
		fmt.Fprintf(log, s.teller.Say("canary-rests")+"\n", canary, report.Clean(err.Error(), maxEventText))
	})
}

// watchInLog watches and tells of it in the log, once for all runs under way.
func (s *session) watchInLog(log *slog.Logger) error {
	return s.watch(func(e audit.Event) {
		attrs := []any{"event", string(e.Kind), "lasted", e.Lasted}
		if e.Err != nil {
			attrs = append(attrs, "error", report.Clean(e.Err.Error(), maxEventText))
		}
		log.Warn("own-health", attrs...)
	}, func(canary string, err error) {
		log.Warn("canary-left-out", "canary", canary, "error", report.Clean(err.Error(), maxEventText))
	})
}

// audit makes an audit of this session.
func (s *session) audit(ctx context.Context, p *program) *audit.Audit {
	return &audit.Audit{
		Looker: s.scanner, Checks: checks.All(), Options: s.config.Audit, Now: p.now, Health: s.health,
		Bench: func(now time.Time) checks.Bench {
			b := benchOf(ctx, s.config, s.ref, s.feeds, s.history, now, 0)
			b.Evidence = s.feeds.Of
			return b
		},
	}
}

// tellCanaries says how the audit watches its own health.
func (s *session) tellCanaries(log io.Writer) {
	if n := len(s.config.Audit.Canaries); n > 0 {
		fmt.Fprintf(log, s.teller.Say("canaries")+"\n", n, s.config.Audit.Health.Interval)
		return
	}
	fmt.Fprintln(log, s.teller.Say("canaries-none"))
}

// event tells in words what a run says of its own health.
func (s *session) event(e audit.Event) string {
	lasted := e.Lasted.Round(time.Second / 10)
	text := ""
	if e.Err != nil {
		text = report.Clean(e.Err.Error(), maxEventText)
	}
	switch say := s.teller.Say("health-" + string(e.Kind)); e.Kind {
	case audit.EventPaused:
		return fmt.Sprintf(say, text)
	case audit.EventGivenUp:
		return fmt.Sprintf(say, lasted, text)
	case audit.EventResumed, audit.EventStalled:
		return fmt.Sprintf(say, lasted)
	default:
		return say
	}
}

// limits are what a run has to come to, of a night or by hand.
func limits(o audit.Options) history.Limits {
	return history.Limits{Ended: o.Health.MinEnded, Coverage: o.MinCoverage}
}

// provisional says in words why nothing final can be read from the totals; that
// the coverage is low is said apart.
func (s *session) provisional(rows filing.Totals, t report.Totals, unseen int) []string {
	want := history.Totals{Subjects: rows.Subjects, Items: rows.Domains + rows.Apps}
	got := history.Totals{Subjects: t.Subjects, Items: t.Domains + t.Apps, Unseen: unseen}
	least := limits(s.config.Audit)
	switch why := least.Unfit(want, got, t.Subjects, false); {
	case why == history.WhySums || rows.Services != t.Services:
		return []string{fmt.Sprintf(s.teller.Say("sums-differ"),
			rows.Subjects, rows.Services, rows.Domains, rows.Apps, t.Subjects, t.Services, t.Domains, t.Apps)}
	case why != "":
		return []string{fmt.Sprintf(s.teller.Say("provisional"), got.Items-unseen, want.Items, report.Percent(least.Ended))}
	}
	return nil
}
