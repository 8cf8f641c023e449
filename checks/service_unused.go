package checks

import "github.com/icpaudit/icpaudit/filing"

// serviceUnused: the domain or App is still used (guide section 2.2). Nobody
// but the filer can say that it is not; long absence is a sign of it.
var serviceUnused = Check{
	ID: "service-unused", Level: LevelItem,
	For:  everyKind(),
	Asks: []filing.EvidenceKind{filing.EvidenceContacts},
	Reasons: []Reason{
		{ID: "said-unused", Causes: []Cause{"subject-status-abnormal:closed"}},
		{ID: "long-absent", Causes: []Cause{"domain-expired", "dns-not-at-provider", "site-unreachable"}},
	},
	Judge: leaving{
		statement: filing.StatementUnused, said: "said-unused", absent: "long-absent",
		nights: func(p *Past) (int, filing.Day) { return p.NightsAbsent, p.AbsentSince },
	}.judge,
}
