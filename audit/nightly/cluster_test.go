package nightly_test

import (
	"strings"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/audit/nightly"
	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/history"
)

// Sites behind one network of delivery that keep silent alike are counted over
// all shards of a run, whoever looked at them: no shard alone has as many as
// make a block. Work that was broken off and done again counts once.
func TestABlockIsCountedOverAllShards(t *testing.T) {
	const sites, cdn = 500, "cdn.example"
	for _, row := range []struct {
		name    string
		engines int
		count   int // looks from which equal failures are a block
		outcome checks.Outcome
	}{
		{"one process", 1, 30, checks.Unverifiable},
		{"two processes", 2, 30, checks.Unverifiable},
		{"all are as many as make no block", 1, sites + 1, checks.Deficient},
	} {
		t.Run(row.name, func(t *testing.T) {
			onEngines(t, func(t *testing.T, o history.Options) {
				if row.engines > 1 && o.URL == "" {
					return // one process works on a file
				}
				s := newSiteOf(t, o, sites)
				s.looker.cdn, s.audit.Health.ClusterCount = cdn, row.count
				engine := func(id string) *nightly.Engine {
					e := s.engine(id)
					e.Options.ShardItems = 15
					return s.open(e, nightly.RoleServe)
				}
				first := engine("first")
				stop := s.run(first, nightly.RoleServe)
				until(t, "a tick", func() bool { return !first.Well().IsZero() })
				s.clock.Add(61 * time.Minute)
				until(t, "some shards wait", func() bool { return progressOf(t, first).Waiting > 3 })
				stop() // in the middle of others
				e := engine("next")
				defer s.run(e, nightly.RoleServe)()
				for range row.engines - 1 {
					defer s.run(engine("helper"), nightly.RoleWorker)()
				}
				until(t, "all wait", func() bool {
					p := progressOf(t, e)
					return p.Shards == 34 && p.Waiting == 34
				})
				counts, err := e.Store.Counted(t.Context(), runsOf(t, e)[0].ID, []string{"CNAME " + cdn, "CNAME " + cdn + "#0"})
				if err != nil || counts["CNAME "+cdn][""] != sites || counts["CNAME "+cdn]["refused"] != sites || counts["CNAME "+cdn+"#0"][""] != sites {
					t.Errorf("counted %v, %v", counts, err)
				}
				s.clock.Add(25 * time.Minute)
				run := untilEnded(t, e)
				if run.State != history.RunPublished || run.Totals.Outcomes[row.outcome] != sites {
					t.Errorf("%s %q: %+v", run.State, run.Why, run.Totals)
				}
				if blocked := run.Totals.Faults[checks.WhyBlocked]; (blocked == sites) != (row.outcome == checks.Unverifiable) {
					t.Errorf("%d are blocked with their group", blocked)
				}
				until(t, "the counts are gone", func() bool {
					left, err := e.Store.Counted(t.Context(), run.ID, []string{"CNAME " + cdn})
					return err == nil && len(left) == 0
				})
			})
		})
	}
}

// Of two processes that look at the same shards, as the one was taken for dead,
// one is refused: every subject is kept and counted once.
func TestTwoHoldersOfAShard(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := newSite(t, o)
		s.looker.cdn = "cdn.example"
		s.looker.hold = make(chan struct{})
		first := s.open(s.engine("first"), nightly.RoleServe)
		defer s.run(first, nightly.RoleServe)()
		until(t, "a tick", func() bool { return !first.Well().IsZero() })
		s.clock.Add(61 * time.Minute)
		held := func(by string) (n int) {
			jobs, err := first.Store.Writer().QueryContext(t.Context(), `SELECT CAST(attempted_by AS TEXT) FROM river_job WHERE kind = 'shard' AND state = 'running'`)
			if err != nil {
				t.Fatal(err)
			}
			defer jobs.Close()
			for jobs.Next() {
				var holders string
				if err := jobs.Scan(&holders); err != nil {
					t.Fatal(err)
				}
				if strings.Contains(holders, by) {
					n++
				}
			}
			return n
		}
		until(t, "the first holds four shards", func() bool { return held("first") == 4 })
		next := s.open(s.engine("next"), nightly.RoleServe)
		if _, err := next.Store.Writer().ExecContext(t.Context(), `UPDATE river_job SET state = 'available' WHERE kind = 'shard' AND state = 'running'`); err != nil {
			t.Fatal(err)
		}
		defer s.run(next, nightly.RoleWorker)()
		until(t, "the next holds the same", func() bool { return held("next") == 4 && s.looker.counts()["a0.example.com"] == 2 })
		close(s.looker.hold)
		until(t, "all wait", func() bool { p := progressOf(t, next); return p.Waiting == 8 })
		run := runsOf(t, next)[0]
		counts, err := next.Store.Counted(t.Context(), run.ID, []string{"CNAME cdn.example"})
		if err != nil || counts["CNAME cdn.example"][""] != subjects {
			t.Errorf("counted %v, %v", counts, err)
		}
		if looks := s.looker.counts(); len(looks) != subjects {
			t.Errorf("looks %v", looks)
		}
		s.clock.Add(25 * time.Minute)
		if run := untilEnded(t, next); run.State != history.RunPublished || run.Totals.Subjects != subjects {
			t.Errorf("%s %q: %+v", run.State, run.Why, run.Totals)
		}
	})
}
