package checks

import (
	"fmt"
	"slices"
	"time"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
)

// Bench is what stays the same over a whole run of checks.
type Bench struct {
	Now       time.Time
	Policy    Policy
	Reference *reference.Set
	Checks    []Check // All() outside tests
}

// Looks are the looks taken at one target, oldest first.
type Looks []observe.Dossier

// Judge judges one subject with everything under it. The looks are found by
// the item's name: A-label, or platform and package. The findings come in the
// order subject, then each service, then each of its items in filed order,
// within each in the order of the checks.
func (b Bench) Judge(subject *filing.Subject, looks map[string]Looks) []Finding {
	var all []Finding
	base := Case{Now: b.Now, Policy: b.Policy, Reference: b.Reference, Subject: subject}
	all = append(all, b.level(LevelSubject, base, nil)...)
	for _, service := range subject.Services {
		c := base
		c.Service = service
		all = append(all, b.level(LevelService, c, nil)...)
		for _, d := range service.Domains {
			c.Domain, c.App = d, nil
			all = append(all, b.level(LevelItem, c, looks[d.Name])...)
		}
		for _, a := range service.Apps {
			c.Domain, c.App = nil, a
			all = append(all, b.level(LevelItem, c, looks[a.ItemName()])...)
		}
	}
	return all
}

// level runs all checks of one level on one case and explains them together.
func (b Bench) level(level Level, c Case, looks Looks) []Finding {
	var findings []Finding
	for _, check := range b.Checks {
		if check.Level == level {
			findings = append(findings, b.one(check, c, looks))
		}
	}
	Explain(b.Checks, findings)
	return findings
}

// one runs one check on one case: the newest look first, and where that shows
// an absence, the earlier ones to confirm it.
func (b Bench) one(check Check, c Case, looks Looks) Finding {
	f := newFinding(check, c)
	if c.Service != nil && !slices.Contains(check.For, c.Service.Kind) {
		if slices.Contains(check.Blind, c.Service.Kind) {
			return f.with(unverifiable(Note{Code: "inside-app"}))
		}
		return f.with(notApplicable(Note{Code: "other-kind", Detail: string(c.Service.Kind)}))
	}
	if check.Needs == 0 {
		return f.with(b.judge(check, c, observe.Dossier{}))
	}
	if len(looks) == 0 {
		return f.with(Verdict{outcome: Error, why: Note{Code: "never-looked"}})
	}
	newest := looks[len(looks)-1]
	verdict := b.judge(check, c, newest)
	f.Looks = []time.Time{newest.At}
	if verdict.outcome == Unverifiable {
		// The newest look was kept from seeing; an absence that an earlier one saw stays a suspicion.
		for _, earlier := range slices.Backward(looks[:len(looks)-1]) {
			if v := b.judge(check, c, earlier); check.restsOnAbsence(v) {
				f.Looks = []time.Time{earlier.At, newest.At}
				return f.with(v.unconfirmed())
			}
		}
	}
	if check.restsOnAbsence(verdict) {
		first, ok := b.confirm(check, c, looks)
		if !ok {
			return f.with(verdict.unconfirmed())
		}
		f.Looks = []time.Time{first, newest.At}
	}
	if check.NeedsPlace && verdict.outcome == Deficient && !placeKnown(newest, b.Policy) {
		verdict.outcome, verdict.why = Suspected, Note{Code: "vantage-unknown", Detail: b.Policy.Vantage}
	}
	return f.with(verdict)
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

// confirm looks for an earlier clean look, far enough before the newest, on
// which the same check rests on an absence too.
func (b Bench) confirm(check Check, c Case, looks Looks) (time.Time, bool) {
	newest := looks[len(looks)-1]
	if newest.Unclean {
		return time.Time{}, false
	}
	for _, earlier := range looks[:len(looks)-1] {
		if earlier.Unclean || newest.At.Sub(earlier.At) < b.Policy.ConfirmAfter {
			continue
		}
		if check.restsOnAbsence(b.judge(check, c, earlier)) {
			return earlier.At, true
		}
	}
	return time.Time{}, false
}

// judge hands the rule exactly what it needs and keeps its panics and the
// faults of what it needs from becoming anything else.
func (b Bench) judge(check Check, c Case, d observe.Dossier) (v Verdict) {
	defer func() {
		if r := recover(); r != nil {
			v = Verdict{outcome: Error, why: Note{Code: "internal", Detail: fmt.Sprintf("%s: %v", check.ID, r)}}
		}
	}()
	if v, stop := hand(&c, check.Needs, d); stop {
		return v
	}
	return check.Judge(c)
}

// hand copies the needed kinds into the case; a fault or a look never asked
// for in any of them settles the verdict.
func hand(c *Case, needs observe.Want, d observe.Dossier) (Verdict, bool) {
	for _, settled := range []*Verdict{
		take(&c.DNS, d.DNS, needs.Has(observe.WantDNS), "dns"),
		take(&c.Owners, d.Owners, needs.Has(observe.WantOwners), "owners"),
		take(&c.Visit, d.Visit, needs.Has(observe.WantVisit), "visit"),
		take(&c.Page, d.Page, needs.Has(observe.WantPage), "page"),
		take(&c.Registration, d.Registration, needs.Has(observe.WantRegistration), "registration"),
	} {
		if settled != nil {
			return *settled, true
		}
	}
	return Verdict{}, false
}

// take copies one kind where it is needed and empties it where it is not, and
// returns the verdict where the look itself settles it.
func take[T any](into *observe.Seen[T], seen observe.Seen[T], needed bool, kind string) *Verdict {
	if !needed {
		*into = observe.Seen[T]{}
		return nil
	}
	*into = seen
	switch {
	case !seen.Asked():
		return &Verdict{outcome: Error, why: Note{Code: "never-looked", Detail: kind}}
	case seen.Fault == nil:
		return nil
	case seen.Fault.Ours():
		return &Verdict{outcome: Error, why: Note{Code: string(seen.Fault.Kind), Detail: seen.Fault.Where}}
	}
	return &Verdict{outcome: Unverifiable, why: Note{Code: string(seen.Fault.Kind), Detail: seen.Fault.Where}}
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
	for _, name := range d.DNS.Value.Names {
		for _, view := range name.Views {
			if view.Place == "mainland" && view.Honoured {
				return true
			}
		}
	}
	return false
}

func newFinding(check Check, c Case) Finding {
	f := Finding{Key: Key{Scene: check.ID, Level: check.Level, Item: c.Subject.ID()}, Subject: c.Subject.ID()}
	if c.Service != nil {
		f.Service = c.Service.ID(c.Subject)
		f.Item = f.Service
	}
	switch {
	case c.Domain != nil:
		f.Name = c.Domain.Name
	case c.App != nil:
		f.Name = c.App.ItemName()
	}
	if f.Name != "" {
		f.Item = c.Service.ItemID(c.Subject, f.Name)
	}
	return f
}

// with fills the verdict in.
func (f Finding) with(v Verdict) Finding {
	f.Outcome, f.Reason, f.Proofs, f.Advice = v.outcome, v.reason, v.proofs, v.advice
	if v.why != (Note{}) {
		f.Why = &v.why
	}
	return f
}
