package scanner

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"github.com/icpaudit/icpaudit/observe"
)

const (
	typeA    = dns.TypeA
	typeAAAA = dns.TypeAAAA

	maxChain = 10 // members of a CNAME chain
)

// verdict is what the resolvers say of one name and one kind of address.
type verdict struct {
	state  observe.NameState
	addrs  []netip.Addr
	chain  []string
	loop   bool
	voices []string       // who answered
	scoped bool           // a client subnet was echoed with a scope above zero
	fault  *observe.Fault // no answer; state is NameFault
}

// settle asks the resolvers in turn until one gives an answer: addresses, no
// such name, or no such data. Everything else (SERVFAIL, REFUSED, silence) is
// no answer, and the next one is asked.
func (r *resolver) settle(ctx context.Context, order []*upstream, host string, kind uint16, subnet *dns.EDNS0_SUBNET) verdict {
	var worst *observe.Fault
	for try := range r.options.Tries {
		v := r.follow(ctx, order[try%len(order)], host, kind, subnet)
		if v.fault == nil {
			return v
		}
		worst = worseFault(worst, v.fault)
		worst.Tries = try + 1
		if ctx.Err() != nil {
			break
		}
	}
	return verdict{state: observe.NameFault, fault: worst}
}

// confirm asks the resolvers that have not spoken yet about a name that the
// first one knows no address of. Two that agree make a fact; addresses from
// any are believed; a contradiction that the others can't settle is a fault.
func (r *resolver) confirm(ctx context.Context, order []*upstream, host string, kind uint16, first verdict) verdict {
	if first.fault != nil || len(first.addrs) > 0 {
		return first
	}
	others := slices.DeleteFunc(slices.Clone(order), func(u *upstream) bool { return slices.Contains(first.voices, u.addr) })
	said := []verdict{first}
	voices := first.voices
	var worst *observe.Fault
	for try := 0; try < r.options.Tries && len(others) > 0 && ctx.Err() == nil; try++ {
		i := try % len(others)
		v := r.follow(ctx, others[i], host, kind, nil)
		if v.fault != nil {
			worst = worseFault(worst, v.fault)
			worst.Tries = try + 1
			continue
		}
		voices = append(voices, v.voices...)
		for _, earlier := range said {
			if len(v.addrs) > 0 || earlier.state == v.state {
				v.voices, v.loop = voices, v.loop || earlier.loop
				return v
			}
		}
		said = append(said, v)
		others = slices.Delete(others, i, i+1)
	}
	return unsettled(host, said, voices, worst)
}

func unsettled(host string, said []verdict, voices []string, worst *observe.Fault) verdict {
	v := verdict{state: observe.NameFault, voices: voices, fault: worst}
	switch {
	case len(said) > 1:
		v.fault = &observe.Fault{Kind: observe.FaultDisagreement, Where: host,
			Detail: fmt.Sprintf("%s by %s, %s by %s", said[0].state, said[0].voices[0], said[1].state, said[1].voices[0])}
	case worst == nil:
		v.fault = &observe.Fault{Kind: observe.FaultNotConfigured, Where: host, Detail: "there is no second resolver to confirm " + string(said[0].state)}
	default:
		v.fault.Detail = bounded(fmt.Sprintf("%s by %s, not confirmed: %s", said[0].state, said[0].voices[0], worst.Detail), maxDetail)
	}
	return v
}

// follow asks one resolver and goes along the CNAME chain, in the answer and,
// where it breaks off there, by a query of its own.
func (r *resolver) follow(ctx context.Context, u *upstream, host string, kind uint16, subnet *dns.EDNS0_SUBNET) verdict {
	v := verdict{voices: []string{u.addr}}
	name := dns.CanonicalName(host)
	for { // ends: each round lengthens the chain, or is the last
		m, err := r.query(ctx, u, name, kind, subnet)
		if err != nil {
			return verdict{state: observe.NameFault, fault: faultOf(err, host)}
		}
		v.scoped = v.scoped || scoped(m, subnet)
		end, long := v.walk(m, host, name, kind)
		// A resolver may say SERVFAIL to a loop and show it all the same.
		if f := rcodeFault(m.Rcode, host, u.addr); f != nil && !v.loop {
			return verdict{state: observe.NameFault, fault: f}
		}
		switch {
		case long:
			return verdict{state: observe.NameFault, fault: &observe.Fault{Kind: observe.FaultTooLarge, Where: host,
				Detail: fmt.Sprintf("the CNAME chain has more than %d members", maxChain)}}
		case len(v.addrs) > 0:
			v.state = observe.NameResolved
			return v
		case m.Rcode == dns.RcodeNameError && !v.loop:
			v.state = observe.NameAbsent
			return v
		case v.loop, end == name, isNoData(m):
			v.state = observe.NameEmpty
			return v
		}
		name = end
	}
}

// walk goes along the chain inside one answer from name, collects the
// addresses at its end and returns that end. Records of other owners are ignored.
func (v *verdict) walk(m *dns.Msg, host, name string, kind uint16) (end string, long bool) {
	for {
		goal := ""
		for _, rr := range m.Answer {
			if !strings.EqualFold(rr.Header().Name, name) {
				continue
			}
			switch rr := rr.(type) {
			case *dns.A:
				if addr, ok := netip.AddrFromSlice(rr.A); ok && kind == typeA {
					v.addrs = append(v.addrs, addr.Unmap())
				}
			case *dns.AAAA:
				if addr, ok := netip.AddrFromSlice(rr.AAAA); ok && kind == typeAAAA {
					v.addrs = append(v.addrs, addr)
				}
			case *dns.CNAME:
				goal = dns.CanonicalName(rr.Target)
			}
		}
		if len(v.addrs) > 0 || goal == "" {
			return name, false
		}
		bare := strings.TrimSuffix(goal, ".")
		if bare == strings.TrimSuffix(dns.CanonicalName(host), ".") || slices.Contains(v.chain, bare) {
			v.loop = true
			return name, false
		}
		if len(v.chain) >= maxChain {
			return name, true
		}
		v.chain = append(v.chain, bare)
		name = goal
	}
}

// isNoData says whether the authority of the chain's end is named, so that
// asking again would bring nothing (RFC 2308 2.2).
func isNoData(m *dns.Msg) bool {
	return slices.ContainsFunc(m.Ns, func(rr dns.RR) bool { _, ok := rr.(*dns.SOA); return ok })
}

// rcodeFault turns every response code but success and NXDOMAIN into a fault.
func rcodeFault(rcode int, host, server string) *observe.Fault {
	kind := observe.FaultServerFailure
	switch rcode {
	case dns.RcodeSuccess, dns.RcodeNameError:
		return nil
	case dns.RcodeRefused, dns.RcodeNotAuth:
		kind = observe.FaultDenied
	}
	code, ok := dns.RcodeToString[rcode]
	if !ok {
		code = fmt.Sprintf("RCODE %d", rcode)
	}
	return &observe.Fault{Kind: kind, Where: host, Detail: code + " from " + server}
}

// query sends one question to one resolver. A resolver that chokes on EDNS is
// asked again without.
func (r *resolver) query(ctx context.Context, u *upstream, name string, kind uint16, subnet *dns.EDNS0_SUBNET) (*dns.Msg, error) {
	q := new(dns.Msg)
	q.SetQuestion(dns.Fqdn(name), kind)
	q.SetEdns0(ednsSize, false)
	if subnet != nil {
		opt := q.IsEdns0()
		opt.Option = append(opt.Option, subnet)
	}
	m, err := u.ask(ctx, q, r.options.Timeout)
	if err == nil || ctx.Err() == nil {
		u.health.note(err == nil)
	}
	if err != nil {
		return nil, err
	}
	again := m.Rcode == dns.RcodeFormatError || m.Rcode == dns.RcodeNotImplemented || m.Rcode == dns.RcodeBadVers
	if again || (subnet != nil && m.Rcode == dns.RcodeRefused) {
		q.Extra = nil
		return u.ask(ctx, q, r.options.Timeout)
	}
	return m, nil
}
