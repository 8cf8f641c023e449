package checks

import (
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

// dnsNotFiledIP: where the provider's mainland nodes answer, some name leads to
// a filed address (guide section 2.2, part four, scenario 3).
var dnsNotFiledIP = Check{
	ID: "dns-not-filed-ip", Level: LevelItem,
	For:        []filing.ServiceKind{filing.Website},
	Needs:      observe.WantDNS | observe.WantOwners,
	Reasons:    []Reason{{ID: "other-address-of-provider"}},
	NeedsPlace: true,
	Causes:     []Cause{"domain-expired"},
	Judge:      func(c Case) Verdict { return judgeAccess(c).of("dns-not-filed-ip") },
}
