package scanner

import (
	"context"
	"net/netip"
	"strings"
	"sync"

	"github.com/miekg/dns"

	"github.com/icpaudit/icpaudit/observe"
)

// addViews asks the view resolvers for the name once for each configured
// client subnet. In a view, absence counts only where the plain look agrees
// with it, for a view's resolver speaks alone.
func (r *resolver) addViews(ctx context.Context, n *observe.Name) {
	if len(r.views) == 0 {
		return
	}
	n.Views = make([]observe.View, len(r.options.Views))
	var all sync.WaitGroup
	for i, o := range r.options.Views {
		all.Go(func() { n.Views[i] = r.view(ctx, n, o) })
	}
	all.Wait()
}

func (r *resolver) view(ctx context.Context, n *observe.Name, o ViewOptions) observe.View {
	view := observe.View{ID: o.ID, Place: o.Place, Subnet: o.Subnet}
	v4 := r.settle(ctx, r.views, n.Name, typeA, clientSubnet(o.Subnet))
	v6 := r.settle(ctx, r.views, n.Name, typeAAAA, clientSubnet(o.Subnet))
	view.Addrs = mergeAddrs(v4.addrs, v6.addrs)
	view.CNAMEs = v4.chain
	if len(view.CNAMEs) == 0 {
		view.CNAMEs = v6.chain
	}
	view.Honoured = v4.scoped || v6.scoped
	view.Resolver = strings.Join(mergeNames(v4.voices, v6.voices), ", ")
	view.Fault = worseFault(v4.fault, v6.fault)
	switch {
	case len(view.Addrs) > 0:
		view.State = observe.NameResolved
	case view.Fault != nil:
		view.State = observe.NameFault
	case n.State == observe.NameAbsent || n.State == observe.NameEmpty:
		view.State = n.State
	default:
		view.State = observe.NameFault
		view.Fault = &observe.Fault{Kind: observe.FaultDisagreement, Where: n.Name,
			Detail: "no address by " + view.Resolver + " for this subnet, against the plain look"}
	}
	return view
}

// clientSubnet makes the EDNS option (RFC 7871 6).
func clientSubnet(p netip.Prefix) *dns.EDNS0_SUBNET {
	p = p.Masked()
	family := uint16(1)
	if p.Addr().Is6() {
		family = 2
	}
	return &dns.EDNS0_SUBNET{Code: dns.EDNS0SUBNET, Family: family, SourceNetmask: uint8(p.Bits()), Address: p.Addr().AsSlice()}
}

// scoped says whether the answer honours the client subnet: the option comes
// back for the same subnet, with a scope above zero.
func scoped(m *dns.Msg, sent *dns.EDNS0_SUBNET) bool {
	opt := m.IsEdns0()
	if sent == nil || opt == nil {
		return false
	}
	for _, o := range opt.Option {
		if got, ok := o.(*dns.EDNS0_SUBNET); ok {
			return got.SourceScope > 0 && got.Family == sent.Family && got.SourceNetmask == sent.SourceNetmask && got.Address.Equal(sent.Address)
		}
	}
	return false
}
