package checks

import (
	"fmt"
	"slices"
	"strings"
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

	Evidence func(*filing.Subject) filing.Evidence // of the feeds; nil: none was given
	Past     func(item string) *Past               // of an item, by its id; nil: there is no history
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
	if b.Evidence != nil {
		base.Evidence = b.Evidence(subject)
	}
	ofSubject := b.level(LevelSubject, base, nil, nil)
	all = append(all, ofSubject...)
	for _, service := range subject.Services {
		c := base
		c.Service = service
		ofService := b.level(LevelService, c, nil, ofSubject)
		all = append(all, ofService...)
		above := slices.Concat(ofSubject, ofService)
		for _, d := range service.Domains {
			c.Domain, c.App = d, nil
			all = append(all, b.level(LevelItem, c, looks[d.Name], above)...)
		}
		for _, a := range service.Apps {
			c.Domain, c.App = nil, a
			all = append(all, b.level(LevelItem, c, looks[a.ItemName()], above)...)
		}
	}
	return all
}

// level runs all checks of one level on one case and explains them together,
// and by what was found above.
func (b Bench) level(level Level, c Case, looks Looks, above []Finding) []Finding {
	var findings []Finding
	for _, check := range b.Checks {
		if check.Level == level {
			findings = append(findings, b.one(check, c, looks))
		}
	}
	Explain(b.Checks, findings, above)
	return findings
}

// one runs one check on one case.
func (b Bench) one(check Check, c Case, looks Looks) Finding {
	f := newFinding(check, c)
	c.Evidence = only(c.Evidence, check.Asks)
	if b.Past != nil && check.Level == LevelItem {
		c.Past = b.Past(f.Item)
	}
	if c.Service != nil && !slices.Contains(check.For, c.Service.Kind) {
		if !slices.Contains(check.Blind, c.Service.Kind) {
			return f.with(notApplicable(Note{Code: "other-kind", Detail: string(c.Service.Kind)}))
		}
		if check.Inside == nil {
			return f.with(unverifiable(Note{Code: whyInside}))
		}
		check.Judge, check.Needs = check.Inside, 0
	}
	if check.Needs == 0 {
		var newest observe.Dossier
		if len(looks) > 0 {
			newest = looks[len(looks)-1]
		}
		return f.with(b.judge(check, c, newest).verdict)
	}
	if len(looks) == 0 {
		return f.with(Verdict{outcome: Error, why: Note{Code: "never-looked"}})
	}
	views := make([]view, len(looks))
	for i, d := range looks {
		views[i] = b.judge(check, c, d)
	}
	verdict, rests := check.conclude(views, b.Policy.ConfirmAfter)
	for _, v := range rests {
		f.Looks = append(f.Looks, v.look.At)
	}
	if check.NeedsPlace && verdict.outcome == Deficient && !placeKnown(rests[len(rests)-1].look, b.Policy) {
		verdict.outcome, verdict.why = Suspected, Note{Code: "vantage-unknown", Detail: b.Policy.Vantage}
	}
	return f.with(verdict)
}

// judge hands the rule exactly what it needs of one look and keeps its panics,
// its slips and the faults of what it needs from becoming anything else.
func (b Bench) judge(check Check, c Case, d observe.Dossier) (v view) {
	v.look = d
	defer func() {
		if r := recover(); r != nil {
			v.verdict = Verdict{outcome: Error, why: Note{Code: "internal", Detail: fmt.Sprintf("%s: %v", check.ID, r)}}
		}
	}()
	if v.verdict, v.blind = hand(&c, check.Needs, d); v.blind {
		return v
	}
	if check.Package && c.App != nil {
		c.Package = d.App
	}
	if check.Registration && d.Registration.Value != nil {
		c.Registration = d.Registration
	}
	v.verdict = check.Judge(c)
	if slip := check.slip(v.verdict); slip != "" {
		v.verdict = Verdict{outcome: Error, why: Note{Code: "internal", Detail: fmt.Sprintf("%s: %s", check.ID, slip)}}
	}
	if check.Package && v.verdict.outcome == Unverifiable && v.verdict.why == c.packageFault() && ours(c) {
		v.verdict.outcome = Error
	}
	return v
}

// ours says whether the case lacks its package by our own trouble.
func ours(c Case) bool {
	return c.App != nil && c.Package.Value == nil && (c.Package.Fault == nil || c.Package.Fault.Ours())
}

// packageFault is why there is no package to look into.
func (c Case) packageFault() Note {
	if c.Package.Fault == nil {
		return Note{Code: "never-looked", Detail: "app"}
	}
	return Note{Code: string(c.Package.Fault.Kind), Detail: c.Package.Fault.Where}
}

// whyInside says that what counts is shown inside the App.
const whyInside = "inside-app"

// slip says what makes a verdict none that the check may give.
func (c Check) slip(v Verdict) string {
	declared := slices.ContainsFunc(c.Reasons, func(r Reason) bool { return r.ID == v.reason })
	switch v.outcome {
	case Deficient, Suspected:
		if !declared {
			return fmt.Sprintf("the reason %q is not declared", v.reason)
		}
		if len(v.proofs) == 0 {
			return "no proof"
		}
	case Unverifiable, NotApplicable:
		if v.why.Code == "" {
			return "nothing says why"
		}
	case Pass:
	default:
		return fmt.Sprintf("the outcome %q is no verdict", v.outcome)
	}
	return ""
}

// hand copies the needed kinds into the case. A fault of any of them, or that
// it was never asked for, settles the verdict; what is our own trouble first.
func hand(c *Case, needs observe.Want, d observe.Dossier) (v Verdict, blind bool) {
	note := func(next Verdict, stop bool) {
		if stop && (!blind || next.outcome == Error && v.outcome != Error) {
			v, blind = next, true
		}
	}
	note(give(&c.DNS, d.DNS, needs.Has(observe.WantDNS), "dns"))
	note(give(&c.Owners, d.Owners, needs.Has(observe.WantOwners), "owners"))
	note(give(&c.Visit, d.Visit, needs.Has(observe.WantVisit), "visit"))
	note(give(&c.Page, d.Page, needs.Has(observe.WantPage), "page"))
	note(give(&c.Registration, d.Registration, needs.Has(observe.WantRegistration), "registration"))
	note(give(&c.Package, d.App, needs.Has(observe.WantApp), "app"))
	return v, blind
}

// give hands one kind over where it is needed, and empties it where it is not.
func give[T any](to *observe.Seen[T], seen observe.Seen[T], needed bool, kind string) (v Verdict, stop bool) {
	*to = observe.Seen[T]{}
	switch {
	case !needed:
		return Verdict{}, false
	case !seen.Asked():
		return Verdict{outcome: Error, why: Note{Code: "never-looked", Detail: kind}}, true
	case seen.Fault == nil:
		*to = seen
		return Verdict{}, false
	case seen.Fault.Ours():
		v.outcome = Error
	default:
		v.outcome = Unverifiable
	}
	v.why = Note{Code: string(seen.Fault.Kind), Detail: seen.Fault.Where}
	if at := seen.Fault.Expected; !at.IsZero() {
		v.why.Detail = strings.TrimSpace(v.why.Detail + " ≤ " + filing.DayOf(at).String())
	}
	return v, true
}

// only is the evidence of the feeds that are asked.
func only(e filing.Evidence, asks []filing.EvidenceKind) filing.Evidence {
	var got filing.Evidence
	for _, kind := range asks {
		feed, given := e.Given[kind]
		if !given {
			continue
		}
		if got.Given == nil {
			got.Given = map[filing.EvidenceKind]filing.Feed{}
		}
		got.Given[kind] = feed
		switch kind {
		case filing.EvidenceRegistry:
			got.Registry = e.Registry
		case filing.EvidenceContacts:
			got.Calls, got.Statements = e.Calls, e.Statements
		case filing.EvidenceDocuments:
			got.Documents = e.Documents
		}
	}
	return got
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
