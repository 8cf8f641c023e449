package nightly_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/audit/nightly"
	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/report/deliver"
)

// However many start at once, one run is begun; a night that was missed is
// made up for once, and the same clock again makes no second one.
func TestManyStartsMakeOneRun(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := newSite(t, o)
		first := s.open(s.engine("first"), nightly.RoleServe)
		if err := first.Tick(t.Context(), nightly.RoleServe); err != nil {
			t.Fatal(err)
		}
		if runs := runsOf(t, first); len(runs) > 0 {
			t.Fatalf("begun before its time: %+v", runs)
		}
		s.clock.Add(50 * time.Hour) // two nights are missed: the 2nd and the 3rd of March
		var wg sync.WaitGroup
		for n := range 20 {
			e := s.open(s.engine(fmt.Sprint(n)), nightly.RoleServe)
			wg.Go(func() {
				if err := e.Tick(t.Context(), nightly.RoleServe); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		runs := runsOf(t, first)
		if len(runs) != 1 || !runs[0].Planned.Equal(at(t, "2026-03-04 02:00")) {
			t.Fatalf("begun are %+v", runs)
		}
		var jobs int
		if err := first.Store.Writer().QueryRowContext(t.Context(), `SELECT COUNT(*) FROM river_job`).Scan(&jobs); err != nil || jobs != 1 {
			t.Errorf("%d jobs, %v", jobs, err)
		}
	})
}

// A run goes from its time to the history, its second looks not before they
// are due; the next night that comes meanwhile is skipped and said so.
func TestNight(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := newSite(t, o)
		e := s.open(s.engine("one"), nightly.RoleServe)
		var over nightly.Over
		var found []int
		e.Schedules[0].Out = t.TempDir()
		e.Report = func(_ context.Context, o nightly.Over, _ func(deliver.Letter) error) error {
			over, found = o, nil
			for f, err := range o.Results {
				if err != nil {
					return err
				}
				found = append(found, f.Seq)
			}
			return nil
		}
		stop := s.run(e, nightly.RoleServe)
		defer stop()
		until(t, "a tick", func() bool { return !e.Well().IsZero() })
		s.clock.Add(61 * time.Minute)
		progress := func() history.Progress {
			runs := runsOf(t, e)
			if len(runs) == 0 {
				return history.Progress{}
			}
			p, err := e.Store.Progress(t.Context(), runs[len(runs)-1].ID)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		until(t, "all wait for their second looks", func() bool { p := progress(); return p.Shards == 8 && p.Waiting == 8 })
		s.clock.Add(24 * time.Hour) // the second looks are due, and so is the next night
		until(t, "a night is skipped", func() bool { return len(runsOf(t, e)) == 2 })
		until(t, "published", func() bool {
			// The queue has the system's clock, and waits for it.
			if _, err := e.Store.Writer().ExecContext(t.Context(), `UPDATE river_job SET state = 'available', scheduled_at = created_at WHERE state = 'scheduled'`); err != nil {
				t.Fatal(err)
			}
			runs := runsOf(t, e)
			return runs[len(runs)-1].State == history.RunPublished
		})
		runs := runsOf(t, e)
		run := runs[len(runs)-1]
		if run.Totals.Subjects != subjects || run.Totals.Items != subjects || run.Totals.Findings != subjects || run.Totals.Outcomes[checks.Deficient] != subjects {
			t.Errorf("the run came to %+v", run.Totals)
		}
		if len(found) != subjects || !slices.IsSorted(found) || over.Why != "" {
			t.Errorf("reported are %v, %q", found, over.Why)
		}
		if runs[0].State != history.RunProvisional || runs[0].Why != history.WhyOverlap {
			t.Errorf("the night in between: %+v", runs[0])
		}
		for domain, n := range s.looker.looks {
			if n != 2 {
				t.Errorf("%d looks at %s", n, domain)
			}
		}
		if len(s.looker.looks) != subjects {
			t.Errorf("%d domains were looked at", len(s.looker.looks))
		}
	})
}

// Work that was told to stop is gone on with by whoever starts next, and the
// work of a process that is silent is given to another.
func TestStopAndGoOn(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := newSite(t, o)
		s.looker.well = true
		s.looker.hold = make(chan struct{})
		e := s.open(s.engine("one"), nightly.RoleServe)
		stop := s.run(e, nightly.RoleServe)
		until(t, "a tick", func() bool { return !e.Well().IsZero() })
		s.clock.Add(61 * time.Minute)
		running := func() (n int) {
			if err := e.Store.Writer().QueryRowContext(t.Context(), `SELECT COUNT(*) FROM river_job WHERE kind = 'shard' AND state = 'running'`).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		until(t, "shards are under way", func() bool { return running() > 0 })
		stop()
		if n := running(); n != 0 {
			t.Errorf("%d jobs are said to run after the end", n)
		}
		// As if another one had been killed: its jobs are said to run.
		if _, err := e.Store.Writer().ExecContext(t.Context(), `UPDATE river_job SET state = 'running', attempt = 1 WHERE kind = 'shard'`); err != nil {
			t.Fatal(err)
		}
		s.clock.Add(2 * time.Minute)
		close(s.looker.hold)
		next := s.open(s.engine("two"), nightly.RoleServe)
		defer s.run(next, nightly.RoleServe)()
		until(t, "published", func() bool { return runsOf(t, next)[0].State == history.RunPublished })
		if run := runsOf(t, next)[0]; run.Totals.Subjects != subjects || run.Totals.Outcomes[checks.Pass] != subjects {
			t.Errorf("the run came to %+v", run.Totals)
		}
	})
}

func TestRecheck(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := newSite(t, o)
		s.looker.well = true
		asking := s.open(s.engine("asking"), nightly.RoleClient)
		if _, _, err := asking.Recheck(t.Context(), func(*filing.Subject) bool { return false }); !errors.Is(err, nightly.ErrNoMatch) {
			t.Errorf("nothing matches: %v", err)
		}
		run, n, err := asking.Recheck(t.Context(), func(subject *filing.Subject) bool { return subject.Services[0].Domains[0].Name == "a3.example.com" })
		if err != nil || n != 1 {
			t.Fatalf("%d subjects, %v", n, err)
		}
		if working, err := asking.Working(t.Context()); err != nil || working {
			t.Errorf("somebody works: %t, %v", working, err)
		}
		e := s.open(s.engine("one"), nightly.RoleServe)
		defer s.run(e, nightly.RoleServe)()
		until(t, "published", func() bool {
			now, err := e.Store.Run(t.Context(), run.ID)
			return err == nil && now.State == history.RunPublished
		})
		if len(s.looker.looks) != 1 || s.looker.looks["a3.example.com"] != 1 {
			t.Errorf("looked at %v", s.looker.looks)
		}
	})
}

func TestFilter(t *testing.T) {
	subject := &filing.Subject{Number: "1", Owner: "li", Tags: []string{"shops"}, Services: []*filing.Service{{Domains: []*filing.Domain{{Name: "a.cn"}, {Name: "b.cn"}}}}}
	ending := func(domain string) bool { return domain == "b.cn" }
	for _, c := range []struct {
		filter nightly.Filter
		want   bool
	}{
		{nightly.Filter{}, true},
		{nightly.Filter{Tag: "shops"}, true},
		{nightly.Filter{Tag: "shop"}, false},
		{nightly.Filter{Owner: "li"}, true},
		{nightly.Filter{Owner: "wang", Tag: "shops"}, false},
		{nightly.Filter{ExpiringDays: 21}, true},
		{nightly.Filter{ExpiringDays: 21, Owner: "wang"}, false},
	} {
		if got := c.filter.Keeps(subject, ending); got != c.want {
			t.Errorf("%+v keeps it: %t", c.filter, got)
		}
	}
	if (nightly.Filter{ExpiringDays: 3650}).Keeps(subject, func(string) bool { return false }) {
		t.Error("a domain whose expiry nobody knows counts as expiring")
	}
}
