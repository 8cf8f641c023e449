package checks

import "github.com/icpaudit/icpaudit/filing"

// managerIDExpired: the filed identity document of the service's manager is
// valid today, Beijing time (guide section 2.2).
var managerIDExpired = Check{
	ID: "manager-id-expired", Level: LevelService,
	For:     everyKind(),
	Asks:    []filing.EvidenceKind{filing.EvidenceDocuments},
	Reasons: []Reason{{ID: "expired"}},
	Judge: func(c Case) Verdict {
		return judgeValidTo(c, c.Service.Manager, filing.RoleManager, "manager-id-valid-to")
	},
}
