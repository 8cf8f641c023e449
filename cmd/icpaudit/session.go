package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/icpaudit/icpaudit/audit"
	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/remedy"
	"github.com/icpaudit/icpaudit/report"
	"github.com/icpaudit/icpaudit/scanner"
)

// session is what auditing needs, whether one domain or a whole inventory.
type session struct {
	config  config
	ref     *reference.Set
	scanner *scanner.Scanner
	teller  *report.Teller
	started time.Time
	feeds   *filing.Feeds // evidence; nil or empty: none was given
	history history.Store // nil: none is kept
	health  *audit.Health // nil: not watched, for nothing is looked at

	forgotten error // why the history that is configured is not kept; nil: it is, or none is configured
}

// reference loads the reference data that the configuration names.
func (p *program) reference(c config) (*reference.Set, error) {
	ref, err := reference.Load(c.Data)
	if err != nil {
		return nil, usage(err)
	}
	for scene := range c.History.DueDays {
		if _, ok := ref.Catalogue.Scene(scene); !ok {
			return nil, usage(fmt.Errorf("history.due_days: the catalogue has no scene %q (icpaudit catalogue lists them)", scene))
		}
	}
	return ref, nil
}

// desk is a session without a network: it reads what is on this machine.
func (p *program) desk() (*session, error) {
	c, _, err := p.load()
	if err != nil {
		return nil, err
	}
	return p.furnish(c)
}

func (p *program) furnish(c config) (*session, error) {
	ref, err := p.reference(c)
	if err != nil {
		return nil, err
	}
	// The history keeps milliseconds: letters of a run have the same Message-IDs
	// whether they are told from its reports or from there.
	s := &session{config: c, ref: ref, started: p.now().Truncate(time.Millisecond)}
	s.teller = report.NewTeller(ref, c.Checks, c.Lang, s.started)
	return s, nil
}

// begin sets a session up, and stops where fewer than two resolvers answer:
// absence could never be agreed on.
func (p *program) begin(ctx context.Context, c config, log io.Writer) (*session, error) {
	s, err := p.furnish(c)
	if err != nil {
		return nil, err
	}
	if s.scanner, err = scanner.New(c.Scanner, s.ref, p.now); err != nil {
		return nil, usage(err)
	}
	answering, err := s.scanner.CheckResolvers(ctx)
	if answering < 2 {
		s.scanner.Close()
		return nil, incomplete(fmt.Errorf(s.teller.Say("few-resolvers"), answering, report.Clean(fmt.Sprint(err), 500)))
	}
	fmt.Fprintf(log, s.teller.Say("resolvers")+"\n", answering)
	place := c.Checks.Vantage
	if place != "mainland" {
		place += s.teller.Say("vantage-unknown")
	}
	fmt.Fprintf(log, s.teller.Say("vantage")+"\n", place)
	if date := s.ref.Addresses.Date(); s.started.Sub(date) > c.Checks.AddressDataAge {
		fmt.Fprintf(log, s.teller.Say("data-old")+"\n", date.Format(time.DateOnly), int(c.Checks.AddressDataAge.Hours()/24))
	}
	return s, nil
}

func (s *session) close() error {
	if s.history == nil {
		return s.scanner.Close()
	}
	return errors.Join(s.scanner.Close(), s.history.Close())
}

// planner plans with this session's policy.
func (s *session) planner() audit.Planner {
	return audit.Planner{Reference: s.ref, Options: s.config.Remedy, DueDays: s.config.Checks.DueWorkingDays}
}

// benchOf is the bench of a judgement at a moment, with the past before a
// position of the history, or up to now where that is 0. Without a history (nil)
// nothing has a past, and without feeds (nil) there is no evidence.
func benchOf(ctx context.Context, c config, ref *reference.Set, feeds *filing.Feeds, store history.Store, now time.Time, before int64) checks.Bench {
	b := checks.Bench{Now: now, Policy: c.Checks, Reference: ref, Checks: checks.All(), Evidence: feeds.Of}
	if store != nil {
		b.Past = past(ctx, store, before)
	}
	return b
}

// verdict is the exit code of finished work.
func (s *session) verdict(t report.Totals, incomplete bool) error {
	switch {
	case incomplete:
		return &exit{exitIncomplete, nil}
	case t.Outcomes[checks.Deficient] > 0, s.config.Audit.FailOn == "suspected" && t.Outcomes[checks.Suspected] > 0:
		return &exit{exitFound, nil}
	}
	return nil
}

// due is the day a number of working days after another.
func (s *session) due(from filing.Day, days int) filing.Day {
	day, _ := remedy.Due(s.ref.Workdays, from, days)
	return day
}
