package scanner

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/icpaudit/icpaudit/observe"
)

// turnstiles paces every server by itself, so that a slow one holds nobody but
// those who want to ask it.
type turnstiles struct {
	options RegistrationOptions
	cache   *registrationCache // counts the queries of the day
	now     func() time.Time

	mu     sync.Mutex
	byHost map[string]*turnstile
}

func newTurnstiles(o RegistrationOptions, cache *registrationCache, now func() time.Time) *turnstiles {
	return &turnstiles{options: o, cache: cache, now: now, byHost: map[string]*turnstile{}}
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
		places, limit := 2, rate.Inf
		if interval > 0 {
			limit = rate.Every(interval)
		}
		if host == cnnicServer {
			places = 1
		}
		s = &turnstile{all: t, host: host, pause: pause, limiter: rate.NewLimiter(limit, 1), places: make(chan struct{}, places)}
		t.byHost[host] = s
	}
	return s
}

// turnstile lets one or two queries at a time through to a server, an interval
// apart, no more than the cap a day, and none for a while after it refused or
// failed.
type turnstile struct {
	all     *turnstiles
	host    string
	pause   time.Duration // after a first failure; it doubles with each further one
	limiter *rate.Limiter
	places  chan struct{}

	mu       sync.Mutex
	failures int       // in a row
	until    time.Time // no query before
	last     observe.FaultKind
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
	if !s.all.cache.count(s.host, s.all.now(), s.all.options.DailyCap) {
		return &observe.Fault{Kind: observe.FaultNotLookedUp, Detail: fmt.Sprintf("the daily cap of %d queries is reached", s.all.options.DailyCap)}
	}
	fault := s.wait(ctx)
	if fault != nil {
		s.all.cache.uncount(s.host, s.all.now())
	}
	return fault
}

func (s *turnstile) wait(ctx context.Context) *observe.Fault {
	select {
	case s.places <- struct{}{}:
	case <-ctx.Done():
		return waitFault(ctx, ctx.Err())
	}
	fault := s.pass(ctx)
	if fault != nil {
		<-s.places
	}
	return fault
}

// pass waits out a pause, and then for the pace.
func (s *turnstile) pass(ctx context.Context) *observe.Fault {
	if fault := s.rest(); fault != nil {
		return fault
	}
	s.mu.Lock()
	pause := time.Until(s.until)
	s.mu.Unlock()
	if pause > 0 {
		timer := time.NewTimer(pause)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return waitFault(ctx, ctx.Err())
		}
	}
	if err := s.limiter.Wait(ctx); err != nil {
		return waitFault(ctx, err)
	}
	return nil
}

// rest says that the server is left alone for longer than anybody should wait.
func (s *turnstile) rest() *observe.Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Until(s.until) <= patience {
		return nil
	}
	return &observe.Fault{Kind: s.last, Detail: "not asked again before " + s.until.UTC().Format(time.RFC3339) + ", for it refused or failed"}
}

func waitFault(ctx context.Context, err error) *observe.Fault {
	if errors.Is(ctx.Err(), context.Canceled) {
		return &observe.Fault{Kind: observe.FaultCancelled, Detail: "while it waited for the server's pace"}
	}
	return &observe.Fault{Kind: observe.FaultNotLookedUp, Detail: bounded("the server's pace left no turn in time: "+err.Error(), maxDetail)}
}

// leave gives the turn back and notes how it ended. After a refusal at once,
// after other failures when they go on, the server is left alone: for as long
// as it asks for, at least for a pause that doubles.
func (s *turnstile) leave(fault *observe.Fault, hold time.Duration) {
	defer func() { <-s.places }()
	s.mu.Lock()
	defer s.mu.Unlock()
	if fault == nil || fault.Ours() || !passing(fault.Kind) && fault.Kind != observe.FaultDenied {
		if fault == nil {
			s.failures = 0
		}
		return
	}
	s.failures++
	s.last = fault.Kind
	steps := s.failures - 1
	if fault.Kind != observe.FaultRateLimited && fault.Kind != observe.FaultDenied {
		if steps -= forgiven; steps < 0 {
			return
		}
	}
	pause := min(longestPause, max(hold, s.pause<<min(steps, 12)))
	if until := time.Now().Add(pause); until.After(s.until) {
		s.until = until
	}
}
