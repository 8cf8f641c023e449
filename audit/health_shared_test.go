package audit

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/scanner"
)

// Runs that share their health ask what is outside as one run does, nobody is
// asked while none is under way, and whoever begins after that waits for a
// whole round first.
func TestRunsShareTheirHealth(t *testing.T) {
	rounds := func(runs int) (n int64) {
		a, f, subjects := world(t, 40)
		synctest.Test(t, func(t *testing.T) {
			l := &cutLooker{fakeLooker: f, began: time.Now(), dead: map[string]bool{}, taken: map[string]int{}}
			var asked, at, wholes atomic.Int64
			round := func(ctx context.Context, all bool) (bool, error) {
				if at.Add(1) > 1 {
					t.Error("two rounds at once")
				}
				defer at.Add(-1)
				n := asked.Add(1)
				sleep(ctx, 100*time.Millisecond)
				whole := all || n%4 == 0
				if whole {
					wholes.Add(1)
				}
				return whole, nil
			}
			a.Looker, a.Now, a.Until = &firstWhole{Looker: l, wholes: &wholes, t: t}, time.Now, nil
			a.Options.InFlight = 4
			a.Health = NewHealth(a.Options, round, nil)
			var all sync.WaitGroup
			for range runs {
				one := *a
				all.Go(func() {
					if err := one.Run(t.Context(), deal(subjects), func(Result) error { return nil }); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			n = asked.Load()
			time.Sleep(time.Hour)
			if asked.Load() != n {
				t.Errorf("%d rounds while nothing is under way", asked.Load()-n)
			}
			wholes.Store(0) // the next one begins anew
			if err := a.Run(t.Context(), deal(subjects), func(Result) error { return nil }); err != nil {
				t.Error(err)
			}
		})
		return n
	}
	one, four := rounds(1), rounds(4)
	t.Logf("%d rounds for one run, %d for four at once", one, four)
	if one == 0 || four > one+2 {
		t.Errorf("%d rounds for one run, %d for four at once", one, four)
	}
}

// firstWhole holds that no look begins before a whole round was clean.
type firstWhole struct {
	Looker
	wholes *atomic.Int64
	t      *testing.T
}

func (l *firstWhole) Look(ctx context.Context, target scanner.Target) observe.Dossier {
	if l.wholes.Load() == 0 {
		l.t.Error("a look before the first whole round")
	}
	return l.Looker.Look(ctx, target)
}

// One outage puts the looks of every run that is under way in doubt, and no
// look of a run that begins afterwards.
func TestAnOutageTouchesTheRunsUnderWay(t *testing.T) {
	a, f, subjects := world(t, 30)
	synctest.Test(t, func(t *testing.T) {
		l := &cutLooker{fakeLooker: f, began: time.Now(), outages: []outage{{10 * time.Second, 20 * time.Second}}, dead: map[string]bool{}, taken: map[string]int{}}
		a.Looker, a.Now, a.Until = l, time.Now, nil
		a.Options.InFlight, a.Options.Confirm, a.Options.Canaries = 5, false, []string{"dns:example.cn"}
		a.Options.Health.ClusterCount = 1 << 20
		var paused atomic.Int64
		a.Health = NewHealth(a.Options, l.round, func(e Event) {
			if e.Kind == EventPaused {
				paused.Add(1)
			}
		})
		run := func() {
			for _, r := range runAll(t, a, subjects) {
				for _, find := range r.Findings {
					if find.Scene == unreachable && find.Outcome != checks.Pass {
						t.Errorf("%s is %s (%+v)", find.Name, find.Outcome, find.Why)
					}
				}
			}
		}
		var all sync.WaitGroup
		for range 3 {
			all.Go(run)
		}
		all.Wait()
		l.mu.Lock()
		looks := 0
		for _, n := range l.taken {
			looks += n
		}
		l.taken = map[string]int{}
		l.mu.Unlock()
		if looks <= 3*60 || paused.Load() != 1 {
			t.Errorf("%d looks at 60 sites by three runs, and %d pauses: nothing was looked at again", looks, paused.Load())
		}
		run()
		for name, n := range l.taken {
			if n != 1 {
				t.Errorf("%d looks at %s by a run that began afterwards", n, name)
			}
		}
	})
}
