package report

import (
	"slices"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/remedy"
)

// Totals are the sums of a run; they reconcile with the inventory.
type Totals struct {
	Rows     int `json:"rows"`     // of the inventory
	BadRows  int `json:"bad_rows"` // refused, and therefore not audited
	Subjects int `json:"subjects"`
	Services int `json:"services"`
	Domains  int `json:"domains"`
	Apps     int `json:"apps"`
	Findings int `json:"findings"`

	Plans PlanTotals `json:"plans"`

	Outcomes map[checks.Outcome]int               `json:"outcomes"`
	Scenes   map[checks.ID]map[checks.Outcome]int `json:"scenes"`
}

// PlanTotals are the sums of the plans of a run.
type PlanTotals struct {
	Deficient int `json:"deficient"` // subjects with at least one deficient finding
	Planned   int `json:"planned"`   // of these, with a step or a question
	Steps     int `json:"steps"`
	Orders    int `json:"orders"`
	Questions int `json:"questions"`
}

// countPlan adds the plan of one subject.
func (t *Totals) countPlan(findings []checks.Finding, p remedy.Plan) {
	t.Plans.Steps += len(p.Steps)
	t.Plans.Orders += p.Orders
	t.Plans.Questions += len(p.Questions)
	if slices.ContainsFunc(findings, func(f checks.Finding) bool { return f.Outcome == checks.Deficient }) {
		t.Plans.Deficient++
		if p.Needed() {
			t.Plans.Planned++
		}
	}
}

func newTotals() Totals {
	return Totals{Outcomes: map[checks.Outcome]int{}, Scenes: map[checks.ID]map[checks.Outcome]int{}}
}

// Count sums findings up.
func Count(findings []checks.Finding) Totals {
	t := newTotals()
	t.count(findings)
	return t
}

func (t *Totals) count(findings []checks.Finding) {
	for _, f := range findings {
		t.Findings++
		t.Outcomes[f.Outcome]++
		if t.Scenes[f.Scene] == nil {
			t.Scenes[f.Scene] = map[checks.Outcome]int{}
		}
		t.Scenes[f.Scene][f.Outcome]++
	}
}

// Compliance is pass ÷ (pass + deficient + suspected); ok is false where there is nothing to divide.
func (t Totals) Compliance() (rate float64, ok bool) {
	return share(t.Outcomes[checks.Pass], t.judged())
}

// Coverage is (pass + deficient + suspected) ÷ (those + unverifiable + error).
func (t Totals) Coverage() (rate float64, ok bool) {
	return share(t.judged(), t.judged()+t.Outcomes[checks.Unverifiable]+t.Outcomes[checks.Error])
}

func (t Totals) judged() int {
	return t.Outcomes[checks.Pass] + t.Outcomes[checks.Deficient] + t.Outcomes[checks.Suspected]
}

func share(part, whole int) (float64, bool) {
	if whole == 0 {
		return 0, false
	}
	return float64(part) / float64(whole), true
}
