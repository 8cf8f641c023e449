package scanner

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

// pace gives each host at most one turn an interval. Who waits for a turn
// holds nothing that anybody else needs.
type pace struct {
	interval time.Duration

	mu    sync.Mutex
	next  map[string]time.Time // when the host's next turn is
	sweep int                  // size at which what is past is dropped
}

const sweepAt = 1024

func newPace(interval time.Duration) *pace {
	return &pace{interval: interval, next: map[string]time.Time{}, sweep: sweepAt}
}

// wait waits for the host's turn. Where the turn would come after the deadline
// of ctx it is not taken: the fault says that our own pace left no time.
func (p *pace) wait(ctx context.Context, host string) error {
	now := time.Now()
	turn, ok := p.reserve(ctx, host, now)
	if !ok {
		return &observe.Fault{Kind: observe.FaultNotLookedUp, Where: host, Detail: "the pace kept with this host left no turn in time"}
	}
	if !turn.After(now) {
		return ctx.Err()
	}
	timer := time.NewTimer(turn.Sub(now))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *pace) reserve(ctx context.Context, host string, now time.Time) (turn time.Time, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	turn = now
	if next := p.next[host]; next.After(now) {
		turn = next
	}
	if deadline, has := ctx.Deadline(); has && turn.After(deadline) {
		return turn, false
	}
	if p.interval > 0 {
		p.set(host, turn.Add(p.interval), now)
	}
	return turn, true
}

// hold keeps everybody from the host for a while, as it asked for.
func (p *pace) hold(host string, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if until := now.Add(d); until.After(p.next[host]) {
		p.set(host, until, now)
	}
}

// set keeps the map as large as what is still to come, not as all that ever was.
func (p *pace) set(host string, next, now time.Time) {
	p.next[host] = next
	if len(p.next) < p.sweep {
		return
	}
	for h, t := range p.next {
		if !t.After(now) {
			delete(p.next, h)
		}
	}
	p.sweep = max(sweepAt, 2*len(p.next))
}

// seats bounds the requests that run at one address at a time: many names
// share the address of one hoster.
type seats struct {
	limit int

	mu     sync.Mutex
	byAddr map[netip.Addr]*seat
}

type seat struct {
	places chan struct{}
	users  int // who holds or waits; the last one takes the seat away
}

func newSeats(limit int) *seats { return &seats{limit: limit, byAddr: map[netip.Addr]*seat{}} }

// take waits for a place at the address; free gives it back.
func (s *seats) take(ctx context.Context, addr netip.Addr) (free func(), err error) {
	s.mu.Lock()
	place := s.byAddr[addr]
	if place == nil {
		place = &seat{places: make(chan struct{}, s.limit)}
		s.byAddr[addr] = place
	}
	place.users++
	s.mu.Unlock()
	leave := func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if place.users--; place.users == 0 {
			delete(s.byAddr, addr)
		}
	}
	select {
	case place.places <- struct{}{}:
		return func() { <-place.places; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
