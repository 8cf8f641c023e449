package scanner

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/icpaudit/icpaudit/observe"
)

func TestViews(t *testing.T) {
	plain := zone("a.cn. 60 IN A 192.0.2.1", "a.cn. 60 IN AAAA 2001:db8::1")
	echo := func(scope uint8, refuse int) answerer {
		return func(q *dns.Msg, tcp bool) *dns.Msg {
			opt := q.IsEdns0()
			if opt == nil || len(opt.Option) == 0 {
				return plain(q, tcp)
			}
			if refuse != 0 {
				return rcode(refuse)(q, tcp)
			}
			m := zone("a.cn. 60 IN A 198.51.100.1", "a.cn. 60 IN AAAA 2001:db8::2")(q, tcp)
			m.SetEdns0(ednsSize, false)
			sent := *opt.Option[0].(*dns.EDNS0_SUBNET)
			sent.SourceScope = scope
			m.IsEdns0().Option = append(m.IsEdns0().Option, &sent)
			return m
		}
	}
	for name, c := range map[string]struct {
		server   answerer
		honoured bool
		state    observe.NameState
		addr     string
	}{
		"honoured":        {echo(24, 0), true, observe.NameResolved, "198.51.100.1"},
		"scope zero":      {echo(0, 0), false, observe.NameResolved, "198.51.100.1"},
		"no option":       {plain, false, observe.NameResolved, "192.0.2.1"},
		"formerr":         {echo(24, dns.RcodeFormatError), false, observe.NameResolved, "192.0.2.1"},
		"refused":         {echo(24, dns.RcodeRefused), false, observe.NameResolved, "192.0.2.1"},
		"servfail":        {rcode(dns.RcodeServerFailure), false, observe.NameFault, ""},
		"absent in it":    {zone(), false, observe.NameFault, ""},
		"silent resolver": {silent, false, observe.NameFault, ""},
	} {
		t.Run(name, func(t *testing.T) {
			first, second := serveDNS(t, plain), serveDNS(t, plain)
			o := defaultDNS()
			o.Timeout = 100 * time.Millisecond
			o.Resolvers = []string{first.addr, second.addr}
			o.ViewResolvers = []string{serveDNS(t, c.server).addr}
			o.Views = []ViewOptions{{"telecom", "mainland", netip.MustParsePrefix("202.96.128.0/24")}, {"hk", "overseas", netip.MustParsePrefix("2001:db8::/56")}}
			if bad := o.Validate(); len(bad) != 0 {
				t.Fatal(bad)
			}
			seen := openResolver(t, o).Look(t.Context(), Target{Domain: "a.cn"}, time.Now)
			n := seen.Value.Names[0]
			if len(n.Views) != 2 || !slices.Contains(n.Addrs, netip.MustParseAddr("192.0.2.1")) {
				t.Fatalf("views %+v, plain addresses %v", n.Views, n.Addrs)
			}
			for _, v := range n.Views {
				if v.Honoured != c.honoured || v.State != c.state || (v.Fault != nil) != (c.state == observe.NameFault) {
					t.Errorf("view %+v, fault %v", v, v.Fault)
				}
				if c.addr != "" && !slices.Contains(v.Addrs, netip.MustParseAddr(c.addr)) {
					t.Errorf("addresses %v, want %s", v.Addrs, c.addr)
				}
			}
		})
	}
}
