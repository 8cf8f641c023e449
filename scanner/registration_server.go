package scanner

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

// turnstiles paces every server by itself, so that a slow one holds nobody but
// those who want to ask it.
type turnstiles struct {
	options RegistrationOptions
	keeper  Keeper           // counts the queries of the day, and gives out the turns
	now     func() time.Time // whose day is counted

	mu     sync.Mutex
	byHost map[string]*turnstile
}

func newTurnstiles(o RegistrationOptions, keeper Keeper, now func() time.Time) *turnstiles {
	return &turnstiles{options: o, keeper: keeper, now: now, byHost: map[string]*turnstile{}}
}

// of is the turnstile of a server. Hosts come from configuration, reference
// data and the list of allowed referrals, and links that a registry gave.
func (t *turnstiles) of(host string) *turnstile {
	t.mu.Lock()
	defer t.mu.Unlock()
	s, ok := t.byHost[host]
	if !ok {
		interval := t.options.interval(host)
		pause := 4 * interval
		if pause == 0 {
			pause = time.Second
		}
		places := 2
		if host == cnnicServer {
			places = 1
		}
		s = &turnstile{all: t, host: host, pause: pause, interval: interval, places: make(chan struct{}, places)}
		t.byHost[host] = s
	}
	return s
}

// turnstile lets one or two queries at a time through to a server, an interval
// apart, no more than the cap a day, and none for a while after it refused or
// failed.
type turnstile struct {
	all      *turnstiles
	host     string
	pause    time.Duration // after a first failure; it doubles with each further one
	interval time.Duration
	places   chan struct{}

	mu      sync.Mutex
	resting Rest      // as the keeper had it last
	passed  time.Time // when the newest question passed
}

const (
	longestPause = time.Hour
	patience     = 30 * time.Second // a longer pause is not waited for
	forgiven     = 2                // failures in a row without an answer that cause no pause
)

// enter waits for a turn, which leave gives back. Where none comes in time the
// fault says so; the server was not asked then.
func (s *turnstile) enter(ctx context.Context) *observe.Fault {
	if fault := s.rest(); fault != nil {
		return fault
	}
	select {
	case s.places <- struct{}{}:
	case <-ctx.Done():
		return waitFault(ctx, ctx.Err())
	}
	fault := s.turn(ctx)
	if fault != nil {
		<-s.places
	}
	return fault
}

// turn takes a turn among all who ask the server, in whichever program, and
// waits for it.
func (s *turnstile) turn(ctx context.Context) *observe.Fault {
	o, day := s.all.options, registryDay(s.all.now())
	turn, err := s.all.keeper.Turn(ctx, s.host, Asking{Day: day, Cap: o.DailyCap, Now: time.Now(), Interval: s.interval})
	switch {
	case err != nil && ctx.Err() != nil:
		return waitFault(ctx, ctx.Err())
	case err != nil:
		return &observe.Fault{Kind: observe.FaultInternal, Detail: bounded("take a turn at the server: "+err.Error(), maxDetail)}
	case turn.Full:
		return &observe.Fault{Kind: observe.FaultNotLookedUp, Detail: fmt.Sprintf("the daily cap of %d queries is reached", o.DailyCap)}
	}
	s.mu.Lock()
	if !turn.Rest.Until.Before(s.resting.Until) { // else ours could not be kept
		s.resting = turn.Rest
	}
	s.mu.Unlock()
	fault := s.await(ctx, turn.At)
	if fault != nil {
		// A count too high only makes us ask less.
		_ = s.all.keeper.GiveBack(context.WithoutCancel(ctx), s.host, day)
	}
	return fault
}

// await waits for a turn, and for the end of a pause that begins meanwhile.
func (s *turnstile) await(ctx context.Context, at time.Time) *observe.Fault {
	for !at.IsZero() {
		if fault := s.rest(); fault != nil {
			return fault
		}
		if fault := sleep(ctx, at); fault != nil {
			return fault
		}
		at = s.pass()
	}
	return nil
}

// pass lets a question through, or says when to come again: in a pause, and
// where another one passed less than an interval ago, for one that took up its
// turn late is no reason for the next to follow closely.
func (s *turnstile) pass() (again time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	again = s.passed.Add(s.interval)
	if s.resting.Until.After(again) {
		again = s.resting.Until
	}
	if again.After(now) {
		return again
	}
	s.passed = now
	return time.Time{}
}

// sleep waits until a moment, and not at all where the context ends before it.
func sleep(ctx context.Context, until time.Time) *observe.Fault {
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(until) {
		return waitFault(ctx, context.DeadlineExceeded)
	}
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return waitFault(ctx, ctx.Err())
	}
}

// rest says that the server is left alone for longer than anybody should wait.
func (s *turnstile) rest() *observe.Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Until(s.resting.Until) <= patience {
		return nil
	}
	return &observe.Fault{Kind: s.resting.Last, Detail: "not asked again before " + s.resting.Until.UTC().Format(time.RFC3339) + ", for it refused or failed"}
}

func waitFault(ctx context.Context, err error) *observe.Fault {
	if errors.Is(ctx.Err(), context.Canceled) {
		return &observe.Fault{Kind: observe.FaultCancelled, Detail: "while it waited for the server's pace"}
	}
	return &observe.Fault{Kind: observe.FaultNotLookedUp, Detail: bounded("the server's pace left no turn in time: "+err.Error(), maxDetail)}
}

// leave gives the place back and notes how the turn ended. After a refusal at
// once, after other failures when they go on, the server is left alone: for as
// long as it asks for, at least for a pause that doubles.
func (s *turnstile) leave(ctx context.Context, fault *observe.Fault, hold time.Duration) {
	defer func() { <-s.places }()
	s.mu.Lock()
	before := s.resting
	s.resting = s.after(fault, hold)
	now := s.resting
	s.mu.Unlock()
	if now != before {
		// What can't be kept holds in this program all the same.
		_ = s.all.keeper.Rest(context.WithoutCancel(ctx), s.host, now)
	}
}

// after is the rest that follows from how a turn ended.
func (s *turnstile) after(fault *observe.Fault, hold time.Duration) Rest {
	rest := s.resting
	if fault == nil {
		return Rest{Until: rest.Until, Last: rest.Last}
	}
	if fault.Ours() || !passing(fault.Kind) && fault.Kind != observe.FaultDenied {
		return rest
	}
	rest.Failures++
	rest.Last = fault.Kind
	steps := rest.Failures - 1
	if fault.Kind != observe.FaultRateLimited && fault.Kind != observe.FaultDenied {
		if steps -= forgiven; steps < 0 {
			return rest
		}
	}
	pause := min(longestPause, max(hold, s.pause<<min(steps, 12)))
	if until := time.Now().Add(pause).Truncate(time.Millisecond); until.After(rest.Until) {
		rest.Until = until
	}
	return rest
}
