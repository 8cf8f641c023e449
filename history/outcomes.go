package history

import (
	"maps"
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/checks"
)

// Sight is what one run says of one scene of one item.
type Sight struct {
	Outcome checks.Outcome `json:"outcome"`
	Reason  string         `json:"reason,omitempty"`
	Why     string         `json:"why,omitempty"` // code; not kept of pass and not_applicable
}

// Outcomes is an outcome vector: every scene of an item in one run.
type Outcomes map[checks.ID]Sight

// SightOf is what counts of a finding from night to night.
func SightOf(f checks.Finding) Sight {
	s := Sight{Outcome: f.Outcome, Reason: f.Reason}
	if f.Why != nil && !settled(f.Outcome) {
		s.Why = f.Why.Code
	}
	return s
}

// settled says whether nothing is left to say of a finding.
func settled(o checks.Outcome) bool { return o == checks.Pass || o == checks.NotApplicable }

// letters are the outcomes in a vector's text.
func letters() map[checks.Outcome]string {
	return map[checks.Outcome]string{
		checks.Pass: "p", checks.Deficient: "d", checks.Suspected: "s", checks.Unverifiable: "u",
		checks.NotApplicable: "n", checks.Error: "e",
	}
}

// String is the vector as text, the same for the same outcomes:
// "site-unreachable=s:no-address/vantage-unknown dns-overseas=p".
func (o Outcomes) String() string {
	short := letters()
	var b strings.Builder
	for _, scene := range slices.Sorted(maps.Keys(o)) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		s := o[scene]
		b.WriteString(string(scene) + "=" + short[s.Outcome])
		if s.Reason != "" {
			b.WriteString(":" + s.Reason)
		}
		if s.Why != "" {
			b.WriteString("/" + s.Why)
		}
	}
	return b.String()
}

// parseOutcomes reads what String wrote.
func parseOutcomes(text string) Outcomes {
	long := map[string]checks.Outcome{}
	for outcome, letter := range letters() {
		long[letter] = outcome
	}
	all := Outcomes{}
	for part := range strings.FieldsSeq(text) {
		scene, rest, ok := strings.Cut(part, "=")
		if !ok || rest == "" {
			continue
		}
		rest, why, _ := strings.Cut(rest, "/")
		letter, reason, _ := strings.Cut(rest, ":")
		all[checks.ID(scene)] = Sight{Outcome: long[letter], Reason: reason, Why: why}
	}
	return all
}

// has says whether any scene has that outcome.
func (o Outcomes) has(outcome checks.Outcome) bool {
	for _, s := range o {
		if s.Outcome == outcome {
			return true
		}
	}
	return false
}
