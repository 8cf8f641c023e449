package checks

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
)

// Belonging is whose an address is, seen from one filing.
type Belonging string

// The belongings of an address.
const (
	BelongsFiled        Belonging = "filed"             // a filed address
	BelongsMainland     Belonging = "provider-mainland" // the filed provider's, in the mainland
	BelongsOverseasNode Belonging = "provider-overseas" // the filed provider's, not in the mainland
	BelongsUnknownNode  Belonging = "provider-unknown"  // the filed provider's, place undecided
	BelongsBehindOwn    Belonging = "fronted-own"       // behind the filed provider's own CDN, WAF or balancer
	BelongsBehindOther  Belonging = "fronted-other"     // behind another vendor's
	BelongsOther        Belonging = "other-provider"    // another provider's, wherever
	BelongsKnown        Belonging = "provider"          // a known provider's, but none is filed to compare with
	BelongsCarrier      Belonging = "carrier"           // announced by a carrier, which may do so for any provider
	BelongsElsewhere    Belonging = "mainland-other"    // announced in the mainland by nobody known
	BelongsOverseas     Belonging = "overseas"          // not in the mainland, of nobody known
	BelongsUnrouted     Belonging = "unrouted"          // announced by nobody
	BelongsPrivate      Belonging = "private"           // no address of the public internet
	BelongsUnknown      Belonging = "unknown"           // the data don't tell
)

// Place is where an address is, as far as filing is concerned. Hong Kong, Macao
// and Taiwan are overseas.
type Place string

// The places.
const (
	PlaceMainland Place = "mainland"
	PlaceOverseas Place = "overseas"
	PlaceUnknown  Place = "unknown"
)

// Ownership is the decision on one address.
type Ownership struct {
	Belonging Belonging `json:"belonging"`
	Place     Place     `json:"place"`
	Rule      int       `json:"rule"`               // of Decide, 1 to 9
	Provider  string    `json:"provider,omitempty"` // id of whom it belongs to, or of the vendor in front
	Detail    string    `json:"detail,omitempty"`   // what decided: CNAME, AS, country
}

// Decide decides whose an address is. The first rule that hits wins:
//  1. it is filed; 2. the filed provider's operator-supplied list holds it;
//  3. its name runs through an acceleration or protection service (families:
//     those of the chain that led to it); failing that, another provider's list;
//  4. its AS is the filed provider's; 5. its AS is another provider's;
//  6. a carrier announces it, which settles nothing unless the provider is that
//     carrier's own; 7. nobody announces it, or nothing is known;
//  8. the mainland; 9. overseas.
//
// The class of an AS beats the country in the registry, which is wrong for much
// of the mainland clouds' space. Service and provider may be nil.
func Decide(f observe.AddrFacts, families []observe.CNAMEFamily, service *filing.Service, provider *reference.Provider) Ownership {
	o := Ownership{Place: placeOf(f), Detail: detailOf(f)}
	is := func(rule int, b Belonging, whose string) Ownership {
		o.Rule, o.Belonging, o.Provider = rule, b, whose
		return o
	}
	own := func(id string) bool { return provider != nil && id == provider.ID }
	if service != nil && service.HoldsIP(f.Addr) {
		return is(1, BelongsFiled, "")
	}
	if slices.ContainsFunc(f.Listed, own) {
		o.Place = PlaceMainland
		return is(2, BelongsMainland, provider.ID)
	}
	if front, b := behind(families, own); front != nil {
		o.Detail = front.Product + " " + front.CNAME + "; " + o.Detail
		return is(3, b, front.Provider)
	}
	if len(f.Listed) > 0 {
		o.Place = PlaceMainland
		return is(2, foreign(provider), f.Listed[0])
	}
	switch {
	case f.Provider != "" && own(f.Provider):
		return is(4, nodeIn(o.Place), f.Provider)
	case f.Provider != "" && provider != nil && provider.AlsoIn(f.ASN):
		return is(6, BelongsCarrier, "")
	case f.Provider != "":
		return is(5, foreign(provider), f.Provider)
	case f.Carrier != "" && provider != nil && f.Carrier == provider.OwnCarrier:
		return is(6, nodeIn(o.Place), provider.ID)
	case f.Carrier != "":
		return is(6, BelongsCarrier, "")
	}
	return decideByPlace(f, is)
}

// DecideAddress decides on one address by itself, against the provider that the
// service names. Without a service it says what there is to say without one.
func DecideAddress(ref *reference.Set, f observe.AddrFacts, service *filing.Service) Ownership {
	var provider *reference.Provider
	if service != nil {
		provider, _ = ref.Providers.Match(service.Provider)
	}
	return Decide(f, nil, service, provider)
}

// decideByPlace decides on an address that is nobody's that is known.
func decideByPlace(f observe.AddrFacts, is func(int, Belonging, string) Ownership) Ownership {
	nothing := f.ASN == 0 && f.Country == ""
	switch {
	case nothing && isPrivate(f.Addr):
		return is(7, BelongsPrivate, "")
	case nothing && (f.DataDate == "" || f.Addr.Is6()):
		return is(7, BelongsUnknown, "")
	case f.ASN == 0 && f.Addr.Is4():
		return is(7, BelongsUnrouted, "")
	case f.Country == "", f.Country == "CN" && f.ASN == 0:
		return is(7, BelongsUnknown, "") // of IPv6 the country is known at most, and not the origin
	case f.Country == "CN":
		return is(8, BelongsElsewhere, "")
	}
	return is(9, BelongsOverseas, "")
}

// foreign is the belonging of what is another provider's, where one is filed.
func foreign(filed *reference.Provider) Belonging {
	if filed == nil {
		return BelongsKnown
	}
	return BelongsOther
}

// nodeIn is the belonging of what is the filed provider's, by its place.
func nodeIn(place Place) Belonging {
	switch place {
	case PlaceMainland:
		return BelongsMainland
	case PlaceOverseas:
		return BelongsOverseasNode
	}
	return BelongsUnknownNode
}

// placeOf tells where an address is: by its AS, and only for want of that by
// the registry. An overseas AS with a prefix registered in the mainland is undecided.
func placeOf(f observe.AddrFacts) Place {
	switch {
	case f.Class == observe.ASNMainland:
		return PlaceMainland
	case f.Class == observe.ASNOverseas && !f.Conflict:
		return PlaceOverseas
	case f.Class != "":
		return PlaceUnknown
	case f.Country == "CN" && (f.ASN != 0 || f.Addr.Is6()):
		return PlaceMainland
	case f.Country == "", f.Carrier != "", f.ASN == 0 && f.Addr.Is4():
		return PlaceUnknown // a mainland carrier's space may be registered anywhere
	}
	return PlaceOverseas
}

func detailOf(f observe.AddrFacts) string {
	as := "AS?"
	if f.ASN != 0 {
		as = fmt.Sprintf("AS%d", f.ASN)
	}
	for _, more := range []string{f.ASName, f.Country} {
		if more != "" {
			as += " " + more
		}
	}
	return as
}

// behind finds the service that hides the origin, by the first and the last in
// the chain, which may be of different vendors: the name was handed to the
// first, the last answers. Where either is the filed provider's, it counts. Low
// confidence decides nothing.
func behind(families []observe.CNAMEFamily, own func(string) bool) (*observe.CNAMEFamily, Belonging) {
	var first, last *observe.CNAMEFamily
	for i := range families {
		if families[i].Confidence != "low" && hides(families[i].Product) {
			last = &families[i]
			if first == nil {
				first = last
			}
		}
	}
	switch {
	case first == nil:
		return nil, ""
	case own(first.Provider):
		return first, BelongsBehindOwn
	case own(last.Provider):
		return last, BelongsBehindOwn
	}
	return first, BelongsBehindOther
}

// hides says whether a product answers in the origin's stead. Storage and page
// hosts are the origin, and traffic managers only answer for names.
func hides(product string) bool {
	return slices.Contains([]string{"cdn", "waf", "ddos", "edgeone", "live", "elb", "ga"}, product)
}

// isPrivate says whether an address is none of the public internet (RFC 6890).
func isPrivate(addr netip.Addr) bool {
	if !addr.IsGlobalUnicast() || addr.IsPrivate() {
		return true
	}
	special := []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"100::/64", "2001:db8::/32",
	}
	return slices.ContainsFunc(special, func(prefix string) bool { return netip.MustParsePrefix(prefix).Contains(addr) })
}
