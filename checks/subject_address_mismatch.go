package checks

import "github.com/icpaudit/icpaudit/filing"

// subjectAddressMismatch: the filed address of the certificate is the one that
// the business registry has today (guide section 2.1).
var subjectAddressMismatch = Check{
	ID: "subject-address-mismatch", Level: LevelSubject,
	Asks:    []filing.EvidenceKind{filing.EvidenceRegistry},
	Reasons: []Reason{{ID: "other-address"}},
	Causes:  []Cause{"subject-id-mismatch:other-code"},
	Judge:   ofBodies(judgeSubjectAddress),
}

func judgeSubjectAddress(c Case) Verdict {
	filed := c.Subject.Licence.Address
	switch {
	case filed == "":
		return unverifiable(Note{Code: "address-not-filed"})
	case masked(filed):
		return unverifiable(Note{Code: "address-masked"})
	}
	address := func(r filing.RegistryRecord) string { return r.Address }
	return c.asRegistered("subject-address", filed, address, filing.SameAddress, func(found row[filing.RegistryRecord], proof Proof) Verdict {
		return c.ofNamesake(found, "other-address", proof)
	})
}
