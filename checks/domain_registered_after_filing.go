package checks

import (
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

// domainRegisteredAfterFiling: the domain was not dropped and bought again
// after the approval that put it on file: it was created, by Beijing days, at
// most one day after it (guide section 2.2). A latest approval may be any
// number of years after that one: later than it is later in any case, earlier
// settles nothing. A first approval may be before the domain was added. A valid
// certificate of the present registration, held by the subject, proves that the
// domain is the subject's all the same.
var domainRegisteredAfterFiling = Check{
	ID: "domain-registered-after-filing", Level: LevelItem,
	For:     []filing.ServiceKind{filing.Website},
	Needs:   observe.WantRegistration,
	Asks:    []filing.EvidenceKind{filing.EvidenceDocuments},
	Reasons: []Reason{{ID: "after-domain-approval"}, {ID: "after-latest-approval"}, {ID: "after-first-approval"}},
	Causes:  []Cause{"domain-expired"},
	Judge:   whileRegistered(judgeCreated),
}

func judgeCreated(c Case, r observe.Registration) Verdict {
	v := judgeApproved(c, r)
	if v.outcome != Deficient && v.outcome != Suspected {
		return v
	}
	certificate, why := c.certificate(r)
	if why.Code != "" || !sameName(certificate.value.Holder, c.Subject.Name) || certificate.value.Issued.IsZero() {
		return v // one without a date may be of the registration before
	}
	proof := certificate.proof("certificate-holder", c.Subject.Name, certificate.value.Holder)
	return pass(append([]Proof{proof}, v.proofs...)...).advise(Note{Code: "proved-by-certificate", Detail: certificate.where()})
}

// judgeApproved judges by the dates alone.
func judgeApproved(c Case, r observe.Registration) Verdict {
	if r.Created == nil {
		return unverifiable(Note{Code: "no-creation-date", Detail: r.Domain})
	}
	created := dayOf(r.Created)
	after := func(day filing.Day) bool { return !day.IsZero() && day.AddDays(1).Before(created) }
	proof := func(day filing.Day) Proof {
		p := c.registrationProof("created", "≤ "+day.AddDays(1).String(), created.String(), r)
		p.Excerpt = rawExcerpt(r.Created)
		return p
	}
	switch own := c.Domain.Approved; {
	case after(own.First):
		return deficient("after-domain-approval", proof(own.First))
	case after(own.Latest):
		return deficient("after-domain-approval", proof(own.Latest))
	case !own.First.IsZero():
		return pass(proof(own.First))
	case !own.Latest.IsZero():
		return unverifiable(Note{Code: "only-latest-approval"}, proof(own.Latest))
	}
	// The subject's dates count only where the service has none: a service may be approved long after its subject.
	other := c.Service.Approved
	if other == (filing.Approvals{}) {
		other = c.Subject.Approved
	}
	switch {
	case other == (filing.Approvals{}):
		return unverifiable(Note{Code: "approval-not-filed"})
	case after(other.Latest):
		return deficient("after-latest-approval", proof(other.Latest))
	case after(other.First):
		return suspected("after-first-approval", proof(other.First)).because(Note{Code: "added-later-perhaps"})
	case !other.First.IsZero():
		return pass(proof(other.First))
	}
	return unverifiable(Note{Code: "only-latest-approval"}, proof(other.Latest))
}
