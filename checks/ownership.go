package checks

import (
	"slices"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
)

// Belonging is whose an address is, seen from one filing.
type Belonging string

// The belongings of an address.
const (
	BelongsFiled         Belonging = "filed"             // a filed address
	BelongsMainland      Belonging = "provider-mainland" // the filed provider's, in the mainland
	BelongsOverseasNode  Belonging = "provider-overseas" // the filed provider's, not in the mainland
	BelongsUnknownNode   Belonging = "provider-unknown"  // the filed provider's, place undecided
	BelongsBehindOwn     Belonging = "behind-own"        // behind the filed provider's own CDN, WAF or balancer
	BelongsBehindOther   Belonging = "behind-other"      // behind another provider's
	BelongsOther         Belonging = "other-provider"    // another provider's, in the mainland
	BelongsOtherOverseas Belonging = "other-overseas"    // another provider's, not in the mainland
	BelongsOtherUnknown  Belonging = "other-unknown"     // another provider's, place undecided
	BelongsCarrier       Belonging = "carrier"           // announced by a carrier: can't be settled offline
	BelongsElsewhere     Belonging = "mainland-other"    // the mainland, nobody's that is known
	BelongsOverseas      Belonging = "overseas"
	BelongsUnknown       Belonging = "unknown" // no data
)

// Ownership is the decision on one address, and by which rule it fell.
type Ownership struct {
	Belonging Belonging `json:"belonging"`
	Rule      int       `json:"rule"`               // 1 to 9, in the order in which they are tried
	Provider  string    `json:"provider,omitempty"` // whose it is, where that is known
	Detail    string    `json:"detail,omitempty"`   // what decided: prefix list, CNAME, ASN, country
}

// Decide decides whose an address is. The first rule that hits wins:
//  1. it is filed; 2. an operator's list holds it; 3. its name runs through an
//     acceleration or protection service; 4. its ASN is the filed provider's;
//  5. its ASN is another provider's; 6. a carrier announces it, which settles
//     nothing unless the provider is the carrier's own; 7. nothing is known;
//  8. the mainland; 9. overseas.
//
// The class of an ASN beats the country in the registry, which is wrong for
// much of the mainland clouds' space. The service and the provider may be nil.
func Decide(f observe.AddrFacts, families []observe.CNAMEFamily, service *filing.Service, provider *reference.Provider) Ownership {
	own := func(id string) bool { return provider != nil && id == provider.ID }
	if service != nil && service.HoldsIP(f.Addr) {
		return Ownership{Belonging: BelongsFiled, Rule: 1}
	}
	if len(f.Listed) > 0 {
		if slices.ContainsFunc(f.Listed, own) {
			return Ownership{BelongsMainland, 2, provider.ID, "prefix list"}
		}
		return Ownership{BelongsOther, 2, f.Listed[0], "prefix list"}
	}
	if o, ok := behind(families, own); ok {
		return o
	}
	asn := asnDetail(f)
	switch {
	case f.Conflict:
		return Ownership{BelongsUnknown, 7, f.Provider, asn + ", " + f.Country}
	case f.Provider != "" && own(f.Provider):
		return Ownership{byClass(f.Class, BelongsMainland, BelongsOverseasNode, BelongsUnknownNode), 4, f.Provider, asn}
	case f.Provider != "":
		return Ownership{byClass(f.Class, BelongsOther, BelongsOtherOverseas, BelongsOtherUnknown), 5, f.Provider, asn}
	case f.Carrier != "" && provider != nil && provider.OwnCarrier(f.Carrier):
		return Ownership{BelongsMainland, 6, provider.ID, asn + ", " + f.Carrier}
	case f.Carrier != "":
		return Ownership{BelongsCarrier, 6, "", asn + ", " + f.Carrier}
	case f.Country == "":
		return Ownership{BelongsUnknown, 7, "", asn}
	case f.Country == "CN" && (f.ASN != 0 || f.Addr.Is4()):
		return Ownership{mainlandKind(f), 8, "", asn + ", CN"}
	case f.Country == "CN":
		// IPv6: the country is known, the origin is not.
		return Ownership{BelongsUnknown, 7, "", "CN"}
	}
	return Ownership{BelongsOverseas, 9, "", asn + ", " + f.Country}
}

// mainlandKind: an address that nobody announces can't be somebody's server today.
func mainlandKind(f observe.AddrFacts) Belonging {
	if f.ASN == 0 {
		return BelongsUnknown
	}
	return BelongsElsewhere
}

func byClass(class observe.ASNClass, mainland, overseas, unknown Belonging) Belonging {
	switch class {
	case observe.ASNMainland:
		return mainland
	case observe.ASNOverseas:
		return overseas
	}
	return unknown
}

func asnDetail(f observe.AddrFacts) string {
	if f.ASN == 0 {
		return "AS?"
	}
	text := "AS" + itoa(f.ASN)
	if f.ASName != "" {
		text += " " + f.ASName
	}
	return text
}

// behind decides by the services in a CNAME chain: chains cross vendors, so the
// last one, which answers, decides, unless the filed provider is among them.
// Storage and page hosts are no fronts, and low confidence decides nothing.
func behind(families []observe.CNAMEFamily, own func(string) bool) (Ownership, bool) {
	var last *observe.CNAMEFamily
	for i, f := range families {
		if f.Confidence == "low" || !slices.Contains([]string{"cdn", "waf", "ddos", "edgeone", "live", "elb", "ga", "gslb"}, f.Product) {
			continue
		}
		if own(f.Provider) {
			return Ownership{BelongsBehindOwn, 3, f.Provider, f.Product + " " + f.CNAME}, true
		}
		last = &families[i]
	}
	if last == nil {
		return Ownership{}, false
	}
	return Ownership{BelongsBehindOther, 3, last.Provider, last.Product + " " + last.CNAME}, true
}
