package checks_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/reference"
)

// judgeWith judges the case with other evidence; nil: no feed was given.
func (c *caseFile) judgeWith(t *testing.T, ref *reference.Set, e *filing.Evidence) checks.Finding {
	t.Helper()
	other := *c
	other.evidence = e
	return other.judge(t, ref, c.looks)
}

// changed is a case's evidence after something was done to it.
func (c *caseFile) changed(t *testing.T, change func(*filing.Evidence)) *filing.Evidence {
	t.Helper()
	data, err := json.Marshal(c.evidence)
	if err != nil {
		t.Fatal(err)
	}
	var e filing.Evidence
	if err := strictly(data, &e); err != nil {
		t.Fatal(err)
	}
	change(&e)
	return &e
}

// origins hands over where each row of evidence is from, and the days that it
// may have of its own.
func origins(e *filing.Evidence, hand func(o *filing.Origin, day *filing.Day)) {
	for i := range e.Registry {
		hand(&e.Registry[i].Origin, nil)
	}
	for i := range e.Calls {
		hand(&e.Calls[i].Origin, &e.Calls[i].Day)
	}
	for i := range e.Statements {
		hand(&e.Statements[i].Origin, &e.Statements[i].Day)
	}
	for i := range e.Documents {
		hand(&e.Documents[i].Origin, nil)
	}
}

// Evidence without a day, or of many years ago, makes nothing deficient or
// suspected that was not so without it, and nothing pass.
func TestOldEvidenceSettlesNothing(t *testing.T) {
	ref := load(t)
	for _, day := range []filing.Day{{}, filing.NewDay(2011, 1, 1), filing.NewDay(2031, 1, 1)} {
		for _, c := range caseFiles(t) {
			if c.evidence == nil {
				continue
			}
			old := c.changed(t, func(e *filing.Evidence) {
				for kind, feed := range e.Given {
					feed.AsOf = day
					e.Given[kind] = feed
				}
				origins(e, func(o *filing.Origin, own *filing.Day) {
					o.AsOf = day
					if own != nil {
						*own = day
					}
				})
			})
			without, with := c.judgeWith(t, ref, nil), c.judgeWith(t, ref, old)
			if with.Outcome != without.Outcome || with.Reason != without.Reason {
				t.Errorf("%s with evidence of %q:\n%swithout:\n%s", c.path, day, told(with), told(without))
			}
		}
	}
}

// In which order rows stand in a feed makes no difference.
func TestOrderOfEvidenceIsNoMatter(t *testing.T) {
	ref := load(t)
	for _, c := range caseFiles(t) {
		if c.evidence == nil {
			continue
		}
		turned := c.changed(t, func(e *filing.Evidence) {
			slices.Reverse(e.Registry)
			slices.Reverse(e.Calls)
			slices.Reverse(e.Statements)
			slices.Reverse(e.Documents)
		})
		if before, after := c.judge(t, ref, c.looks), c.judgeWith(t, ref, turned); !reflect.DeepEqual(before, after) {
			t.Errorf("%s:\n%sand in the other order:\n%s", c.path, told(before), told(after))
		}
	}
}

// Every feed that a check asks is used: without it some finding is another one.
func TestEveryFeedAskedIsUsed(t *testing.T) {
	ref := load(t)
	used := map[checks.ID]map[filing.EvidenceKind]bool{}
	for _, c := range caseFiles(t) {
		if c.evidence == nil {
			continue
		}
		before := c.judge(t, ref, c.looks)
		for _, kind := range checkOf(t, c.scene).Asks {
			without := c.changed(t, func(e *filing.Evidence) { delete(e.Given, kind) })
			if after := c.judgeWith(t, ref, without); after.Outcome != before.Outcome || after.Reason != before.Reason {
				if used[c.scene] == nil {
					used[c.scene] = map[filing.EvidenceKind]bool{}
				}
				used[c.scene][kind] = true
			}
		}
	}
	for _, check := range checks.All() {
		for _, kind := range check.Asks {
			if !used[check.ID][kind] {
				t.Errorf("%s asks the feed %s, and none of its cases needs it", check.ID, kind)
			}
		}
	}
}
