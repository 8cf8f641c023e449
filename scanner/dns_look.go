package scanner

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/icpaudit/icpaudit/observe"
)

const (
	maxNames    = 32 // of one target
	maxAddrs    = 32 // kept of one name
	namesAtOnce = 8
)

// Look resolves every name of the target: the domain, www, and the hosts that
// are filed. It is a fault only where no name at all could be answered.
func (r *resolver) Look(ctx context.Context, t Target, now func() time.Time) observe.Seen[observe.DNS] {
	seen := observe.Seen[observe.DNS]{At: now()}
	began := time.Now()
	look := observe.DNS{Names: namesOf(t)}
	var group errgroup.Group
	group.SetLimit(namesAtOnce)
	for i := range look.Names {
		n := &look.Names[i]
		group.Go(func() error {
			*n = r.name(ctx, n.Name, n.Role)
			r.addViews(ctx, n)
			return nil
		})
	}
	_ = group.Wait() // a name's failure is its fault
	seen.Took = time.Since(began)
	for i := range look.Names {
		if look.Names[i].State != observe.NameFault {
			seen.Value = &look
			seen.Via = strings.Join(look.Names[i].Resolvers, ", ")
			return seen
		}
	}
	seen.Fault = look.Names[0].Fault
	return seen
}

// namesOf lists the names to look at, each once, the domain first.
func namesOf(t Target) []observe.Name {
	var names []observe.Name
	add := func(host string, role observe.Role) {
		host, ok := cleanHost(host)
		if !ok || isAddr(host) || len(names) >= maxNames {
			return
		}
		if !slices.ContainsFunc(names, func(n observe.Name) bool { return n.Name == host }) {
			names = append(names, observe.Name{Name: host, Role: role})
		}
	}
	add(t.Domain, observe.RoleApex)
	if !strings.HasPrefix(t.Domain, "www.") {
		add("www."+t.Domain, observe.RoleWWW)
	}
	for _, host := range t.Hosts {
		add(host, observe.RoleFiled)
	}
	for _, text := range t.URLs {
		if u, err := parseStart(text); err == nil {
			add(u.Hostname(), observe.RoleFiled)
		}
	}
	if len(names) == 0 { // a target that is no name: it is asked for as it stands, and fails so
		names = []observe.Name{{Name: t.Domain, Role: observe.RoleApex}}
	}
	return names
}

// name resolves one name, both kinds of address at once. Where there is no
// address, a second resolver is asked, and both have to agree. A resolved name
// carries a fault where only one of the two kinds could be asked for.
func (r *resolver) name(ctx context.Context, host string, role observe.Role) observe.Name {
	n := observe.Name{Name: host, Role: role}
	order := r.order()
	var v4, v6 verdict
	var both sync.WaitGroup
	both.Go(func() { v6 = r.settle(ctx, order, host, typeAAAA, nil) })
	v4 = r.settle(ctx, order, host, typeA, nil)
	both.Wait()
	if len(v4.addrs)+len(v6.addrs) == 0 {
		both.Go(func() { v6 = r.confirm(ctx, order, host, typeAAAA, v6) })
		v4 = r.confirm(ctx, order, host, typeA, v4)
		both.Wait()
	}
	n.Addrs = mergeAddrs(v4.addrs, v6.addrs)
	n.CNAMEs, n.Loop = v4.chain, v4.loop || v6.loop
	if len(n.CNAMEs) == 0 {
		n.CNAMEs = v6.chain
	}
	n.Resolvers = mergeNames(v4.voices, v6.voices)
	n.Fault = worseFault(v4.fault, v6.fault)
	switch {
	case len(n.Addrs) > 0:
		n.State = observe.NameResolved
		if n.Fault != nil && n.Fault.Kind == observe.FaultDisagreement {
			n.Fault = nil // on the other kind of address, which the name need not have
		}
	case n.Fault != nil:
		n.State = observe.NameFault
	case v4.state == observe.NameAbsent && v6.state == observe.NameAbsent:
		n.State = observe.NameAbsent
	default:
		n.State = observe.NameEmpty
	}
	return n
}

func mergeAddrs(a, b []netip.Addr) []netip.Addr {
	all := slices.Concat(a, b)
	slices.SortFunc(all, netip.Addr.Compare)
	all = slices.Compact(all)
	return all[:min(len(all), maxAddrs)]
}

func mergeNames(a, b []string) []string {
	all := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

// worseFault returns the fault that says more: our own trouble first, then
// what a resolver said, last that it said nothing.
func worseFault(a, b *observe.Fault) *observe.Fault {
	if a == nil || b == nil {
		if a == nil {
			return b
		}
		return a
	}
	rank := func(f *observe.Fault) int {
		switch {
		case f.Ours():
			return 0
		case f.Kind == observe.FaultDisagreement:
			return 1
		case f.Kind == observe.FaultTimeout:
			return 3
		}
		return 2
	}
	if rank(b) < rank(a) {
		return b
	}
	return a
}
