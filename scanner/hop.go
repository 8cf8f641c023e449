package scanner

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

// shortSecond is the patience with an address that let a connection of this
// visit time out before: it is asked again, but does not cost the whole time
// of the look.
const shortSecond = time.Second

// hop makes one request: at the host's turn, at one of its addresses after the
// other until one answers.
func (w *visit) hop(ctx context.Context, u *url.URL, trip *trip) (observe.Hop, *fetched) {
	hop := observe.Hop{URL: u.String()}
	addrs, err := w.addressesOf(ctx, u.Hostname())
	if err == nil {
		err = w.pace.wait(ctx, u.Host)
	}
	if err != nil {
		hop.Fault = w.faultOf(ctx, err, u.Host)
		return hop, nil
	}
	left := trip.left
	got, tried, err := w.tryAll(ctx, u, addrs, trip)
	hop.Addr, hop.Took = tried, left-trip.left
	if err != nil {
		hop.Fault = w.faultOf(ctx, err, u.Host)
		return hop, nil
	}
	hop.Status, hop.TLS = got.status, got.why
	hop.Location = bounded(got.location, maxLocation)
	return hop, got
}

// tryAll asks the addresses in turn. An answer that broke off, or a silence,
// is tried once more, at another address where there is one.
func (w *visit) tryAll(ctx context.Context, u *url.URL, queue []netip.Addr, trip *trip) (got *fetched, tried netip.Addr, worst error) {
	port, _ := strconv.ParseUint(portOf(u), 10, 16) // mayAsk has read it
	again := true
	for len(queue) > 0 && ctx.Err() == nil && trip.left > 0 {
		addr := queue[0]
		queue = queue[1:]
		got, err := w.request(ctx, u, netip.AddrPortFrom(addr, uint16(port)), trip)
		if err == nil {
			return got, w.lastAddr(u, addr), nil
		}
		if saysMore(err, worst) {
			worst, tried = err, addr
		}
		kind := kindOf(err)
		var unconnected *dialError
		if errors.As(err, &unconnected) && len(queue) > 0 {
			continue // the next address, at the same turn
		}
		silent := kind == observe.FaultTimeout
		retry := kind == observe.FaultReset || kind == observe.FaultRefused || silent && len(queue) > 0 && !w.impatient
		if !again || !retry {
			break
		}
		again, w.impatient = false, w.impatient || silent
		if len(queue) == 0 {
			queue = []netip.Addr{addr}
		}
		if err := w.pace.wait(ctx, u.Host); err != nil {
			break // what is known stands
		}
	}
	if worst == nil { // nobody was asked: that is no silence of theirs
		worst = cmp.Or(ctx.Err(), error(&observe.Fault{Kind: observe.FaultNotLookedUp, Where: u.String(), Detail: "the time for this URL was over"}))
	}
	return nil, tried, worst
}

// lastAddr returns the address that answered: a connection that was kept from
// the hop before may stand to another one than the first in the list.
func (w *visit) lastAddr(u *url.URL, asked netip.Addr) netip.Addr {
	w.mu.Lock()
	defer w.mu.Unlock()
	if addr, ok := w.last[net.JoinHostPort(u.Hostname(), portOf(u))]; ok {
		return addr
	}
	return asked
}

// faultOf tells the end of the whole look's time from a host that kept silent.
func (w *visit) faultOf(ctx context.Context, err error, where string) *observe.Fault {
	f := faultOf(err, where)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) && (f.Kind == observe.FaultTimeout || f.Kind == observe.FaultCancelled) {
		return &observe.Fault{Kind: observe.FaultNotLookedUp, Where: where, Detail: "the time for the whole look was over"}
	}
	return f
}

// dialError is a connection that did not come to stand.
type dialError struct{ err error }

func (e *dialError) Error() string { return e.err.Error() }
func (e *dialError) Unwrap() error { return e.err }

type pinned struct{}

// dial connects to the one address that the request is pinned to.
func (w *visit) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	to, ok := ctx.Value(pinned{}).(netip.AddrPort)
	if err != nil || !ok {
		return nil, &dialError{errors.New("a request without an address")}
	}
	patience := w.dialer.timeout
	w.mu.Lock()
	if w.slow[to] {
		patience = min(patience, shortSecond)
	}
	w.mu.Unlock()
	conn, err := w.dialer.dial(ctx, network, host, to, patience)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		if kindOf(err) == observe.FaultTimeout {
			w.slow[to] = true
		}
		return nil, &dialError{err}
	}
	w.last[address] = to.Addr()
	return conn, nil
}
