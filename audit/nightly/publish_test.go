package nightly_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/audit"
	"github.com/icpaudit/icpaudit/audit/nightly"
	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/history"
)

// A run whose items our own trouble kept from being seen is provisional, and
// says why in the history, the log and the metrics; one that paused for a while
// and saw all in the end is published.
func TestOwnTroubleKeepsARunProvisional(t *testing.T) {
	for _, row := range []struct {
		name  string
		heals bool
		state history.RunState
		why   string
		seen  string
	}{
		{"to the end", false, history.RunProvisional, history.WhyOurs, `icpaudit_run_seen{schedule="all"} 0`},
		{"for a while", true, history.RunPublished, "", `icpaudit_run_seen{schedule="all"} 1`},
	} {
		t.Run(row.name, func(t *testing.T) {
			onEngines(t, func(t *testing.T, o history.Options) {
				s := newSite(t, o)
				s.audit.Health.Interval, s.audit.Health.Pause = 20*time.Millisecond, 100*time.Millisecond
				if row.heals {
					s.audit.Health.Pause = time.Hour
				}
				var broken atomic.Bool
				broken.Store(true)
				var paused atomic.Int64
				s.health = audit.NewHealth(s.audit, func(_ context.Context, _ bool) (bool, error) {
					if broken.Load() {
						return true, errors.New("silence")
					}
					return true, nil
				}, func(e audit.Event) {
					if e.Kind == audit.EventPaused {
						paused.Add(1)
					}
				})
				e := s.open(s.engine("one"), nightly.RoleServe)
				var log syncBuffer
				e.Log = slog.New(slog.NewTextHandler(&log, nil))
				defer s.run(e, nightly.RoleServe)()
				until(t, "a tick", func() bool { return !e.Well().IsZero() })
				s.clock.Add(61 * time.Minute)
				if row.heals {
					until(t, "a pause", s.health.Paused)
					if _, metrics := get(t, e, "/metrics"); !strings.Contains(metrics, "icpaudit_paused 1\n") {
						t.Errorf("the metrics say nothing of the pause:\n%s", metrics)
					}
					if len(s.looker.looks) > 0 {
						t.Errorf("looked at %v while it paused", s.looker.looks)
					}
					broken.Store(false)
				}
				until(t, "all wait", func() bool { return progressOf(t, e).Waiting == 8 })
				s.clock.Add(25 * time.Minute)
				run := untilEnded(t, e)
				if run.State != row.state || run.Why != row.why || run.Totals.Items != subjects {
					t.Errorf("%s %q: %+v", run.State, run.Why, run.Totals)
				}
				if n := run.Totals.Outcomes[checks.Deficient]; row.heals != (n == subjects) || !row.heals && (n > 0 || run.Totals.Unseen != subjects) {
					t.Errorf("%d are deficient, %d unseen", n, run.Totals.Unseen)
				}
				if told := strings.Contains(log.String(), "level=ERROR msg=run-provisional") && strings.Contains(log.String(), "why=own-trouble"); told == row.heals {
					t.Errorf("the log says %s", log.String())
				}
				if _, metrics := get(t, e, "/metrics"); !strings.Contains(metrics, row.seen+"\n") {
					t.Errorf("%s is not in the metrics:\n%s", row.seen, metrics)
				}
				// The eight shards share one watch, and pause together.
				if row.heals && paused.Load() != 1 {
					t.Errorf("paused %d times", paused.Load())
				}
			})
		})
	}
}
