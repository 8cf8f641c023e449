package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/fixtures"
	"github.com/icpaudit/icpaudit/fixtures/postgres"
	"github.com/icpaudit/icpaudit/history"
)

// kills is how often the program is ended: ICPAUDIT_KILLS in a soak, else a few times.
func kills(t testing.TB) int {
	n, err := strconv.Atoi(os.Getenv("ICPAUDIT_KILLS"))
	if err != nil {
		return 10
	}
	t.Logf("%d kills", n)
	return n
}

// soak is a program that serves over a simulated internet, in processes of its
// own, with its files and its history.
type soak struct {
	t       testing.TB
	dir     string
	history history.Options
	cron    string
	expect  filing.Totals
	judged  map[int64]map[int]bool // by run: subjects that were finished and put by
}

func newSoak(t testing.TB, o history.Options) *soak {
	t.Helper()
	w, err := fixtures.Start(t.Context(), fixtures.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	// How much a busy machine gets to see, and registries say by then, is no
	// matter here: every run is published.
	config := strings.NewReplacer("  confirm: true", "  confirm: true\n  min_coverage: 0", "  health:\n", "  health:\n    min_ended: 0\n").Replace(string(w.Config()))
	s := layOut(t, o, config, w.Inventory(), "tick: 200ms, rescue: 2s, shard_items: 15", "* * * * *")
	// As if the schedule had been known before the last minute, which is missed.
	s.knownSince(time.Now().Add(-2 * time.Minute))
	return s
}

// patient makes a configuration of the world wait longer for everything: where
// nothing is silent that costs nothing, and a busy machine is not taken for a
// dead site.
func patient(config string) string {
	return strings.NewReplacer(
		"timeout: 400ms", "timeout: 3s", "connect_timeout: 500ms", "connect_timeout: 5s", "header_timeout: 1s", "header_timeout: 10s",
		"url_timeout: 4s", "url_timeout: 20s", "timeout: 1s", "timeout: 10s", "look_timeout: 40s", "look_timeout: 2m",
	).Replace(config)
}

// layOut writes the files of a program that audits an inventory at the times of
// a cron expression, with some settings of how it serves.
func layOut(t testing.TB, o history.Options, config string, rows []byte, serve, cron string) *soak {
	t.Helper()
	s := &soak{t: t, dir: t.TempDir(), history: o, cron: cron, judged: map[int64]map[int]bool{}}
	inventory := filepath.Join(s.dir, "inventory.csv")
	config += fmt.Sprintf(`
history: {path: %q, url: %q}
serve: {%s, listen: "127.0.0.1:0"}
schedules: [{name: all, cron: %q, inventory: %q, out: %q}]
`, o.Path, o.URL, serve, cron, inventory, filepath.Join(s.dir, "reports"))
	for path, text := range map[string][]byte{inventory: rows, filepath.Join(s.dir, "config.yaml"): []byte(config)} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	inv, err := filing.ReadInventory(t.Context(), inventory, filing.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer inv.Close()
	s.expect = inv.Totals()
	return s
}

// knownSince makes the schedule one that was known since a moment: its times
// from then on are due.
func (s *soak) knownSince(moment time.Time) {
	s.t.Helper()
	s.ask(func(store history.Store) {
		if _, err := store.Since(s.t.Context(), "all", s.cron, moment); err != nil {
			s.t.Fatal(err)
		}
	})
}

// ask opens the history for a moment.
func (s *soak) ask(do func(store history.Store)) {
	s.t.Helper()
	store, err := history.Open(s.t.Context(), s.history)
	if err != nil {
		s.t.Fatal(err)
	}
	defer store.Close()
	do(store)
}

// start starts the program itself, in another process, with more environment
// where it is given (see watched).
func (s *soak) start(ctx context.Context, env ...string) *exec.Cmd {
	s.t.Helper()
	return s.launch(ctx, "log", "serve", env...)
}

// launch starts a command of the program, with a log of its own.
func (s *soak) launch(ctx context.Context, log, command string, env ...string) *exec.Cmd {
	s.t.Helper()
	file, err := os.Create(filepath.Join(s.dir, log))
	if err != nil {
		s.t.Fatal(err)
	}
	defer file.Close()
	cmd := s.command(ctx, command)
	cmd.Env, cmd.Stdout, cmd.Stderr = append(os.Environ(), env...), file, file
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	return cmd
}

// command is a command of the program, not started yet.
func (s *soak) command(ctx context.Context, args ...string) *exec.Cmd {
	s.t.Helper()
	program, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, program)
	cmd.Args = append(append([]string{watchedProgram}, args...), "--config", filepath.Join(s.dir, "config.yaml"))
	cmd.Dir = s.dir
	return cmd
}

// log is what the program has said so far.
func (s *soak) log() []byte { return s.logOf("log") }

func (s *soak) logOf(name string) []byte {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		s.t.Fatal(err)
	}
	return text
}

// says waits until a process has said something in its log.
func (s *soak) says(log, what string) {
	s.t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for begun := time.Now(); !bytes.Contains(s.logOf(log), []byte(what)); <-tick.C {
		if time.Since(begun) > time.Minute {
			s.t.Fatalf("%s never says %q:\n%s", log, what, s.logOf(log))
		}
	}
}

// check holds that the stage has exactly what the shards say is finished, and
// that nothing of what was finished before has gone. Where workers go on
// meanwhile, the stage is counted before and after the shards are read: what
// they say lies between.
func (s *soak) check() (published int) {
	s.t.Helper()
	s.ask(func(store history.Store) {
		runs, err := store.Runs(s.t.Context(), 0)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, run := range runs {
			switch run.State {
			case history.RunPublished:
				published++
				s.whole(run)
			case history.RunStaged:
				s.going(store, run)
			default:
				if run.Why != history.WhyOverlap {
					s.t.Errorf("run %d is %s: %s", run.ID, run.State, run.Why)
				}
			}
		}
	})
	return published
}

func (s *soak) going(store history.Store, run history.Run) {
	s.t.Helper()
	staged := func() int {
		n, err := store.Staged(s.t.Context(), run.ID)
		if err != nil {
			s.t.Fatal(err)
		}
		return n.Subjects
	}
	before, now := staged(), map[int]bool{}
	for shard, err := range store.Shards(s.t.Context(), run.ID) {
		if err != nil {
			s.t.Fatal(err)
		}
		for _, j := range shard.State.Judged {
			if now[j.Seq] {
				s.t.Errorf("run %d: subject %d was finished twice", run.ID, j.Seq)
			}
			now[j.Seq] = true
		}
	}
	after := staged()
	latest, err := store.Run(s.t.Context(), run.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	if latest.State != history.RunStaged {
		return // it ended between the looks, and its stage and shards with it
	}
	for seq := range s.judged[run.ID] {
		if !now[seq] {
			s.t.Errorf("run %d: subject %d was finished, and is not any more", run.ID, seq)
		}
	}
	s.judged[run.ID] = now
	if len(now) < before || len(now) > after {
		s.t.Errorf("run %d: %d subjects are finished, %d to %d lay on the stage", run.ID, len(now), before, after)
	}
}

// whole holds that a published run has every subject and item once.
func (s *soak) whole(run history.Run) {
	s.t.Helper()
	n := run.Totals
	if n.Subjects != s.expect.Subjects || n.Items != s.expect.Domains+s.expect.Apps || n.BadRows != s.expect.Bad || n.Outcomes[checks.Error] > 0 {
		s.t.Errorf("run %d came to %+v, the inventory has %+v", run.ID, n, s.expect)
	}
	if _, err := os.Stat(filepath.Join(s.dir, "reports")); err != nil {
		s.t.Error(err)
	}
}

// end ends the program that serves: mostly at once, sometimes in order.
func (s *soak) end(cmd *exec.Cmd, inOrder bool) {
	s.t.Helper()
	s.endOf(cmd, "log", inOrder)
}

// endOf ends the process with that log.
func (s *soak) endOf(cmd *exec.Cmd, log string, inOrder bool) {
	s.t.Helper()
	signal := os.Signal(os.Kill)
	if inOrder {
		signal = syscall.SIGTERM
		limit := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() })
		defer limit.Stop()
	}
	if err := cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.t.Fatal(err)
	}
	err := cmd.Wait()
	var exit *exec.ExitError
	if inOrder && err != nil || !inOrder && (!errors.As(err, &exit) || exit.ExitCode() != -1) {
		s.t.Errorf("ended with %v (in order: %t):\n%s", err, inOrder, s.logOf(log))
	}
}

func (s *soak) run() {
	s.t.Helper()
	seed := uint64(time.Now().UnixNano())
	s.t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	for n := range kills(s.t) {
		cmd := s.start(s.t.Context())
		select {
		case <-time.After(200*time.Millisecond + time.Duration(random.Int64N(int64(4*time.Second)))):
		case <-s.t.Context().Done():
		}
		s.end(cmd, n%4 == 3 && bytes.Contains(s.log(), []byte("msg=ready")))
		s.check()
	}
	cmd := s.start(s.t.Context())
	s.untilPublished()
	s.end(cmd, true)
	s.t.Logf("%d runs were published", s.check())
}

// untilPublished waits until a run is published.
func (s *soak) untilPublished() {
	s.t.Helper()
	deadline := time.After(2 * time.Minute)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for published := 0; published == 0; {
		select {
		case <-tick.C:
			s.ask(func(store history.Store) {
				runs, err := store.Runs(s.t.Context(), 0)
				for _, run := range runs {
					if run.State == history.RunPublished {
						published++
					}
				}
				if err != nil {
					s.t.Error(err)
				}
			})
		case <-deadline:
			s.t.Fatalf("nothing was published:\n%s", s.log())
		}
	}
}

// newCluster is a PostgreSQL of the test's own; in CI it has to be there.
func newCluster(t testing.TB) *postgres.Cluster {
	cluster := &postgres.Cluster{Required: os.Getenv("ICPAUDIT_CI") == "1"}
	t.Cleanup(func() {
		if err := cluster.Stop(); err != nil {
			t.Error(err)
		}
	})
	return cluster
}

// The program is ended again and again while it works: nothing that it has put
// by is lost or there twice, and the run gets done.
func TestServeIsEndedAgainAndAgain(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		o := history.Default()
		o.Path = filepath.Join(t.TempDir(), "icpaudit.db")
		newSoak(t, o).run()
	})
	t.Run("postgres", func(t *testing.T) {
		o := history.Default()
		o.URL = newCluster(t).Database(t)
		newSoak(t, o).run()
	})
}
