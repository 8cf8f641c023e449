package main

import (
	"context"
	"slices"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/report"
)

// trendRuns is how many earlier runs a report shows.
const trendRuns = 30

// outlook is what the history knows of the findings of a run that begins now;
// nil where none is kept.
func (s *session) outlook(ctx context.Context) (*history.Outlook, error) {
	if s.history == nil {
		return nil, nil
	}
	return history.NewOutlook(ctx, s.history, filing.DayOf(s.started), s.config.History.Due(s.config.Checks.DueWorkingDays, s.due))
}

// tellSubject adds a subject's findings to a book, with their lives and the
// plan that mends them by the first due date.
func (s *session) tellSubject(book *report.Book, o *history.Outlook, seq int, subject *filing.Subject, findings []checks.Finding) error {
	today := filing.DayOf(s.started)
	states, due := statesOf(o, subject, findings)
	if due.IsZero() {
		return book.Add(seq, subject, findings, s.planner().Plan(subject, findings, today), states)
	}
	return book.Add(seq, subject, findings, s.planner().Until(subject, findings, today, due), states)
}

// statesOf are the states of a subject's findings, and the first due date of
// those that are deficient; zero where there is none.
func statesOf(o *history.Outlook, subject *filing.Subject, findings []checks.Finding) (states map[checks.Key]report.State, first filing.Day) {
	if o == nil {
		return nil, first
	}
	states = map[checks.Key]report.State{}
	for _, f := range findings {
		p := o.Of(subject, f)
		s := report.State{Code: string(p.Status), Before: p.Before, Owner: p.Owner}
		if p.Status != "" {
			s.FirstSeen = p.Life.BegunDay
		}
		if p.Status != "" && p.Status != history.StatusResolved {
			s.Due = p.Life.Due
		}
		if p.Waiver != nil && f.Outcome != checks.Pass && f.Outcome != checks.NotApplicable {
			s.Waiver = &report.Waiver{Reason: string(p.Waiver.Reason), By: p.Waiver.Who, Until: p.Waiver.Until}
		}
		if s != (report.State{}) {
			states[f.Key] = s
		}
		if f.Outcome == checks.Deficient && (first.IsZero() || s.Due.Before(first)) {
			first = s.Due
		}
	}
	return states, first
}

// earlier are the figures of the runs of a schedule that were published before
// a position, or up to now where that is 0, oldest first.
func earlier(ctx context.Context, store history.Store, schedule string, before int64) ([]report.Earlier, error) {
	runs, err := store.RunsOf(ctx, schedule, 4*trendRuns)
	if err != nil {
		return nil, err
	}
	var all []report.Earlier
	for _, r := range runs {
		if r.State != history.RunPublished || before > 0 && r.Position >= before || len(all) == trendRuns {
			continue
		}
		figures := report.Totals{Outcomes: r.Totals.Outcomes}
		e := report.Earlier{
			Started: filing.DayOf(r.Started), Deficient: r.Totals.Outcomes[checks.Deficient], Suspected: r.Totals.Outcomes[checks.Suspected], Coverage: r.Totals.Coverage,
		}
		e.Compliance, _ = figures.Compliance()
		all = append(all, e)
	}
	slices.Reverse(all)
	return all, nil
}
