package checks

import (
	"slices"

	"github.com/icpaudit/icpaudit/filing"
)

// principalNotLegalRepresentative: the filed principal is the legal
// representative of the registry, or where the province allows another person,
// one with a letter of authorisation on file (guide section 2.1; the provinces'
// rules are reference data).
var principalNotLegalRepresentative = Check{
	ID: "principal-not-legal-representative", Level: LevelSubject,
	Asks:    []filing.EvidenceKind{filing.EvidenceRegistry, filing.EvidenceDocuments},
	Reasons: []Reason{{ID: "other-person"}, {ID: "no-authorisation"}, {ID: "manager-differs"}},
	Causes:  []Cause{"subject-id-mismatch:other-code"},
	Judge:   ofBodies(judgePrincipal),
}

func judgePrincipal(c Case) Verdict {
	principal := c.Subject.Principal.Name
	switch {
	case principal == "":
		return unverifiable(Note{Code: "principal-not-filed"})
	case masked(principal):
		return unverifiable(Note{Code: "principal-masked"})
	}
	representative := func(r filing.RegistryRecord) string { return r.Representative }
	return c.asRegistered("principal", principal, representative, sameName, c.judgeOtherPrincipal)
}

// judgeOtherPrincipal judges a principal who is not the legal representative
// by the rule of the province.
func (c Case) judgeOtherPrincipal(found row[filing.RegistryRecord], proof Proof) Verdict {
	province, nature := c.Subject.Province, string(c.Subject.Nature)
	must, strict := c.Reference.Provinces.Rule("principal-is-legal-representative", province, nature)
	may, lax := c.Reference.Provinces.Rule("principal-by-authorisation", province, nature)
	_, manages := c.Reference.Provinces.Rule("authorised-principal-is-manager", province, nature)
	switch {
	case lax:
		proof.Excerpt = may.Source + " " + may.Date
	case strict:
		proof.Excerpt = must.Source + " " + must.Date
		return c.ofNamesake(found, "other-person", proof)
	}
	letter, on, why := c.letter()
	if why.Code != "" {
		return unverifiable(why, proof)
	}
	other, differs := c.otherManager()
	switch {
	case !on && lax:
		return c.ofNamesake(found, "no-authorisation", proof)
	case !on:
		return c.ofNamesake(found, "no-authorisation", proof).advise(Note{Code: "no-province-rule", Detail: province})
	case !lax:
		return suspected("other-person", proof, letter).because(Note{Code: "no-province-rule", Detail: province})
	case strict:
		return suspected("other-person", proof, letter).because(Note{Code: "sources-differ", Detail: province})
	case manages && differs:
		return deficient("manager-differs", Proof{What: "manager", Want: c.Subject.Principal.Name, Got: other}, proof, letter)
	}
	return pass(proof, letter)
}

// letter finds the principal's letter of authorisation among the documents.
// That none is on file, only a feed that is young enough shows.
func (c Case) letter() (proof Proof, on bool, why Note) {
	feed, given := c.Evidence.Given[filing.EvidenceDocuments]
	if !given {
		return Proof{}, false, Note{Code: whyNoFeed, Detail: string(filing.EvidenceDocuments)}
	}
	rows, why := documents(c, filing.DocumentLetter, func(d filing.Document) bool {
		return d.Role != filing.RoleManager && (d.Person == "" || sameName(d.Person, c.Subject.Principal.Name))
	})
	switch why.Code {
	case whyNotInFeed:
		return Proof{}, false, c.feedAge(filing.EvidenceDocuments, feed.AsOf, feed.File)
	case "":
	default:
		return Proof{}, false, why
	}
	at := slices.IndexFunc(rows, func(r row[filing.Document]) bool {
		return r.value.LongTerm || r.value.ValidTo.IsZero() || !r.value.ValidTo.Before(c.Today())
	})
	if at < 0 {
		return Proof{}, false, Note{}
	}
	return rows[at].proof("authorisation", "", rows[at].value.Person), true, Note{}
}

// otherManager is a service manager who is not the principal.
func (c Case) otherManager() (name string, differs bool) {
	for _, s := range c.Subject.Services {
		if name := s.Manager.Name; name != "" && !masked(name) && !sameName(name, c.Subject.Principal.Name) {
			return name, true
		}
	}
	return "", false
}
