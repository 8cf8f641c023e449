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
	found, why := registered(c, func(r filing.RegistryRecord) string { return r.Address }, filing.SameAddress)
	if why.Code != "" {
		return unverifiable(why)
	}
	address := found.value.Address
	proof := found.proof("subject-address", address, filed)
	switch {
	case masked(address):
		return unverifiable(Note{Code: whyUnusable, Detail: address}, proof)
	case filing.SameAddress(filed, address):
		return pass(proof)
	case hasHan(filed) != hasHan(address):
		return unverifiable(Note{Code: "latin-only"}, proof)
	}
	return c.ofNamesake(found, "other-address", proof)
}
