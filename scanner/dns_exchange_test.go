package scanner

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"testing"

	"github.com/miekg/dns"

	"github.com/icpaudit/icpaudit/observe"
)

// rawResolver answers with datagrams of the test's own making.
func rawResolver(t *testing.T, answer func(query []byte) [][]byte) *fakeResolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 4096)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			for _, d := range answer(buf[:n]) {
				_, _ = conn.WriteTo(d, from)
			}
		}
	}()
	t.Cleanup(func() { conn.Close(); <-done })
	return &fakeResolver{addr: conn.LocalAddr().String()}
}

func TestMismatchedAnswersAreIgnored(t *testing.T) {
	truth := zone("a.cn. 60 IN A 192.0.2.1")
	forged := func(q *dns.Msg, change func(m *dns.Msg)) []byte {
		m := zone("a.cn. 60 IN A 192.0.2.66", "a.cn. 60 IN AAAA 2001:db8::66")(q, false)
		change(m)
		packed, err := m.Pack()
		if err != nil {
			t.Error(err)
		}
		return packed
	}
	server := rawResolver(t, func(query []byte) [][]byte {
		q := new(dns.Msg)
		if err := q.Unpack(query); err != nil {
			t.Error(err)
			return nil
		}
		right, _ := truth(q, false).Pack()
		return [][]byte{
			forged(q, func(m *dns.Msg) { m.Id++ }),
			forged(q, func(m *dns.Msg) { m.Question[0].Name = "b.cn." }),
			forged(q, func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeTXT }),
			forged(q, func(m *dns.Msg) { m.Response = false }),
			forged(q, func(m *dns.Msg) { m.Question = nil }),
			{1, 2, 3},
			right, right,
		}
	})
	got := newTestResolver(t, server, server).name(t.Context(), "a.cn", observe.RoleApex)
	if want := []netip.Addr{netip.MustParseAddr("192.0.2.1")}; !slices.Equal(got.Addrs, want) {
		t.Fatalf("addresses %v, want %v (fault %v)", got.Addrs, want, got.Fault)
	}
}

func TestLateAnswerFindsNobody(t *testing.T) {
	var held [][]byte
	server := rawResolver(t, func(query []byte) [][]byte {
		q := new(dns.Msg)
		if err := q.Unpack(query); err != nil {
			t.Error(err)
			return nil
		}
		if q.Question[0].Name == "late.cn." { // kept back until somebody asks for another name
			m, _ := zone("late.cn. 60 IN A 192.0.2.66")(q, false).Pack()
			held = append(held, m)
			return nil
		}
		m, _ := zone("a.cn. 60 IN A 192.0.2.1", "a.cn. 60 IN AAAA 2001:db8::1")(q, false).Pack()
		return append(held, m)
	})
	r := newTestResolver(t, server)
	if got := r.name(t.Context(), "late.cn", observe.RoleApex); got.State != observe.NameFault || got.Fault.Kind != observe.FaultTimeout {
		t.Fatalf("state %s, fault %v; want a timeout", got.State, got.Fault)
	}
	got := r.name(t.Context(), "a.cn", observe.RoleApex)
	if len(got.Addrs) != 2 || slices.Contains(got.Addrs, netip.MustParseAddr("192.0.2.66")) {
		t.Fatalf("addresses %v, fault %v", got.Addrs, got.Fault)
	}
}

func TestBrokenMessages(t *testing.T) {
	loop := func(query []byte) [][]byte { // a name that points at itself
		d := slices.Clone(query[:12])
		d[2] |= 0x80
		return [][]byte{append(d, 0xc0, 12, 0, 1, 0, 1)}
	}
	r := newTestResolver(t, rawResolver(t, loop), rawResolver(t, loop))
	got := r.name(t.Context(), "a.cn", observe.RoleApex)
	if got.State != observe.NameFault || got.Fault.Kind != observe.FaultUnparsable {
		t.Fatalf("state %s, fault %v; want %s", got.State, got.Fault, observe.FaultUnparsable)
	}
}

func TestDeadResolverIsAskedLast(t *testing.T) {
	dead, alive := serveDNS(t, silent), serveDNS(t, zone("a.cn. 60 IN A 192.0.2.1", "a.cn. 60 IN AAAA 2001:db8::1"))
	r := newTestResolver(t, dead, alive)
	for range 10 {
		if got := r.name(t.Context(), "a.cn", observe.RoleApex); got.State != observe.NameResolved {
			t.Fatalf("state %s, fault %v", got.State, got.Fault)
		}
	}
	if n := dead.asked.Load(); n > 2*failuresToRest {
		t.Errorf("the silent resolver was asked %d times", n)
	}
}

func TestSocketsAreRenewed(t *testing.T) {
	server := serveDNS(t, zone("a.cn. 60 IN A 192.0.2.1"))
	r := newTestResolver(t, server)
	u := r.plain[0]
	if _, err := r.query(t.Context(), u, "a.cn", typeA, nil); err != nil {
		t.Fatal(err)
	}
	var before [socketsPerUpstream]*socket
	u.mu.Lock()
	before = u.sockets
	for _, s := range u.sockets {
		if s != nil {
			s.used = queriesPerSocket
		}
	}
	u.mu.Unlock()
	for range 2 * socketsPerUpstream {
		if _, err := r.query(t.Context(), u, "a.cn", typeA, nil); err != nil {
			t.Fatal(err)
		}
	}
	for i, s := range before {
		if s != nil && u.sockets[i] == s {
			t.Error("a worn-out socket is still in use")
		}
	}
}

func FuzzDelivery(f *testing.F) {
	for _, kind := range []uint16{dns.TypeA, dns.TypeCNAME} {
		q := new(dns.Msg)
		q.SetQuestion("a.cn.", kind)
		m := zone("a.cn. 60 IN CNAME b.cn.", "b.cn. 60 IN A 192.0.2.1")(q, false)
		packed, err := m.Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(packed)
	}
	f.Fuzz(func(t *testing.T, packed []byte) {
		if len(packed) < 2 {
			return
		}
		w := &waiter{question: dns.Question{Name: "a.cn.", Qtype: dns.TypeA, Qclass: dns.ClassINET}, answer: make(chan reply, 1)}
		s := &socket{waiting: map[uint16]*waiter{uint16(packed[0])<<8 | uint16(packed[1]): w}}
		s.deliver(packed)
		select {
		case r := <-w.answer:
			if r.err == nil {
				var v verdict
				v.walk(r.msg, "a.cn", "a.cn.", typeA)
				if len(v.chain) > maxChain {
					t.Errorf("chain of %d", len(v.chain))
				}
			}
		default:
		}
	})
}

func BenchmarkName(b *testing.B) {
	server := serveDNS(b, zone("a.cn. 60 IN A 192.0.2.1", "a.cn. 60 IN AAAA 2001:db8::1"))
	r := newTestResolver(b, server, server)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if n := r.name(context.Background(), "a.cn", observe.RoleApex); n.State == observe.NameFault {
				b.Error(n.Fault)
			}
		}
	})
}
