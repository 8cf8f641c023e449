package checks

import (
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

// domainExpired: the domain is registered, and its expiry day, Beijing time, is
// not past (guide section 2.2). A registry renews by itself for up to 45 days
// after expiry, so a date alone proves nothing in that period.
var domainExpired = Check{
	ID: "domain-expired", Level: LevelItem,
	For:   []filing.ServiceKind{filing.Website},
	Needs: observe.WantRegistration,
	Reasons: []Reason{
		{ID: "not-registered", Absence: true}, {ID: "pending-delete"}, {ID: "redemption"}, {ID: "expired"}, {ID: "auto-renew"},
	},
	Judge: judgeExpired,
}

func judgeExpired(c Case) Verdict {
	r := *c.Registration.Value
	today := c.Today()
	statuses := strings.Join(r.Statuses, " ")
	has := func(status string) bool { return slices.Contains(r.Statuses, status) }
	if stale(c, r) {
		return unverifiable(Note{Code: "registration-stale", Detail: day(r.AsOf)})
	}
	switch {
	case r.State == observe.StateAvailable:
		return deficient("not-registered", c.registrationProof("registration", "registered", string(r.State), r))
	case r.State == observe.StateReserved:
		return unverifiable(Note{Code: "name-reserved", Detail: r.Domain})
	case has("pendingDelete"):
		return deficient("pending-delete", c.registrationProof("status", "", statuses, r))
	case has("redemptionPeriod"), has("pendingRestore"):
		return deficient("redemption", c.registrationProof("status", "", statuses, r))
	}
	expires, ok := expiry(r)
	if !ok {
		return unverifiable(Note{Code: "no-expiry-date", Detail: r.Domain})
	}
	proof := c.registrationProof("expiry", "≥ "+today.String(), expires.String(), r)
	var v Verdict
	switch {
	case expires.Before(today):
		v = deficient("expired", proof)
	case has("autoRenewPeriod") && r.RegistrarExpires == nil:
		v = suspected("auto-renew", proof).because(Note{Code: "registrar-date-unknown"})
	default:
		v = pass(proof)
	}
	if has("clientHold") || has("serverHold") {
		v = v.advise(Note{Code: "on-hold", Detail: statuses})
	}
	return v
}
