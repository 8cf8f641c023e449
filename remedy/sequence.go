package remedy

import (
	"cmp"
	"slices"
	"strings"
)

// phase is where an operation stands among the others: what lies outside the
// filing system and prepares an order, then the orders (the open one first,
// cancellations last), then what follows them.
func phase(op string) int {
	return slices.Index([]string{
		"fix-business-status", "renew-domain", "transfer-registrar", "transfer-domain-holder",
		"fix-dns", "fix-page", "fix-app", "answer-verification-call",
		"abandon-order", "finish-order", "change-subject", "change-service", "change-filing",
		"migrate-service", "add-access", "cancel-access", "cancel-service", "cancel-subject", "send-domain-certificate",
	}, op)
}

func byPhase(a, b *stage) int {
	return cmp.Or(cmp.Compare(phase(a.op), phase(b.op)), cmp.Compare(boolRank(a.late), boolRank(b.late)),
		strings.Compare(a.at, b.at), slices.Compare(a.targets, b.targets))
}

// soonest has the order first that is ready first: of orders that go one after
// another no other sequence ends sooner. The open order stays the first,
// cancellations stay the last, and where the province wants it, changes stay
// before additions. Stages are in the order of their phases.
func (f facts) soonest(stages []*stage) {
	first := slices.IndexFunc(stages, func(st *stage) bool { return phase(st.op) >= phase("change-subject") })
	last := slices.IndexFunc(stages, func(st *stage) bool { return phase(st.op) >= phase("cancel-access") })
	if last < 0 {
		last = len(stages)
	}
	if first < 0 || first >= last {
		return
	}
	ready := map[*stage]int{}
	placed, _, _ := f.calendar(stages[:first])
	for _, st := range stages[first:last] {
		for i, before := range stages[:first] {
			if !before.order && f.waits(before, st) {
				ready[st] = max(ready[st], placed[i].end[1])
			}
		}
	}
	slices.SortStableFunc(stages[first:last], func(a, b *stage) int {
		if f.holds("change-then-add") && isChange(a.op) != isChange(b.op) {
			return byPhase(a, b)
		}
		return cmp.Compare(ready[a], ready[b])
	})
}

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}

// waits says whether b can't begin before a is done. It is never both ways,
// because it follows the phases.
func (f facts) waits(a, b *stage) bool {
	shared := slices.ContainsFunc(a.targets, func(id string) bool { return b.has[id] })
	names := slices.ContainsFunc(b.changes, func(c Change) bool { return c.Field == "subject-name" })
	switch a.op {
	case "fix-business-status":
		return b.order && b.op != "finish-order" && b.op != "abandon-order"
	case "renew-domain":
		return b.order && f.concerns(b, a) || shared && !b.order
	case "transfer-registrar":
		return shared && (b.op == "transfer-domain-holder" || b.op == "send-domain-certificate")
	case "transfer-domain-holder":
		return names || b.op == "migrate-service" || shared && b.op == "send-domain-certificate"
	}
	if a.order && b.order {
		return true // one order at a time
	}
	return b.op == "send-domain-certificate" && b.late && slices.ContainsFunc(a.changes, func(c Change) bool { return c.Field == "subject-name" })
}

// concerns says whether an order has a domain reviewed that a stage is about.
func (f facts) concerns(order, st *stage) bool {
	for _, s := range f.reviewed(order) {
		if slices.ContainsFunc(itemIDs(f.Subject, s), func(id string) bool { return st.has[id] }) {
			return true
		}
	}
	return false
}

// times is when a stage begins and ends, in working days from today, if every
// step takes its shortest or its longest; and what then still follows, itself included.
type times struct{ begin, end, tail [2]int }

// calendar places stages, which are in order, as early as they can begin.
func (f facts) calendar(stages []*stage) (placed []times, total [2]int, after [][]int) {
	placed, after = make([]times, len(stages)), make([][]int, len(stages))
	for i, st := range stages {
		for k := range i {
			if f.waits(stages[k], st) {
				after[i] = append(after[i], k)
			}
		}
		for end := range 2 {
			for _, k := range after[i] {
				placed[i].begin[end] = max(placed[i].begin[end], placed[k].end[end])
			}
			placed[i].end[end] = placed[i].begin[end] + st.days[end]
			total[end] = max(total[end], placed[i].end[end])
		}
	}
	for i := len(stages) - 1; i >= 0; i-- {
		for end := range 2 {
			placed[i].tail[end] += stages[i].days[end]
			for _, k := range after[i] {
				placed[k].tail[end] = max(placed[k].tail[end], placed[i].tail[end])
			}
		}
	}
	return placed, total, after
}
