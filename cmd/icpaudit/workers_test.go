package main

import (
	"os"
	"os/exec"
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

// Three workers help, one of them is killed, and the database dies and comes
// back while they work: the run gets done, whole.
func TestWorkersAndRestarts(t *testing.T) {
	cluster := newCluster(t)
	o := history.Default()
	o.URL = cluster.Database(t)
	s := newSoak(t, o)
	serve := s.start(t.Context())
	var workers []*exec.Cmd
	names := []string{"a", "b", "c"}
	for _, name := range names {
		workers = append(workers, s.launch(t.Context(), "worker-"+name, "worker"))
	}
	wait := func(d time.Duration) {
		select {
		case <-time.After(d):
		case <-t.Context().Done():
		}
	}
	// A program that can't reach the database when it starts does not stay.
	s.says("log", "msg=run-dealt")
	for _, name := range names {
		s.says("worker-"+name, "msg=ready")
	}
	s.endOf(workers[0], "worker-"+names[0], false)
	for range restarts() {
		if err := cluster.Restart(); err != nil {
			t.Fatal(err)
		}
		wait(1500 * time.Millisecond)
		s.check()
	}
	s.untilPublished()
	s.end(serve, true)
	for n, worker := range workers[1:] {
		s.endOf(worker, "worker-"+names[n+1], true)
	}
	if published := s.check(); published == 0 {
		t.Error("nothing is published")
	}
}
