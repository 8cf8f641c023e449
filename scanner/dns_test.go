package scanner

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
	"go.uber.org/goleak"

	"github.com/icpaudit/icpaudit/observe"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestNameByTwoResolvers(t *testing.T) {
	const name = "site.example.cn"
	record := name + ". 60 IN A 192.0.2.7"
	answers := map[string]answerer{
		"address":  zone(record),
		"nxdomain": zone(),
		"nodata":   zone(name + ". 60 IN TXT x"),
		"servfail": rcode(dns.RcodeServerFailure),
		"refused":  rcode(dns.RcodeRefused),
		"formerr":  rcode(dns.RcodeFormatError),
		"notimp":   rcode(dns.RcodeNotImplemented),
		"yxdomain": rcode(dns.RcodeYXDomain),
		"silent":   silent,
	}
	faults := map[string]observe.FaultKind{
		"servfail": observe.FaultServerFailure, "refused": observe.FaultDenied, "formerr": observe.FaultServerFailure,
		"notimp": observe.FaultServerFailure, "yxdomain": observe.FaultServerFailure, "silent": observe.FaultTimeout,
	}
	for first := range answers {
		for second := range answers {
			t.Run(first+"+"+second, func(t *testing.T) {
				t.Parallel()
				r := newTestResolver(t, serveDNS(t, answers[first]), serveDNS(t, answers[second]))
				got := r.name(t.Context(), name, observe.RoleApex)
				state, kind := wanted(first, second, faults)
				if got.State != state || (got.Fault != nil) != (kind != nil) {
					t.Fatalf("state %s, fault %v; want %s", got.State, got.Fault, state)
				}
				if kind != nil && !slices.Contains(kind, got.Fault.Kind) {
					t.Errorf("fault %v, want one of %v", got.Fault, kind)
				}
			})
		}
	}
}

// wanted is the truth about a name that two resolvers answer for so.
func wanted(a, b string, faults map[string]observe.FaultKind) (observe.NameState, []observe.FaultKind) {
	switch {
	case a == "address" || b == "address":
		return observe.NameResolved, nil
	case a == b && a == "nxdomain":
		return observe.NameAbsent, nil
	case a == b && a == "nodata":
		return observe.NameEmpty, nil
	case faults[a] == "" && faults[b] == "":
		return observe.NameFault, []observe.FaultKind{observe.FaultDisagreement}
	}
	var kinds []observe.FaultKind
	for _, x := range []string{a, b} {
		if kind := faults[x]; kind != "" {
			kinds = append(kinds, kind)
		}
	}
	return observe.NameFault, kinds
}

func TestThirdResolverSettles(t *testing.T) {
	absent, empty := zone(), zone("a.cn. 60 IN TXT x")
	for _, c := range []struct {
		servers []answerer
		want    observe.NameState
	}{
		{[]answerer{absent, empty, absent}, observe.NameAbsent},
		{[]answerer{empty, absent, empty}, observe.NameEmpty},
		{[]answerer{absent, rcode(dns.RcodeServerFailure), absent}, observe.NameAbsent},
		{[]answerer{absent, absent, zone("a.cn. 60 IN A 192.0.2.1")}, ""},
	} {
		var servers []*fakeResolver
		for _, s := range c.servers {
			servers = append(servers, serveDNS(t, s))
		}
		r := newTestResolver(t, servers...)
		for range 3 { // each rotation
			got := r.name(t.Context(), "a.cn", observe.RoleApex)
			if c.want != "" && got.State != c.want {
				t.Errorf("state %s (%v), want %s", got.State, got.Fault, c.want)
			}
			if c.want == "" && got.State == observe.NameFault {
				t.Errorf("fault %v, want either fact", got.Fault)
			}
		}
	}
}

func TestOneResolverProvesNoAbsence(t *testing.T) {
	r := newTestResolver(t, serveDNS(t, zone()))
	got := r.name(t.Context(), "a.cn", observe.RoleApex)
	if got.State != observe.NameFault || !got.Fault.Ours() {
		t.Fatalf("state %s, fault %v; want a fault of ours", got.State, got.Fault)
	}
}

func TestChains(t *testing.T) {
	chain := func(n int) (records []string) {
		for i := range n {
			records = append(records, fmt.Sprintf("n%d.cn. 60 IN CNAME n%d.cn.", i, i+1))
		}
		return append(records, fmt.Sprintf("n%d.cn. 60 IN A 192.0.2.9", n))
	}
	for name, c := range map[string]struct {
		records []string
		state   observe.NameState
		length  int
		loop    bool
	}{
		"three":       {chain(3), observe.NameResolved, 3, false},
		"ten":         {chain(10), observe.NameResolved, 10, false},
		"eleven":      {chain(11), observe.NameFault, 0, false},
		"self":        {[]string{"n0.cn. 60 IN CNAME n0.cn."}, observe.NameEmpty, 0, true},
		"loop of two": {[]string{"n0.cn. 60 IN CNAME n1.cn.", "n1.cn. 60 IN CNAME n0.cn."}, observe.NameEmpty, 1, true},
		"later loop":  {[]string{"n0.cn. 60 IN CNAME n1.cn.", "n1.cn. 60 IN CNAME n2.cn.", "n2.cn. 60 IN CNAME n1.cn."}, observe.NameEmpty, 2, true},
		"dangling":    {[]string{"n0.cn. 60 IN CNAME gone.cn."}, observe.NameAbsent, 1, false},
		"mixed case":  {[]string{"N0.CN. 60 IN CNAME N1.cn.", "n1.CN. 60 IN A 192.0.2.1"}, observe.NameResolved, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			whole := zone(c.records...)
			// The second resolver gives one link an answer: the chain is asked for piece by piece.
			pieces := func(q *dns.Msg, tcp bool) *dns.Msg {
				m := whole(q, tcp)
				if len(m.Answer) > 1 {
					m.Answer, m.Rcode = m.Answer[:1], dns.RcodeSuccess
				}
				return m
			}
			for way, r := range map[string]*resolver{
				"whole":  newTestResolver(t, serveDNS(t, whole), serveDNS(t, whole)),
				"pieces": newTestResolver(t, serveDNS(t, pieces), serveDNS(t, pieces)),
			} {
				got := r.name(t.Context(), "n0.cn", observe.RoleApex)
				if got.State != c.state || len(got.CNAMEs) != c.length || got.Loop != c.loop {
					t.Errorf("%s: state %s, chain %v, loop %v, fault %v", way, got.State, got.CNAMEs, got.Loop, got.Fault)
				}
			}
		})
	}
}

func TestForeignRecordsAreIgnored(t *testing.T) {
	lie := func(q *dns.Msg, _ bool) *dns.Msg {
		m := zone("a.cn. 60 IN TXT x")(q, false)
		rr, _ := dns.NewRR("other.cn. 60 IN A 192.0.2.66")
		m.Answer = append(m.Answer, rr)
		return m
	}
	got := newTestResolver(t, serveDNS(t, lie), serveDNS(t, lie)).name(t.Context(), "a.cn", observe.RoleApex)
	if got.State != observe.NameEmpty {
		t.Fatalf("state %s with %v, want %s", got.State, got.Addrs, observe.NameEmpty)
	}
}

func TestTruncatedGoesToTCP(t *testing.T) {
	whole := zone("a.cn. 60 IN A 192.0.2.1", "a.cn. 60 IN A 192.0.2.2")
	server := serveDNS(t, func(q *dns.Msg, tcp bool) *dns.Msg {
		m := whole(q, tcp)
		if !tcp {
			m.Truncated, m.Answer = true, nil
		}
		return m
	})
	got := newTestResolver(t, server, server).name(t.Context(), "a.cn", observe.RoleApex)
	if len(got.Addrs) != 2 || server.tcp.Load() == 0 {
		t.Fatalf("addresses %v after %d TCP queries, fault %v", got.Addrs, server.tcp.Load(), got.Fault)
	}
}

func TestManyAddressesAreBounded(t *testing.T) {
	var records []string
	for i := range 250 {
		records = append(records, fmt.Sprintf("a.cn. 60 IN A 192.0.2.%d", i))
	}
	whole := zone(records...)
	server := serveDNS(t, func(q *dns.Msg, tcp bool) *dns.Msg {
		m := whole(q, tcp)
		if !tcp {
			m.Truncate(ednsSize)
		}
		return m
	})
	got := newTestResolver(t, server).name(t.Context(), "a.cn", observe.RoleApex)
	if len(got.Addrs) != maxAddrs || !slices.IsSortedFunc(got.Addrs, netip.Addr.Compare) {
		t.Fatalf("%d addresses, want %d in order", len(got.Addrs), maxAddrs)
	}
}

func TestLookNames(t *testing.T) {
	server := serveDNS(t, zone("a.cn. 60 IN A 192.0.2.1", "shop.a.cn. 60 IN A 192.0.2.2", "xn--fiqs8s.cn. 60 IN A 192.0.2.3"))
	r := newTestResolver(t, server, serveDNS(t, zone("a.cn. 60 IN A 192.0.2.1")))
	seen := r.Look(t.Context(), Target{
		Domain: "a.cn", Hosts: []string{"shop.a.cn", "A.CN."},
		URLs: []string{"http://www.a.cn/x", "shop.a.cn/path", "https://中国.cn:8443/", "http://192.0.2.9/", "::"},
	}, time.Now)
	if seen.Value == nil {
		t.Fatal(seen.Fault)
	}
	var got []string
	for _, n := range seen.Value.Names {
		got = append(got, fmt.Sprintf("%s %s %s", n.Name, n.Role, n.State))
	}
	want := []string{"a.cn apex resolved", "www.a.cn www nxdomain", "shop.a.cn filed resolved", "xn--fiqs8s.cn filed resolved"}
	if !slices.Equal(got, want) {
		t.Errorf("names\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestLookIsAFaultOnlyWithoutAnyAnswer(t *testing.T) {
	only := func(name string) answerer {
		return func(q *dns.Msg, tcp bool) *dns.Msg {
			if q.Question[0].Name == name {
				return zone(name+" 60 IN A 192.0.2.1")(q, tcp)
			}
			return rcode(dns.RcodeServerFailure)(q, tcp)
		}
	}
	r := newTestResolver(t, serveDNS(t, only("www.a.cn.")), serveDNS(t, only("www.a.cn.")))
	seen := r.Look(t.Context(), Target{Domain: "a.cn"}, time.Now)
	if seen.Value == nil || seen.Value.Names[0].State != observe.NameFault || seen.Value.Names[1].State != observe.NameResolved {
		t.Fatalf("got %+v, fault %v", seen.Value, seen.Fault)
	}
	lame := newTestResolver(t, serveDNS(t, rcode(dns.RcodeServerFailure)), serveDNS(t, rcode(dns.RcodeRefused)))
	if seen := lame.Look(t.Context(), Target{Domain: "a.cn"}, time.Now); seen.Value != nil || seen.Fault == nil || seen.Fault.Ours() {
		t.Fatalf("got %+v, fault %v; want a fault of theirs", seen.Value, seen.Fault)
	}
}

func TestLookEndsWithItsContext(t *testing.T) {
	r := newTestResolver(t, serveDNS(t, silent), serveDNS(t, silent))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	seen := r.Look(ctx, Target{Domain: "a.cn"}, time.Now)
	if seen.Fault == nil || seen.Fault.Kind != observe.FaultCancelled {
		t.Fatalf("fault %v, want %s", seen.Fault, observe.FaultCancelled)
	}
}

func TestCheck(t *testing.T) {
	good := zone("cn. 60 IN NS a.dns.cn.")
	liar := func(q *dns.Msg, tcp bool) *dns.Msg {
		if m := good(q, tcp); len(m.Answer) > 0 {
			return m
		}
		return zone(q.Question[0].Name+" 60 IN A 192.0.2.1")(q, tcp)
	}
	r := newTestResolver(t, serveDNS(t, good), serveDNS(t, liar), serveDNS(t, silent), serveDNS(t, rcode(dns.RcodeRefused)), serveDNS(t, zone()))
	answering, err := r.Check(t.Context())
	if answering != 1 || err == nil {
		t.Fatalf("%d answering (%v), want 1", answering, err)
	}
	for _, u := range r.plain[1:] {
		if !strings.Contains(err.Error(), u.addr) {
			t.Errorf("the error does not name %s: %v", u.addr, err)
		}
	}
}

func TestAddresses(t *testing.T) {
	server := serveDNS(t, zone("whois.cn. 60 IN A 192.0.2.1", "whois.cn. 60 IN AAAA 2001:db8::1"))
	r := newTestResolver(t, server, server)
	for range 3 {
		if addrs, err := r.Addresses(t.Context(), "whois.cn"); err != nil || len(addrs) != 2 {
			t.Fatal(addrs, err)
		}
	}
	if n := server.asked.Load(); n != 2 {
		t.Errorf("asked %d times, want 2", n)
	}
	second := newTestResolver(t, serveDNS(t, zone()), serveDNS(t, zone()))
	if _, err := second.Addresses(t.Context(), "gone.cn"); faultOf(err, "").Kind != observe.FaultUnresolved {
		t.Errorf("error %v, want %s", err, observe.FaultUnresolved)
	}
}

func TestResolverList(t *testing.T) {
	o := defaultDNS()
	o.Resolvers = []string{"192.0.2.1", "192.0.2.1:53", "192.0.2.1:5353", "[2001:db8::1]:53", "2001:db8::1"}
	r := openResolver(t, o)
	if len(r.plain) != 3 {
		t.Errorf("%d resolvers, want 3", len(r.plain))
	}
	for _, bad := range []string{"dns.example.com", "192.0.2.1:", "", "192.0.2.1:99999"} {
		o.Resolvers = []string{bad}
		if _, err := newResolver(o); err == nil {
			t.Errorf("resolver %q was taken", bad)
		}
		if o.Validate()["resolvers[0]"] == nil {
			t.Errorf("Validate takes resolver %q", bad)
		}
	}
	if bad := defaultDNS().Validate(); len(bad) != 0 {
		t.Errorf("the default is refused: %v", bad)
	}
}
