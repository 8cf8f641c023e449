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
// the legal representative as holder is suspected where the province allows it.
// Where the registry hides the holder, a domain certificate tells it.
var domainHolderMismatch = Check{
	ID: "domain-holder-mismatch", Level: LevelItem,
	For:     []filing.ServiceKind{filing.Website},
	Needs:   observe.WantRegistration,
	Asks:    []filing.EvidenceKind{filing.EvidenceRegistry, filing.EvidenceDocuments},
	Reasons: []Reason{{ID: "other-holder"}, {ID: "renamed", Causes: []Cause{"subject-name-mismatch"}}, {ID: "legal-representative"}},
	Causes:  []Cause{"domain-expired"},
	Judge:   whileRegistered(judgeHolder),
}

func judgeHolder(c Case, r observe.Registration) Verdict {
	proof := c.registrationProof("holder", c.Subject.Name, r.Holder, r)
	certificate, why := c.certificate(r)
	var v Verdict
	switch {
	case r.HolderStatus != observe.HolderNamed:
		v = unverifiable(Note{Code: "holder-" + string(r.HolderStatus), Detail: r.Holder})
	case masked(r.Holder):
		v = unverifiable(Note{Code: "holder-redacted", Detail: r.Holder}, proof)
	default:
		v = c.holderIs(r.Holder, proof)
	}
	holder := certificate.value.Holder
	switch {
	case why.Code == "" && v.outcome == Unverifiable:
		return c.holderIs(holder, certificate.proof("certificate-holder", c.Subject.Name, holder))
	case why.Code == "" && !sameName(holder, r.Holder):
		return v.advise(Note{Code: "certificate-contradicts", Detail: holder + " " + certificate.where()})
	case v.outcome == Unverifiable && why.Code != "" && why.Code != whyNoFeed && why.Code != whyNotInFeed:
		return v.advise(why) // there is a certificate, and this is why it doesn't settle it
	}
	return v
}

// holderIs judges a legible name of a holder.
func (c Case) holderIs(holder string, proof Proof) Verdict {
	if c.Subject.Name == "" {
		return unverifiable(Note{Code: "subject-name-not-filed"}, proof)
	}
	same := func(name string) bool { return sameName(name, holder) }
	body, why := registered(c, func(r filing.RegistryRecord) string { return r.Name }, sameName)
	known := why.Code == ""
	representative := c.Subject.Principal.Name
	if known && body.value.Representative != "" {
		representative = body.value.Representative
	}
	switch {
	case same(c.Subject.Name), slices.ContainsFunc(c.Subject.Aliases, same):
		return pass(proof)
	case known && (same(body.value.Name) || slices.ContainsFunc(body.value.FormerNames, same)):
		return deficient("renamed", proof, body.proof("registered-name", body.value.Name, strings.Join(body.value.FormerNames, "; ")))
	case hasHan(c.Subject.Name) != hasHan(holder):
		return unverifiable(Note{Code: "holder-in-latin", Detail: holder}, proof)
	case representative != "" && same(representative) && c.Subject.Nature != filing.NatureIndividual && c.representativeAllowed():
		return suspected("legal-representative", proof).because(Note{Code: "representative-allowed"})
	}
	return deficient("other-holder", proof)
}

// certificate is the newest certificate on file of the domain that can speak of
// its present registration.
func (c Case) certificate(r observe.Registration) (row[filing.Document], Note) {
	all, why := documents(c, filing.DocumentCertificate, func(d filing.Document) bool { return d.Name == c.Domain.Name && d.Holder != "" })
	if why.Code != "" {
		return row[filing.Document]{}, why
	}
	rows := slices.DeleteFunc(slices.Clone(all), func(d row[filing.Document]) bool {
		over := !d.value.LongTerm && !d.value.ValidTo.IsZero() && d.value.ValidTo.Before(c.Today())
		before := r.Created != nil && !d.value.Issued.IsZero() && d.value.Issued.Before(dayOf(r.Created)) // of a registration that lapsed
		return over || before || masked(d.value.Holder)
	})
	if len(rows) == 0 {
		return row[filing.Document]{}, Note{Code: "certificate-over", Detail: all[0].where()}
	}
	return newest(rows, func(a, b filing.Document) bool { return sameName(a.Holder, b.Holder) })
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
