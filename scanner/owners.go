package scanner

import (
	"net/netip"
	"time"

	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
)

// owners gathers the absolute facts of addresses and CNAME chains.
type owners struct {
	ref    *reference.Set
	listed *reference.Listed // operator-supplied prefixes
	v6     *reference.Listed // IPv6 prefixes that providers announce
}

func newOwners(ref *reference.Set) *owners {
	return &owners{ref: ref, listed: ref.Providers.Override(), v6: ref.Providers.V6()}
}

// AddressFacts is what the reference data say of one address.
func AddressFacts(ref *reference.Set, addr netip.Addr) observe.AddrFacts {
	return newOwners(ref).address(addr)
}

// Families lists the known services in a CNAME chain.
func Families(ref *reference.Set, name string, chain []string) []observe.CNAMEFamily {
	return newOwners(ref).families(name, chain)
}

// Facts gathers the facts of all addresses and chains of a look, those of the
// views too, each once.
func (o *owners) Facts(dns *observe.DNS) observe.Owners {
	facts := observe.Owners{DataDate: o.ref.Addresses.Date().Format(time.DateOnly)}
	seen := map[netip.Addr]bool{}
	chains := map[string]bool{}
	note := func(name string, addrs []netip.Addr, chain []string) {
		for _, addr := range addrs {
			if !seen[addr] {
				seen[addr] = true
				facts.Addrs = append(facts.Addrs, o.address(addr))
			}
		}
		for _, family := range o.families(name, chain) {
			if key := name + " " + family.CNAME; !chains[key] {
				chains[key] = true
				facts.Families = append(facts.Families, family)
			}
		}
	}
	for _, name := range dns.Names {
		note(name.Name, name.Addrs, name.CNAMEs)
		for _, view := range name.Views {
			note(name.Name, view.Addrs, view.CNAMEs)
		}
	}
	return facts
}

func (o *owners) address(addr netip.Addr) observe.AddrFacts {
	addr = addr.Unmap()
	f := observe.AddrFacts{Addr: addr, Listed: o.listed.Of(addr)}
	found, err := o.ref.Addresses.Lookup(addr)
	if err != nil {
		// The table could not be read: nothing is known, and nothing is settled.
		return f
	}
	f.ASN, f.ASName, f.Country, f.Source = found.ASN, found.ASName, found.Country, found.Source
	f.DataDate = found.Date.Format(time.DateOnly)
	if addr.Is6() {
		// Origins of IPv6 come from BGP lists only; the provider is then mainland.
		f.ASN = 0
		if ids := o.v6.Of(addr); len(ids) > 0 {
			f.Provider, f.Class = ids[0], observe.ASNMainland
		}
		return f
	}
	provider, asn := o.ref.Providers.OfASN(f.ASN)
	f.Provider, f.Class = provider, observe.ASNClass(asn.Class)
	if asn.Name != "" {
		f.ASName = asn.Name
	}
	f.Carrier = o.ref.Providers.Carrier(f.ASN)
	// A prefix of an overseas system that is registered in the mainland is undecided.
	f.Conflict = f.Class == observe.ASNOverseas && f.Country == "CN"
	return f
}

func (o *owners) families(name string, chain []string) []observe.CNAMEFamily {
	var all []observe.CNAMEFamily
	for _, cname := range chain {
		if family, ok := o.ref.Families.Match(cname); ok {
			all = append(all, observe.CNAMEFamily{
				Name: name, CNAME: cname, Suffix: family.Suffix, Provider: family.Provider, Product: family.Product, Confidence: family.Confidence,
			})
		}
	}
	return all
}
