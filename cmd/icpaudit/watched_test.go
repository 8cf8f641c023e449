package main

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/icpaudit/icpaudit/audit/nightly"
)

// watchedProgram is the name under which tests start the program itself in a
// process of its own, with a hold on it by environment variables.
const watchedProgram = "icpaudit-watched"

const (
	deathEnv = "ICPAUDIT_TEST_DEATH" // the change of state at which it kills itself, as death.String
	clockEnv = "ICPAUDIT_TEST_CLOCK" // file that says how far its clock is ahead of the machine's
)

// watched is the program, as far as it does not kill itself.
func watched() int {
	p := &program{out: os.Stdout, err: os.Stderr, now: time.Now}
	if file := os.Getenv(clockEnv); file != "" {
		p.now = func() time.Time { return time.Now().Add(ahead(file)) }
	}
	if text := os.Getenv(deathEnv); text != "" {
		var d death
		if _, err := fmt.Sscanf(text, "%s %t %d", &d.change, &d.made, &d.nth); err != nil {
			panic(fmt.Sprintf("%s=%q: %v", deathEnv, text, err))
		}
		p.watch = d.watch()
	}
	return p.run(os.Args[1:])
}

// ahead reads how far a clock is ahead.
func ahead(file string) time.Duration {
	text, err := os.ReadFile(file)
	if err != nil {
		panic(err) // nobody takes the file away while the program runs
	}
	d, err := time.ParseDuration(strings.TrimSpace(string(text)))
	if err != nil {
		panic(err)
	}
	return d
}

// death is where a process kills itself.
type death struct {
	change nightly.Change
	made   bool // right after it; else right before
	nth    int  // at the n-th such change of the process, from 1
}

func (d death) String() string { return fmt.Sprintf("%s %t %d", d.change, d.made, d.nth) }

// watch kills the process when its moment has come.
func (d death) watch() func(nightly.Change, bool) {
	var mu sync.Mutex
	left := d.nth
	return func(c nightly.Change, made bool) {
		if c != d.change || made != d.made {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if left--; left > 0 {
			return
		}
		if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
			panic(err)
		}
		select {} // until it has come
	}
}
