package checks

import "github.com/icpaudit/icpaudit/filing"

// managerContactUnverified: the service's manager can be reached (guide section 2.3).
var managerContactUnverified = Check{
	ID: "manager-contact-unverified", Level: LevelService,
	For:     everyKind(),
	Asks:    []filing.EvidenceKind{filing.EvidenceContacts},
	Reasons: contactReasons(),
	Judge:   func(c Case) Verdict { return judgeContact(c, c.Service.Manager, filing.RoleManager) },
}
