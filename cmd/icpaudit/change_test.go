package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/audit/nightly"
	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/fixtures"
	"github.com/icpaudit/icpaudit/history"
)

// soaking says whether tests run in their whole form: the short one is for every change.
func soaking() bool { return os.Getenv("ICPAUDIT_SOAK") == "1" }

// yearly is a schedule that comes due while a test runs only at New Year.
const yearly = "0 2 1 1 *"

// deaths are right before and right after each change of state that a run goes
// through: all of one that is published, or how another one ends. In the short
// form only those right after: right before the next change the history is the same.
func deaths(published bool, nth ...int) []death {
	changes := []nightly.Change{nightly.ChangeReported, nightly.ChangeAbandoned, nightly.ChangeDropped}
	if published {
		changes = slices.DeleteFunc(nightly.Changes(), func(c nightly.Change) bool { return c == nightly.ChangeAbandoned })
	}
	var all []death
	for _, change := range changes {
		for _, made := range []bool{false, true} {
			if !made && !soaking() {
				continue
			}
			for _, n := range nth {
				all = append(all, death{change, made, n})
			}
		}
	}
	return all
}

// outcome is what one run left in the history and in the directory of reports.
type outcome struct {
	State    history.RunState
	Why      string
	Totals   history.Totals
	Rows     map[string]int // of the tables that a run is kept in
	Findings map[string]string
}

// trial is one run over a synthetic world.
type trial struct {
	*soak
	published bool
}

// newTrial lays a run out that is due at once; where it is not to be published,
// its coverage is never enough.
func newTrial(t *testing.T, o history.Options, w *fixtures.World, p *fixtures.Population, published bool) *trial {
	t.Helper()
	var inventory bytes.Buffer
	if err := p.WriteInventory(&inventory); err != nil {
		t.Fatal(err)
	}
	config := strings.Replace(patient(string(w.Config())), "confirm_after: 2s", "confirm_after: 300ms", 1)
	config = strings.Replace(config, "mode: live", "mode: off", 1) // what registries have answered by then is no part of a run
	if !published {
		config = strings.Replace(config, "  confirm: true", "  confirm: true\n  min_coverage: 1", 1)
	}
	s := layOut(t, o, config, inventory.Bytes(), "tick: 100ms, rescue: 500ms, shard_items: 180", yearly)
	s.knownSince(time.Now().AddDate(-2, 0, 0))
	return &trial{s, published}
}

// die runs the program until it has killed itself, and holds that nothing is
// lost or there twice; false where it never came to that change.
func (s *trial) die(d death) bool {
	s.t.Helper()
	cmd := s.start(s.t.Context(), deathEnv+"="+d.String())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	died := true
	watching, stop := context.WithCancel(s.t.Context())
	over := s.over(watching)
	defer func() {
		stop()
		<-over
	}()
	select {
	case err := <-ended:
		if state := cmd.ProcessState.Sys().(syscall.WaitStatus); !state.Signaled() || state.Signal() != syscall.SIGKILL {
			s.t.Fatalf("%s: it ended with %v:\n%s", d, err, s.log())
		}
	case <-over:
		died = false
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
			s.t.Fatal(err)
		}
		<-ended
	}
	s.ask(func(store history.Store) {
		runs, err := store.Open(s.t.Context())
		if err != nil {
			s.t.Fatal(err)
		}
		for _, run := range runs {
			s.going(store, run)
		}
	})
	return died
}

// over is closed when a run is over and nothing of it is left to do, or with
// the context.
func (s *trial) over(ctx context.Context) <-chan struct{} {
	over := make(chan struct{})
	go func() {
		defer close(over)
		store, err := history.Open(ctx, s.history)
		if err != nil {
			if ctx.Err() == nil {
				s.t.Error(err)
			}
			return
		}
		defer store.Close()
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for ctx.Err() == nil && !s.quiet(ctx, store) {
			<-tick.C
		}
	}()
	return over
}

// quiet says whether a run is over, and the queue and the shards are empty.
func (s *trial) quiet(ctx context.Context, store history.Store) (quiet bool) {
	left := 0
	err := store.Writer().QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM runs WHERE state = 'staged') + (SELECT COUNT(*) FROM shards)
		+ (SELECT COUNT(*) FROM river_job WHERE kind IN ('deal', 'shard', 'publish') AND state NOT IN ('completed', 'cancelled', 'discarded')) + CASE WHEN EXISTS (SELECT 1 FROM runs) THEN 0 ELSE 1 END`).Scan(&left)
	return err == nil && left == 0
}

// finish lets the program bring the run to its end, and answers what it left.
func (s *trial) finish() outcome {
	s.t.Helper()
	cmd := s.start(s.t.Context())
	select {
	case <-s.over(s.t.Context()):
	case <-time.After(2 * time.Minute):
		s.t.Fatalf("the run does not come to its end:\n%s", s.log())
	}
	s.says("log", "msg=ready") // where nothing was left, the run is over before the program listens to signals
	s.end(cmd, true)
	var o outcome
	s.ask(func(store history.Store) {
		runs, err := store.Runs(s.t.Context(), 0)
		if err != nil || len(runs) != 1 {
			s.t.Fatalf("%d runs, %v", len(runs), err)
		}
		o = outcome{State: runs[0].State, Why: runs[0].Why, Totals: runs[0].Totals, Rows: map[string]int{}, Findings: s.findings()}
		for _, table := range []string{"items", "changes", "dossiers", "findings", "stage", "shards", "river_job"} {
			n := 0
			if err := store.Writer().QueryRowContext(s.t.Context(), `SELECT COUNT(*) FROM `+table).Scan(&n); err != nil {
				s.t.Fatal(err)
			}
			o.Rows[table] = n
		}
	})
	return o
}

// findings are the outcomes in the one directory of reports, by scene and item.
func (s *trial) findings() map[string]string {
	s.t.Helper()
	dirs, err := os.ReadDir(filepath.Join(s.dir, "reports"))
	if err != nil || len(dirs) != 1 {
		s.t.Fatalf("directories of reports: %v, %v", dirs, err)
	}
	text, err := os.ReadFile(filepath.Join(s.dir, "reports", dirs[0].Name(), "findings.jsonl"))
	if err != nil {
		s.t.Fatal(err)
	}
	all := map[string]string{}
	for line := range bytes.Lines(text) {
		var f struct {
			Type    string
			Scene   checks.ID
			Item    string
			Outcome checks.Outcome
		}
		if err := json.Unmarshal(line, &f); err != nil {
			s.t.Fatal(err)
		}
		if f.Type != "finding" {
			continue
		}
		key := fmt.Sprint(f.Scene, " ", f.Item)
		if _, twice := all[key]; twice {
			s.t.Errorf("%s is reported twice", key)
		}
		all[key] = string(f.Outcome)
	}
	return all
}

// same brings the run to its end, which has to be that of an undisturbed one.
func (s *trial) same(want outcome) {
	s.t.Helper()
	got := s.finish()
	for key, outcome := range want.Findings {
		if got.Findings[key] != outcome {
			s.t.Errorf("%s is %q, undisturbed %q", key, got.Findings[key], outcome)
		}
	}
	if len(got.Findings) != len(want.Findings) {
		s.t.Errorf("%d findings, undisturbed %d", len(got.Findings), len(want.Findings))
	}
	// Each death after which a run was dealt anew has cost jobs, and no more.
	got.Findings, got.Rows, want.Rows = want.Findings, maps.Clone(got.Rows), maps.Clone(want.Rows)
	delete(got.Rows, "river_job")
	delete(want.Rows, "river_job")
	if !reflect.DeepEqual(got, want) {
		s.t.Errorf("the run came to %+v, undisturbed to %+v", got, want)
	}
}

// The program kills itself right before and right after each change of state of
// a run and its shards: whoever comes next brings the run to exactly the same
// end as if nothing had happened. In the short form all deaths hit one run, one
// after the other; in a soak each has a run of its own too.
func TestDeathAtEachChange(t *testing.T) {
	population := fixtures.Synthetic(210, 3, 0.05)
	w, err := fixtures.Start(t.Context(), fixtures.Options{Population: population})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	cluster := newCluster(t)
	for _, published := range []bool{true, false} {
		name := map[bool]string{true: "published", false: "abandoned"}[published]
		for _, engine := range []string{"sqlite", "postgres"} {
			if !published && engine == "postgres" && !soaking() {
				continue
			}
			fresh := func(t *testing.T) *trial {
				o := history.Default()
				if engine == "postgres" {
					o.URL = cluster.Database(t)
				} else {
					o.Path = filepath.Join(t.TempDir(), "icpaudit.db")
				}
				return newTrial(t, o, w, population, published)
			}
			t.Run(name+"/"+engine, func(t *testing.T) {
				t.Parallel()
				want := fresh(t).finish()
				if state := map[bool]history.RunState{true: history.RunPublished, false: history.RunProvisional}[published]; want.State != state || len(want.Findings) == 0 {
					t.Fatalf("undisturbed, the run comes to %+v", want)
				}
				s := fresh(t)
				for _, d := range deaths(published, 1) {
					if !s.die(d) {
						t.Fatalf("%s: the program never came to it", d)
					}
				}
				s.same(want)
				if !soaking() {
					return
				}
				for _, d := range deaths(published, 1, 2) {
					t.Run(d.String(), func(t *testing.T) {
						s := fresh(t)
						if died := s.die(d); !died && d.nth == 1 {
							t.Errorf("the program never came to it")
						}
						s.same(want)
					})
				}
			})
		}
	}
}
