package checks_test

import (
	"fmt"
	"html"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/scanner"
)

// labelled is one page of fixtures/content; its form is described there.
type labelled struct {
	name, label string
	nature      filing.Nature
	subject     string
	page        string
	crawler     string // empty: the same page
}

func labelledPages(t testing.TB, half string) []labelled {
	t.Helper()
	paths, err := filepath.Glob("../fixtures/content/" + half + "/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no labelled pages of the half %s: %v", half, err)
	}
	var all []labelled
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			all = append(all, readLabelled(t, f))
		}
	}
	return all
}

func readLabelled(t testing.TB, f txtar.File) labelled {
	t.Helper()
	head, body, ok := strings.Cut(string(f.Data), "\n\n")
	if !ok {
		t.Fatalf("%s: no blank line under its heading", f.Name)
	}
	fields := map[string]string{}
	for line := range strings.Lines(head) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		fields[key] = value
	}
	nature, subject, _ := strings.Cut(fields["subject"], " ")
	if nature == "soletrader" {
		nature = string(filing.NatureSoleTrader)
	}
	p := labelled{name: f.Name, label: fields["label"], nature: filing.Nature(nature), subject: subject}
	body, p.crawler, _ = strings.Cut(body, "=== crawler\n")
	if p.page = body; !strings.HasPrefix(body, "<!DOCTYPE") {
		p.page = wholePage(fields, body)
	}
	return p
}

// wholePage puts a page round a body.
func wholePage(fields map[string]string, body string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>%s</title>", html.EscapeString(fields["title"]))
	for _, name := range []string{"keywords", "description"} {
		if fields[name] != "" {
			fmt.Fprintf(&b, "<meta name=%q content=%q>", name, fields[name])
		}
	}
	b.WriteString("</head><body><ul class=\"nav\">")
	for i, item := range strings.Fields(fields["nav"]) {
		fmt.Fprintf(&b, "<li><a href=\"/%d.html\">%s</a></li>", i, item)
	}
	fmt.Fprintf(&b, "</ul>%s<div class=\"footer\">%s</div></body></html>", body, fields["foot"])
	return b.String()
}

// judge runs the two rules on a page and tells the reason that each suspects,
// or else the outcome.
func (p labelled) judge(t testing.TB, ref *reference.Set) map[checks.ID]checks.Finding {
	t.Helper()
	const domain, home = "labelled-site.cn", "http://labelled-site.cn/"
	u, _ := url.Parse(home)
	at := time.Date(2026, 11, 24, 20, 0, 0, 0, time.UTC)
	doc := scanner.ReadPage(ref, []byte(p.page), "text/html", u, false)
	doc.Starts = []string{home}
	page := observe.Page{Documents: []observe.Document{doc}}
	if p.crawler != "" {
		other := scanner.ReadPage(ref, []byte(p.crawler), "text/html", u, false)
		page.Variants = []observe.Variant{{Agent: observe.CrawlerAgent, Asked: home, Document: &other}}
	}
	subject := &filing.Subject{Number: "京ICP备10000001号", Name: p.subject, Nature: p.nature, Province: "京", Services: []*filing.Service{{
		Number: "京ICP备10000001号-1", Kind: filing.Website, Domains: []*filing.Domain{{Name: domain, Label: domain}},
	}}}
	bench := checks.Bench{Reference: ref, Policy: checks.DefaultPolicy(), Now: at, Checks: slices.DeleteFunc(checks.All(), func(c checks.Check) bool { return !strings.HasPrefix(string(c.ID), "content-") })}
	found := map[checks.ID]checks.Finding{}
	look := observe.Dossier{Target: domain, At: at, Page: observe.Seen[observe.Page]{Value: &page, At: at}}
	for _, f := range bench.Judge(subject, map[string]checks.Looks{domain: {look}}) {
		found[f.Scene] = f
	}
	return found
}

// wants says which of the two scenes a label asks for.
func (p labelled) wants(scene checks.ID) bool {
	scope := strings.HasPrefix(p.label, "scope-") || p.label == "other-organisation"
	return p.label != "honest" && scope == (scene == "content-out-of-scope")
}

// reason is the reason that a label asks for.
func (p labelled) reason() string { return strings.TrimPrefix(p.label, "scope-") }

// tally counts how pages were judged for one scene.
type tally struct{ right, missed, wrong, otherReason int }

func (s tally) precision() float64 { return float64(s.right) / float64(max(1, s.right+s.wrong)) }
func (s tally) recall() float64    { return float64(s.right) / float64(max(1, s.right+s.missed)) }

func measure(t *testing.T, half string) map[checks.ID]*tally {
	t.Helper()
	ref := load(t)
	sums := map[checks.ID]*tally{"content-violation": {}, "content-out-of-scope": {}}
	pages := labelledPages(t, half)
	for _, p := range pages {
		found := p.judge(t, ref)
		for scene, sum := range sums {
			f, want := found[scene], p.wants(scene)
			switch suspected := f.Outcome == checks.Suspected; {
			case suspected && want:
				sum.right++
				if f.Reason != p.reason() {
					sum.otherReason++
					t.Logf("%s %s: %s, labelled %s", half, p.name, f.Reason, p.label)
				}
			case want:
				sum.missed++
				t.Logf("%s %s: MISSED, labelled %s: %s %v", half, p.name, p.label, f.Outcome, f.Why)
			case suspected && scene == "content-out-of-scope" && p.label != "honest":
				// What a gambling site under a personal filing shows is beyond its scope too: no page of these is labelled for both.
			case suspected:
				sum.wrong++
				t.Logf("%s %s: WRONG, %s is suspected of %s: %s", half, p.name, p.label, f.Reason, f.Proofs[0].Got)
			}
		}
	}
	for scene, s := range sums {
		t.Logf("%s, %s: %d pages, precision %.3f (%d of %d), recall %.3f (%d of %d), other reason than labelled %d", half, scene, len(pages),
			s.precision(), s.right, s.right+s.wrong, s.recall(), s.right, s.right+s.missed, s.otherReason)
	}
	return sums
}

// The lexicon was fitted to the tuning half, and must not fall behind what it
// reached there.
func TestContentOnTheTuningHalf(t *testing.T) {
	for scene, s := range measure(t, "tuning") {
		if s.precision() < leastPrecision || s.recall() < leastRecall {
			t.Errorf("%s: precision %.3f, recall %.3f; want at least %.2f and %.2f", scene, s.precision(), s.recall(), leastPrecision, leastRecall)
		}
	}
}

// The held half is measured only: its figures are printed with every error, as
// they are. Nothing is fitted to them, so that they say what to expect of
// pages that nobody has seen.
func TestContentOnTheHeldHalf(t *testing.T) {
	for scene, s := range measure(t, "held") {
		if s.right+s.missed == 0 {
			t.Errorf("%s: no page of the held half is labelled for it", scene)
		}
	}
}

// Pages that were written later, some of them to be judged wrongly: printed
// like the held half.
func TestContentOnLaterPages(t *testing.T) {
	for _, set := range []string{"hard", "later", "fresh"} {
		for scene, s := range measure(t, set) {
			if s.right+s.missed == 0 {
				t.Errorf("%s: no page of the set %s is labelled for it", scene, set)
			}
		}
	}
}

// What the tuning half must reach.
const (
	leastPrecision = 0.95
	leastRecall    = 0.95
)
