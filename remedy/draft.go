package remedy

import (
	"cmp"
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/filing"
)

// stage is one step of a draft, before it has a place in the calendar.
type stage struct {
	op        string
	account   string // in which its order lies; empty: no order
	services  []*filing.Service
	targets   []string
	changes   []Change
	solves    []Ref
	rules     []string
	materials []string
	risks     []string
	at        string
	late      bool
	subject   bool // it changes the subject
	days      [2]int
	order     bool
	has       map[any]bool // targets, services, changes and solved problems, each once
}

// draft merges the tasks of a choice of ways into the fewest stages.
func (f facts) draft(tasks []task) []*stage {
	tasks = f.afterCancelling(tasks)
	var stages []*stage
	var changes []task
	for _, t := range tasks {
		if t.op == opChange {
			changes = append(changes, t)
			continue
		}
		stages = f.put(stages, t)
	}
	stages = append(stages, f.changes(changes)...)
	stages = f.renewals(stages)
	for _, st := range stages {
		f.complete(st)
	}
	stages = f.openOrder(stages)
	slices.SortStableFunc(stages, byPhase)
	f.soonest(stages)
	return stages
}

// afterCancelling makes one cancellation of the subject of those of all its
// services, and drops what nobody needs once a service is gone.
func (f facts) afterCancelling(tasks []task) []task {
	gone := map[*filing.Service]bool{}
	for _, t := range tasks {
		if t.op == "cancel-service" {
			gone[t.service] = true
		}
	}
	if len(gone) == 0 {
		return tasks
	}
	if len(gone) == len(f.Subject.Services) {
		whole := task{op: "cancel-subject", target: f.Subject.ID(), rules: []string{"last-service-cancels-subject"}}
		for _, t := range tasks {
			whole.solves = append(whole.solves, t.solves...)
		}
		return []task{whole}
	}
	return slices.DeleteFunc(slices.Clone(tasks), func(t task) bool { return gone[t.service] && t.op != "cancel-service" })
}

// put adds a task to the stage that it belongs to, or makes one. Cancellations
// go one service at a time; of what is no cancellation one step holds all targets.
func (f facts) put(stages []*stage, t task) []*stage {
	at := slices.IndexFunc(stages, func(st *stage) bool {
		if st.op != t.op || st.late != t.late {
			return false
		}
		return !isCancel(t.op) && t.op != "add-access" || st.has[t.target]
	})
	if at < 0 {
		stages = append(stages, &stage{op: t.op, late: t.late})
		at = len(stages) - 1
	}
	stages[at].add(t)
	return stages
}

func (st *stage) add(t task) {
	if t.service != nil && st.first(t.service) {
		st.services = append(st.services, t.service)
	}
	st.subject = st.subject || t.op == opChange && t.service == nil
	if st.first(t.target) {
		st.targets = append(st.targets, t.target)
	}
	if t.change != nil && st.first(*t.change) {
		st.changes = append(st.changes, *t.change)
	}
	for _, r := range t.solves {
		if st.first(r) {
			st.solves = append(st.solves, r)
		}
	}
	st.rule(t.rules...)
}

// first says whether a thing was not there before.
func (st *stage) first(key any) bool {
	if st.has == nil {
		st.has = map[any]bool{}
	}
	if st.has[key] {
		return false
	}
	st.has[key] = true
	return true
}

func (st *stage) rule(ids ...string) {
	for _, id := range ids {
		if !slices.Contains(st.rules, id) {
			st.rules = append(st.rules, id)
		}
	}
}

// changes merges changes of the filing: one order an access provider, in which
// the subject and any number of its services are changed.
func (f facts) changes(tasks []task) []*stage {
	byProvider := map[string]*stage{}
	var providers []string
	of := func(provider string) *stage {
		st := byProvider[provider]
		if st == nil {
			st = &stage{op: opChange, at: provider}
			byProvider[provider] = st
			providers = append(providers, provider)
		}
		return st
	}
	for _, t := range tasks {
		if t.service != nil {
			of(t.service.Provider).add(t)
		}
	}
	for _, t := range tasks {
		if t.service == nil {
			of(f.provider(providers)).add(t)
		}
	}
	slices.Sort(providers)
	var stages []*stage
	for _, p := range providers {
		st := byProvider[p]
		f.kind(st)
		stages = append(stages, st)
	}
	return stages
}

// provider is at whom the subject is changed: where services are changed
// anyway, else at the first by name.
func (f facts) provider(changing []string) string {
	if len(changing) > 0 {
		return slices.Min(changing)
	}
	var all []string
	for _, s := range f.Subject.Services {
		all = append(all, s.Provider)
	}
	if len(all) == 0 {
		return ""
	}
	return slices.Min(all)
}

// kind says which of the three changes it is, and by which rule.
func (f facts) kind(st *stage) {
	contact := slices.ContainsFunc(st.changes, Change.isContact)
	principal := slices.ContainsFunc(st.changes, Change.isPrincipal)
	force := func(rule string) {
		st.op = "change-filing"
		st.rule(rule)
	}
	st.op = "change-service"
	if st.subject {
		st.op = "change-subject"
	}
	if st.subject && len(st.services) > 0 || len(st.services) > 1 {
		force("merge-changes")
	}
	if f.holds("always-filing-change") {
		force("always-filing-change")
		st.materials = append(st.materials, "all-images")
	}
	if principal && f.holds("principal-change-is-filing-change") {
		force("principal-change-is-filing-change")
		st.materials = append(st.materials, "new-manager-letter")
	}
	if contact && f.holds("contact-change-is-filing-change") {
		force("contact-change-is-filing-change")
	}
	if contact && f.Subject.Nature == filing.NatureCompany && f.sameIn(st) {
		force("same-person-contacts")
	}
	if slices.Contains(st.rules, "renaming-letter") {
		st.materials = append(st.materials, "renaming-letter")
	}
}

// sameIn says whether a change concerns a service that the principal manages.
func (f facts) sameIn(st *stage) bool {
	if st.subject {
		return f.anySamePerson()
	}
	return slices.ContainsFunc(st.services, f.samePerson)
}

// complete fills in what the operation itself brings along.
func (f facts) complete(st *stage) {
	op, ok := f.Reference.Catalogue.Operation(st.op)
	if !ok {
		return
	}
	st.days, st.order = op.Days, op.Filing
	st.materials = append(slices.Clone(op.Materials), st.materials...)
	st.risks = append(st.risks, op.Risks...)
	if st.order {
		st.account = cmp.Or(f.Subject.Account, "-")
		if st.at == "" && len(st.services) > 0 {
			st.at = st.services[0].Provider
		}
	}
	switch st.op {
	case "add-access":
		st.at = ""
		st.rule("new-access-first")
	case "cancel-access":
		st.rule("cancellations-last")
	case "cancel-service":
		st.rule("cancellations-last", "one-cancellation-at-a-time")
	case "migrate-service":
		if f.holds("migration-pledge-letter") {
			st.materials = append(st.materials, "pledge-letter")
			st.rule("migration-pledge-letter")
		}
		if f.holds("migration-own-verification") {
			st.rule("migration-own-verification")
		}
		st.rule("migration-offered")
	}
	if slices.ContainsFunc(st.changes, func(c Change) bool { return c.Field == "domain-list" }) {
		st.risks = append(st.risks, "removed-is-unfiled")
	}
	slices.Sort(st.targets)
	slices.SortFunc(st.changes, func(a, b Change) int {
		return cmp.Or(strings.Compare(a.Item, b.Item), strings.Compare(a.Field, b.Field), strings.Compare(a.Old, b.Old))
	})
	slices.SortFunc(st.solves, compareRefs)
}

func compareRefs(a, b Ref) int {
	return cmp.Or(strings.Compare(a.Scene, b.Scene), strings.Compare(a.Item, b.Item))
}
