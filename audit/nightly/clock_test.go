package nightly_test

import (
	"strings"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/audit/nightly"
	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
)

// The clock jumps while a run waits for its second looks. By an hour it is all
// the same: forward the second looks come no sooner, back the absence stays
// unconfirmed, and only suspected. By a year the run is ended and not published. Each night has one
// run, and none lasts less than nothing.
func TestTheClockJumps(t *testing.T) {
	const year = 365 * 24 * time.Hour
	for _, row := range []struct {
		name    string
		by      time.Duration
		state   history.RunState
		why     string
		outcome checks.Outcome
	}{
		{"an hour forward", time.Hour, history.RunPublished, "", checks.Deficient},
		{"an hour back", -time.Hour, history.RunPublished, "", checks.Suspected},
		{"a year forward", year, history.RunProvisional, history.WhyBroke, ""},
		{"a year back", -year, history.RunProvisional, history.WhyClock, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			onEngines(t, func(t *testing.T, o history.Options) {
				s := newSite(t, o)
				e := s.open(s.engine("one"), nightly.RoleServe)
				defer s.run(e, nightly.RoleServe)()
				until(t, "a tick", func() bool { return !e.Well().IsZero() })
				s.clock.Add(61 * time.Minute)
				until(t, "all wait", func() bool { return progressOf(t, e).Waiting == 8 && scheduled(t, e) == 8 })
				s.clock.Add(10 * time.Minute)
				s.clock.Jump(row.by)
				first := nightOf(t, e)
				if row.outcome != "" {
					// Woken too early, all the shards look at the clocks and wait on.
					hurryUp(t, e)
					until(t, "all shards were looked after", func() bool { return scheduled(t, e) == 8 })
					for domain, n := range s.looker.counts() {
						if n != 1 {
							t.Errorf("%d looks at %s ten minutes after the first", n, domain)
						}
					}
					s.clock.Add(25 * time.Minute)
				}
				until(t, "the end of the run", func() bool {
					hurryUp(t, e)
					return nightOf(t, e).State != history.RunStaged
				})
				run := nightOf(t, e)
				if run.ID != first.ID || run.State != row.state || run.Why != row.why {
					t.Errorf("run %d of %s is %s because %q", run.ID, run.Planned, run.State, run.Why)
				}
				if row.outcome != "" && run.Totals.Outcomes[row.outcome] != subjects {
					t.Errorf("the outcomes are %v", run.Totals.Outcomes)
				}
				if found, err := openFindings(t, e); err != nil || row.outcome != checks.Deficient && found > 0 {
					t.Errorf("%d open findings, %v", found, err)
				}
				if run.Ended.Before(run.Started) {
					t.Errorf("it began at %s and ended at %s", run.Started, run.Ended)
				}
				_, metrics := get(t, e, "/metrics")
				for line := range strings.Lines(metrics) {
					if strings.Contains(line, "seconds") && strings.Contains(line, " -") && !strings.HasPrefix(line, "#") {
						t.Errorf("negative: %s", line)
					}
				}
				// The clock is put right, and the next night comes.
				s.clock.Jump(-row.by)
				s.clock.Add(24 * time.Hour)
				until(t, "the next night", func() bool { return nightOf(t, e).Planned.Equal(at(t, "2026-03-03 02:00")) })
				nights := map[string]int{}
				for _, r := range runsOf(t, e) {
					if r.Why != history.WhyOverlap {
						nights[r.Planned.In(nightly.Location()).Format(time.DateOnly)]++
					}
				}
				for night, n := range nights {
					if n != 1 {
						t.Errorf("%d runs on %s", n, night)
					}
				}
			})
		})
	}
}

// nightOf is the newest run that was really begun, the zero one where there is none.
func nightOf(t *testing.T, e *nightly.Engine) history.Run {
	t.Helper()
	for _, r := range runsOf(t, e) {
		if r.Why != history.WhyOverlap {
			return r
		}
	}
	return history.Run{}
}

// scheduled counts the shards that the queue put off.
func scheduled(t *testing.T, e *nightly.Engine) (n int) {
	t.Helper()
	if err := e.Store.Writer().QueryRowContext(t.Context(), `SELECT COUNT(*) FROM river_job WHERE kind = 'shard' AND state = 'scheduled'`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// openFindings counts the open findings of the history.
func openFindings(t *testing.T, e *nightly.Engine) (n int, err error) {
	t.Helper()
	for _, err := range e.Store.Findings(t.Context(), history.Filter{Today: filing.DayOf(e.Now())}) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// A queue whose clock was put back would put its jobs off for as long: they are
// done at once.
func TestJobsOfTheFutureAreWoken(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := newSite(t, o)
		s.looker.well = true
		idle := s.open(s.engine("idle"), nightly.RoleServe)
		if err := idle.Tick(t.Context(), nightly.RoleServe); err != nil {
			t.Fatal(err)
		}
		s.clock.Add(61 * time.Minute)
		if err := idle.Tick(t.Context(), nightly.RoleServe); err != nil {
			t.Fatal(err)
		}
		future := `'2099-01-01 00:00:00.000'`
		for _, state := range []string{"available", "retryable", "scheduled"} {
			if _, err := idle.Store.Writer().ExecContext(t.Context(), `UPDATE river_job SET state = '`+state+`', scheduled_at = `+future); err != nil {
				t.Fatal(err)
			}
			if err := idle.Tick(t.Context(), nightly.RoleServe); err != nil {
				t.Fatal(err)
			}
			var n int
			if err := idle.Store.Writer().QueryRowContext(t.Context(), `SELECT COUNT(*) FROM river_job WHERE scheduled_at > '2098-01-01 00:00:00.000'`).Scan(&n); err != nil || n > 0 {
				t.Errorf("%s: %d jobs of the future, %v", state, n, err)
			}
		}
		e := s.open(s.engine("one"), nightly.RoleServe)
		defer s.run(e, nightly.RoleServe)()
		until(t, "published", func() bool { return runsOf(t, e)[0].State == history.RunPublished })
	})
}
