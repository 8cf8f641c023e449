package scanner

import (
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// answerer answers one question; nil keeps silent.
type answerer func(q *dns.Msg, tcp bool) *dns.Msg

// fakeResolver serves one on loopback, over UDP and TCP at one port.
type fakeResolver struct {
	addr  string
	asked atomic.Int32
	tcp   atomic.Int32
}

func serveDNS(t testing.TB, answer answerer) *fakeResolver {
	t.Helper()
	f := &fakeResolver{}
	listener, packets := pair(t)
	f.addr = packets.LocalAddr().String()
	handler := dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		_, tcp := w.RemoteAddr().(*net.TCPAddr)
		f.asked.Add(1)
		if tcp {
			f.tcp.Add(1)
		}
		if m := answer(q, tcp); m != nil {
			_ = w.WriteMsg(m)
		}
	})
	var ready sync.WaitGroup
	for _, s := range []*dns.Server{{PacketConn: packets, Handler: handler}, {Listener: listener, Handler: handler}} {
		ready.Add(1)
		s.NotifyStartedFunc = ready.Done
		go func() { _ = s.ActivateAndServe() }()
		t.Cleanup(func() { _ = s.Shutdown() })
	}
	ready.Wait()
	return f
}

// pair opens a TCP and a UDP socket at one port of loopback.
func pair(t testing.TB) (net.Listener, net.PacketConn) {
	t.Helper()
	for range 20 {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		packets, err := net.ListenPacket("udp", listener.Addr().String())
		if err == nil {
			return listener, packets
		}
		listener.Close()
	}
	t.Fatal("no port is free for both TCP and UDP")
	return nil, nil
}

// zone answers from records in zone file form; a name that no record has does not exist.
func zone(records ...string) answerer {
	var rrs []dns.RR
	for _, text := range records {
		rr, err := dns.NewRR(text)
		if err != nil {
			panic(err)
		}
		rrs = append(rrs, rr)
	}
	return func(q *dns.Msg, _ bool) *dns.Msg {
		m := new(dns.Msg)
		m.SetReply(q)
		name, exists := q.Question[0].Name, false
		for range 20 { // as a resolver follows a chain
			next := ""
			for _, rr := range rrs {
				if !strings.EqualFold(rr.Header().Name, name) {
					continue
				}
				exists = true
				if c, ok := rr.(*dns.CNAME); ok {
					m.Answer = append(m.Answer, rr)
					next = c.Target
				} else if rr.Header().Rrtype == q.Question[0].Qtype {
					m.Answer = append(m.Answer, rr)
				}
			}
			if next == "" {
				break
			}
			name, exists = next, false
		}
		if !exists {
			m.Rcode = dns.RcodeNameError
		}
		return m
	}
}

func rcode(code int) answerer {
	return func(q *dns.Msg, _ bool) *dns.Msg {
		m := new(dns.Msg)
		m.SetRcode(q, code)
		return m
	}
}

func silent(*dns.Msg, bool) *dns.Msg { return nil }

func newTestResolver(t testing.TB, servers ...*fakeResolver) *resolver {
	t.Helper()
	o := defaultDNS()
	o.Resolvers = nil
	o.Timeout = 100 * time.Millisecond
	for _, s := range servers {
		o.Resolvers = append(o.Resolvers, s.addr)
	}
	return openResolver(t, o)
}

func openResolver(t testing.TB, o DNSOptions) *resolver {
	t.Helper()
	r, err := newResolver(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}
