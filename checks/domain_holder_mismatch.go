package checks

import (
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

// domainHolderMismatch: the registrant is the subject, or a name that counts as
// the subject's (guide section 2.2). A unit may also use a domain of its legal
// representative or senior staff (notice 信管〔2017〕264号), but provinces differ:
// the filed principal as holder is suspected where the province allows it.
var domainHolderMismatch = Check{
	ID: "domain-holder-mismatch", Level: LevelItem,
	For:     []filing.ServiceKind{filing.Website},
	Needs:   observe.WantRegistration,
	Reasons: []Reason{{ID: "other-holder"}, {ID: "legal-representative"}},
	Causes:  []ID{"domain-expired"},
	Judge:   whileRegistered(judgeHolder),
}

func judgeHolder(c Case, r observe.Registration) Verdict {
	proof := c.registrationProof("holder", c.Subject.Name, r.Holder, r)
	if r.HolderStatus != observe.HolderNamed {
		return unverifiable(Note{Code: "holder-" + string(r.HolderStatus), Detail: r.Holder})
	}
	if strings.ContainsAny(r.Holder, "*＊") {
		return unverifiable(Note{Code: "holder-redacted", Detail: r.Holder}, proof)
	}
	if c.Subject.Name == "" {
		return unverifiable(Note{Code: "subject-name-not-filed"}, proof)
	}
	holder := normalName(r.Holder)
	same := func(name string) bool { return normalName(name) == holder }
	switch principal := c.Subject.Principal.Name; {
	case same(c.Subject.Name), slices.ContainsFunc(c.Subject.Aliases, same):
		return pass(proof)
	case hasHan(c.Subject.Name) != hasHan(r.Holder):
		return unverifiable(Note{Code: "holder-in-latin", Detail: r.Holder}, proof)
	case principal != "" && same(principal) && c.Subject.Nature != filing.NatureIndividual && c.representativeAllowed():
		return suspected("legal-representative", proof).because(Note{Code: "representative-allowed"})
	}
	return deficient("other-holder", proof)
}

// representativeAllowed says whether the subject's province takes a holder who
// is the unit's legal representative. The notice's rule holds where a province
// has none of its own.
func (c Case) representativeAllowed() bool {
	province, nature := c.Subject.Province, string(c.Subject.Nature)
	if _, strict := c.Reference.Provinces.Rule("holder-strictly-subject", province, nature); strict {
		return false
	}
	_, local := c.Reference.Provinces.Rule("holder-may-be-legal-representative", province, nature)
	_, general := c.Reference.Provinces.Rule("holder-may-be-senior", province, nature)
	return local || general || nature == ""
}
