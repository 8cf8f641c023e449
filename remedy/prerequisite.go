package remedy

import (
	"slices"
	"strings"
	"time"

	"github.com/icpaudit/icpaudit/filing"
)

// openOrder puts the order that is open already before all others.
func (f facts) openOrder(stages []*stage) []*stage {
	o := f.Subject.Order
	if o.Kind == "" && o.State == "" || !slices.ContainsFunc(stages, func(st *stage) bool { return st.order }) {
		return stages
	}
	st := &stage{op: "finish-order"}
	st.add(task{target: f.Subject.ID(), rules: []string{"open-order-first"}})
	if f.orderState() == orderDraft {
		st.op = "abandon-order"
	}
	f.complete(st)
	return append(stages, st)
}

// The states of an open order that a plan tells apart.
const (
	orderDraft     = "draft"     // not handed in: it may be abandoned
	orderSubmitted = "submitted" // handed in: it is waited for
)

// orderState is the state of the open order; empty: not known.
func (f facts) orderState() string {
	state := strings.ToLower(strings.TrimSpace(f.Subject.Order.State))
	for known, words := range f.Reference.Catalogue.OrderStates {
		if slices.Contains(words, state) {
			return known
		}
	}
	return ""
}

// renewals has the domains of orders renewed first where the province wants
// more than three months left.
func (f facts) renewals(stages []*stage) []*stage {
	if !f.holds("three-months-left") {
		return stages
	}
	var short []task
	for _, st := range slices.Clone(stages) {
		for _, s := range f.reviewed(st) {
			for _, id := range f.kept(s) {
				if day, known := f.expiry(id); known && !f.limit().Before(day) {
					short = append(short, task{op: "renew-domain", service: s, target: id, rules: []string{"three-months-left"}})
				}
			}
		}
	}
	for _, t := range short {
		stages = f.put(stages, t)
	}
	return stages
}

// reviewed lists the services whose domains an order has reviewed.
func (f facts) reviewed(st *stage) []*filing.Service {
	switch {
	case st.op == "change-subject" || st.op == "change-filing":
		return f.Subject.Services
	case st.op == "change-service" || st.op == "migrate-service" || st.op == "add-access":
		return st.services
	}
	return nil
}

// limit is the day on which three months from today are over.
func (f facts) limit() filing.Day {
	day := f.Today
	for range 3 {
		day = day.NextMonth()
	}
	return day
}

// expiry is the day on which a domain expires, where a finding shows it.
func (f facts) expiry(item string) (filing.Day, bool) {
	p := f.byRef[Ref{"domain-expiring", item}]
	if p.Outcome != outcomePass && p.Outcome != outcomeDeficient {
		return filing.Day{}, false
	}
	t, err := time.Parse(time.DateOnly, strings.TrimSpace(p.Seen))
	if err != nil {
		return filing.Day{}, false
	}
	return filing.NewDay(t.Date()), true
}

// unknownExpiries lists the domains of orders whose expiry no finding shows,
// where the province asks for it.
func (f facts) unknownExpiries(stages []*stage) []string {
	var ids []string
	if !f.holds("three-months-left") {
		return nil
	}
	for _, st := range stages {
		for _, s := range f.reviewed(st) {
			for _, id := range f.kept(s) {
				_, known := f.expiry(id)
				if _, lapsed := f.deficient("domain-expired", id); !known && !lapsed {
					ids = append(ids, id)
				}
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
