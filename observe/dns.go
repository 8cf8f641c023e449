package observe

import "net/netip"

// DNS is what the resolvers answered for the names of one target.
type DNS struct {
	Names []Name `json:"names"` // in the order asked: the domain first
}

// Role says why a name was looked at.
type Role string

// The roles of a name.
const (
	RoleApex  Role = "apex"
	RoleWWW   Role = "www"
	RoleFiled Role = "filed" // host of a filed URL or a filed sub-domain
)

// NameState is what is known of a name's addresses.
type NameState string

// The states of a name. Absent and empty are facts only because two resolvers agreed.
const (
	NameResolved NameState = "resolved"
	NameAbsent   NameState = "nxdomain"
	NameEmpty    NameState = "nodata"
	NameFault    NameState = "fault" // see Fault
)

// Name is one name with its addresses, as seen from the scanner's own place.
type Name struct {
	Name      string       `json:"name"` // A-label, no trailing dot
	Role      Role         `json:"role"`
	State     NameState    `json:"state"`
	Addrs     []netip.Addr `json:"addrs,omitempty"`     // A and AAAA together, sorted, bounded
	CNAMEs    []string     `json:"cnames,omitempty"`    // the chain, bounded
	Loop      bool         `json:"loop,omitempty"`      // the chain bites itself
	Resolvers []string     `json:"resolvers,omitempty"` // who answered, in the order asked
	Fault     *Fault       `json:"fault,omitempty"`
	Views     []View       `json:"views,omitempty"`
}

// View is the answer for one client subnet (RFC 7871), kept apart from the plain one.
type View struct {
	ID       string       `json:"id"`    // configured name, such as "telecom"
	Place    string       `json:"place"` // mainland or overseas
	Subnet   netip.Prefix `json:"subnet"`
	Honoured bool         `json:"honoured"` // the answer's scope is above zero
	State    NameState    `json:"state"`
	Addrs    []netip.Addr `json:"addrs,omitempty"`
	CNAMEs   []string     `json:"cnames,omitempty"`
	Resolver string       `json:"resolver,omitempty"`
	Fault    *Fault       `json:"fault,omitempty"`
}
