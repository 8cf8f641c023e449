package observe

import (
	"fmt"
	"time"
)

// FaultKind is a stable code of what kept a look from an answer. Words for it
// live in the reference data.
type FaultKind string

// Faults of the far side: what could not be seen is unverifiable.
const (
	FaultTimeout        FaultKind = "timeout"
	FaultRefused        FaultKind = "refused"        // TCP connection refused
	FaultReset          FaultKind = "reset"          // connection closed in the middle
	FaultTLS            FaultKind = "tls"            // no TLS session could be made
	FaultNotHTTP        FaultKind = "not-http"       // the answer was not HTTP
	FaultStatus         FaultKind = "status"         // an HTTP status that carries no page
	FaultRedirect       FaultKind = "redirect"       // a loop, too many hops, or a forbidden goal
	FaultUnresolved     FaultKind = "unresolved"     // no address to ask
	FaultUnreachable    FaultKind = "unreachable"    // no attempt got an answer
	FaultChallenge      FaultKind = "challenge"      // WAF, captcha, anti-bot
	FaultNotAPage       FaultKind = "not-a-page"     // parking, default, block or error page in place of the site
	FaultServerFailure  FaultKind = "server-failure" // SERVFAIL, HTTP 5xx of a registry
	FaultDenied         FaultKind = "denied"         // REFUSED by a resolver, access control of a registry
	FaultDisagreement   FaultKind = "disagreement"   // resolvers contradict each other on absence
	FaultRateLimited    FaultKind = "rate-limited"
	FaultUnparsable     FaultKind = "unparsable"
	FaultTooLarge       FaultKind = "too-large"
	FaultBlockedAddress FaultKind = "blocked-address" // the guard refused the address
	FaultNoServer       FaultKind = "no-server"       // no registration service is known for the name
	FaultNotLookedUp    FaultKind = "not-looked-up"   // left out by pace, cap or choice
	FaultNoData         FaultKind = "no-data"         // the answer holds no data of this kind
	FaultNoPackage      FaultKind = "no-package"      // the inventory names no package of the App, or none that is there
)

// Faults of ours: the audit itself is incomplete.
const (
	FaultNotConfigured FaultKind = "not-configured"
	FaultInternal      FaultKind = "internal"
	FaultNoNetwork     FaultKind = "no-network"
	FaultNoDescriptors FaultKind = "no-descriptors"
	FaultCancelled     FaultKind = "cancelled"
)

// Fault says why a look has no value.
type Fault struct {
	Kind   FaultKind `json:"kind"`
	Where  string    `json:"where,omitempty"`  // host, URL, server
	Detail string    `json:"detail,omitempty"` // for people, in English, already bounded
	Tries  int       `json:"tries,omitempty"`

	// Expected is when an answer is to be expected of a look that waits for its
	// registry's pace; the zero time: nobody knows.
	Expected time.Time `json:"expected,omitzero"`
}

// Error makes a Fault usable as an error.
func (f *Fault) Error() string {
	if f.Detail == "" {
		return fmt.Sprintf("%s: %s", f.Where, f.Kind)
	}
	return fmt.Sprintf("%s: %s: %s", f.Where, f.Kind, f.Detail)
}

// Ours says whether the fault is our own trouble and not the target's.
func (f *Fault) Ours() bool {
	switch f.Kind {
	case FaultNotConfigured, FaultInternal, FaultNoNetwork, FaultNoDescriptors, FaultCancelled:
		return true
	}
	return false
}
