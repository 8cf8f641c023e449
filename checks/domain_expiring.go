package checks

import (
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

// domainExpiring: at least a month is left: the expiry day is not before the
// same day next month, clamped to that month's end (guide section 2.2).
var domainExpiring = Check{
	ID: "domain-expiring", Level: LevelItem,
	For:     []filing.ServiceKind{filing.Website},
	Needs:   observe.WantRegistration,
	Reasons: []Reason{{ID: "within-a-month"}},
	Causes:  []Cause{"domain-expired"},
	Judge:   whileRegistered(judgeExpiring),
}

func judgeExpiring(c Case, r observe.Registration) Verdict {
	day, dated := expiry(r)
	limit := c.Today().NextMonth()
	proof := c.registrationProof("expiry", "≥ "+limit.String(), day.String(), r)
	proof.Excerpt = rawExcerpt(r.Expires)
	switch {
	case lapsed(r, c.Today()) != "":
		return notApplicable(Note{Code: "expired-already", Detail: "domain-expired"})
	case !dated:
		return unverifiable(Note{Code: "no-expiry-date", Detail: r.Domain})
	case day.Before(limit):
		return deficient("within-a-month", proof)
	}
	return pass(proof)
}
