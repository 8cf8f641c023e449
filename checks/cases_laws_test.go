package checks_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
)

// faultKinds is every kind of fault that a look can meet.
func faultKinds() []observe.FaultKind {
	return []observe.FaultKind{
		observe.FaultTimeout, observe.FaultRefused, observe.FaultReset, observe.FaultTLS, observe.FaultNotHTTP, observe.FaultStatus, observe.FaultRedirect,
		observe.FaultUnresolved, observe.FaultUnreachable, observe.FaultChallenge, observe.FaultNotAPage, observe.FaultServerFailure, observe.FaultDenied,
		observe.FaultDisagreement, observe.FaultRateLimited, observe.FaultUnparsable, observe.FaultTooLarge, observe.FaultBlockedAddress, observe.FaultNoServer,
		observe.FaultNotLookedUp, observe.FaultNoData, observe.FaultNoPackage,
		observe.FaultNotConfigured, observe.FaultInternal, observe.FaultNoNetwork, observe.FaultNoDescriptors, observe.FaultCancelled,
	}
}

// kinds of looks that a check can need.
func kinds(needs observe.Want) []observe.Want {
	all := []observe.Want{observe.WantDNS, observe.WantOwners, observe.WantVisit, observe.WantPage, observe.WantRegistration, observe.WantApp}
	return slices.DeleteFunc(all, func(w observe.Want) bool { return !needs.Has(w) })
}

// replace puts a fault, an empty value, or where both are not wanted nothing
// in the place of one kind of look.
func replace(d observe.Dossier, kind observe.Want, fault *observe.Fault, empty bool) observe.Dossier {
	switch kind {
	case observe.WantDNS:
		d.DNS = seen(d.DNS, fault, empty)
	case observe.WantOwners:
		d.Owners = seen(d.Owners, fault, empty)
	case observe.WantApp:
		d.App = seen(d.App, fault, empty)
	case observe.WantVisit:
		d.Visit = seen(d.Visit, fault, empty)
	case observe.WantPage:
		d.Page = seen(d.Page, fault, empty)
	case observe.WantRegistration:
		d.Registration = seen(d.Registration, fault, empty)
	}
	return d
}

func seen[T any](s observe.Seen[T], fault *observe.Fault, empty bool) observe.Seen[T] {
	s.Value, s.Fault = nil, fault
	if empty {
		s.Value = new(T)
	}
	return s
}

func checkOf(t *testing.T, id checks.ID) checks.Check {
	t.Helper()
	for _, c := range checks.All() {
		if c.ID == id {
			return c
		}
	}
	t.Fatalf("%s is no check", id)
	return checks.Check{}
}

// looked says whether a case's finding comes from its looks: not where the
// kind of service settles it.
func looked(f checks.Finding) bool {
	return f.Why == nil || f.Why.Code != "inside-app" && f.Why.Code != "other-kind"
}

// needs is what the check needs of the looks at the case: nothing where it
// judges what an App shows inside.
func needs(t *testing.T, c *caseFile) observe.Want {
	t.Helper()
	check := checkOf(t, c.scene)
	if len(c.subject.Services) > 0 && slices.Contains(check.Blind, c.subject.Services[0].Kind) {
		return 0
	}
	return check.Needs
}

func TestEveryReasonHasACase(t *testing.T) {
	ref := load(t)
	found := map[string]bool{}
	for _, c := range caseFiles(t) {
		f := c.judge(t, ref, c.looks)
		found[string(c.scene)+" "+f.Reason] = true
		found[string(c.scene)+" "+string(f.Outcome)] = true
	}
	for _, check := range checks.All() {
		for _, r := range check.Reasons {
			if !found[string(check.ID)+" "+r.ID] {
				t.Errorf("%s: no case for the reason %s", check.ID, r.ID)
			}
		}
		if !found[string(check.ID)+" pass"] {
			t.Errorf("%s: no case that passes", check.ID)
		}
		if !found[string(check.ID)+" unverifiable"] && check.ID != "dns-overseas" { // what is open there, its neighbours say
			t.Errorf("%s: no case that is unverifiable", check.ID)
		}
	}
}

// A fault in what a check needs makes nothing deficient that was not so, and
// where all looks have it the finding is unverifiable, or an error where the
// trouble is ours.
func TestFaultsNeverIncriminate(t *testing.T) {
	ref := load(t)
	for _, c := range caseFiles(t) {
		before := c.judge(t, ref, c.looks)
		if !looked(before) || len(c.looks) == 0 {
			continue
		}
		for _, need := range kinds(needs(t, c)) {
			for _, kind := range faultKinds() {
				fault := &observe.Fault{Kind: kind, Where: "somewhere"}
				for _, hit := range []struct {
					name string
					at   func(int) bool
				}{{"all", func(int) bool { return true }}, {"newest", func(i int) bool { return i == len(c.looks)-1 }}, {"oldest", func(i int) bool { return i == 0 }}} {
					looks := slices.Clone(c.looks)
					for i := range looks {
						if hit.at(i) {
							looks[i] = replace(looks[i], need, fault, false)
						}
					}
					after := c.judge(t, ref, looks)
					where := fmt.Sprintf("%s with %s in its %s look", c.path, kind, hit.name)
					if after.Outcome == checks.Deficient && before.Outcome != checks.Deficient {
						t.Errorf("%s is deficient:\n%s", where, told(after))
					}
					want := checks.Unverifiable
					if fault.Ours() {
						want = checks.Error
					}
					if hit.name == "all" && after.Outcome != want && before.Outcome != checks.Error {
						t.Errorf("%s is %s, want %s", where, after.Outcome, want)
					}
				}
			}
		}
	}
}

// A package that can't be read takes evidence away, and never adds any; where
// it would have settled the matter and reading it is our own trouble, that is
// told.
func TestPackageFaultsNeverIncriminate(t *testing.T) {
	ref := load(t)
	for _, c := range caseFiles(t) {
		if !checkOf(t, c.scene).Package || len(c.looks) == 0 || c.looks[0].App.Value == nil {
			continue
		}
		before := c.judge(t, ref, c.looks)
		for _, kind := range faultKinds() {
			fault := &observe.Fault{Kind: kind, Where: "somewhere"}
			after := c.judge(t, ref, []observe.Dossier{replace(c.looks[0], observe.WantApp, fault, false)})
			if after.Outcome != before.Outcome && after.Outcome != checks.Unverifiable && after.Outcome != checks.Error {
				t.Errorf("%s with %s: %s", c.path, kind, told(after))
			}
			if (after.Outcome == checks.Error) != (fault.Ours() && after.Why != nil && after.Why.Code == string(kind)) {
				t.Errorf("%s with %s of ours %v: %s", c.path, kind, fault.Ours(), told(after))
			}
		}
	}
}

// What was never asked for is an error, never an absence.
func TestNeedsNeverAskedAreErrors(t *testing.T) {
	ref := load(t)
	for _, c := range caseFiles(t) {
		if f := c.judge(t, ref, c.looks); !looked(f) || f.Outcome == checks.Error {
			continue
		}
		for _, need := range kinds(needs(t, c)) {
			looks := slices.Clone(c.looks)
			for i := range looks {
				looks[i] = replace(looks[i], need, nil, false)
			}
			if f := c.judge(t, ref, looks); f.Outcome != checks.Error {
				t.Errorf("%s, never looked: %s", c.path, told(f))
			}
		}
	}
}

// Every need is used: without what it brings some finding is another one.
func TestEveryNeedIsUsed(t *testing.T) {
	ref := load(t)
	used := map[checks.ID]observe.Want{}
	for _, c := range caseFiles(t) {
		before := c.judge(t, ref, c.looks)
		for _, need := range kinds(needs(t, c)) {
			looks := slices.Clone(c.looks)
			for i := range looks {
				looks[i] = replace(looks[i], need, nil, true)
			}
			if after := c.judge(t, ref, looks); after.Outcome != before.Outcome || after.Reason != before.Reason {
				used[c.scene] |= need
			}
		}
	}
	for _, check := range checks.All() {
		if used[check.ID] != check.Needs {
			t.Errorf("%s needs %b, and its cases use %b", check.ID, check.Needs, used[check.ID])
		}
	}
}

// A page that was cut, could not be read, or is made by script may lack
// anything, so that none of this makes a finding deficient that was not so.
func TestPartialPagesNeverIncriminate(t *testing.T) {
	ref := load(t)
	harms := map[string]func(*observe.Document){
		"cut before all numbers": func(d *observe.Document) {
			d.Truncated, d.Numbers, d.PSB, d.Licences, d.Footer = true, nil, nil, nil, ""
		},
		"cut": func(d *observe.Document) { d.Truncated = true },
		"cut without name": func(d *observe.Document) {
			d.Truncated, d.Title, d.Headings, d.Logos, d.SiteName = true, "", nil, nil, ""
		},
		"unread": func(d *observe.Document) {
			*d = observe.Document{URL: d.URL, Starts: d.Starts, Kind: observe.KindOther, Fault: &observe.Fault{Kind: observe.FaultUnparsable}}
		},
		"shell": func(d *observe.Document) {
			d.Shell, d.Numbers, d.PSB, d.Licences, d.Title, d.Footer = true, nil, nil, nil, "", ""
		},
		"foot by script": func(d *observe.Document) {
			d.Deferred, d.Footer = true, ""
			for _, list := range [][]observe.NumberSeen{d.Numbers, d.PSB, d.Licences} {
				for i := range list {
					list[i].Channel, list[i].Bottom = observe.ChannelScript, false
				}
			}
		},
		"a challenge in its place": func(d *observe.Document) { d.Kind, d.Numbers, d.PSB, d.Title = observe.KindChallenge, nil, nil, "" },
	}
	for _, c := range caseFiles(t) {
		if !checkOf(t, c.scene).Needs.Has(observe.WantPage) {
			continue
		}
		before := c.judge(t, ref, c.looks)
		for name, harm := range harms {
			looks := copied(t, c.looks)
			for _, d := range looks {
				if d.Page.Value != nil {
					for i := range d.Page.Value.Documents {
						harm(&d.Page.Value.Documents[i])
					}
				}
			}
			if after := c.judge(t, ref, looks); after.Outcome == checks.Deficient && (before.Outcome != checks.Deficient || before.Reason != after.Reason) {
				t.Errorf("%s, %s: %s", c.path, name, told(after))
			}
		}
	}
}

// copied takes looks through JSON, as the store does.
func copied(t *testing.T, looks []observe.Dossier) []observe.Dossier {
	t.Helper()
	data, err := json.Marshal(looks)
	if err != nil {
		t.Fatal(err)
	}
	var out []observe.Dossier
	if err := strictly(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// The same looks give the same finding, now and after they lay in a store.
func TestRulesAreDeterministic(t *testing.T) {
	ref := load(t)
	for _, c := range caseFiles(t) {
		first := c.judge(t, ref, c.looks)
		for range 5 {
			if again := c.judge(t, ref, c.looks); !reflect.DeepEqual(first, again) {
				t.Errorf("%s:\n%sand then:\n%s", c.path, told(first), told(again))
			}
		}
		if stored := c.judge(t, ref, copied(t, c.looks)); told(stored) != told(first) {
			t.Errorf("%s:\n%sand from the store:\n%s", c.path, told(first), told(stored))
		}
	}
}

// Whatever a case is about, each check of its subject has exactly one finding
// for each thing that it concerns, of an outcome that there is, with a proof
// or a reason why.
func TestOneFindingForEachCaseAndCheck(t *testing.T) {
	ref := load(t)
	for _, c := range caseFiles(t) {
		levels := map[checks.Level]int{checks.LevelSubject: 1, checks.LevelService: len(c.subject.Services)}
		for _, s := range c.subject.Services {
			levels[checks.LevelItem] += len(s.Domains) + len(s.Apps)
		}
		want := 0
		for _, check := range checks.All() {
			want += levels[check.Level]
		}
		keys := map[checks.Key]bool{}
		looks := map[string]checks.Looks{}
		for _, d := range c.looks {
			looks[d.Target] = append(looks[d.Target], d)
		}
		findings := bench(c, ref).Judge(c.subject, looks)
		for _, f := range findings {
			keys[f.Key] = true
			if !slices.Contains(checks.Outcomes(), f.Outcome) {
				t.Errorf("%s: %s: the outcome %q", c.path, f.Scene, f.Outcome)
			}
			guilty := f.Outcome == checks.Deficient || f.Outcome == checks.Suspected
			if guilty && (f.Reason == "" || len(f.Proofs) == 0) || !guilty && f.Outcome != checks.Pass && f.Why == nil {
				t.Errorf("%s: %s has nothing to show:\n%s", filepath.Base(c.path), f.Scene, told(f))
			}
		}
		if len(findings) != want || len(keys) != want {
			t.Errorf("%s: %d findings with %d keys, want %d", c.path, len(findings), len(keys), want)
		}
	}
}

func bench(c *caseFile, ref *reference.Set) checks.Bench {
	b := checks.Bench{Now: c.now, Policy: c.policy, Reference: ref, Checks: checks.All()}
	if c.evidence != nil {
		b.Evidence = func(*filing.Subject) filing.Evidence { return *c.evidence }
	}
	if c.past != nil {
		b.Past = func(string) *checks.Past { return c.past }
	}
	return b
}

// Causes are scenes of the same level or one above, or reasons of them, and
// lead nowhere round.
func TestCausesHaveNoCircle(t *testing.T) {
	levels := []checks.Level{checks.LevelSubject, checks.LevelService, checks.LevelItem}
	all := map[checks.ID]checks.Check{}
	for _, c := range checks.All() {
		all[c.ID] = c
	}
	type node struct {
		scene  checks.ID
		reason string
	}
	next := func(n node) (nodes []node) {
		check := all[n.scene]
		causes := check.Causes
		for _, r := range check.Reasons {
			if r.ID == n.reason {
				causes = slices.Concat(causes, r.Causes)
			}
		}
		for _, cause := range causes {
			id, reason, one := strings.Cut(string(cause), ":")
			from, ok := all[checks.ID(id)]
			if !ok || slices.Index(levels, from.Level) > slices.Index(levels, check.Level) {
				t.Errorf("%s is no cause of %s: it is no check of the same level or above", cause, n.scene)
			}
			found := false
			for _, r := range from.Reasons {
				if !one || r.ID == reason {
					nodes, found = append(nodes, node{from.ID, r.ID}), true
				}
			}
			if !found {
				t.Errorf("%s is no cause of %s: the scene has no such reason", cause, n.scene)
			}
		}
		return nodes
	}
	var walk func(n node, path []node)
	walk = func(n node, path []node) {
		if slices.Contains(path, n) {
			t.Fatalf("causes go round: %v", append(path, n))
		}
		for _, cause := range next(n) {
			walk(cause, append(slices.Clone(path), n))
		}
	}
	for id, check := range all {
		for _, r := range check.Reasons {
			walk(node{id, r.ID}, nil)
		}
	}
}

// Every code that the findings of the cases carry has words in its own group.
func TestCodesOfFindingsHaveWords(t *testing.T) {
	ref := load(t)
	missing := map[string]string{}
	need := func(c *caseFile, group, code string) {
		if !ref.Words.Has(group, code) {
			missing[group+" "+code] = c.path
		}
	}
	for _, c := range caseFiles(t) {
		f := c.judge(t, ref, c.looks)
		if f.Why != nil {
			need(c, "why", f.Why.Code)
		}
		for _, p := range f.Proofs {
			need(c, "proof", p.What)
		}
		for _, n := range f.Advice {
			need(c, "advice", n.Code)
		}
	}
	for code, path := range missing {
		t.Errorf("no words for %s, as in %s", code, path)
	}
}
