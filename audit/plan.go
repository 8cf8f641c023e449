package audit

import (
	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/remedy"
)

// Planner plans how subjects are put right.
type Planner struct {
	Reference *reference.Set
	Options   remedy.Options
	DueDays   int // working days from today to the due date of a finding
}

// Plan plans for one subject. The plan sees the subject as the reports do,
// without personal data, so that it is the same from the audit and from its
// findings file.
func (p Planner) Plan(subject *filing.Subject, findings []checks.Finding, today filing.Day) remedy.Plan {
	due, _ := remedy.Due(p.Reference.Workdays, today, p.DueDays)
	return p.Until(subject, findings, today, due)
}

// Until plans with a given due date.
func (p Planner) Until(subject *filing.Subject, findings []checks.Finding, today, due filing.Day) remedy.Plan {
	return remedy.Make(remedy.Input{
		Subject: remedy.Masked(subject), Problems: Problems(findings, due), Today: today, Options: p.Options, Reference: p.Reference,
	})
}

// Problems are findings as a plan sees them: of the proofs it takes the first,
// which is the one that the verdict rests on.
func Problems(findings []checks.Finding, due filing.Day) []remedy.Problem {
	problems := make([]remedy.Problem, len(findings))
	for i, f := range findings {
		p := remedy.Problem{
			Scene: string(f.Scene), Reason: f.Reason, Outcome: string(f.Outcome), Level: string(f.Level),
			Item: f.Item, Service: f.Service, Name: f.Name,
		}
		if len(f.Proofs) > 0 {
			p.What, p.Filed, p.Seen = f.Proofs[0].What, f.Proofs[0].Want, f.Proofs[0].Got
		}
		if f.Why != nil {
			p.Why = f.Why.Code
		}
		for _, c := range f.CausedBy {
			p.Causes = append(p.Causes, string(c))
		}
		if f.Outcome == checks.Deficient {
			p.Due = due
		}
		problems[i] = p
	}
	return problems
}
