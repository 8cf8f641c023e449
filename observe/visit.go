package observe

import (
	"net/netip"
	"time"
)

// Visit is what happened when the site was called: every attempt and how it
// ended. A refused connection is a value here, for that is an answer.
type Visit struct {
	Attempts []Attempt `json:"attempts,omitempty"`
}

// Attempt is one start URL followed to its end.
type Attempt struct {
	Start   string    `json:"start"`
	Hops    []Hop     `json:"hops,omitempty"`
	End     End       `json:"end"`
	Final   string    `json:"final,omitempty"`   // URL of the last hop
	Status  int       `json:"status,omitempty"`  // of the last hop
	Kind    PageKind  `json:"kind,omitempty"`    // what the page at the end is
	Mark    string    `json:"mark,omitempty"`    // id of the mark that told the kind
	Cut     bool      `json:"cut,omitempty"`     // the document broke off: what it is can't be told for sure
	Offsite bool      `json:"offsite,omitempty"` // a hop left the registrable domain
	Fault   *Fault    `json:"fault,omitempty"`   // how the last hop failed
	At      time.Time `json:"at,omitzero"`
}

// Hop is one request of an attempt.
type Hop struct {
	URL      string        `json:"url"`
	Addr     netip.Addr    `json:"addr,omitzero"` // the address asked
	Status   int           `json:"status,omitempty"`
	Location string        `json:"location,omitempty"`
	TLS      string        `json:"tls,omitempty"` // why the certificate does not hold; empty: it holds, or plain HTTP
	Took     time.Duration `json:"took,omitempty"`
	Fault    *Fault        `json:"fault,omitempty"`
}

// End is how an attempt ended.
type End string

// The ends of an attempt.
const (
	EndPage       End = "page"    // a document came, of whatever kind
	EndStatus     End = "status"  // an HTTP status without a usable document
	EndRefused    End = "refused" // on every address
	EndReset      End = "reset"
	EndTimeout    End = "timeout"
	EndTLS        End = "tls"
	EndRedirect   End = "redirect"   // loop, too many, or a forbidden goal
	EndUnresolved End = "unresolved" // the host has no address
	EndBlocked    End = "blocked-address"
	EndNotHTTP    End = "not-http"
	EndSeen       End = "seen"  // this URL was already seen as a hop of an earlier attempt
	EndFault      End = "fault" // our own trouble; see Fault
)

// PageKind is what kind of page stands at the end of an attempt.
type PageKind string

// The kinds of a page.
const (
	KindSite      PageKind = "site"
	KindParking   PageKind = "parking"   // parked or for sale
	KindDefault   PageKind = "default"   // a server's or panel's default page
	KindBlock     PageKind = "block"     // an access provider's "not filed" block page
	KindChallenge PageKind = "challenge" // WAF or captcha
	KindError     PageKind = "error"     // an error page served as 200
	KindEmpty     PageKind = "empty"     // nothing in it
	KindOther     PageKind = "other"     // not HTML
)
