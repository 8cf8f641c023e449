package remedy

import (
	"slices"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/reference"
)

// task is one thing that a way wants done; the draft merges tasks into steps.
type task struct {
	op      string          // operation; opChange: any of the three changes
	service *filing.Service // nil: the subject
	target  string          // id of what it is done to
	change  *Change
	solves  []Ref
	rules   []string
	late    bool // a certificate that waits for the change of the name
}

// opChange stands for a change of subject, service or both, until the draft
// knows which of them it is.
const opChange = "change"

// way is one way of the catalogue, fitted to the problem.
type way struct {
	ops      []string // as shown
	tasks    []task
	excluded string // rule that excludes it; empty: it would work
}

// ways fits all ways of the catalogue to a problem; two that come to the same are one.
func (f facts) ways(p Problem) []way {
	scene, ok := f.Reference.Catalogue.Scene(p.Scene)
	if !ok {
		return nil
	}
	var ways []way
	for _, r := range scene.Remedies {
		w := f.fit(p, r)
		same := func(o way) bool { return o.excluded == w.excluded && slices.Equal(o.ops, w.ops) }
		if !slices.ContainsFunc(ways, same) {
			ways = append(ways, w)
		}
	}
	return ways
}

// fit makes the tasks of one way, or names the rule that excludes it.
func (f facts) fit(p Problem, r reference.Remedy) way {
	s := f.service(p.Service)
	if p.Level == "subject" {
		s = nil
	}
	w := way{ops: f.fitted(p, s, r)}
	if slices.Contains(r.Except, p.Reason) {
		w.excluded = "reason-does-not-fit"
	} else if slices.Contains(r.Ask, p.Reason) {
		w.excluded = "needs-answer"
	} else if rule := f.assumed(p, s, r); rule != "" {
		w.excluded = rule
	}
	shell := s != nil && s.OtherProvider == "" && slices.Contains(w.ops, "cancel-access") && !slices.Contains(w.ops, "add-access")
	if shell && w.excluded == "" {
		w.excluded = "empty-shell"
	}
	main := mainOf(w.ops, f.Reference.Catalogue)
	for i, op := range w.ops {
		tasks, rule := f.tasks(p, s, op)
		if w.excluded == "" {
			w.excluded = rule
		}
		if i == main {
			for k := range tasks {
				tasks[k].solves = []Ref{{p.Scene, p.Item}}
			}
		}
		w.tasks = append(w.tasks, tasks...)
	}
	if w.excluded != "" {
		w.tasks = nil
	}
	return w
}

// fitted replaces operations that don't fit the item by those that do.
func (f facts) fitted(p Problem, s *filing.Service, r reference.Remedy) []string {
	fitted := slices.Clone(r.Operations)
	for i, op := range fitted {
		switch {
		case isChange(op):
			// Which of the three it is depends on what else is changed: shown is the least.
			fitted[i] = "change-subject"
			if s != nil {
				fitted[i] = "change-service"
			}
		case op == "fix-page" && s != nil && s.Kind != filing.Website:
			fitted[i] = "fix-app"
		case isCancel(op) && s != nil && p.Level == "item" && !f.givenUp[s] && (f.unused[p.Item] || len(s.Domains)+len(s.Apps) > 1 && r.Assumes != reference.AssumesLeft):
			fitted[i] = "change-service" // a cancellation would hit the service's other items (guide section 2.5)
		}
	}
	if s != nil && s.OtherProvider != "" {
		fitted = slices.DeleteFunc(fitted, func(op string) bool { return op == "add-access" })
	}
	return fitted
}

func isChange(op string) bool {
	return op == "change-subject" || op == "change-service" || op == "change-filing"
}

func isCancel(op string) bool {
	return op == "cancel-access" || op == "cancel-service" || op == "cancel-subject"
}

// mainOf is the operation that solves: the last order, or the first of all.
func mainOf(ops []string, c *reference.Catalogue) int {
	for i := len(ops) - 1; i >= 0; i-- {
		if o, ok := c.Operation(ops[i]); ok && o.Filing {
			return i
		}
	}
	return 0
}

// assumed names the rule by which a way fails whose fact does not hold.
func (f facts) assumed(p Problem, s *filing.Service, r reference.Remedy) string {
	holds, rule := true, ""
	switch r.Assumes {
	case reference.AssumesInUse:
		holds, rule = !f.unused[p.Item], "known-unused"
	case reference.AssumesUnused:
		holds, rule = f.unused[p.Item], "still-in-use"
		if p.Level == "subject" {
			holds = f.allGivenUp()
		}
	case reference.AssumesLeft:
		holds, rule = f.left[p.Item] && !f.unused[p.Item], "needs-answer"
		if holds && s != nil && !f.moved[s] {
			holds, rule = false, "part-left-provider"
		}
	case reference.AssumesOtherUnit:
		if p.Scene == "subject-name-mismatch" && !f.another {
			return "reason-does-not-fit"
		}
		return f.receivable(p, s)
	case reference.AssumesSameUnit:
		holds, rule = !f.another, "other-unit-is-other-subject"
	case reference.AssumesRenamed:
		holds, rule = f.newName != "" && !f.another && p.Seen == f.newName, "holder-unlike-new-name"
	case reference.AssumesAnswer:
		holds, rule = false, "needs-answer"
	case reference.AssumesFallback:
		holds, rule = false, "service-in-use"
	}
	if holds {
		return ""
	}
	return rule
}

func (f facts) allGivenUp() bool {
	return len(f.Subject.Services) > 0 && !slices.ContainsFunc(f.Subject.Services, func(s *filing.Service) bool { return !f.givenUp[s] })
}

// receivable says why another unit can't take over; empty: it can.
func (f facts) receivable(p Problem, s *filing.Service) string {
	services := f.Subject.Services
	if s != nil {
		services = []*filing.Service{s}
	}
	app := func(s *filing.Service) bool { return s.Kind != filing.Website }
	switch {
	case f.Options.Receiver == ReceiverNone || f.Options.Receiver == "":
		return "no-receiver"
	case f.Options.Receiver == ReceiverIndividual:
		return "no-personal-receiver"
	case slices.ContainsFunc(services, app):
		return "apps-not-migrated"
	case s != nil && p.Level == "item" && len(s.Domains) > 1:
		return "part-of-domains"
	}
	return ""
}

// tasks makes the tasks of one operation of a way.
func (f facts) tasks(p Problem, s *filing.Service, op string) (tasks []task, excluded string) {
	target := p.Item
	switch {
	case isChange(op):
		return f.changeTasks(p, s)
	case op == "migrate-service":
		if !f.holds("migration-offered") {
			return nil, "migration-not-offered"
		}
		services := f.Subject.Services
		if s != nil {
			services = []*filing.Service{s}
		}
		for _, m := range services {
			tasks = append(tasks, task{op: op, service: m, target: m.ID(f.Subject), rules: []string{"domain-transferred-first"}})
		}
		return tasks, ""
	case op == "transfer-domain-holder" && s == nil:
		return f.transfers(p), ""
	case op == "file-anew":
		return nil, "service-in-use"
	case op == "cancel-subject" || op == "cancel-service" && s == nil:
		for _, each := range f.Subject.Services {
			tasks = append(tasks, task{op: "cancel-service", service: each, target: each.ID(f.Subject)})
		}
		return tasks, ""
	case op == "cancel-access" && s != nil:
		return []task{{op: op, service: s, target: s.ID(f.Subject)}}, ""
	case (op == "cancel-service" || op == "add-access") && s != nil:
		return []task{{op: op, service: s, target: s.ID(f.Subject)}}, ""
	}
	t := task{op: op, service: s, target: target, change: f.outside(p, op)}
	t.late = op == "send-domain-certificate" && p.Scene == "domain-holder-mismatch" && f.newName != "" && p.Seen == f.newName
	return []task{t}, ""
}

// transfers brings the holders of all domains that stay to the new name, or to
// the unit that takes over; where the holder bears the new name already there
// is nothing to do.
func (f facts) transfers(p Problem) []task {
	renamed := p.Scene == "subject-name-mismatch" && !f.another
	var tasks []task
	for _, s := range f.Subject.Services {
		for _, id := range f.kept(s) {
			if o, ok := f.byRef[Ref{"domain-holder-mismatch", id}]; ok && renamed && f.newName != "" && o.Seen == f.newName {
				continue
			}
			t := task{op: "transfer-domain-holder", service: s, target: id, rules: []string{"domain-transferred-first"}}
			t.change = &Change{Field: "domain-holder", Item: id, Old: f.holder(id), How: "receiving-unit"}
			if renamed {
				t.rules, t.change.New = []string{"holder-before-name"}, f.newName
				t.change.How = map[bool]string{true: "as-on-licence"}[f.newName == ""]
			}
			tasks = append(tasks, t)
		}
	}
	return tasks
}

// holder is who holds a domain: the subject, unless a finding shows another.
func (f facts) holder(item string) string {
	if p, ok := f.deficient("domain-holder-mismatch", item); ok {
		return p.Seen
	}
	return f.Subject.Name
}

// changeTasks makes the change that a problem wants.
func (f facts) changeTasks(p Problem, s *filing.Service) ([]task, string) {
	if p.Scene == "subject-status-abnormal" && f.holds("handover-barred") {
		return nil, "handover-barred"
	}
	if f.blocked && p.Scene != "subject-status-abnormal" {
		return nil, "status-before-orders"
	}
	if p.Scene == "subject-status-abnormal" || p.Scene == "domain-holder-mismatch" && p.Seen != f.newName {
		return nil, "number-locked"
	}
	t := task{op: opChange, service: s, target: f.Subject.ID(), change: f.changeOf(p, s)}
	if s != nil {
		t.target = s.ID(f.Subject)
	}
	switch t.change.Field {
	case "certificate-number":
		t.rules = append(t.rules, "number-locked")
	case "subject-name":
		// It is the subject's, also where a domain's holder made it known.
		t.service, t.target, t.change.Item = nil, f.Subject.ID(), ""
		if f.holds("renaming-letter") {
			t.rules = append(t.rules, "renaming-letter")
		}
	case "domain-list":
		t.rules = append(t.rules, "part-of-domains", "removed-is-unfiled")
	}
	return []task{t}, ""
}
