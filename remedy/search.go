package remedy

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// class is problems that have the same ways at the same place: in the best plan
// they are mended alike. The place is the service; of many services it is the
// access provider, at whom they share their orders.
type class struct {
	problems []Problem
	ways     [][]way // by problem, the workable ones in the same order
	shown    [][]string
}

// score is what plans are compared by, in this order; less is better.
type score struct {
	irreversible int // steps that can't be undone
	orders       int
	longest      int // expected calendar, working days
	shortest     int
	tie          string // ids of the operations
}

// compare compares two plans that keep every rule (catalogue, "The plan").
func (a score) compare(b score) int {
	return cmp.Or(cmp.Compare(a.irreversible, b.irreversible), cmp.Compare(a.orders, b.orders),
		cmp.Compare(a.longest, b.longest), cmp.Compare(a.shortest, b.shortest), strings.Compare(a.tie, b.tie))
}

// demotes is the rule by which the better plan beats the other.
func (a score) demotes(b score) string {
	switch {
	case a.irreversible != b.irreversible:
		return "avoid-irreversible"
	case a.orders != b.orders:
		return "fewest-orders"
	case a.longest != b.longest || a.shortest != b.shortest:
		return "shortest-calendar"
	}
	return "fixed-tie"
}

// fewServices is up to how many services a place is a service.
const fewServices = 8

// classes gathers problems by their workable ways.
func (f facts) classes(problems []Problem, ways map[Ref][]way) []class {
	byKey := map[string]*class{}
	for _, p := range problems {
		var workable []way
		var shown []string
		for _, w := range ways[Ref{p.Scene, p.Item}] {
			if w.excluded == "" {
				workable, shown = append(workable, w), append(shown, strings.Join(w.ops, " "))
			}
		}
		if len(workable) == 0 {
			continue
		}
		place := p.Service
		if s := f.service(p.Service); s != nil && len(f.Subject.Services) > fewServices {
			place = s.Provider
		}
		key := fmt.Sprintf("%s|%s|%s|%q", p.Level, place, p.Scene, shown)
		c := byKey[key]
		if c == nil {
			c = &class{shown: make([][]string, len(workable))}
			for i, w := range workable {
				c.shown[i] = w.ops
			}
			byKey[key] = c
		}
		c.problems, c.ways = append(c.problems, p), append(c.ways, workable)
	}
	var all []class
	for _, key := range slices.Sorted(maps.Keys(byKey)) {
		all = append(all, *byKey[key])
	}
	return all
}

// tasksOf are all tasks of a choice: for each class the number of its way.
func tasksOf(all []class, choice []int) []task {
	var tasks []task
	for i, c := range all {
		for _, ways := range c.ways {
			tasks = append(tasks, ways[choice[i]].tasks...)
		}
	}
	return tasks
}

// evaluate drafts a choice and says how good it is.
func (f facts) evaluate(all []class, choice []int) score {
	stages := f.draft(tasksOf(all, choice))
	var s score
	var ids []string
	for _, st := range stages {
		if op, ok := f.Reference.Catalogue.Operation(st.op); ok && op.Irreversible {
			s.irreversible++
		}
		if st.order && phase(st.op) > phase("finish-order") {
			s.orders++
		}
		ids = append(ids, st.op+"\x00"+strings.Join(st.targets, "\x00"))
	}
	_, total, _ := f.calendar(stages)
	s.shortest, s.longest, s.tie = total[0], total[1], strings.Join(ids, "\x01")
	return s
}

// mostTried bounds the work of trying all choices, counted in tasks; beyond it
// the search improves one and two classes at a time.
const mostTried = 20_000

// search finds the best choice.
func (f facts) search(all []class) ([]int, score) {
	choice := make([]int, len(all))
	combinations, size := 1, 0
	for _, c := range all {
		size += len(c.problems)
		combinations = min(combinations*len(c.shown), mostTried+1)
	}
	best := f.evaluate(all, choice)
	if combinations*size <= mostTried {
		trial := slices.Clone(choice)
		for next(trial, all) {
			if s := f.evaluate(all, trial); s.compare(best) < 0 {
				best, choice = s, slices.Clone(trial)
			}
		}
		return choice, best
	}
	for f.improve(all, choice, &best) {
	}
	// Cancelling every service makes one order of many: no step by step change leads there.
	other := cancelling(all)
	score := f.evaluate(all, other)
	for f.improve(all, other, &score) {
	}
	if score.compare(best) < 0 {
		return other, score
	}
	return choice, best
}

// cancelling is the choice that cancels each service for which a way does.
func cancelling(all []class) []int {
	choice := make([]int, len(all))
	for i, c := range all {
		choice[i] = max(slices.IndexFunc(c.shown, func(ops []string) bool { return slices.Contains(ops, "cancel-service") }), 0)
	}
	return choice
}

// next counts a choice up; false after the last.
func next(choice []int, all []class) bool {
	for i := range choice {
		if choice[i]++; choice[i] < len(all[i].shown) {
			return true
		}
		choice[i] = 0
	}
	return false
}

// improve changes the way of one class, or of two, where that betters the plan.
// Ways meet only in the orders that they share, so that no more than two have
// to change together.
func (f facts) improve(all []class, choice []int, best *score) bool {
	improved := false
	try := func() bool {
		s := f.evaluate(all, choice)
		if s.compare(*best) < 0 {
			*best, improved = s, true
			return true
		}
		return false
	}
	for i := range all {
		kept := choice[i]
		for w := range all[i].shown {
			choice[i] = w
			if try() {
				kept = w
			}
		}
		choice[i] = kept
	}
	if improved {
		return true
	}
	for i := range all {
		for k := i + 1; k < len(all) && len(all) <= 24; k++ {
			keptI, keptK := choice[i], choice[k]
			for a := range all[i].shown {
				for b := range all[k].shown {
					choice[i], choice[k] = a, b
					if try() {
						keptI, keptK = a, b
					}
				}
			}
			choice[i], choice[k] = keptI, keptK
		}
	}
	return improved
}
