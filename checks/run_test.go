package checks

import (
	"slices"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

var benchNow = time.Date(2026, 11, 24, 13, 0, 0, 0, time.UTC)

// runOne runs one rule on a website with the looks given.
func runOne(rule Check, looks ...observe.Dossier) Finding {
	rule.ID, rule.Level, rule.For = "made-up", LevelItem, []filing.ServiceKind{filing.Website}
	rule.Reasons = append(rule.Reasons, Reason{ID: "wrong"}, Reason{ID: "gone", Absence: true})
	subject := &filing.Subject{Number: "京ICP备12345678号", Services: []*filing.Service{{
		Number: "京ICP备12345678号-1", Kind: filing.Website, Domains: []*filing.Domain{{Name: "example.cn"}},
	}}}
	bench := Bench{Now: benchNow, Policy: DefaultPolicy(), Checks: []Check{rule}}
	return bench.Judge(subject, map[string]Looks{"example.cn": looks})[0]
}

// lookAt is a look at which a page was seen, so many minutes ago.
func lookAt(minutes int) observe.Dossier {
	at := benchNow.Add(-time.Duration(minutes) * time.Minute)
	return observe.Dossier{At: at, Page: observe.Seen[observe.Page]{Value: &observe.Page{}, At: at}}
}

func TestSlipsOfRulesAreErrors(t *testing.T) {
	proof := Proof{What: "visit"}
	rules := map[string]func(Case) Verdict{
		"no outcome":           func(Case) Verdict { return Verdict{} },
		"an undeclared reason": func(Case) Verdict { return deficient("unheard-of", proof) },
		"no proof":             func(Case) Verdict { return Verdict{outcome: Deficient, reason: "wrong"} },
		"no why":               func(Case) Verdict { return unverifiable(Note{}) },
		"an error of its own":  func(Case) Verdict { return Verdict{outcome: Error, why: Note{Code: "internal"}} },
		"a panic":              func(c Case) Verdict { return pass(Proof{Got: c.Registration.Value.Domain}) }, // not among its needs
	}
	for name, rule := range rules {
		f := runOne(Check{Needs: observe.WantPage, Judge: rule}, lookAt(0))
		if f.Outcome != Error || f.Why == nil || f.Why.Code != "internal" {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestRulesGetExactlyWhatTheyNeed(t *testing.T) {
	d := lookAt(0)
	d.Visit, d.DNS = observe.Seen[observe.Visit]{Value: &observe.Visit{}}, observe.Seen[observe.DNS]{Value: &observe.DNS{}}
	f := runOne(Check{Needs: observe.WantPage | observe.WantDNS, Judge: func(c Case) Verdict {
		if c.Page.Value == nil || c.DNS.Value == nil || c.Visit.Asked() || c.Owners.Asked() || c.Registration.Asked() {
			return suspected("wrong", Proof{What: "visit"})
		}
		return pass()
	}}, d)
	if f.Outcome != Pass {
		t.Errorf("%+v", f)
	}
}

// Our own trouble is told before what the far side did.
func TestOwnTroubleComesFirst(t *testing.T) {
	d := lookAt(0)
	d.DNS.Fault, d.Page = &observe.Fault{Kind: observe.FaultTimeout}, observe.Seen[observe.Page]{Fault: &observe.Fault{Kind: observe.FaultNoDescriptors}}
	f := runOne(Check{Needs: observe.WantPage | observe.WantDNS, Judge: func(Case) Verdict { return pass() }}, d)
	if f.Outcome != Error || f.Why.Code != string(observe.FaultNoDescriptors) {
		t.Errorf("%+v", f)
	}
}

func TestConclude(t *testing.T) {
	const (
		absent  = "absent"  // rests on an absence
		wrong   = "wrong"   // rests on a presence
		good    = "good"    //
		open    = "open"    // the page settles nothing
		timeout = "timeout" // the look met a fault of theirs
		trouble = "trouble" // and one of ours
		blocked = "blocked" // an absence that a whole group shares
	)
	// Each row: what each look shows, oldest first, with its minutes before now
	// and ~ where our own health was in doubt; then the outcome, the code of
	// why, and the looks that it rests on.
	type look struct {
		minutes int
		shows   string
		unclean bool
	}
	rows := []struct {
		name    string
		looks   []look
		outcome Outcome
		why     string
		rests   []int
	}{
		{"absence once", []look{{0, absent, false}}, Suspected, WhyUnconfirmed, []int{0}},
		{"absence twice", []look{{20, absent, false}, {0, absent, false}}, Deficient, "", []int{20, 0}},
		{"absence twice, a minute too soon", []look{{19, absent, false}, {0, absent, false}}, Suspected, WhyUnconfirmed, []int{0}},
		{"confirmed over a look that failed", []look{{60, absent, false}, {30, timeout, false}, {0, absent, false}}, Deficient, "", []int{60, 0}},
		{"unclean now", []look{{30, absent, false}, {0, absent, true}}, Suspected, WhyUnconfirmed, []int{0}},
		{"unclean before", []look{{30, absent, true}, {0, absent, false}}, Suspected, WhyUnconfirmed, []int{0}},
		{"mended", []look{{30, absent, false}, {0, good, false}}, Pass, "", []int{0}},
		{"broken since", []look{{30, good, false}, {0, absent, false}}, Suspected, WhyUnconfirmed, []int{0}},
		{"presence once", []look{{0, wrong, true}}, Deficient, "", []int{0}},
		{"presence, then a failure", []look{{30, wrong, false}, {0, timeout, false}}, Deficient, "", []int{30}},
		{"presence, then our own", []look{{30, wrong, false}, {0, trouble, false}}, Deficient, "", []int{30}},
		{"good, then a failure", []look{{30, good, false}, {0, timeout, false}}, Pass, "", []int{30}},
		{"good, then open", []look{{30, good, false}, {0, open, false}}, Pass, "", []int{30}},
		{"absence, then a failure", []look{{30, absent, false}, {0, timeout, false}}, Suspected, WhyUnconfirmed, []int{30, 0}},
		{"absence, then our own", []look{{30, absent, false}, {0, trouble, false}}, Error, "no-network", []int{0}},
		{"unclean absence, then a failure", []look{{30, absent, true}, {0, timeout, false}}, Unverifiable, "timeout", []int{0}},
		{"blocked", []look{{30, absent, false}, {0, blocked, false}}, Unverifiable, WhyBlocked, []int{0}},
		{"blocked before", []look{{30, blocked, false}, {0, absent, false}}, Suspected, WhyUnconfirmed, []int{0}},
		{"blocked, then a failure", []look{{30, blocked, false}, {0, timeout, false}}, Unverifiable, "timeout", []int{0}},
		{"blocked, then good", []look{{30, blocked, false}, {0, good, false}}, Pass, "", []int{0}},
		{"failures", []look{{30, timeout, false}, {0, timeout, false}}, Unverifiable, "timeout", []int{0}},
		{"open", []look{{30, timeout, false}, {0, open, false}}, Unverifiable, "no-title", []int{0}},
	}
	rule := Check{Needs: observe.WantPage, Judge: func(c Case) Verdict {
		switch c.Page.Via {
		case absent:
			return deficient("gone", Proof{What: "visit"})
		case wrong:
			return deficient("wrong", Proof{What: "visit"})
		case open:
			return unverifiable(Note{Code: "no-title"})
		}
		return pass()
	}}
	for _, row := range rows {
		var looks []observe.Dossier
		for _, l := range row.looks {
			d := lookAt(l.minutes)
			d.Unclean, d.Page.Via = l.unclean, l.shows
			switch l.shows {
			case blocked:
				d.Page.Via, d.Blocked = absent, &observe.Blocked{Kinds: observe.WantPage, Group: "192.0.2.0/24"}
			case timeout:
				d.Page.Value, d.Page.Fault = nil, &observe.Fault{Kind: observe.FaultTimeout}
			case trouble:
				d.Page.Value, d.Page.Fault = nil, &observe.Fault{Kind: observe.FaultNoNetwork}
			}
			looks = append(looks, d)
		}
		f := runOne(rule, looks...)
		why := ""
		if f.Why != nil {
			why = f.Why.Code
		}
		var rests []int
		for _, at := range f.Looks {
			rests = append(rests, int(benchNow.Sub(at).Minutes()))
		}
		if f.Outcome != row.outcome || why != row.why || !slices.Equal(rests, row.rests) {
			t.Errorf("%s: %s %q by the looks %v, want %s %q by %v", row.name, f.Outcome, why, rests, row.outcome, row.why, row.rests)
		}
	}
}

func TestExplain(t *testing.T) {
	all := []Check{
		{ID: "root"}, {ID: "middle", Causes: []Cause{"root"}}, {ID: "leaf", Causes: []Cause{"root", "middle"}},
	}
	note := func(code string) *Note { return &Note{Code: code} }
	rows := []struct {
		name               string
		root, middle, leaf Outcome
		why                *Note // of the leaf
		want               []ID
	}{
		{"nothing wrong", Pass, Pass, Deficient, nil, nil},
		{"the root", Deficient, Pass, Deficient, nil, []ID{"root"}},
		{"both", Deficient, Suspected, Unverifiable, note("timeout"), []ID{"root", "middle"}},
		{"an unverifiable cause explains nothing", Unverifiable, Error, Deficient, nil, nil},
		{"what passes has no cause", Deficient, Deficient, Pass, nil, nil},
		{"what the filing lacks has no cause there", Deficient, Deficient, Unverifiable, note("psb-not-filed"), nil},
	}
	for _, row := range rows {
		findings := []Finding{
			{Key: Key{Scene: "root"}, Outcome: row.root}, {Key: Key{Scene: "middle"}, Outcome: row.middle},
			{Key: Key{Scene: "leaf"}, Outcome: row.leaf, Why: row.why},
		}
		Explain(all, findings, nil)
		if got := findings[2].CausedBy; !slices.Equal(got, row.want) {
			t.Errorf("%s: %v, want %v", row.name, got, row.want)
		}
	}
}

// A cause may stand above, be one reason of a scene, and be one of a reason only.
func TestExplainFromAbove(t *testing.T) {
	all := []Check{{ID: "root"}, {ID: "leaf", Reasons: []Reason{{ID: "this", Causes: []Cause{"root:deep"}}, {ID: "that", Causes: []Cause{"root:flat"}}}}}
	above := []Finding{{Key: Key{Scene: "root"}, Outcome: Deficient, Reason: "deep"}}
	findings := []Finding{
		{Key: Key{Scene: "leaf"}, Outcome: Deficient, Reason: "this"},
		{Key: Key{Scene: "leaf"}, Outcome: Deficient, Reason: "that"},
	}
	Explain(all, findings, above)
	if got := findings[0].CausedBy; !slices.Equal(got, []ID{"root"}) {
		t.Errorf("by its reason: %v", got)
	}
	if got := findings[1].CausedBy; got != nil {
		t.Errorf("by a reason that is not there: %v", got)
	}
}
