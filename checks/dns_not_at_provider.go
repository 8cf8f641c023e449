package checks

import (
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

// dnsNotAtProvider: some name of the domain leads to the filed provider's
// mainland nodes (guide section 2.2, part four, scenario 1).
var dnsNotAtProvider = Check{
	ID: "dns-not-at-provider", Level: LevelItem,
	For:        []filing.ServiceKind{filing.Website},
	Needs:      observe.WantDNS | observe.WantOwners,
	Reasons:    []Reason{{ID: "no-address", Absence: true}, {ID: "other-provider"}, {ID: "behind-other-cdn"}},
	NeedsPlace: true,
	Causes:     []Cause{"service-unused:said-unused", "service-left-provider:said-left", "domain-expired"},
	Judge:      func(c Case) Verdict { return judgeAccess(c).of("dns-not-at-provider") },
}
