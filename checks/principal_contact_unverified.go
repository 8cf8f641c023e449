package checks

// principalContactUnverified: the principal can be reached (guide section 2.3).
var principalContactUnverified = Check{
	ID: "principal-contact-unverified", Level: LevelSubject,
	Reasons: contactReasons(),
	Judge:   func(c Case) Verdict { return judgeContact(c.Subject.Principal) },
}
