package observe

import "net/netip"

// Owners holds the absolute facts of the addresses and CNAME chains of one
// target. Whether an address is the right one is not said here.
type Owners struct {
	Addrs    []AddrFacts   `json:"addrs,omitempty"`
	Families []CNAMEFamily `json:"families,omitempty"`
	DataDate string        `json:"data_date,omitempty"` // of the address data, YYYY-MM-DD
}

// Of returns the facts of an address; ok is false where there are none.
func (o *Owners) Of(addr netip.Addr) (facts AddrFacts, ok bool) {
	for _, f := range o.Addrs {
		if f.Addr == addr {
			return f, true
		}
	}
	return AddrFacts{}, false
}

// ASNClass says what an autonomous system's announcement proves about a provider.
type ASNClass string

// The classes of an ASN.
const (
	ASNMainland ASNClass = "mainland" // the provider's, in mainland China
	ASNOverseas ASNClass = "overseas" // the provider's, not in mainland China
	ASNUnknown  ASNClass = "unknown"  // the provider's, place undecided
)

// AddrFacts is what the address data says of one address.
type AddrFacts struct {
	Addr     netip.Addr `json:"addr"`
	Listed   []string   `json:"listed,omitempty"` // ids of the providers whose operator-supplied prefix lists hold it
	ASN      uint32     `json:"asn,omitempty"`    // 0: not announced, or not known (IPv6)
	ASName   string     `json:"as_name,omitempty"`
	Provider string     `json:"provider,omitempty"` // id of the provider that the ASN is exclusive to
	Class    ASNClass   `json:"class,omitempty"`    // of that ASN for that provider
	Carrier  string     `json:"carrier,omitempty"`  // telecom, unicom, mobile, cernet, broadcast
	Country  string     `json:"country,omitempty"`  // registry country, ISO 3166
	Conflict bool       `json:"conflict,omitempty"` // the data sets contradict each other on the place
	Source   string     `json:"source,omitempty"`   // embedded data, or the operator's file
	DataDate string     `json:"data_date,omitempty"`
}

// CNAMEFamily is a known suffix of an acceleration or protection service found in a CNAME chain.
type CNAMEFamily struct {
	Name       string `json:"name"`   // the name whose chain it is
	CNAME      string `json:"cname"`  // the member of the chain
	Suffix     string `json:"suffix"` // what matched
	Provider   string `json:"provider"`
	Product    string `json:"product"`    // cdn waf ddos edgeone live oss elb gtm gslb ga paas pages
	Confidence string `json:"confidence"` // high medium low
}
