package main

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/fixtures"
	"github.com/icpaudit/icpaudit/history"
)

// pace is a simulated internet and how it is audited.
type pace struct {
	name     string
	domains  int
	latency  time.Duration // of every site
	inFlight int           // looks at a time in one process
}

// paces are one that the processors bound, and one that the sites do: on one
// machine only the latter shows whether workers add up.
func paces() []pace {
	return []pace{
		{"busy", 3000, 0, 200},
		{"waiting", 900, 300 * time.Millisecond, 12},
	}
}

// BenchmarkServe audits a synthetic inventory from its due time to the
// published run: the one-shot audit without a history, the serving program on
// SQLite and on PostgreSQL, and the latter with workers besides. Everything
// runs on this one machine, the simulated internet too.
func BenchmarkServe(b *testing.B) {
	cluster := newCluster(b)
	for _, p := range paces() {
		population := fixtures.Synthetic(p.domains, 1, 0.05)
		population.Latency = p.latency
		w, err := fixtures.Start(b.Context(), fixtures.Options{Population: population})
		if err != nil {
			b.Fatal(err)
		}
		var inventory bytes.Buffer
		if err := population.WriteInventory(&inventory); err != nil {
			b.Fatal(err)
		}
		config := strings.Replace(string(w.Config()), "confirm_after: 2s", "confirm_after: 200ms", 1)
		config = strings.Replace(config, "in_flight: 200", fmt.Sprintf("in_flight: %d", p.inFlight), 1)
		lay := func(b *testing.B, o history.Options) *soak {
			return layOut(b, o, config, inventory.Bytes(), fmt.Sprintf("tick: 200ms, rescue: 10s, shard_items: %d", p.domains/60), yearly)
		}
		b.Run(p.name+"/oneshot", func(b *testing.B) {
			for b.Loop() {
				o := history.Default()
				o.Path = ""
				s := lay(b, o)
				begun := time.Now()
				s.oneShot()
				b.ReportMetric(float64(p.domains)/time.Since(begun).Seconds(), "items/s")
			}
		})
		for _, c := range []struct {
			name    string
			workers int // besides the program that serves; -1: on SQLite
		}{{"sqlite", -1}, {"postgres-1", 0}, {"postgres-2", 1}, {"postgres-3", 2}} {
			b.Run(p.name+"/"+c.name, func(b *testing.B) {
				for b.Loop() {
					o := history.Default()
					o.Path = filepath.Join(b.TempDir(), "icpaudit.db")
					if c.workers >= 0 {
						o.Path, o.URL = "", cluster.Database(b)
					}
					took := lay(b, o).timed(max(0, c.workers))
					b.ReportMetric(float64(p.domains)/took.Seconds(), "items/s")
				}
			})
		}
		if err := w.Close(); err != nil {
			b.Error(err)
		}
	}
}

// oneShot audits the inventory once, by hand.
func (s *soak) oneShot() {
	s.t.Helper()
	cmd := s.command(s.t.Context(), "audit", "--inventory", filepath.Join(s.dir, "inventory.csv"), "--out", filepath.Join(s.dir, "out"))
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitFound {
		s.t.Fatalf("the audit ended with %v:\n%s", err, out)
	}
}

// timed is how long a run takes from its due time to its publication, with
// workers besides the program that serves.
func (s *soak) timed(workers int) time.Duration {
	s.t.Helper()
	processes := []*exec.Cmd{s.start(s.t.Context())}
	logs := []string{"log"}
	for n := range workers {
		logs = append(logs, fmt.Sprintf("worker-%d", n))
		processes = append(processes, s.launch(s.t.Context(), logs[n+1], "worker"))
	}
	for _, log := range logs {
		s.says(log, "msg=ready")
	}
	var took time.Duration
	s.ask(func(store history.Store) {
		for known := int64(0); known == 0; {
			// As if the schedule had been known for long, so that a time of it was missed.
			res, err := store.Writer().ExecContext(s.t.Context(), `UPDATE schedules SET since = 1`)
			if err == nil {
				known, err = res.RowsAffected()
			}
			if err != nil {
				s.t.Fatal(err)
			}
		}
		begun := time.Now()
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for range tick.C {
			runs, err := store.Runs(s.t.Context(), 0)
			if err != nil {
				s.t.Fatal(err)
			}
			if len(runs) > 0 && runs[0].State != history.RunStaged {
				took = time.Since(begun)
				s.whole(runs[0])
				return
			}
			if time.Since(begun) > 5*time.Minute {
				s.t.Fatalf("the run does not come to its end:\n%s", s.log())
			}
		}
	})
	for _, process := range processes {
		s.end(process, true)
	}
	return took
}
