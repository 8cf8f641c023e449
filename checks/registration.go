package checks

import (
	"slices"
	"time"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

// onRegistration is a rule on what the registry says. An answer that is too old
// settles nothing; one that was kept while a newer try failed says so.
func onRegistration(judge func(Case, observe.Registration) Verdict) func(Case) Verdict {
	return func(c Case) Verdict {
		r := *c.Registration.Value
		if !r.AsOf.IsZero() && c.Now.Sub(r.AsOf) > c.Policy.RegistrationAge {
			return unverifiable(Note{Code: "registration-stale", Detail: filing.DayOf(r.AsOf).String()})
		}
		v := judge(c, r)
		if r.Kept != nil {
			v = v.advise(Note{Code: "kept-answer", Detail: filing.DayOf(r.AsOf).String() + " " + string(r.Kept.Kind)})
		}
		return v
	}
}

// whileRegistered is a rule on the record of a name that is registered; what
// there is to say of others is said by domain-expired.
func whileRegistered(judge func(Case, observe.Registration) Verdict) func(Case) Verdict {
	return onRegistration(func(c Case, r observe.Registration) Verdict {
		if r.State != observe.StateRegistered {
			return unverifiable(Note{Code: "not-registered", Detail: r.Domain})
		}
		return judge(c, r)
	})
}

// dayOf is the Beijing day of a registry's date; a date without a clock is
// that very day wherever the registry stands.
func dayOf(d *observe.Date) filing.Day {
	if d.DateOnly {
		y, m, day := d.Time.Date()
		return filing.NewDay(y, m, day)
	}
	return filing.DayOf(d.Time)
}

// expiry is the day on which a name lapses. A registry renews by itself when a
// name expires, for up to 45 days, and takes that back if the registrar does
// not pay: in that period the registrar's own date counts.
func expiry(r observe.Registration) (day filing.Day, ok bool) {
	if r.Expires == nil {
		return filing.Day{}, false
	}
	day = dayOf(r.Expires)
	if renewing(r) && r.RegistrarExpires != nil {
		if theirs := dayOf(r.RegistrarExpires); theirs.Before(day) {
			day = theirs
		}
	}
	return day, true
}

func hasStatus(r observe.Registration, status string) bool {
	return slices.Contains(r.Statuses, status)
}

func renewing(r observe.Registration) bool { return hasStatus(r, "autoRenewPeriod") }

// lapsed says by which reason of domain-expired a registered name is beyond its
// term, or empty. The redemption period also shows as pendingDelete (RFC 3915
// section 3.1), and is the graver news to act on.
func lapsed(r observe.Registration, today filing.Day) string {
	day, dated := expiry(r)
	switch {
	case hasStatus(r, "redemptionPeriod"), hasStatus(r, "pendingRestore"):
		return "redemption"
	case hasStatus(r, "pendingDelete"):
		return "pending-delete"
	case dated && day.Before(today):
		return "expired"
	}
	return ""
}

// registrationProof names the server that said so, and when.
func (c Case) registrationProof(what, want, got string, r observe.Registration) Proof {
	at := r.AsOf
	if at.IsZero() {
		at = c.Registration.At
	}
	where := r.Server
	if r.Protocol != "" {
		where = r.Protocol + " " + r.Server
	}
	return Proof{What: what, Want: want, Got: got, Where: where, At: at}
}

// rawExcerpt is a date as the registry printed it, where that differs.
func rawExcerpt(d *observe.Date) string {
	if d == nil || d.Raw == d.Time.Format(time.DateOnly) {
		return ""
	}
	return d.Raw
}
