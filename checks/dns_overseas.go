package checks

import (
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

// dnsOverseas: not all addresses of all names are outside the mainland (guide
// section 2.2, part four, scenario 2).
var dnsOverseas = Check{
	ID: "dns-overseas", Level: LevelItem,
	For:        []filing.ServiceKind{filing.Website},
	Needs:      observe.WantDNS | observe.WantOwners,
	Reasons:    []Reason{{ID: "all-overseas"}},
	NeedsPlace: true,
	Causes:     []Cause{"service-unused:said-unused", "service-left-provider:said-left", "domain-expired"},
	Judge:      func(c Case) Verdict { return judgeAccess(c).of("dns-overseas") },
}
