package nightly

import (
	"context"
	"fmt"
	"slices"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/history"
)

// gate decides whether the letters about a run go out by themselves.
type gate struct {
	options HoldOptions
	earlier []history.Totals // of the newest published runs of the schedule
	held    int64            // id of an earlier run whose letters wait for a person; 0: none
}

// gate reads what the letters about a run are measured by.
func (e *Engine) gate(ctx context.Context, run history.Run) (gate, error) {
	g := gate{options: e.Options.Hold}
	// Among the newest there are some that were not published.
	runs, err := e.Store.RunsOf(ctx, run.Schedule, 10*g.options.Runs)
	if err != nil {
		return g, err
	}
	for _, r := range runs {
		if r.State == history.RunPublished && len(g.earlier) < g.options.Runs {
			g.earlier = append(g.earlier, r.Totals)
		}
	}
	held, err := e.Store.Notifications(ctx, 0, history.NotificationHeld, 0)
	if err != nil {
		return g, err
	}
	for _, id := range runsOf(held) {
		r, err := e.Store.Run(ctx, id)
		if err != nil {
			return g, err
		}
		if r.Schedule == run.Schedule {
			g.held = id
		}
	}
	return g, nil
}

// runsOf lists the runs that letters are about, oldest first.
func runsOf(letters []history.Notification) []int64 {
	var runs []int64
	for _, n := range letters {
		runs = append(runs, n.Run)
	}
	slices.Sort(runs)
	return slices.Compact(runs)
}

// hold says why the letters about a run that came to that wait for a person;
// nothing where they don't.
func (g gate) hold(now history.Totals) string {
	if len(g.earlier) == 0 {
		return "" // there is nothing to jump from
	}
	o := g.options
	var findings, shares []float64
	for _, t := range g.earlier {
		findings = append(findings, float64(moved(t)))
		if open, all := unjudged(t); all > 0 {
			shares = append(shares, open/all)
		}
	}
	if n, usual := moved(now), median(findings); n > o.New && float64(n) > o.NewFactor*usual {
		return fmt.Sprintf("%d findings are new or came back; more than %d, and than %g times the median %g of %d runs", n, o.New, o.NewFactor, usual, len(findings))
	}
	if open, all := unjudged(now); all > 0 && len(shares) > 0 {
		share, usual := open/all, median(shares)
		if share > o.Unverifiable && share > o.ShareFactor*usual && open-usual*all > float64(o.New) {
			return fmt.Sprintf("%.1f %% could not be judged; more than %.1f %%, and than %g times the median %.1f %% of %d runs", 100*share, 100*o.Unverifiable, o.ShareFactor, 100*usual, len(shares))
		}
	}
	if g.held != 0 {
		// These would tell what those are held for.
		return fmt.Sprintf("nobody decided yet on the letters about run %d", g.held)
	}
	return ""
}

// moved counts the findings of a run that are new or came back.
func moved(t history.Totals) int { return t.Moves.New + t.Moves.Regressed }

// unjudged counts the verdicts that could not be judged, and all that there
// were to judge.
func unjudged(t history.Totals) (open, all float64) {
	n := t.Outcomes[checks.Unverifiable] + t.Outcomes[checks.Error]
	return float64(n), float64(n + t.Outcomes[checks.Pass] + t.Outcomes[checks.Deficient] + t.Outcomes[checks.Suspected])
}

// median is the middle one of some figures, or the mean of the two in the middle.
func median(figures []float64) float64 {
	sorted := slices.Sorted(slices.Values(figures))
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}
