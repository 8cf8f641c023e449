package remedy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// questions are what a person has to decide.
func (m *maker) questions() []Question {
	var all []Question
	for _, p := range m.stuck {
		q := Question{Code: "no-way", Scene: p.Scene, Reason: p.Reason, Items: []string{p.Item}}
		ways := m.ways[Ref{p.Scene, p.Item}]
		for _, w := range ways {
			if w.excluded == "reason-does-not-fit" {
				continue
			}
			q.Options = append(q.Options, w.ops)
			q.rule(m.rule(w.excluded))
		}
		all = append(all, q)
	}
	for _, p := range m.Problems {
		if p.Outcome != outcomeSuspected {
			continue
		}
		q := Question{Code: "suspected", Scene: p.Scene, Reason: p.Reason, Items: []string{p.Item}}
		for _, w := range m.facts.ways(p) {
			if w.excluded != "reason-does-not-fit" {
				q.Options = append(q.Options, w.ops)
			}
		}
		all = append(all, q)
	}
	for _, st := range m.stages {
		if slices.Contains(st.rules, "number-locked") {
			all = append(all, Question{
				Code: "number-locked", Scene: "subject-id-mismatch", Items: []string{m.Subject.ID()},
				Options: [][]string{{"cancel-subject", "file-anew"}}, Rules: []RuleRef{m.rule("number-locked"), m.rule("service-in-use")},
			})
		}
		if st.op == "finish-order" && m.orderState() == "" {
			all = append(all, Question{
				Code: "order-state", Items: []string{m.Subject.ID()}, Options: [][]string{{"finish-order"}, {"abandon-order"}},
				Rules: []RuleRef{m.rule("open-order-first")},
			})
		}
	}
	return together(all)
}

func (q *Question) rule(r RuleRef) {
	if !slices.Contains(q.Rules, r) {
		q.Rules = append(q.Rules, r)
	}
}

// together makes one question of those that differ by their items only.
func together(all []Question) []Question {
	merged := []Question{}
	for _, q := range all {
		same := func(o Question) bool {
			return o.Code == q.Code && o.Scene == q.Scene && o.Reason == q.Reason && fmt.Sprint(o.Options, o.Rules) == fmt.Sprint(q.Options, q.Rules)
		}
		if i := slices.IndexFunc(merged, same); i >= 0 {
			merged[i].Items = append(merged[i].Items, q.Items...)
			continue
		}
		merged = append(merged, q)
	}
	for _, q := range merged {
		slices.Sort(q.Items)
	}
	return merged
}

// considered lists the ways that were not taken, each with the rule that
// excludes it, or by which the chosen plan is better.
func (m *maker) considered() []Alternative {
	all := []Alternative{}
	add := func(a Alternative) {
		same := func(o Alternative) bool {
			return o.Scene == a.Scene && o.Excluded == a.Excluded && o.Rule == a.Rule && slices.Equal(o.Operations, a.Operations)
		}
		if i := slices.IndexFunc(all, same); i >= 0 {
			all[i].Items = append(all[i].Items, a.Items...)
			return
		}
		all = append(all, a)
	}
	for _, p := range m.Problems {
		ways := m.ways[Ref{p.Scene, p.Item}]
		for _, w := range ways {
			works := func(o way) bool { return o.excluded == "" && slices.Equal(o.ops, w.ops) }
			if w.excluded != "" && !slices.ContainsFunc(ways, works) {
				add(Alternative{Scene: p.Scene, Items: []string{p.Item}, Operations: w.ops, Excluded: true, Rule: m.rule(w.excluded)})
			}
		}
	}
	for i, c := range m.classes {
		for w, ops := range c.shown {
			if w == m.choice[i] {
				continue
			}
			trial := slices.Clone(m.choice)
			trial[i] = w
			rule := m.rule(m.best.demotes(m.evaluate(m.classes, trial)))
			for _, p := range c.problems {
				add(Alternative{Scene: p.Scene, Items: []string{p.Item}, Operations: ops, Rule: rule})
			}
		}
	}
	for _, a := range all {
		slices.Sort(a.Items)
	}
	slices.SortStableFunc(all, func(a, b Alternative) int {
		return cmp.Or(strings.Compare(a.Scene, b.Scene), slices.Compare(a.Operations, b.Operations), strings.Compare(a.Rule.ID, b.Rule.ID))
	})
	return all
}

// unsettled lists what could not be judged: its words say what would settle it.
func (m *maker) unsettled() []Unsettled {
	all := []Unsettled{}
	for _, p := range m.Problems {
		if p.Outcome != outcomeUnverifiable {
			continue
		}
		i := slices.IndexFunc(all, func(u Unsettled) bool { return u.Scene == p.Scene && u.Why == p.Why })
		if i < 0 {
			all, i = append(all, Unsettled{Scene: p.Scene, Why: p.Why}), len(all)
		}
		all[i].Items = append(all[i].Items, p.Item)
	}
	return all
}

// notes says what has to be minded about the plan as a whole.
func (m *maker) notes(p *Plan) {
	add := func(code, detail string) { p.Notes = append(p.Notes, Note{code, detail}) }
	if len(p.Steps) == 0 {
		return
	}
	switch {
	case p.Due.IsZero():
	case p.Due.Before(p.End[0]):
		add("misses-due", p.End[0].String())
	case p.Due.Before(p.End[1]):
		add("may-miss-due", p.End[1].String())
	}
	if last := p.End[1]; !m.Reference.Workdays.Known(last.Time()) {
		add("calendar-ends", m.Reference.Workdays.Until())
	}
	if ids := m.unknownExpiries(m.stages); len(ids) > 0 {
		add("check-expiry", strings.Join(ids, ", "))
	}
	for _, st := range m.stages {
		if st.op == "change-filing" && len(st.services) > 1 {
			add("several-services", "")
			break
		}
	}
	if slices.ContainsFunc(m.stages, func(st *stage) bool { return isChange(st.op) }) {
		add("apply-thirty-days-ahead", "")
	}
	if slices.ContainsFunc(m.stages, func(st *stage) bool { return st.op == "cancel-subject" }) {
		add("inventory-may-lack-services", "")
	}
	if p.Orders > 0 && m.Subject.Province == "" {
		add("province-unknown", "")
	}
	if p.Orders > 0 && m.Subject.Nature == "" {
		add("nature-unknown", "")
	}
	if m.symptoms() {
		add("look-again", "")
	}
}

// symptoms says whether anything is counted as mended with its cause.
func (m *maker) symptoms() bool {
	for _, st := range m.stages {
		if slices.ContainsFunc(st.solves, func(r Ref) bool { return len(m.causesOf(m.byRef[r])) > 0 }) {
			return true
		}
	}
	return false
}
