package checks

import (
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

// domainHolderMismatch: the registrant is the subject, or a name that counts as
// the subject's (guide section 2.2). Where the province takes the legal
// representative of a unit as holder, the filed principal is only suspected.
var domainHolderMismatch = Check{
	ID: "domain-holder-mismatch", Level: LevelItem,
	For:     []filing.ServiceKind{filing.Website},
	Needs:   observe.WantRegistration,
	Reasons: []Reason{{ID: "other-holder"}, {ID: "legal-representative"}},
	Causes:  []ID{"domain-expired"},
	Judge:   registered(judgeHolder),
}

func judgeHolder(c Case, r observe.Registration) Verdict {
	proof := c.registrationProof("holder", c.Subject.Name, r.Holder, r)
	switch {
	case c.Subject.Name == "":
		return unverifiable(Note{Code: "subject-name-not-filed"}, proof)
	case r.HolderStatus != observe.HolderNamed:
		return unverifiable(Note{Code: "holder-" + string(r.HolderStatus), Detail: r.Holder})
	}
	holder := normalName(r.Holder)
	for _, name := range append([]string{c.Subject.Name}, c.Subject.Aliases...) {
		if normalName(name) == holder {
			return pass(proof)
		}
	}
	switch {
	case hasHan(c.Subject.Name) && !hasHan(r.Holder):
		return unverifiable(Note{Code: "holder-in-latin", Detail: r.Holder}, proof)
	case holder == normalName(c.Subject.Principal.Name) && c.Subject.Nature != filing.NatureIndividual && c.representativeAllowed():
		return suspected("legal-representative", proof).because(Note{Code: "representative-allowed"})
	}
	return deficient("other-holder", proof)
}

// representativeAllowed says whether the subject's province takes a holder who
// is the unit's legal representative.
func (c Case) representativeAllowed() bool {
	province, nature := c.Subject.Province, string(c.Subject.Nature)
	if _, strict := c.Reference.Provinces.Rule("holder-strictly-subject", province, nature); strict {
		return false
	}
	_, local := c.Reference.Provinces.Rule("holder-may-be-legal-representative", province, nature)
	_, general := c.Reference.Provinces.Rule("holder-may-be-senior", province, nature)
	return local || general
}
