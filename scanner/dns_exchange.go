package scanner

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/miekg/dns"
)

const (
	socketsPerUpstream = 4
	queriesPerSocket   = 8192 // then a new source port: an old one can be found out
	queryWindow        = 512  // queries in flight to one resolver; more would overrun socket buffers
	maxDatagram        = 4096 // we ask for 1232 (DNS flag day 2020); some send more
	ednsSize           = 1232
	socketBuffer       = 2 << 20
)

// errBrokenAnswer says that an answer came that is not a DNS message.
var errBrokenAnswer = errors.New("the answer is not a DNS message")

// errClosed is what a query gets that was under way when the scanner was closed.
var errClosed = fmt.Errorf("resolvers are closed: %w", context.Canceled)

// upstream is one configured resolver, asked over a few long-lived sockets
// with many queries in flight on each.
type upstream struct {
	addr   string // address:port
	window chan struct{}
	turn   atomic.Uint32
	health health

	mu      sync.Mutex
	sockets [socketsPerUpstream]*socket
	closed  bool
	readers sync.WaitGroup
}

func newUpstream(addr string) *upstream {
	return &upstream{addr: addr, window: make(chan struct{}, queryWindow)}
}

// ask sends one query and waits at most patience for its answer, over TCP
// where the answer is truncated. Waiting for a place in the window is not
// counted. The message gets its id here.
func (u *upstream) ask(ctx context.Context, q *dns.Msg, patience time.Duration) (*dns.Msg, error) {
	select {
	case u.window <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-u.window }()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	m, err := u.askUDP(ctx, q)
	if err == nil && m.Truncated {
		m, err = u.askTCP(ctx, q)
	}
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", u.addr, err)
	}
	return m, nil
}

func (u *upstream) askUDP(ctx context.Context, q *dns.Msg) (*dns.Msg, error) {
	s, w, err := u.register(ctx, q)
	if err != nil {
		return nil, err
	}
	defer s.forget(q.Id)
	packed, err := q.Pack()
	if err != nil {
		return nil, fmt.Errorf("pack the query: %w", err)
	}
	if _, err := s.conn.Write(packed); err != nil {
		s.fail(err)
		return nil, err
	}
	select {
	case r := <-w.answer:
		return r.msg, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// askTCP uses a connection of its own: one that timed out must never be read again.
func (u *upstream) askTCP(ctx context.Context, q *dns.Msg) (*dns.Msg, error) {
	var dialer net.Dialer
	raw, err := dialer.DialContext(ctx, "tcp", u.addr)
	if err != nil {
		return nil, err
	}
	defer raw.Close()
	stop := context.AfterFunc(ctx, func() { raw.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	conn := dns.Conn{Conn: raw}
	if err := conn.WriteMsg(q); err != nil {
		return nil, err
	}
	m, err := readMessage(&conn)
	if err != nil {
		return nil, err
	}
	if m.Id != q.Id || !answers(m, q.Question[0]) {
		return nil, fmt.Errorf("%w to this query", errBrokenAnswer)
	}
	return m, nil
}

func readMessage(conn *dns.Conn) (m *dns.Msg, err error) {
	defer recovered("read a DNS answer", &err)
	packed, err := conn.ReadMsgHeader(nil)
	if err != nil {
		return nil, err
	}
	m = new(dns.Msg)
	if err := m.Unpack(packed); err != nil {
		return nil, fmt.Errorf("%w: %v", errBrokenAnswer, err)
	}
	return m, nil
}

// register puts the query on the next socket, a new one where that is worn out.
func (u *upstream) register(ctx context.Context, q *dns.Msg) (*socket, *waiter, error) {
	i := u.turn.Add(1) % socketsPerUpstream
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.closed {
		return nil, nil, errClosed
	}
	if s := u.sockets[i]; s != nil {
		if w := s.register(q); w != nil {
			return s, w, nil
		}
		s.retire()
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "udp", u.addr)
	if err != nil {
		return nil, nil, err
	}
	if udp, ok := conn.(*net.UDPConn); ok {
		_ = udp.SetReadBuffer(socketBuffer) // a smaller buffer only means more retries
	}
	s := &socket{conn: conn, waiting: map[uint16]*waiter{}}
	u.sockets[i] = s
	u.readers.Go(s.read)
	return s, s.register(q), nil
}

// close ends all sockets and waits for their readers.
func (u *upstream) close() {
	u.mu.Lock()
	u.closed = true
	for _, s := range u.sockets {
		if s != nil {
			s.fail(errClosed)
		}
	}
	u.mu.Unlock()
	u.readers.Wait()
}

// health remembers a resolver that does not answer, so that the others are
// asked first; now and then one query tries it again.
type health struct {
	failures atomic.Int32
	again    atomic.Int64 // Unix nanoseconds
}

const (
	failuresToRest = 4
	restTime       = 5 * time.Second
)

func (h *health) note(ok bool) {
	if ok {
		h.failures.Store(0)
		return
	}
	if h.failures.Add(1) >= failuresToRest {
		h.again.Store(time.Now().Add(restTime).UnixNano())
	}
}

// rests says whether the resolver should be asked last; the one caller that
// finds its rest over takes the next try upon itself.
func (h *health) rests() bool {
	if h.failures.Load() < failuresToRest {
		return false
	}
	due := h.again.Load()
	now := time.Now()
	return now.UnixNano() < due || !h.again.CompareAndSwap(due, now.Add(restTime).UnixNano())
}
