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

// asRegistered compares what is filed with what the registry has in a column
// today; what follows from another text there is the caller's.
func (c Case) asRegistered(what, filed string, column func(filing.RegistryRecord) string, same func(a, b string) bool, other func(row[filing.RegistryRecord], Proof) Verdict) Verdict {
	found, why := registered(c, column, same)
	if why.Code != "" {
		return unverifiable(why)
	}
	today := column(found.value)
	proof := found.proof(what, today, filed)
	switch {
	case masked(today):
		return unverifiable(Note{Code: whyUnusable, Detail: today}, proof)
	case same(filed, today):
		return pass(proof)
	case hasHan(filed) != hasHan(today):
		return unverifiable(Note{Code: "latin-only"}, proof)
	}
	return other(found, proof)
}

// ofNamesake is a deficiency that a row of the registry shows. It is no more
// than a suspicion where the row was found by a former name, which another body
// may have taken since, or by the name of a sole trader, which others may have.
func (c Case) ofNamesake(found row[filing.RegistryRecord], reason string, proof Proof) Verdict {
	switch by := found.value.MatchedBy; {
	case by == "former-name":
		return suspected(reason, proof).because(Note{Code: "by-former-name", Detail: found.value.Name})
	case by == "name" && c.Subject.Nature == filing.NatureSoleTrader:
		return suspected(reason, proof).because(Note{Code: "by-name-only", Detail: found.value.Name})
	}
	return deficient(reason, proof)
}

// ofSubject says whether the credit code in a row of the registry speaks for its
// being the subject's: it is the filed one, or they are not both known.
func (c Case) ofSubject(r filing.RegistryRecord) bool {
	filed, err := number.ParseUSCC(c.Subject.Licence.Number)
	theirs, err2 := number.ParseUSCC(r.USCC)
	return err != nil || err2 != nil || filed == theirs
}
