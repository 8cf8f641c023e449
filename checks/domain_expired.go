package checks

import (
	"strings"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

// domainExpired: the domain is registered, and its expiry day, Beijing time, is
// not past (guide section 2.2). A registry renews by itself for up to 45 days
// after expiry, so its date alone proves nothing in that period. A hold alone
// is advice: the name does not resolve, but it is registered.
var domainExpired = Check{
	ID: "domain-expired", Level: LevelItem,
	For:   []filing.ServiceKind{filing.Website},
	Needs: observe.WantRegistration,
	Reasons: []Reason{
		{ID: "not-registered", Absence: true}, {ID: "pending-delete"}, {ID: "redemption"}, {ID: "expired"}, {ID: "auto-renew"},
	},
	Causes: []Cause{"service-unused:said-unused"},
	Judge:  onRegistration(judgeExpired),
}

func judgeExpired(c Case, r observe.Registration) Verdict {
	switch r.State {
	case observe.StateAvailable:
		return deficient("not-registered", c.registrationProof("registration", "registered", string(r.State), r))
	case observe.StateReserved:
		return unverifiable(Note{Code: "name-reserved", Detail: r.Domain})
	}
	v := c.judgeTerm(r)
	if hasStatus(r, "clientHold") || hasStatus(r, "serverHold") {
		v = v.advise(Note{Code: "on-hold", Detail: strings.Join(r.Statuses, " ")})
	}
	return v
}

func (c Case) judgeTerm(r observe.Registration) Verdict {
	today := c.Today()
	statuses := c.registrationProof("status", "", strings.Join(r.Statuses, " "), r)
	day, dated := expiry(r)
	proof := c.registrationProof("expiry", "≥ "+today.String(), day.String(), r)
	proof.Excerpt = rawExcerpt(r.Expires)
	switch reason := lapsed(r, today); {
	case reason == "expired":
		return deficient(reason, proof)
	case reason != "" && dated:
		return deficient(reason, statuses, proof)
	case reason != "":
		return deficient(reason, statuses)
	case !dated:
		return unverifiable(Note{Code: "no-expiry-date", Detail: r.Domain})
	case renewing(r) && r.RegistrarExpires == nil:
		return suspected("auto-renew", statuses, proof).because(Note{Code: "registrar-date-unknown"})
	case r.RegistrarExpires != nil && dayOf(r.RegistrarExpires).Before(today):
		theirs := c.registrationProof("registrar-expiry", "≥ "+today.String(), dayOf(r.RegistrarExpires).String(), r)
		return suspected("auto-renew", theirs, proof).because(Note{Code: "registrar-date-past"})
	}
	return pass(proof)
}
