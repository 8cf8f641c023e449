package checks

import (
	"fmt"
	"slices"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

// view is what one look shows to a check.
type view struct {
	look    observe.Dossier
	verdict Verdict
	blind   bool // what the check needs was not seen in this look
}

// conclude draws the verdict from the views of all looks, oldest first, and
// says which it rests on. The newest counts. Where that shows an absence, an
// earlier one has to confirm it; where it shows nothing, the newest earlier one
// that does counts, an absence as a suspicion.
func (c Check) conclude(views []view, apart time.Duration) (Verdict, []view) {
	newest := views[len(views)-1]
	earlier := views[:len(views)-1]
	switch {
	case c.restsOnAbsence(newest.verdict) && c.blocked(newest.look):
		return newest.verdict.kept(newest.look.Blocked), []view{newest}
	case c.restsOnAbsence(newest.verdict):
		if at := c.confirming(newest, earlier, apart); at >= 0 {
			return newest.verdict, []view{earlier[at], newest}
		}
		if c.standing(newest.look, apart) {
			return newest.verdict, []view{newest}
		}
		return newest.verdict.unconfirmed(), []view{newest}
	case !newest.blind && newest.verdict.outcome != Unverifiable:
		return newest.verdict, []view{newest}
	}
	for _, v := range slices.Backward(earlier) {
		switch {
		case v.blind, v.verdict.outcome == Unverifiable, v.verdict.outcome == Error:
		case !c.restsOnAbsence(v.verdict):
			return v.verdict, []view{v}
		case !v.look.Unclean && !c.blocked(v.look) && newest.verdict.outcome == Unverifiable:
			return v.verdict.unconfirmed(), []view{v, newest}
		}
	}
	return newest.verdict, []view{newest}
}

// confirming is the index of a clean earlier view, far enough before the
// newest, that rests on an absence too; -1 where there is none.
func (c Check) confirming(newest view, earlier []view, apart time.Duration) int {
	if newest.look.Unclean {
		return -1
	}
	return slices.IndexFunc(earlier, func(v view) bool {
		return !v.look.Unclean && !c.blocked(v.look) && c.observed(newest.look).Sub(c.observed(v.look)) >= apart && c.restsOnAbsence(v.verdict)
	})
}

// standing says whether an absence is confirmed by the answer itself: the
// registry has said so before, far enough back, and nothing else since. Our
// health in a look tells nothing of an answer that was there before it.
func (c Check) standing(d observe.Dossier, apart time.Duration) bool {
	r := d.Registration.Value
	if !c.Needs.Has(observe.WantRegistration) || r == nil || r.Since.IsZero() || r.AsOf.Sub(r.Since) < apart {
		return false
	}
	return !d.Unclean || c.observed(d).Before(d.At)
}

// observed is when what the check needs of a look was seen: a registration may
// be an answer that was kept from before.
func (c Check) observed(d observe.Dossier) time.Time {
	if r := d.Registration.Value; c.Needs.Has(observe.WantRegistration) && r != nil && !r.AsOf.IsZero() && r.AsOf.Before(d.At) {
		return r.AsOf
	}
	return d.At
}

// restsOnAbsence says whether a verdict needs a second look.
func (c Check) restsOnAbsence(v Verdict) bool {
	if v.outcome != Deficient {
		return false
	}
	i := slices.IndexFunc(c.Reasons, func(r Reason) bool { return r.ID == v.reason })
	return i >= 0 && c.Reasons[i].Absence
}

func (v Verdict) unconfirmed() Verdict {
	v.outcome, v.why = Suspected, Note{Code: WhyUnconfirmed}
	return v
}

// WhyBlocked is the code of an absence that a whole group of targets shares.
const WhyBlocked = "group-blocked"

// blocked says whether what the check needs of a look may be no more than that
// we are kept out.
func (c Check) blocked(d observe.Dossier) bool {
	return d.Blocked != nil && c.Needs&d.Blocked.Kinds != 0
}

// kept turns an absence that the whole group shares into nothing that is known.
func (v Verdict) kept(b *observe.Blocked) Verdict {
	v.outcome, v.reason = Unverifiable, ""
	v.why = Note{Code: WhyBlocked, Detail: fmt.Sprintf("%s: %s, %d/%d", b.Group, b.How, b.Failed, b.Of)}
	return v
}

// placeKnown says whether an absence or a foreign address was seen from where
// the users are: a mainland vantage, or a mainland view that was honoured.
func placeKnown(d observe.Dossier, p Policy) bool {
	if p.Vantage == "mainland" {
		return true
	}
	if d.DNS.Value == nil {
		return false
	}
	return slices.ContainsFunc(d.DNS.Value.Names, func(name observe.Name) bool {
		return slices.ContainsFunc(name.Views, func(v observe.View) bool { return v.Place == "mainland" && v.Honoured })
	})
}
