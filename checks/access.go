package checks

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
)

func itoa(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

// access is what the three scenes of the access group share: at most one of
// them holds for a domain, and the verdict says which.
type access struct {
	scene   ID // the scene that the verdict is about; empty: all three pass
	verdict Verdict
}

// landing is one address of one name, decided.
type landing struct {
	name  string
	addr  netip.Addr
	facts observe.AddrFacts
	Ownership
}

// judgeAccess judges where a domain's names lead (guide section 2.4). One name
// that conforms is enough.
func judgeAccess(c Case) access {
	provider, known := c.Reference.Providers.Match(c.Service.Provider)
	if !known {
		provider = nil
	}
	landings, faults := land(c, provider)
	has := func(kinds ...Belonging) *landing {
		i := slices.IndexFunc(landings, func(l landing) bool { return slices.Contains(kinds, l.Belonging) })
		if i < 0 {
			return nil
		}
		return &landings[i]
	}
	if l := has(BelongsFiled); l != nil {
		return access{verdict: pass(c.landed(*l))}
	}
	proofs := c.landedAll(landings)
	old := c.oldData()
	switch {
	case len(faults) > 0:
		// A name that could not be looked at may be the one that conforms.
		return access{"dns-not-at-provider", unverifiable(Note{Code: string(faults[0].Fault.Kind), Detail: faults[0].Name}, proofs...)}
	case len(landings) == 0:
		return access{"dns-not-at-provider", deficient("no-address", Proof{What: "dns", Got: states(c.DNS.Value), Where: c.Domain.Name, At: c.DNS.At})}
	case has(BelongsMainland) != nil:
		return c.filedAddress(*has(BelongsMainland), proofs)
	case has(BelongsBehindOwn) != nil:
		return access{"dns-not-filed-ip", unverifiable(Note{Code: "behind-own-service", Detail: has(BelongsBehindOwn).Detail}, proofs...)}
	case overseasOnly(landings):
		return access{"dns-overseas", deficient("all-overseas", proofs[0], proofs[1:]...).advise(old...)}
	case provider == nil:
		return access{"dns-not-at-provider", unverifiable(Note{Code: "provider-unknown", Detail: c.Service.Provider}, proofs...)}
	case has(BelongsBehindOther) != nil:
		l := has(BelongsBehindOther)
		return access{"dns-not-at-provider", suspected("behind-other-cdn", c.landed(*l), proofs...).because(Note{Code: "origin-hidden", Detail: l.Detail})}
	case has(BelongsCarrier, BelongsUnknown, BelongsUnknownNode, BelongsOtherUnknown) != nil:
		l := has(BelongsCarrier, BelongsUnknown, BelongsUnknownNode, BelongsOtherUnknown)
		return access{"dns-not-at-provider", unverifiable(Note{Code: "owner-unsettled", Detail: l.Detail}, proofs...).advise(old...)}
	}
	return access{"dns-not-at-provider", deficient("other-provider", proofs[0], proofs[1:]...).advise(old...)}
}

// filedAddress judges a domain of which a name leads to the provider's mainland
// nodes, but none to a filed address.
func (c Case) filedAddress(l landing, proofs []Proof) access {
	if !c.Service.HasIPs() {
		return access{"dns-not-filed-ip", unverifiable(Note{Code: "ip-not-filed"}, c.landed(l))}
	}
	return access{"dns-not-filed-ip", deficient("other-address-of-provider", proofs[0], proofs[1:]...).advise(c.oldData()...)}
}

// overseasOnly says whether every address is outside the mainland for sure.
func overseasOnly(landings []landing) bool {
	return !slices.ContainsFunc(landings, func(l landing) bool {
		return l.Belonging != BelongsOverseas && l.Belonging != BelongsOverseasNode && l.Belonging != BelongsOtherOverseas
	})
}

// land decides every address of every name, as the mainland sees it where a
// mainland view was honoured, else as the scanner does; and lists the names
// that could not be looked at.
func land(c Case, provider *reference.Provider) (landings []landing, faults []observe.Name) {
	for _, name := range c.DNS.Value.Names {
		addrs := mainlandAddrs(name)
		if len(addrs) == 0 && name.State == observe.NameFault {
			faults = append(faults, name)
		}
		families := slices.DeleteFunc(slices.Clone(c.Owners.Value.Families), func(f observe.CNAMEFamily) bool { return f.Name != name.Name })
		for _, addr := range addrs {
			facts, ok := c.Owners.Value.Of(addr)
			if !ok {
				facts = observe.AddrFacts{Addr: addr}
			}
			landings = append(landings, landing{name.Name, addr, facts, Decide(facts, families, c.Service, provider)})
		}
	}
	return landings, faults
}

func mainlandAddrs(name observe.Name) []netip.Addr {
	var addrs []netip.Addr
	for _, view := range name.Views {
		if view.Place == "mainland" && view.Honoured {
			for _, addr := range view.Addrs {
				if !slices.Contains(addrs, addr) {
					addrs = append(addrs, addr)
				}
			}
		}
	}
	if len(addrs) == 0 {
		return name.Addrs
	}
	return addrs
}

// landed tells one address against what is filed.
func (c Case) landed(l landing) Proof {
	want := c.Service.Provider
	var ips []string
	for _, p := range c.Service.IPs {
		if p.IsSingleIP() {
			ips = append(ips, p.Addr().String())
		} else {
			ips = append(ips, p.String())
		}
	}
	for _, r := range c.Service.IPRanges {
		ips = append(ips, r.From.String()+"-"+r.To.String())
	}
	if len(ips) > 0 {
		want = strings.TrimSpace(want + " " + strings.Join(ips, " "))
	}
	got := l.addr.String() + " " + string(l.Belonging)
	for _, more := range []string{l.Provider, l.Detail, l.facts.DataDate} {
		if more != "" {
			got += ", " + more
		}
	}
	return Proof{What: "address", Want: want, Got: got, Where: l.name, At: c.DNS.At}
}

// landedAll tells the addresses, the first sixteen of them.
func (c Case) landedAll(landings []landing) []Proof {
	var proofs []Proof
	for _, l := range landings[:min(len(landings), 16)] {
		proofs = append(proofs, c.landed(l))
	}
	return proofs
}

// oldData advises of address data older than the policy likes.
func (c Case) oldData() []Note {
	date, err := time.Parse(time.DateOnly, c.Owners.Value.DataDate)
	if err != nil || c.Now.Sub(date) <= c.Policy.AddressDataAge {
		return nil
	}
	return []Note{{Code: "address-data-old", Detail: c.Owners.Value.DataDate}}
}

func states(d *observe.DNS) string {
	var parts []string
	for _, name := range d.Names {
		parts = append(parts, name.Name+" "+string(name.State))
	}
	return strings.Join(parts, "; ")
}

// of is the verdict of one of the three scenes: the other two don't apply where
// one of them is what there is to say.
func (a access) of(scene ID) Verdict {
	switch a.scene {
	case "", scene:
		return a.verdict
	}
	return notApplicable(Note{Code: "other-access-scene", Detail: string(a.scene)})
}
