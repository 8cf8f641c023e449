package remedy

import (
	"cmp"
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/filing"
)

// Make plans how a subject is put right. It keeps every rule, prefers what can
// be undone, then the fewest orders, then the shortest calendar, and decides
// the rest by ids, so that the order of findings and services doesn't matter.
// What only a person can decide becomes a question, and never a step.
func Make(in Input) Plan {
	in.Problems = slices.Clone(in.Problems)
	slices.SortStableFunc(in.Problems, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.Scene, b.Scene), strings.Compare(a.Item, b.Item))
	})
	subject := *in.Subject
	subject.Services = slices.Clone(subject.Services)
	slices.SortStableFunc(subject.Services, func(a, b *filing.Service) int { return strings.Compare(a.ID(&subject), b.ID(&subject)) })
	in.Subject = &subject
	m := &maker{facts: learn(in), ways: map[Ref][]way{}}
	m.sort()
	m.classes = m.facts.classes(m.open, m.ways)
	m.choice, m.best = m.search(m.classes)
	m.stages = m.draft(tasksOf(m.classes, m.choice))
	m.attach()
	return m.plan()
}

// maker is one plan under way.
type maker struct {
	facts
	ways    map[Ref][]way // of each problem that needs one
	open    []Problem     // deficient, with at least one workable way
	follow  []Problem     // deficient, and mended with another: symptoms, and what is given up
	stuck   []Problem     // deficient, and no way works
	classes []class
	choice  []int
	best    score
	stages  []*stage
}

// sort tells the deficient problems apart.
func (m *maker) sort() {
	for _, p := range m.Problems {
		if p.Outcome != outcomeDeficient {
			continue
		}
		if m.settled(p) {
			m.follow = append(m.follow, p)
			continue
		}
		ref := Ref{p.Scene, p.Item}
		m.ways[ref] = m.facts.ways(p)
		workable := slices.ContainsFunc(m.ways[ref], func(w way) bool { return w.excluded == "" })
		if workable {
			m.open = append(m.open, p)
		} else {
			m.stuck = append(m.stuck, p)
		}
	}
	// A symptom needs nothing of its own where its cause is mended.
	mended := map[Ref]bool{}
	for _, p := range m.open {
		mended[Ref{p.Scene, p.Item}] = true
	}
	for _, list := range []*[]Problem{&m.open, &m.stuck} {
		*list = slices.DeleteFunc(*list, func(p Problem) bool {
			symptom := slices.ContainsFunc(m.causesOf(p), func(r Ref) bool { return mended[r] })
			if symptom {
				m.follow = append(m.follow, p)
			}
			return symptom
		})
	}
}

// causesOf is where the causes of a problem may stand: at its item or above it.
func (m *maker) causesOf(p Problem) []Ref {
	var refs []Ref
	for _, scene := range p.Causes {
		if scene == p.Scene {
			continue
		}
		for _, at := range []string{p.Item, p.Service, m.Subject.ID()} {
			if _, ok := m.deficient(scene, at); ok && at != "" {
				refs = append(refs, Ref{scene, at})
			}
		}
	}
	return refs
}

// attach names in the steps what they mend besides, and asks about what nothing mends.
func (m *maker) attach() {
	by := map[Ref]*stage{}
	for _, st := range m.stages {
		for _, r := range st.solves {
			by[r] = st
		}
	}
	rest := append(m.stuck, m.follow...)
	// What is mended with a cause may be the cause of another.
	for before := len(rest) + 1; len(rest) < before; {
		before = len(rest)
		rest = slices.DeleteFunc(rest, func(p Problem) bool {
			st := m.mends(by, p)
			if st != nil {
				r := Ref{p.Scene, p.Item}
				st.solves, by[r] = append(st.solves, r), st
			}
			return st != nil
		})
	}
	m.stuck = rest
	slices.SortFunc(m.stuck, func(a, b Problem) int { return compareRefs(Ref{a.Scene, a.Item}, Ref{b.Scene, b.Item}) })
	for _, st := range m.stages {
		slices.SortFunc(st.solves, compareRefs)
	}
}

// mends finds the stage that mends a problem without a way of its own.
func (m *maker) mends(by map[Ref]*stage, p Problem) *stage {
	for _, st := range m.stages {
		if st.op == "cancel-subject" || st.op == "migrate-service" && p.Level == "subject" && len(st.services) == len(m.Subject.Services) {
			return st
		}
	}
	with := m.causesOf(p)
	if m.settled(p) {
		with = append(with, Ref{"service-unused", p.Item}, Ref{"service-left-provider", p.Item})
		if s := m.service(p.Service); p.Level == "service" && s != nil {
			for _, id := range itemIDs(m.Subject, s) {
				with = append(with, Ref{"service-unused", id})
			}
		}
	}
	for _, r := range with {
		if st := by[r]; st != nil && (r.Scene != "service-left-provider" || m.leaves(p) || slices.Contains(p.Causes, r.Scene)) {
			return st
		}
	}
	return nil
}

// plan puts everything into the form that is handed out.
func (m *maker) plan() Plan {
	placed, total, after := m.calendar(m.stages)
	p := Plan{
		Subject: m.Subject.ID(), Today: m.Today, Due: m.due(), Days: total, Orders: m.best.orders,
		Steps: []Step{}, Questions: m.questions(), Considered: m.considered(), Unsettled: m.unsettled(), Notes: []Note{},
	}
	order := make([]int, len(m.stages))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(placed[a].begin[1], placed[b].begin[1]), cmp.Compare(a, b))
	})
	number := make([]int, len(order))
	for n, i := range order {
		number[i] = n + 1
	}
	for _, i := range order {
		step := m.step(m.stages[i], placed[i], p.Due)
		step.ID = number[i]
		for _, k := range after[i] {
			step.After = append(step.After, number[k])
		}
		slices.Sort(step.After)
		p.Steps = append(p.Steps, step)
	}
	for end := range 2 {
		p.End[end] = m.day(total[end])
	}
	m.notes(&p)
	return p
}

// step is a stage with its place in the calendar.
func (m *maker) step(st *stage, at times, due filing.Day) Step {
	s := Step{
		Operation: st.op, Targets: st.targets, Changes: st.changes, Materials: st.materials, At: st.at, Days: st.days, Solves: st.solves, Risks: m.risks(st),
	}
	if op, ok := m.Reference.Catalogue.Operation(st.op); ok {
		s.Who, s.Where = op.Who, op.Where
	}
	for end := range 2 {
		s.Begin[end], s.End[end] = m.day(at.begin[end]), m.day(at.end[end])
	}
	if !due.IsZero() {
		s.LatestStart, _ = Before(m.Reference.Workdays, due, at.tail[1])
		s.LastChance, _ = Before(m.Reference.Workdays, due, at.tail[0])
	}
	m.ruleOfAddition(st)
	for _, id := range st.rules {
		s.Rules = append(s.Rules, m.rule(id))
	}
	return s
}

// ruleOfAddition names the province's rule where an addition waits for a change.
func (m *maker) ruleOfAddition(st *stage) {
	changed := slices.ContainsFunc(m.stages, func(o *stage) bool { return isChange(o.op) })
	if st.op == "add-access" && changed && m.holds("change-then-add") {
		st.rule("change-then-add")
	}
}

// risks are what a step may bring about: what the operation always does, and
// what it does to this filing.
func (m *maker) risks(st *stage) []string {
	risks := slices.Clone(st.risks)
	all := len(st.services) == len(m.Subject.Services)
	if st.op == "migrate-service" && !all {
		risks = slices.DeleteFunc(risks, func(r string) bool { return r == "old-subject-ends" })
	}
	if st.op == "cancel-access" {
		risks = append(risks, "shell-without-other-access")
	}
	return risks
}

func (m *maker) day(n int) filing.Day {
	day, _ := Due(m.Reference.Workdays, m.Today, n)
	return day
}

// due is the earliest due date of what is deficient.
func (m *maker) due() filing.Day {
	var due filing.Day
	for _, p := range m.Problems {
		if p.Outcome == outcomeDeficient && !p.Due.IsZero() && (due.IsZero() || p.Due.Before(due)) {
			due = p.Due
		}
	}
	return due
}
