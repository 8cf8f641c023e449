package checks

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
)

// landing is one address that one name leads to, decided.
type landing struct {
	name  string
	addr  netip.Addr
	facts observe.AddrFacts
	maybe *observe.CNAMEFamily // a front of low confidence
	Ownership
}

// answer is what one look at a name gave.
type answer struct {
	addrs  []netip.Addr
	cnames []string
}

// seenIn are the answers that users in the mainland get: those of honoured
// mainland views, which beat the plain one unless that was taken in the
// mainland itself. Without such views the plain answer has to do.
func (c Case) seenIn(name observe.Name) []answer {
	plain := answer{name.Addrs, name.CNAMEs}
	var views []answer
	for _, v := range name.Views {
		if v.Place == "mainland" && v.Honoured && len(v.Addrs) > 0 {
			views = append(views, answer{v.Addrs, v.CNAMEs})
		}
	}
	if len(views) == 0 || c.Policy.Vantage == "mainland" && name.State == observe.NameResolved {
		return append(views, plain)
	}
	return views
}

// land decides every address that users in the mainland get.
func (c Case) land(provider *reference.Provider) []landing {
	var landings []landing
	for _, name := range c.DNS.Value.Names {
		for _, a := range c.seenIn(name) {
			for _, l := range c.landAnswer(name.Name, a, provider) {
				if !slices.ContainsFunc(landings, func(x landing) bool { return x.name == l.name && x.addr == l.addr && x.Belonging == l.Belonging }) {
					landings = append(landings, l)
				}
			}
		}
	}
	return landings
}

// blind finds a name that could not be looked at, or not in full: a kind of
// address, or a mainland view. What was not seen there may conform.
func (c Case) blind() (Note, bool) {
	for _, name := range c.DNS.Value.Names {
		if name.Fault != nil {
			return Note{Code: string(name.Fault.Kind), Detail: name.Name}, true
		}
		for _, v := range name.Views {
			if v.Place == "mainland" && v.Fault != nil {
				return Note{Code: string(v.Fault.Kind), Detail: name.Name}, true
			}
		}
	}
	return Note{}, false
}

// filedAnywhere finds a filed address among all answers, the plain ones too
// where views beat them: one that conforms is enough.
func (c Case) filedAnywhere(provider *reference.Provider) (landing, bool) {
	if !c.Service.HasIPs() {
		return landing{}, false
	}
	for _, name := range c.DNS.Value.Names {
		for _, a := range append(c.seenIn(name), answer{name.Addrs, name.CNAMEs}) {
			a.addrs = slices.DeleteFunc(slices.Clone(a.addrs), func(addr netip.Addr) bool { return !c.Service.HoldsIP(addr) })
			if filed := c.landAnswer(name.Name, a, provider); len(filed) > 0 {
				return filed[0], true
			}
		}
	}
	return landing{}, false
}

func (c Case) landAnswer(name string, a answer, provider *reference.Provider) []landing {
	families, maybe := c.familiesOf(name, a.cnames)
	var all []landing
	for _, addr := range a.addrs {
		facts, ok := c.Owners.Value.Of(addr)
		if !ok {
			facts = observe.AddrFacts{Addr: addr}
		}
		all = append(all, landing{name, addr, facts, maybe, Decide(facts, families, c.Service, provider)})
	}
	return all
}

// familiesOf are the known services in a chain, in its order, and the first of
// them that is of low confidence.
func (c Case) familiesOf(name string, chain []string) (families []observe.CNAMEFamily, maybe *observe.CNAMEFamily) {
	for _, cname := range chain {
		for _, f := range c.Owners.Value.Families {
			if f.Name != name || f.CNAME != cname {
				continue
			}
			families = append(families, f)
			if maybe == nil && f.Confidence == "low" && hides(f.Product) {
				maybe = &f
			}
		}
	}
	return families, maybe
}

// proofsOf are the proofs of landings, the deciding one first, within bounds.
func (c Case) proofsOf(first *landing, landings []landing) []Proof {
	const most = 16
	var proofs []Proof
	if first != nil {
		proofs = append(proofs, c.proofOf(*first))
	}
	for i := range landings {
		if len(proofs) < most && (first == nil || &landings[i] != first) {
			proofs = append(proofs, c.proofOf(landings[i]))
		}
	}
	return proofs
}

// proofOf tells an address against what is filed.
func (c Case) proofOf(l landing) Proof {
	got := l.addr.String()
	if name := c.vendorName(l.Provider); name != "" {
		got += ", " + name
	}
	if l.Detail != "" {
		got += ", " + l.Detail
	}
	if l.Rule >= 4 && l.facts.DataDate != "" {
		got += ", " + l.facts.DataDate
	}
	return Proof{What: proofOfBelonging(l.Belonging), Want: c.filedAccess(), Got: got, Where: l.name, At: c.DNS.At}
}

// proofOfBelonging is the code of a proof by whose the address is.
func proofOfBelonging(b Belonging) string {
	switch b {
	case BelongsFiled:
		return "address-filed"
	case BelongsMainland:
		return "address-of-provider"
	case BelongsOverseasNode:
		return "address-of-provider-overseas"
	case BelongsUnknownNode:
		return "address-of-provider-somewhere"
	case BelongsBehindOwn:
		return "address-behind-own"
	case BelongsBehindOther:
		return "address-behind-other"
	case BelongsOther, BelongsKnown:
		return "address-of-other"
	case BelongsCarrier:
		return "address-of-carrier"
	case BelongsElsewhere:
		return "address-elsewhere"
	case BelongsOverseas:
		return "address-overseas"
	case BelongsUnrouted:
		return "address-unrouted"
	case BelongsPrivate:
		return "address-private"
	}
	return "address-unknown"
}

// vendorName is the name of a provider or vendor for readers.
func (c Case) vendorName(id string) string {
	if p, ok := c.Reference.Providers.ByID(id); ok {
		return p.NameZH
	}
	if t, ok := c.Reference.Families.Vendor(id); ok {
		return t.ZH
	}
	return id
}

// filedAccess is the filed provider and addresses, the first few of them.
func (c Case) filedAccess() string {
	const most = 5
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
	if more := len(ips) - most; more > 0 {
		ips = append(ips[:most], fmt.Sprintf("… +%d", more))
	}
	return strings.TrimSpace(c.Service.Provider + " " + strings.Join(ips, " "))
}

// aboutAddresses is the advice that goes with a verdict on addresses: that the
// data it rests on are old, that another provider on file holds one of them,
// and that an uncertain front stands before one.
func (c Case) aboutAddresses(landings []landing) []Note {
	var notes []Note
	date, err := time.Parse(time.DateOnly, c.Owners.Value.DataDate)
	rests := slices.ContainsFunc(landings, func(l landing) bool { return l.Rule >= 4 })
	if rests && err == nil && c.Now.Sub(date) > c.Policy.AddressDataAge {
		notes = append(notes, Note{Code: "address-data-old", Detail: c.Owners.Value.DataDate})
	}
	if other, ok := c.Reference.Providers.Match(c.Service.OtherProvider); ok {
		if slices.ContainsFunc(landings, func(l landing) bool { return l.Belonging == BelongsOther && l.Provider == other.ID }) {
			notes = append(notes, Note{Code: "at-other-filed-provider", Detail: c.Service.OtherProvider})
		}
	}
	if i := slices.IndexFunc(landings, func(l landing) bool { return l.maybe != nil }); i >= 0 {
		notes = append(notes, Note{Code: "perhaps-fronted", Detail: landings[i].maybe.CNAME})
	}
	return notes
}
