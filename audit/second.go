package audit

import (
	"context"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/observe"
)

// again names the items of a job that a second look has to confirm, each with
// the kinds to look at. After a second look nothing is looked at a third time.
func (r *run) again(c *job, findings []checks.Finding) map[string]observe.Want {
	if !r.Options.Confirm {
		return nil
	}
	again := map[string]observe.Want{}
	for _, f := range findings {
		if f.Why == nil || f.Why.Code != checks.WhyUnconfirmed || c.pass != 1 {
			continue
		}
		for _, check := range r.Checks {
			if check.ID == f.Scene {
				again[f.Name] |= check.Needs
			}
		}
	}
	return again
}

// wait is how long after the judgement of the first look the second one is
// due; the looks themselves are then further apart than the policy asks for.
func (r *run) wait() time.Duration { return r.Bench(r.Now()).Policy.ConfirmAfter }

// secondPass looks again at what is parked, as it falls due.
func (r *run) secondPass(ctx context.Context) {
	for {
		p, ok := r.park.Take(ctx)
		if !ok {
			return
		}
		if err := r.until(ctx, p.due); err != nil {
			return
		}
		c, again, err := p.read()
		if err != nil {
			r.cancel(err)
			return
		}
		r.doubts(c) // some troubles are known only in hindsight
		if err := r.relook(ctx, c, again, false); err != nil {
			return
		}
	}
}

// relook looks again at the items named, instead of the last look where that
// is said; all of one job are looked at with the union of what they need, which
// one visit brings anyway.
func (r *run) relook(ctx context.Context, c *job, again map[string]observe.Want, instead bool) error {
	var items []item
	var kinds observe.Want
	for _, it := range itemsOf(c.subject) {
		if want, ok := again[it.name]; ok {
			items = append(items, it)
			kinds |= want
		}
	}
	return r.start(ctx, c, items, how{kinds: kinds, instead: instead})
}

func (r *run) until(ctx context.Context, t time.Time) error {
	if r.Until != nil {
		return r.Until(ctx, t)
	}
	timer := time.NewTimer(t.Sub(r.Now()))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
