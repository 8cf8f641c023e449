package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/report"
)

// follow shows the progress of a run until the returned function is called:
// in place four times a second on a terminal, else a line a minute and one at the end.
func (p *program) follow(s *session, book *report.Book, subjects int) (stop func()) {
	begun := time.Now()
	every, end := time.Minute, "\n"
	if f, ok := p.out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		every, end = 250*time.Millisecond, "\r"
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				showProgress(p.out, s, book.Totals(), subjects, time.Since(begun), end)
			case <-done:
				showProgress(p.out, s, book.Totals(), subjects, time.Since(begun), "\n")
				return
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}

func showProgress(w io.Writer, s *session, t report.Totals, subjects int, took time.Duration, end string) {
	rate := float64(t.Subjects) / max(took.Seconds(), 0.001)
	left := "?"
	if t.Subjects > 0 {
		left = time.Duration(float64(subjects-t.Subjects) / rate * float64(time.Second)).Round(time.Second).String()
	}
	line := fmt.Sprintf(s.teller.Say("progress"), t.Subjects, subjects, rate, t.Outcomes[checks.Deficient],
		t.Outcomes[checks.Suspected], t.Outcomes[checks.Unverifiable], t.Outcomes[checks.Error], left)
	if end == "\r" {
		// Clear to the end of the line: the next one may be shorter.
		line += "\x1b[K"
	}
	fmt.Fprint(w, line+end)
}
