package scanner

import (
	"net/netip"
	"slices"
	"time"

	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
)

// owners gathers the absolute facts of addresses and CNAME chains. Whose an
// address is from a filing's point of view is not said here.
type owners struct{ ref *reference.Set }

func newOwners(ref *reference.Set) *owners { return &owners{ref: ref} }

// Facts gathers the facts of all addresses and chains of a look, those of the
// views too, each once and in the order seen.
func (o *owners) Facts(dns *observe.DNS) observe.Owners {
	facts := observe.Owners{DataDate: o.ref.Addresses.Date().Format(time.DateOnly)}
	seen := map[netip.Addr]bool{}
	note := func(name string, addrs []netip.Addr, chain []string) {
		for _, addr := range addrs {
			if !seen[addr] {
				seen[addr] = true
				facts.Addrs = append(facts.Addrs, AddressFacts(o.ref, addr))
			}
		}
		for _, family := range o.families(name, chain) {
			if !slices.Contains(facts.Families, family) {
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

// families lists the known services in a chain, in its order: the first is whom
// the name was handed to, the last is who answers.
func (o *owners) families(name string, chain []string) []observe.CNAMEFamily {
	var all []observe.CNAMEFamily
	for _, cname := range chain {
		if family, ok := o.ref.Families.Match(cname); ok {
			all = append(all, observe.CNAMEFamily{
				Name: name, CNAME: cname, Suffix: family.Suffix,
				Provider: family.Provider, Product: family.Product, Confidence: family.Confidence,
			})
		}
	}
	return all
}

// AddressFacts is what the reference data say of one address. Where the address
// data can't be read, only the operator's lists speak.
func AddressFacts(ref *reference.Set, addr netip.Addr) observe.AddrFacts {
	f := observe.AddrFacts{Addr: addr, Listed: ref.Providers.Listed(addr)}
	found, err := ref.Addresses.Lookup(addr)
	if err != nil {
		return f
	}
	f.ASN, f.ASName, f.Country = found.ASN, found.ASName, found.Country
	f.Source, f.DataDate = found.Source, found.Date.Format(time.DateOnly)
	provider, asn := ref.Providers.OfASN(f.ASN)
	if asn.Name != "" {
		f.ASName = asn.Name
	}
	f.Provider, f.Class = provider, observe.ASNClass(asn.Class)
	f.Carrier = ref.Providers.Carrier(f.ASN)
	if id := ref.Providers.Announcer6(addr); id != "" {
		f.Provider, f.Class, f.Carrier = id, observe.ASNMainland, ""
	}
	if f.Provider != "" && ref.Providers.Undecided(f.Provider, addr) {
		f.Class = observe.ASNUnknown
	}
	mainland := f.Country == "CN"
	f.Conflict = f.Country != "" && (f.Class == observe.ASNMainland && !mainland || f.Class == observe.ASNOverseas && mainland)
	return f
}
