package checks

import (
	"slices"
	"time"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

// registered is a rule on the registration of a name that is registered; what
// there is to say of others is said by domain-expired.
func registered(judge func(Case, observe.Registration) Verdict) func(Case) Verdict {
	return func(c Case) Verdict {
		r := *c.Registration.Value
		switch {
		case stale(c, r):
			return unverifiable(Note{Code: "registration-stale", Detail: day(r.AsOf)})
		case r.State != observe.StateRegistered:
			return unverifiable(Note{Code: "not-registered", Detail: r.Domain})
		}
		v := judge(c, r)
		if r.Kept != nil {
			v = v.advise(Note{Code: "kept-answer", Detail: day(r.AsOf) + " " + string(r.Kept.Kind)})
		}
		return v
	}
}

// stale says whether an answer is too old to judge by.
func stale(c Case, r observe.Registration) bool {
	return !r.AsOf.IsZero() && c.Now.Sub(r.AsOf) > c.Policy.RegistrationAge
}

func day(t time.Time) string { return filing.DayOf(t).String() }

// dayOf is the Beijing day of a registry's date; a date without a clock is
// that very day wherever the registry stands.
func dayOf(d *observe.Date) filing.Day {
	if d.DateOnly {
		y, m, day := d.Time.Date()
		return filing.NewDay(y, m, day)
	}
	return filing.DayOf(d.Time)
}

// expiry is the day on which a name lapses: the registrar's own where the
// registry has renewed it by itself and the registrar has not.
func expiry(r observe.Registration) (filing.Day, bool) {
	if r.Expires == nil {
		return filing.Day{}, false
	}
	d := dayOf(r.Expires)
	if r.RegistrarExpires != nil && slices.Contains(r.Statuses, "autoRenewPeriod") {
		if theirs := dayOf(r.RegistrarExpires); theirs.Before(d) {
			d = theirs
		}
	}
	return d, true
}

func (c Case) registrationProof(what, want, got string, r observe.Registration) Proof {
	at := r.AsOf
	if at.IsZero() {
		at = c.Registration.At
	}
	return Proof{What: what, Want: want, Got: got, Where: r.Protocol + " " + r.Server, At: at}
}
