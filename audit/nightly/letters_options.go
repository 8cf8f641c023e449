package nightly

import (
	"fmt"
	"time"
)

// LetterOptions is how letters that fail for a while are tried again.
type LetterOptions struct {
	Wait    time.Duration `yaml:"wait"`     // before the second try, 1s at least; it doubles from try to try
	MaxWait time.Duration `yaml:"max_wait"` // longest wait, up to 24h
	GiveUp  time.Duration `yaml:"give_up"`  // a letter has failed once its waits would add up to more, up to 720h
}

func defaultLetters() LetterOptions {
	return LetterOptions{Wait: time.Minute, MaxWait: 6 * time.Hour, GiveUp: 72 * time.Hour}
}

func (o LetterOptions) validate(bad map[string]error) {
	if o.Wait < time.Second || o.Wait > o.MaxWait {
		bad["letters.wait"] = fmt.Errorf("%s is not between 1s and letters.max_wait", o.Wait)
	}
	if o.MaxWait > 24*time.Hour {
		bad["letters.max_wait"] = fmt.Errorf("%s is longer than 24h", o.MaxWait)
	}
	if o.GiveUp < 0 || o.GiveUp > 720*time.Hour {
		bad["letters.give_up"] = fmt.Errorf("%s is not between 0s and 720h", o.GiveUp)
	}
}

// next is how long to wait after the last of so many failures, at least as long
// as the server asked for; false: the letter has failed. The waits count and
// not the time, so that a machine that was off has not used up its tries.
func (o LetterOptions) next(failures int, asked time.Duration) (time.Duration, bool) {
	wait, sum := o.Wait, o.Wait
	for range failures - 1 {
		wait = min(2*wait, o.MaxWait)
		sum += wait
	}
	return max(wait, asked), sum <= o.GiveUp
}

// HoldOptions is when the letters about a run wait for a person: where it found
// so much more than the runs of its schedule before it that something other
// than the sites may have changed.
type HoldOptions struct {
	New          int     `yaml:"new"`          // findings that are new or came back, or verdicts more than usual that could not be judged; up to so many never hold
	Unverifiable float64 `yaml:"unverifiable"` // share of what could not be judged, 0 to 1; up to that it never holds
	NewFactor    float64 `yaml:"new_factor"`   // how many times the median of the runs before, 1 to 1000
	ShareFactor  float64 `yaml:"share_factor"` // the same of the share
	Runs         int     `yaml:"runs"`         // published runs of the schedule that count, 0 to 100; 0: nothing is ever held
}

func defaultHold() HoldOptions {
	return HoldOptions{New: 20, NewFactor: 3, Unverifiable: 0.05, ShareFactor: 2, Runs: 7}
}

func (o HoldOptions) validate(bad map[string]error) {
	if o.New < 0 {
		bad["hold.new"] = fmt.Errorf("%d is less than 0", o.New)
	}
	if !(o.Unverifiable >= 0 && o.Unverifiable <= 1) {
		bad["hold.unverifiable"] = fmt.Errorf("%g is not between 0 and 1", o.Unverifiable)
	}
	for key, factor := range map[string]float64{"hold.new_factor": o.NewFactor, "hold.share_factor": o.ShareFactor} {
		if !(factor >= 1 && factor <= 1000) {
			bad[key] = fmt.Errorf("%g is not between 1 and 1000", factor)
		}
	}
	if o.Runs < 0 || o.Runs > 100 {
		bad["hold.runs"] = fmt.Errorf("%d is not between 0 and 100", o.Runs)
	}
}
