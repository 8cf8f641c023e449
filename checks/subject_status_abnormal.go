package checks

import (
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/reference"
)

// subjectStatusAbnormal: the business registry shows the subject in good
// standing (guide section 2.1). Words that leave a choice are suspected, and
// words that nobody knows are named.
var subjectStatusAbnormal = Check{
	ID: "subject-status-abnormal", Level: LevelSubject,
	Asks:    []filing.EvidenceKind{filing.EvidenceRegistry},
	Reasons: []Reason{{ID: "closed"}, {ID: "listed-abnormal"}, {ID: "unclear-status"}},
	Causes:  []Cause{"subject-id-mismatch:other-code"},
	Judge:   ofBodies(judgeStatus),
}

func judgeStatus(c Case) Verdict {
	found, why := registered(c, func(r filing.RegistryRecord) string { return r.Status }, sameText)
	if why.Code != "" {
		return unverifiable(why)
	}
	proof := found.proof("registry-status", "", found.value.Status)
	standing, unknown := c.Reference.RegistryStatus.Of(found.value.Status)
	switch standing {
	case reference.StandingClosed:
		return c.ofNamesake(found, "closed", proof)
	case reference.StandingAbnormal:
		return c.ofNamesake(found, "listed-abnormal", proof)
	case reference.StandingUnclear:
		return suspected("unclear-status", proof)
	case reference.StandingGood:
		return pass(proof)
	}
	return unverifiable(Note{Code: "status-unknown", Detail: unknown}, proof)
}
