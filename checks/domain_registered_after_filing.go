package checks

import (
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

// domainRegisteredAfterFiling: the domain was not dropped and bought again
// after the approval that put it on file: it was created, by Beijing days, at
// most one day after it (guide section 2.2). A later approval of the service
// or subject proves only what it is later than.
var domainRegisteredAfterFiling = Check{
	ID: "domain-registered-after-filing", Level: LevelItem,
	For:     []filing.ServiceKind{filing.Website},
	Needs:   observe.WantRegistration,
	Reasons: []Reason{{ID: "after-domain-approval"}, {ID: "after-latest-approval"}, {ID: "after-first-approval"}},
	Causes:  []ID{"domain-expired"},
	Judge:   registered(judgeCreated),
}

func judgeCreated(c Case, r observe.Registration) Verdict {
	if r.Created == nil {
		return unverifiable(Note{Code: "no-creation-date"})
	}
	created := dayOf(r.Created)
	after := func(a filing.Approval) bool { return a.Day.AddDays(1).Before(created) }
	proof := func(a filing.Approval) Proof {
		return c.registrationProof("created", "≤ "+a.Day.AddDays(1).String(), created.String(), r)
	}
	if own := c.Domain.Approved; !own.Day.IsZero() {
		// A latest approval of the domain can be later than the one that put it on file, never earlier.
		switch {
		case after(own):
			return deficient("after-domain-approval", proof(own))
		case own.Kind == filing.ApprovalLatest:
			return unverifiable(Note{Code: "only-latest-approval"}, proof(own))
		}
		return pass(proof(own))
	}
	var first, latest *filing.Approval
	for _, a := range []*filing.Approval{&c.Service.Approved, &c.Subject.Approved} {
		switch {
		case a.Day.IsZero():
		case a.Kind == filing.ApprovalFirst:
			first = a
		case latest == nil || a.Day.Before(latest.Day):
			latest = a
		}
	}
	switch {
	case latest != nil && after(*latest):
		return deficient("after-latest-approval", proof(*latest))
	case first != nil && after(*first):
		return suspected("after-first-approval", proof(*first)).because(Note{Code: "added-later-perhaps"})
	case first != nil:
		return pass(proof(*first))
	case latest != nil:
		return unverifiable(Note{Code: "only-latest-approval"}, proof(*latest))
	}
	return unverifiable(Note{Code: "approval-not-filed"})
}
