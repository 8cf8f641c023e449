package nightly

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/history"
)

// totalsOf is a run of a thousand verdicts, of which some percent could not be judged.
func totalsOf(found, percent int) history.Totals {
	return history.Totals{
		Outcomes: map[checks.Outcome]int{checks.Unverifiable: 10 * percent, checks.Pass: 1000 - 10*percent, checks.NotApplicable: 900},
		Moves:    history.Moves{New: found - found/2, Regressed: found / 2},
	}
}

func TestHold(t *testing.T) {
	earlier := func(found, unverifiable, runs int) []history.Totals {
		var all []history.Totals
		for range runs {
			all = append(all, totalsOf(found, unverifiable))
		}
		return all
	}
	for name, c := range map[string]struct {
		earlier []history.Totals
		held    int64
		now     history.Totals
		want    string // part of the reason; empty: not held
	}{
		"the first run has nothing to jump from": {nil, 0, totalsOf(1000, 90), ""},
		"up to the least never holds":            {earlier(0, 0, 7), 0, totalsOf(20, 5), ""},
		"one more holds":                         {earlier(0, 0, 7), 0, totalsOf(21, 0), "21 findings"},
		"three times the usual is usual":         {earlier(10, 0, 7), 0, totalsOf(30, 0), ""},
		"more than three times is not":           {earlier(10, 0, 7), 0, totalsOf(31, 0), "the median 10 of 7 runs"},
		"one odd run does not change the median": {append(earlier(10, 0, 6), totalsOf(5000, 0)), 0, totalsOf(31, 0), "the median 10 of 7 runs"},
		"two runs have the mean as median":       {[]history.Totals{totalsOf(10, 0), totalsOf(20, 0)}, 0, totalsOf(46, 0), "the median 15 of 2 runs"},
		"twice the usual share is usual":         {earlier(0, 10, 7), 0, totalsOf(0, 20), ""},
		"more than twice is not":                 {earlier(0, 10, 7), 0, totalsOf(0, 21), "21.0 % could not be judged"},
		"a few verdicts of a small run are none": {earlier(0, 10, 7), 0, history.Totals{Outcomes: map[checks.Outcome]int{checks.Error: 22, checks.Pass: 0}}, ""},
		"more of them are not":                   {earlier(0, 10, 7), 0, history.Totals{Outcomes: map[checks.Outcome]int{checks.Error: 23, checks.Pass: 0}}, "100.0 % could"},
		"a share of nothing is none":             {earlier(0, 10, 7), 0, history.Totals{}, ""},
		"runs without verdicts measure nothing":  {[]history.Totals{{}}, 0, totalsOf(0, 50), ""},
		"letters before wait too":                {earlier(10, 0, 7), 12, totalsOf(0, 0), "run 12"},
	} {
		why := gate{options: defaultHold(), earlier: c.earlier, held: c.held}.hold(c.now)
		if (why == "") != (c.want == "") || !strings.Contains(why, c.want) {
			t.Errorf("%s: held for %q", name, why)
		}
	}
}

// The waits double up to the longest, and add up to no more than is tried for.
func TestWaits(t *testing.T) {
	o := defaultLetters()
	var sum time.Duration
	failures := 1
	for ; ; failures++ {
		wait, again := o.next(failures, 0)
		if !again {
			break
		}
		sum += wait
		if want := min(time.Minute<<(failures-1), 6*time.Hour); failures < 30 && wait != want {
			t.Errorf("after failure %d it waits %s, not %s", failures, wait, want)
		}
	}
	if sum > o.GiveUp || sum < o.GiveUp-o.MaxWait || failures != 20 {
		t.Errorf("%d tries in %s", failures, sum)
	}
	if wait, _ := o.next(1, 10*time.Minute); wait != 10*time.Minute {
		t.Errorf("the server asked for ten minutes, it waits %s", wait)
	}
	if _, again := (LetterOptions{Wait: time.Minute, MaxWait: time.Hour}).next(1, 0); again {
		t.Error("tried again though nothing is to be tried for")
	}
}

func TestLetterAndHoldOptions(t *testing.T) {
	o := Default()
	o.Letters = LetterOptions{Wait: time.Millisecond, MaxWait: 25 * time.Hour, GiveUp: -1}
	o.Hold = HoldOptions{New: -1, Unverifiable: 1.5, NewFactor: 0.5, ShareFactor: 2000, Runs: 101}
	bad := o.Validate()
	for _, key := range []string{"letters.wait", "letters.max_wait", "letters.give_up", "hold.new", "hold.unverifiable", "hold.new_factor", "hold.share_factor", "hold.runs"} {
		if bad[key] == nil {
			t.Errorf("%s is taken: %v", key, bad)
		}
	}
}

// What is sent ends when this process showed no sign of life for too long, and
// goes on while it does.
func TestLease(t *testing.T) {
	ended := func(ctx context.Context) bool {
		select {
		case <-ctx.Done():
			return true
		case <-time.After(time.Minute):
			return false
		}
	}
	var l lease
	ctx, cancel := l.during(t.Context())
	defer cancel()
	if ctx.Err() == nil {
		t.Error("there is a lease before any sign of life")
	}
	l.renew(time.Hour)
	ctx, cancel = l.during(t.Context())
	defer cancel()
	if ctx.Err() != nil {
		t.Error("it ended at once")
	}
	l.renew(30 * time.Millisecond)
	if !ended(ctx) {
		t.Error("it goes on without a sign of life")
	}
	l.renew(time.Hour)
	ctx, cancel = l.during(t.Context())
	defer cancel()
	if ctx.Err() != nil {
		t.Error("it is not renewed")
	}
	l.end()
	if !ended(ctx) {
		t.Error("it goes on after the end")
	}
}
