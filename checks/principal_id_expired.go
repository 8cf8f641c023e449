package checks

// principalIDExpired: the filed identity document of the subject's principal
// is valid today, Beijing time (guide section 2.1).
var principalIDExpired = Check{
	ID: "principal-id-expired", Level: LevelSubject,
	Reasons: []Reason{{ID: "expired"}},
	Judge:   func(c Case) Verdict { return judgeValidTo(c, c.Subject.Principal, "principal-id-valid-to") },
}
