package history_test

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
)

// victimTarget names the history that the program of the tests writes nights
// into when it is started as a victim, to be killed in the middle.
const victimTarget = "ICPAUDIT_TEST_VICTIM"

// kills is how often the victim is killed: go test ./history -run Killed -args -kills 100.
var kills = flag.Int("kills", 15, "how often the writing program is killed, on each engine")

const (
	crashSites  = 30
	crashShards = 3
)

// crashState is what a site shows on a night: it fails for some nights, and is well for some.
func crashState(n, night int) byte {
	if (night+n)/(2+n%5)%2 == 0 {
		return 'p'
	}
	return 'd'
}

// victim writes nights until it is killed, going on where the one before it was
// killed, and tells of every step.
func victim(target string) int {
	o := history.Default()
	if strings.HasPrefix(target, "postgres://") {
		o.URL = target
	} else {
		o.Path = target
	}
	if err := victimNights(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func victimNights(ctx context.Context, o history.Options) error {
	s, err := history.Open(ctx, o)
	if err != nil {
		return err
	}
	defer s.Close()
	for night := 0; ; night++ {
		at := began.AddDate(0, 0, night)
		r, err := s.Begin(ctx, history.Run{Schedule: "nightly", Planned: at, Started: at})
		switch {
		case errors.Is(err, history.ErrTwice) && r.State == history.RunPublished:
			continue
		case err != nil && !errors.Is(err, history.ErrTwice):
			return err
		}
		fmt.Println("begun", night)
		for shard := range crashShards {
			var results []history.Result
			for n := shard; n < crashSites; n += crashShards {
				results = append(results, site{n: n, state: crashState(n, night), noise: uint64(night * n)}.result(n, at))
			}
			if err := s.Stage(ctx, r.ID, results); err != nil {
				return err
			}
			fmt.Println("staged", night, shard)
		}
		if _, err := s.Publish(ctx, r.ID, history.End{At: at}); err != nil {
			return err
		}
		fmt.Println("published", night)
	}
}

// A program that is killed at any moment loses no night that it told of and
// doubles none, and the one after it goes on.
func TestKilled(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	onEngines(t, func(t *testing.T, o history.Options) {
		r := rand.New(rand.NewPCG(9, 9))
		told := 0 // nights that were told as published
		target := cmp.Or(o.URL, o.Path)
		for range *kills {
			cmd := exec.CommandContext(t.Context(), self)
			cmd.Env = append(os.Environ(), victimTarget+"="+target)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			cmd.Stderr = os.Stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(out)
			for range 1 + r.IntN(12) {
				if !lines.Scan() {
					t.Fatal("the victim ended by itself")
				}
				if night, ok := strings.CutPrefix(lines.Text(), "published "); ok {
					told = max(told, number(t, night)+1)
				}
			}
			// It goes on for a moment, so that the blow falls anywhere.
			for spin := r.IntN(2_000_000); spin > 0; spin-- {
			}
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			for lines.Scan() {
				if night, ok := strings.CutPrefix(lines.Text(), "published "); ok {
					told = max(told, number(t, night)+1)
				}
			}
			if err := cmd.Wait(); err == nil {
				t.Fatal("the victim was not killed")
			}
			afterKill(t, o, told)
		}
		if told < 3 {
			t.Errorf("only %d nights were published in all", told)
		}
		t.Logf("%d kills, %d nights published", *kills, told)
	})
}

func number(t *testing.T, text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// afterKill wants the history to be exactly that of the nights it has published.
func afterKill(t *testing.T, o history.Options, told int) {
	t.Helper()
	s := open(t, o)
	defer s.Close()
	h, err := s.Health(t.Context())
	if err != nil || h.Damage != "" {
		t.Fatalf("health %+v, %v", h, err)
	}
	runs, err := s.Runs(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	published := 0
	for _, r := range runs {
		if r.State == history.RunPublished {
			published++
			if want := began.AddDate(0, 0, int(r.Position)-1); !r.Planned.Equal(want) {
				t.Errorf("position %d is of %s, want %s", r.Position, r.Planned, want)
			}
		}
	}
	if published < told || published > told+1 || len(runs) > published+1 {
		t.Fatalf("%d runs, %d published, %d told", len(runs), published, told)
	}
	if published == 0 {
		return
	}
	lives := map[string]history.Finding{}
	for _, status := range []history.Status{history.StatusOpen, history.StatusResolved} {
		for f, err := range s.Findings(t.Context(), history.Filter{Status: status, Today: filing.DayOf(began)}) {
			if err != nil {
				t.Fatal(err)
			}
			lives[f.Item.Key] = f
		}
	}
	for n := range crashSites {
		p := plan{}
		for night := range published {
			p.shown = append(p.shown, crashState(n, night))
		}
		want := p.life()
		f := lives[site{n: n}.key()]
		got := life{f.Life.First, f.Life.Begun, f.Life.Resolved, f.Life.State == history.LifeOpen, f.Life.Regressions}
		if got != want {
			t.Fatalf("site %d after %d nights: %+v, want %+v", n, published, got, want)
		}
	}
}

// Many read and several write at once, and nobody is told that the database is busy.
func TestManyAtOnce(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := open(t, o)
		sites := make([]site, 40)
		for n := range sites {
			sites[n] = site{n: n, state: 'd'}
		}
		night(t, s, began, sites...)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for ctx.Err() == nil {
					n := 0
					for f, err := range s.Findings(t.Context(), history.Filter{Today: filing.DayOf(began)}) {
						if err != nil {
							t.Error(err)
							return
						}
						if f.Life.Outcome == checks.Deficient {
							n++
						}
					}
					if n != len(sites) {
						t.Errorf("%d findings", n)
						return
					}
				}
			})
		}
		// Each like a program of its own.
		for writer := range 3 {
			other := open(t, o)
			wg.Go(func() {
				for i := 0; ctx.Err() == nil; i++ {
					note := history.Note{Target: "x", Who: strconv.Itoa(writer), Text: strconv.Itoa(i), Made: time.Now()}
					if err := other.AddNote(t.Context(), note); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		for n := 1; n <= 10; n++ {
			for i := range sites {
				sites[i].noise = uint64(n * i)
				sites[i].owner = strconv.Itoa(n)
			}
			night(t, s, began.AddDate(0, 0, n), sites...)
		}
		stop()
		wg.Wait()
	})
}
