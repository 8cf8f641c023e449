package checks

import "github.com/icpaudit/icpaudit/filing"

// principalIDExpired: the filed identity document of the subject's principal
// is valid today, Beijing time (guide section 2.1).
var principalIDExpired = Check{
	ID: "principal-id-expired", Level: LevelSubject,
	Asks:    []filing.EvidenceKind{filing.EvidenceDocuments},
	Reasons: []Reason{{ID: "expired"}},
	Judge: func(c Case) Verdict {
		return judgeValidTo(c, c.Subject.Principal, filing.RolePrincipal, "principal-id-valid-to")
	},
}
