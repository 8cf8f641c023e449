package checks

import (
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/filing/number"
)

// ofBodies is a rule on what the business registry says: no individual is in it.
func ofBodies(judge func(Case) Verdict) func(Case) Verdict {
	return func(c Case) Verdict {
		if isPersonal(c.Subject) {
			return notApplicable(Note{Code: whyNotForPeople})
		}
		return judge(c)
	}
}

// ofNamesake is a deficiency that a row of the registry shows. A row that was
// found by a former name only may be of another body, which took the name
// since: then it is a suspicion.
func (c Case) ofNamesake(found row[filing.RegistryRecord], reason string, proof Proof) Verdict {
	if found.value.MatchedBy == "former-name" {
		return suspected(reason, proof).because(Note{Code: "by-former-name", Detail: found.value.Name})
	}
	return deficient(reason, proof)
}

// ofSubject says whether a row of the registry is of the subject itself, not
// only of a body of the same name: their credit codes are one, or not both known.
func (c Case) ofSubject(r filing.RegistryRecord) bool {
	filed, err := number.ParseUSCC(c.Subject.Licence.Number)
	theirs, err2 := number.ParseUSCC(r.USCC)
	return err != nil || err2 != nil || filed == theirs
}
