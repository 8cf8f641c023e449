package nightly_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/audit/nightly"
	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/fixtures"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/observe"
)

// away can't read what is kept for some times.
type away struct {
	nightly.Registries
	left atomic.Int64
}

func (a *away) Newest(ctx context.Context, domain string) observe.Seen[observe.Registration] {
	if a.left.Add(-1) >= 0 {
		return observe.Seen[observe.Registration]{Fault: &observe.Fault{Kind: observe.FaultInternal, Where: domain, Detail: "the database is away"}}
	}
	return a.Registries.Newest(ctx, domain)
}

// A database that is away for a moment is nobody's finding: what was looked at
// then is looked at again.
func TestADatabaseThatIsAwayIsNoFinding(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		p := fixtures.Synthetic(12, 7, 0)
		r := newRegistered(t, o, p, nil)
		e := r.open(r.asking("one"), nightly.RoleServe)
		gone := &away{Registries: e.Registries}
		gone.left.Store(5)
		e.Registries, e.Live = gone, false
		defer r.run(e, nightly.RoleServe)()
		until(t, "a tick", func() bool { return !e.Well().IsZero() })
		r.clock.Add(61 * time.Minute)
		if run := r.published(e, 1); run.Totals.Outcomes[checks.Error] != 0 || run.Totals.Outcomes[checks.Unverifiable] != p.N || gone.left.Load() >= 0 {
			t.Errorf("the run came to %+v", run.Totals)
		}
	})
}
