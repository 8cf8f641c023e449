package scanner

import (
	"encoding/binary"
	"fmt"
	"net"
	"strings"
	"sync"

	"github.com/miekg/dns"
)

// socket is one connected UDP socket; answers find their query by id and question.
type socket struct {
	conn net.Conn

	mu      sync.Mutex
	waiting map[uint16]*waiter
	used    int
	dead    bool
}

type waiter struct {
	question dns.Question
	answer   chan reply
}

type reply struct {
	msg *dns.Msg
	err error
}

// register gives the query a random id that no other on this socket has; nil
// where the socket is dead or worn out.
func (s *socket) register(q *dns.Msg) *waiter {
	w := &waiter{question: q.Question[0], answer: make(chan reply, 1)}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dead || s.used >= queriesPerSocket {
		return nil
	}
	for q.Id = dns.Id(); s.waiting[q.Id] != nil; q.Id = dns.Id() {
	}
	s.waiting[q.Id] = w
	s.used++
	return w
}

// forget drops a query; an answer that comes later finds nobody.
func (s *socket) forget(id uint16) {
	s.mu.Lock()
	delete(s.waiting, id)
	s.mu.Unlock()
	s.retire()
}

// retire closes a worn-out socket as soon as nobody waits on it.
func (s *socket) retire() {
	s.mu.Lock()
	worn := s.used >= queriesPerSocket && len(s.waiting) == 0
	s.mu.Unlock()
	if worn {
		s.fail(errClosed)
	}
}

// fail ends the socket and everybody who waits on it.
func (s *socket) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dead {
		return
	}
	s.dead = true
	s.conn.Close()
	for _, w := range s.waiting {
		w.hand(reply{err: err})
	}
}

func (s *socket) read() {
	buf := make([]byte, maxDatagram)
	for {
		n, err := s.conn.Read(buf)
		if err != nil {
			s.fail(err)
			return
		}
		s.deliver(buf[:n])
	}
}

// deliver hands a datagram to the query that it answers; what answers none is dropped.
func (s *socket) deliver(packed []byte) {
	const headerSize, truncatedBit, responseBit = 12, 0x02, 0x80
	if len(packed) < headerSize || packed[2]&responseBit == 0 {
		return
	}
	s.mu.Lock()
	w := s.waiting[binary.BigEndian.Uint16(packed)]
	s.mu.Unlock()
	if w == nil {
		return
	}
	m, err := unpack(packed)
	switch {
	case err != nil && packed[2]&truncatedBit != 0: // cut inside a record: TCP has the rest
		w.hand(reply{msg: &dns.Msg{MsgHdr: dns.MsgHdr{Truncated: true}}})
	case err != nil:
		w.hand(reply{err: err})
	case answers(m, w.question):
		w.hand(reply{msg: m})
	}
}

func (w *waiter) hand(r reply) {
	select {
	case w.answer <- r:
	default: // answered already
	}
}

func unpack(packed []byte) (m *dns.Msg, err error) {
	defer recovered("read a DNS answer", &err)
	m = new(dns.Msg)
	if err := m.Unpack(packed); err != nil {
		return nil, fmt.Errorf("%w: %v", errBrokenAnswer, err)
	}
	return m, nil
}

// answers says whether the message is a response to the question.
func answers(m *dns.Msg, q dns.Question) bool {
	if !m.Response || len(m.Question) > 1 {
		return false
	}
	if len(m.Question) == 0 {
		// Only an error may leave the question out (RFC 1035 4.1.1 format errors).
		return m.Rcode != dns.RcodeSuccess && m.Rcode != dns.RcodeNameError
	}
	got := m.Question[0]
	return got.Qtype == q.Qtype && got.Qclass == q.Qclass && strings.EqualFold(got.Name, q.Name)
}
