package checks

import "github.com/icpaudit/icpaudit/filing"

// serviceLeftProvider: the service still stands on the filed provider's
// mainland nodes (guide section 2.2). The filer can say that it does not; that
// for long no name led there is a sign of it.
var serviceLeftProvider = Check{
	ID: "service-left-provider", Level: LevelItem,
	For:  everyKind(),
	Asks: []filing.EvidenceKind{filing.EvidenceContacts},
	Reasons: []Reason{
		{ID: "said-left"},
		{ID: "long-elsewhere", Causes: []Cause{"dns-not-at-provider", "dns-overseas"}},
	},
	Causes: []Cause{"service-unused:said-unused"},
	Judge: leaving{
		statement: filing.StatementLeftProvider, said: "said-left", absent: "long-elsewhere",
		nights: func(p *Past) (int, filing.Day) { return p.NightsAway, p.AwaySince },
	}.judge,
}
