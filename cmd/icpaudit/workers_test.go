package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/history"
)

// restarts is how often PostgreSQL dies in a run: ICPAUDIT_RESTARTS in a soak,
// else twice.
func restarts() int {
	n, err := strconv.Atoi(os.Getenv("ICPAUDIT_RESTARTS"))
	if err != nil {
		return 2
	}
	return n
}

// Two workers help, one of them is killed, and the database dies and comes
// back while they work: the run gets done, whole.
func TestWorkersAndRestarts(t *testing.T) {
	cluster := newCluster(t)
	o := history.Default()
	o.URL = cluster.Database(t)
	s := newSoak(t, o)
	serve := s.start(t.Context())
	var workers []*exec.Cmd
	for _, name := range []string{"a", "b"} {
		program, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		log, err := os.Create(filepath.Join(s.dir, "worker-"+name))
		if err != nil {
			t.Fatal(err)
		}
		defer log.Close()
		cmd := exec.CommandContext(t.Context(), program)
		cmd.Args = []string{"icpaudit", "worker", "--config", filepath.Join(s.dir, "config.yaml")}
		cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, log, log
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		workers = append(workers, cmd)
	}
	wait := func(d time.Duration) {
		select {
		case <-time.After(d):
		case <-t.Context().Done():
		}
	}
	wait(2 * time.Second)
	s.end(workers[0], false)
	for range restarts() {
		if err := cluster.Restart(); err != nil {
			t.Fatal(err)
		}
		wait(1500 * time.Millisecond)
		s.check()
	}
	s.untilPublished()
	s.end(serve, true)
	s.end(workers[1], true)
	if published := s.check(); published == 0 {
		t.Error("nothing is published")
	}
}
