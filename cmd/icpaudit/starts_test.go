package main

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/icpaudit/icpaudit/fixtures"
	"github.com/icpaudit/icpaudit/history"
)

// starts is how many programs are started at once.
func starts() int {
	if soaking() {
		return 20
	}
	return 5
}

// Many programs that serve start at once when a run is due: on PostgreSQL they
// share one run, on SQLite one serves and the others say who does.
func TestManyProgramsAtOnce(t *testing.T) {
	population := fixtures.Synthetic(60, 5, 0.1)
	w, err := fixtures.Start(t.Context(), fixtures.Options{Population: population})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	t.Run("sqlite", func(t *testing.T) {
		o := history.Default()
		o.Path = filepath.Join(t.TempDir(), "icpaudit.db")
		s := newTrial(t, o, w, population, true)
		serving := 0
		holder := 0
		processes, logs := s.crowd()
		over := s.over(t.Context())
		<-over
		for n, cmd := range processes {
			refused := bytes.Contains(s.logOf(logs[n]), []byte("another icpaudit serve works on the history"))
			if !refused {
				serving++
				holder = n
				continue
			}
			var exit *exec.ExitError
			if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != exitUsage {
				t.Errorf("%s ended with %v:\n%s", logs[n], err, s.logOf(logs[n]))
			}
		}
		if serving != 1 {
			t.Fatalf("%d of %d serve", serving, len(processes))
		}
		s.endOf(processes[holder], logs[holder], true)
		s.once()
	})
	t.Run("postgres", func(t *testing.T) {
		o := history.Default()
		o.URL = newCluster(t).Database(t)
		s := newTrial(t, o, w, population, true)
		processes, logs := s.crowd()
		<-s.over(t.Context())
		for n, cmd := range processes {
			s.says(logs[n], "msg=ready")
			s.endOf(cmd, logs[n], true)
		}
		s.once()
	})
}

// crowd starts many programs that serve at once, each with a log of its own.
func (s *trial) crowd() (processes []*exec.Cmd, logs []string) {
	s.t.Helper()
	for n := range starts() {
		logs = append(logs, fmt.Sprintf("log-%d", n))
		processes = append(processes, s.launch(s.t.Context(), logs[n], "serve"))
	}
	return processes, logs
}

// once holds that one run was made, and that one was published whole.
func (s *trial) once() {
	s.t.Helper()
	s.ask(func(store history.Store) {
		runs, err := store.Runs(s.t.Context(), 0)
		if err != nil || len(runs) != 1 || runs[0].State != history.RunPublished {
			s.t.Fatalf("the runs: %+v, %v", runs, err)
		}
		s.whole(runs[0])
	})
	s.findings()
}

// Told to stop while it still starts, the program ends well, or by that signal
// where it did not listen yet.
func TestStopWhileStarting(t *testing.T) {
	population := fixtures.Synthetic(6, 5, 0)
	w, err := fixtures.Start(t.Context(), fixtures.Options{Population: population})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	o := history.Default()
	o.URL = newCluster(t).Database(t) // starting takes longer there
	s := newTrial(t, o, w, population, true)
	for _, line := range []string{"", "config.yaml", "mainland", "msg=ready"} {
		cmd := s.launch(t.Context(), "log", "serve")
		s.says("log", line)
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		err := cmd.Wait()
		if state := cmd.ProcessState.Sys().(syscall.WaitStatus); err != nil && (line != "" || !state.Signaled() || state.Signal() != syscall.SIGTERM) {
			t.Errorf("stopped after it said %q, it ends with %v:\n%s", line, err, s.log())
		}
	}
}
