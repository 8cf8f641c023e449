package checks

import "github.com/icpaudit/icpaudit/filing"

// principalContactUnverified: the principal can be reached (guide section 2.3).
var principalContactUnverified = Check{
	ID: "principal-contact-unverified", Level: LevelSubject,
	Asks:    []filing.EvidenceKind{filing.EvidenceContacts},
	Reasons: contactReasons(),
	Judge:   func(c Case) Verdict { return judgeContact(c, c.Subject.Principal, filing.RolePrincipal) },
}
