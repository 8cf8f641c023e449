package report

import (
	"strings"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/remedy"
)

// Extra is what a history and a plan add to a subject's findings. The zero
// Extra adds nothing, and the reports say so where it would show.
type Extra struct {
	States map[checks.Key]State
	Steps  []Step // in the order in which they are done
}

// The codes of states.
const (
	StateNew       = "new"       // not found before
	StateOpen      = "open"      // found before, and still there
	StateOverdue   = "overdue"   // open, and past its due date
	StateRegressed = "regressed" // was resolved, and came back
	StateResolved  = "resolved"  // found before, and mended
)

// State is what the history says of one finding.
type State struct {
	Code      string     `json:"code"` // of the word group "state": new, open, overdue, regressed, waived …
	FirstSeen filing.Day `json:"first_seen,omitzero"`
	Before    bool       `json:"before,omitempty"` // of what is suspected, which has no code: it was before
	Waiver    *Waiver    `json:"waiver,omitempty"`
	Owner     string     `json:"-"` // who answers for it; empty: as filed
	Due       filing.Day `json:"-"` // by which it has to be put right; zero: counted from the run
}

// Waiver is a decision of people to leave a finding as it is for a time.
type Waiver struct {
	Reason string     `json:"reason"` // code of the word group "waiver", or in words
	By     string     `json:"by,omitempty"`
	Until  filing.Day `json:"until,omitzero"`
}

// Step is one step of a subject's plan.
type Step struct {
	Number    int          `json:"number"`            // from 1
	Operation string       `json:"operation"`         // id of the catalogue
	What      string       `json:"what,omitempty"`    // that it is done to: a service number, a domain
	Mends     []checks.Key `json:"mends"`             // findings that are settled once it is done
	After     []int        `json:"after,omitempty"`   // numbers of the steps that come first
	Begin     filing.Day   `json:"begin,omitzero"`    // expected
	End       filing.Day   `json:"end,omitzero"`      // expected
	Notes     []string     `json:"notes,omitempty"`   // codes of the word group "advice"
	Blocked   string       `json:"blocked,omitempty"` // code of the word group "advice": why it can't be begun
}

// Earlier is the figures of an earlier run of the same inventory.
type Earlier struct {
	Started    filing.Day `json:"started"`
	Deficient  int        `json:"deficient"`
	Suspected  int        `json:"suspected"`
	Compliance float64    `json:"compliance"` // 0 to 1
	Coverage   float64    `json:"coverage"`   // 0 to 1
}

// step is the number of the first step that mends a finding, 0 where none does.
func (e Extra) step(key checks.Key) int {
	for _, s := range e.Steps {
		for _, k := range s.Mends {
			if k.Scene == key.Scene && k.Item == key.Item { // a scene has one level
				return s.Number
			}
		}
	}
	return 0
}

// stepsOf are the steps of a plan as the reports list them beside the findings.
func stepsOf(plan remedy.Plan) []Step {
	var steps []Step
	for _, s := range plan.Steps {
		step := Step{Number: s.ID, Operation: s.Operation, What: strings.Join(s.Targets, ", "), After: s.After, Begin: s.Begin[0], End: s.End[1]}
		for _, ref := range s.Solves {
			step.Mends = append(step.Mends, checks.Key{Scene: checks.ID(ref.Scene), Item: ref.Item})
		}
		steps = append(steps, step)
	}
	return steps
}

// cleanSteps are steps whose foreign text is clean.
func cleanSteps(steps []Step) []Step {
	clean := make([]Step, len(steps))
	for i, s := range steps {
		s.What = Clean(s.What, longestCell)
		mends := make([]checks.Key, len(s.Mends))
		for k, key := range s.Mends {
			mends[k] = cleanKey(key)
		}
		s.Mends = mends
		clean[i] = s
	}
	return clean
}

func cleanKey(k checks.Key) checks.Key {
	k.Item = Clean(k.Item, longestCell)
	return k
}

func cleanState(s State) State {
	if s.Waiver != nil {
		w := *s.Waiver
		w.Reason, w.By = Clean(w.Reason, longestCell), Clean(w.By, longestCell)
		s.Waiver = &w
	}
	return s
}
