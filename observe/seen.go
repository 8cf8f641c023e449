// Package observe holds what was seen of a target: plain values, one kind a
// file, with no judgement and no filing in them. Everything here survives a
// round trip through JSON, so that a stored look can be judged again.
package observe

import "time"

// Seen is the outcome of one look: a value, or a fault, or (the zero Seen)
// never asked for. A failed look is never the same as an absent thing: an
// answer such as NXDOMAIN is a value, a timeout is a fault.
type Seen[T any] struct {
	Value *T            `json:"value,omitempty"`
	Fault *Fault        `json:"fault,omitempty"`
	At    time.Time     `json:"at,omitzero"`
	Took  time.Duration `json:"took,omitempty"` // nanoseconds in JSON
	Via   string        `json:"via,omitempty"`  // resolver, URL, server or file that answered
}

// Asked says whether the look was made at all.
func (s Seen[T]) Asked() bool { return s.Value != nil || s.Fault != nil }

// Want is a set of kinds of looks.
type Want uint8

// The kinds of looks.
const (
	WantDNS Want = 1 << iota
	WantOwners
	WantVisit
	WantPage
	WantRegistration
	WantApp

	WantNetwork = WantDNS | WantOwners | WantVisit | WantPage
)

// Has says whether all kinds of other are wanted.
func (w Want) Has(other Want) bool { return w&other == other }

// Dossier is everything that one look found out about one target.
type Dossier struct {
	Target       string             `json:"target"` // A-label, or package id
	At           time.Time          `json:"at"`     // when the look began
	Vantage      string             `json:"vantage,omitempty"`
	Unclean      bool               `json:"unclean,omitempty"` // our own health was in doubt: absence counts for nothing
	Blocked      *Blocked           `json:"blocked,omitempty"` // nil: nothing speaks for it
	DNS          Seen[DNS]          `json:"dns,omitzero"`
	Owners       Seen[Owners]       `json:"owners,omitzero"`
	Visit        Seen[Visit]        `json:"visit,omitzero"`
	Page         Seen[Page]         `json:"page,omitzero"`
	Registration Seen[Registration] `json:"registration,omitzero"`
	App          Seen[App]          `json:"app,omitzero"`
}

// Blocked says that so many targets of one group failed alike that it is
// rather we who are kept out than they that are gone.
type Blocked struct {
	Kinds  Want   `json:"kinds"`  // of looks that tell nothing therefore
	Group  string `json:"group"`  // network, AS, acceleration service or registry
	How    string `json:"how"`    // the failure: the end of a visit, or the kind of a fault
	Failed int    `json:"failed"` // targets of the group that failed so
	Of     int    `json:"of"`     // targets of the group that were looked at
}
