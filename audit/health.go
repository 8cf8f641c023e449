package audit

import (
	"context"
	"sync"
	"time"
)

// Event is something that a run tells about its own health, as it happens.
type Event struct {
	Kind   EventKind
	Err    error         // what failed
	Lasted time.Duration // of a pause, or of a stall
}

// EventKind is what happened.
type EventKind string

// The kinds of an event.
const (
	EventPaused   EventKind = "paused"   // our own health is in doubt: no new look begins
	EventResumed  EventKind = "resumed"  // it is well again
	EventGivenUp  EventKind = "given-up" // the longest pause is over: the run goes on, and nothing absent counts
	EventStalled  EventKind = "stalled"  // this machine stood still
	EventCrowding EventKind = "crowding" // looks everywhere at once got no answer
)

// Round asks whether our own way out is whole (see scanner.Canaries). A whole
// round has asked everything there is to ask, which it does where all is set;
// others only watch for trouble.
type Round func(ctx context.Context, all bool) (whole bool, err error)

// Health is what is known of our own health, for all runs of a process that
// share it: what is outside is asked once, however many are under way. Canaries
// are asked before the first look, at intervals, and sooner when something looks
// wrong, until the last look is judged; while no run is under way nobody is
// asked, for nobody needs the answer. Between a whole round of them that was
// clean and the next, all was well; from the last clean one before a failure to
// the first clean one after it, it is in doubt. It is safe for concurrent use.
type Health struct {
	options HealthOptions
	round   Round // nil: nobody asks, and all is well
	tell    func(Event)
	began   time.Time
	kicked  chan struct{}
	crowd   *crowd

	joining sync.Mutex // held while runs come and go
	runs    int        // under way
	stop    func()     // ends the watchers, and returns when they are gone

	mu      sync.Mutex
	ledger  ledger
	well    bool          // the last round was clean
	clean   time.Duration // when the last whole clean round began
	asked   time.Duration // when the last whole or failed round began; -1: none yet
	paused  time.Duration // since when nobody may begin; valid while not well and told
	told    bool          // that the run is paused
	givenUp bool
	changed chan struct{} // closed and renewed when a round ends
}

// NewHealth makes the health of the runs that are given it. A nil round asks
// nobody, and then all is well but for stalls; tell is told what happens, from
// several goroutines, and may be nil.
func NewHealth(o Options, round Round, tell func(Event)) *Health {
	if tell == nil {
		tell = func(Event) {}
	}
	h := &Health{options: o.Health, round: round, tell: tell, began: time.Now(), well: round == nil, asked: -1,
		kicked: make(chan struct{}, 1), changed: make(chan struct{})}
	h.crowd = newCrowd(h, len(o.Canaries) > 0)
	return h
}

// join has our own health watched until the run leaves. With the first run that
// is under way the watchers start, and with the last they end.
func (h *Health) join() (leave func()) {
	h.joining.Lock()
	defer h.joining.Unlock()
	if h.runs++; h.runs == 1 {
		h.start()
	}
	return func() {
		h.joining.Lock()
		defer h.joining.Unlock()
		if h.runs--; h.runs == 0 {
			h.stop()
		}
	}
}

// start starts the watchers. Nobody watched until now, so that nothing is known:
// the first look waits for a whole round. What was in doubt before touches no
// run any more.
func (h *Health) start() {
	h.mu.Lock()
	h.ledger, h.well, h.told, h.givenUp = ledger{}, h.round == nil, false, false
	h.mu.Unlock()
	h.crowd.forget()
	ctx, cancel := context.WithCancel(context.Background())
	var watchers sync.WaitGroup
	watchers.Go(func() { h.watch(ctx) })
	watchers.Go(func() { h.guard(ctx) })
	h.stop = func() {
		cancel()
		watchers.Wait()
	}
}

// Paused says whether no new look begins, for our own health is in doubt.
func (h *Health) Paused() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.told && !h.givenUp
}

// now is the time since the health was made, on the clock of all spans.
func (h *Health) now() time.Duration { return time.Since(h.began) }

// watch asks round after round until the context ends.
func (h *Health) watch(ctx context.Context) {
	if h.round == nil {
		return
	}
	for ctx.Err() == nil {
		began := h.now()
		h.mu.Lock()
		doubt := !h.well
		h.mu.Unlock()
		whole, err := h.round(ctx, doubt)
		if ctx.Err() != nil {
			return
		}
		h.note(began, whole, err)
		h.rest(ctx, err == nil)
	}
}

// hurry is how many times sooner than at its interval a round follows that is
// asked for, or that follows a failed one.
const hurry = 2

// rest waits for the next round.
func (h *Health) rest(ctx context.Context, well bool) {
	soon := time.NewTimer(h.options.Interval / hurry)
	defer soon.Stop()
	select {
	case <-soon.C:
	case <-ctx.Done():
		return
	}
	if !well {
		return
	}
	later := time.NewTimer(h.options.Interval - h.options.Interval/hurry)
	defer later.Stop()
	select {
	case <-h.kicked:
	case <-later.C:
	case <-ctx.Done():
	}
}

// kick asks for a round soon.
func (h *Health) kick() {
	select {
	case h.kicked <- struct{}{}:
	default: // it is asked for already
	}
}

// note takes the end of a round in, and says so where it changes something.
func (h *Health) note(began time.Duration, whole bool, err error) {
	if err == nil && !whole {
		return // nothing new: it proves less than a whole round
	}
	h.mu.Lock()
	now := h.now()
	h.asked = began
	var event *Event
	switch {
	case err == nil:
		if !h.well {
			h.ledger.add(span{h.clean, now - 1}) // whoever begins from now on is beyond doubt
		}
		if h.told {
			event = &Event{Kind: EventResumed, Lasted: now - h.paused}
		}
		h.well, h.clean, h.told, h.givenUp = true, began, false, false
	case !h.told:
		h.well, h.told, h.paused = false, true, now
		event = &Event{Kind: EventPaused, Err: err}
	case !h.givenUp && now-h.paused >= h.options.Pause:
		h.givenUp = true
		event = &Event{Kind: EventGivenUp, Err: err, Lasted: now - h.paused}
	}
	close(h.changed)
	h.changed = make(chan struct{})
	h.mu.Unlock()
	if event != nil {
		h.tell(*event)
	}
}

// ready waits until our own health is well, or the patience is over.
func (h *Health) ready(ctx context.Context) error {
	return h.until(ctx, func() bool { return h.well || h.givenUp })
}

// settled waits until it is known whether all was well up to a moment: a whole
// round has begun after it, and ended, or one has failed.
func (h *Health) settled(ctx context.Context, moment time.Duration) error {
	if h.round == nil {
		return ctx.Err()
	}
	return h.until(ctx, func() bool { return h.asked > moment })
}

// until waits for a condition, which is asked under the lock after each round.
func (h *Health) until(ctx context.Context, met func() bool) error {
	for {
		h.mu.Lock()
		ok, changed := met(), h.changed
		h.mu.Unlock()
		if ok {
			return ctx.Err()
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// doubts says whether our own health was in doubt at any moment of the span,
// which must be settled.
func (h *Health) doubts(s span) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.ledger.doubts(s) || !h.well && s.To >= h.clean
}

// doubt notes a time in which what was not seen means nothing.
func (h *Health) doubt(s span) {
	h.mu.Lock()
	h.ledger.add(s)
	h.mu.Unlock()
	h.kick()
}
