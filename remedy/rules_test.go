package remedy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/filing"
)

// broken names every rule of the catalogue that a plan breaks. It reads the
// steps alone and shares nothing with the planner.
func broken(in Input, p Plan) []string {
	c := &checker{in: in, plan: p}
	c.times()
	c.orders()
	c.inUse()
	c.kinds()
	c.migrations()
	c.names()
	c.renewals()
	return c.bad
}

type checker struct {
	in   Input
	plan Plan
	bad  []string
}

func (c *checker) say(format string, args ...any) {
	c.bad = append(c.bad, fmt.Sprintf(format, args...))
}

func (c *checker) deficient(scene, item string) bool {
	return slices.ContainsFunc(c.in.Problems, func(p Problem) bool {
		return p.Scene == scene && p.Item == item && p.Outcome == "deficient"
	})
}

func (c *checker) ids(s *filing.Service) []string {
	var ids []string
	for _, d := range s.Domains {
		ids = append(ids, s.Number+" "+d.Name)
	}
	for _, a := range s.Apps {
		ids = append(ids, s.Number+" "+a.Platform+" "+a.Package)
	}
	return ids
}

func (c *checker) every(s *filing.Service, scene string) bool {
	for _, id := range c.ids(s) {
		if !c.deficient(scene, id) {
			return false
		}
	}
	return true
}

func (c *checker) in1(provinces string) bool {
	return c.in.Subject.Province != "" && strings.Contains(provinces, c.in.Subject.Province)
}

// at finds a service by its number.
func (c *checker) at(number string) *filing.Service {
	for _, s := range c.in.Subject.Services {
		if s.Number == number {
			return s
		}
	}
	return nil
}

func isOrder(op string) bool {
	return slices.Contains([]string{"change-subject", "change-service", "change-filing", "migrate-service", "add-access",
		"cancel-access", "cancel-service", "cancel-subject", "abandon-order", "finish-order"}, op)
}

// before finds a step with an operation at a target that is over when s begins.
func (c *checker) before(s Step, op, target string) bool {
	return slices.ContainsFunc(c.plan.Steps, func(o Step) bool {
		return o.Operation == op && slices.Contains(o.Targets, target) && !s.Begin[0].Before(o.End[0]) && !s.Begin[1].Before(o.End[1]) && o.ID < s.ID
	})
}

func (c *checker) times() {
	for i, s := range c.plan.Steps {
		if s.ID != i+1 {
			c.say("step %d has the number %d", i+1, s.ID)
		}
		for _, id := range s.After {
			o := c.plan.Steps[id-1]
			if id >= s.ID || s.Begin[0].Before(o.End[0]) || s.Begin[1].Before(o.End[1]) {
				c.say("step %d begins before step %d is done", s.ID, id)
			}
		}
		for end := range 2 {
			if s.End[end].Before(s.Begin[end]) || c.plan.End[end].Before(s.End[end]) || s.Begin[0].Before(c.plan.Today) {
				c.say("step %d begins %s and ends %s", s.ID, s.Begin[end], s.End[end])
			}
		}
		if s.LastChance.Before(s.LatestStart) {
			c.say("step %d: the last chance is before the latest start", s.ID)
		}
	}
}

// orders: one at a time, the open one first, cancellations last and one by one.
func (c *checker) orders() {
	last := Step{}
	for _, s := range c.plan.Steps {
		if !isOrder(s.Operation) {
			continue
		}
		if last.ID > 0 && (s.Begin[0].Before(last.End[0]) || s.Begin[1].Before(last.End[1])) {
			c.say("the orders %d and %d overlap", last.ID, s.ID)
		}
		if strings.HasPrefix(last.Operation, "cancel-") && !strings.HasPrefix(s.Operation, "cancel-") {
			c.say("order %d comes after a cancellation", s.ID)
		}
		if (s.Operation == "cancel-service" || s.Operation == "cancel-access") && len(s.Targets) != 1 {
			c.say("step %d cancels %d services", s.ID, len(s.Targets))
		}
		if o := c.in.Subject.Order; o.State != "" && last.ID == 0 {
			want := "finish-order"
			if o.State == "draft" {
				want = "abandon-order"
			}
			if s.Operation != want {
				c.say("the first order is %s, with one open", s.Operation)
			}
		}
		last = s
	}
	cancelled := 0
	for _, s := range c.plan.Steps {
		if s.Operation == "cancel-service" {
			cancelled++
		}
	}
	if cancelled > 0 && cancelled == len(c.in.Subject.Services) {
		c.say("every service is cancelled, and not the subject")
	}
}

// inUse: nothing in use is cancelled, interrupted or left without access.
func (c *checker) inUse() {
	for _, s := range c.plan.Steps {
		switch s.Operation {
		case "file-anew", "add-service":
			c.say("step %d files anew", s.ID)
		case "cancel-subject":
			for _, v := range c.in.Subject.Services {
				if !c.every(v, "service-unused") {
					c.say("the subject is cancelled with %s in use", v.Number)
				}
			}
		case "cancel-service":
			if v := c.at(s.Targets[0]); !c.every(v, "service-unused") {
				c.say("%s is cancelled and in use", v.Number)
			}
		case "cancel-access":
			v := c.at(s.Targets[0])
			if !c.every(v, "service-unused") && !c.every(v, "service-left-provider") {
				c.say("the access of %s is cancelled and in use", v.Number)
			}
			if v.OtherProvider == "" && !c.before(s, "add-access", v.Number) {
				c.say("%s is left an empty shell", v.Number)
			}
		}
		removed := map[string]int{}
		for _, ch := range s.Changes {
			if ch.How != "removed" {
				continue
			}
			if !c.deficient("service-unused", ch.Item) {
				c.say("%s is removed and in use", ch.Item)
			}
			number, _, _ := strings.Cut(ch.Item, " ")
			if removed[number]++; removed[number] >= len(c.ids(c.at(number))) {
				c.say("the last item of %s is removed", number)
			}
		}
	}
}

// kinds: which of the three changes it is.
func (c *checker) kinds() {
	changes := map[string]int{}
	for _, s := range c.plan.Steps {
		if !strings.HasPrefix(s.Operation, "change-") {
			continue
		}
		changes[s.At]++
		contact, principal, subject, same := false, false, false, false
		services := map[string]bool{}
		for _, ch := range s.Changes {
			contact = contact || strings.HasSuffix(ch.Field, "-mobile")
			principal = principal || ch.Field == "principal"
			if number, _, _ := strings.Cut(ch.Item, " "); number != "" {
				services[number] = true
			} else {
				subject = true
			}
		}
		for _, v := range c.in.Subject.Services {
			if (subject || services[v.Number]) && v.Manager.Name == c.in.Subject.Principal.Name {
				same = true
			}
		}
		want := "change-service"
		if subject {
			want = "change-subject"
		}
		if subject && len(services) > 0 || len(services) > 1 || c.in1("青") || principal && c.in1("湘黔") ||
			contact && c.in.Subject.Nature == filing.NatureIndividual || contact && same && c.in.Subject.Nature == filing.NatureCompany {
			want = "change-filing"
		}
		if s.Operation != want {
			c.say("step %d is %s, want %s", s.ID, s.Operation, want)
		}
		if principal && c.in1("湘黔") && !slices.Contains(s.Materials, "new-manager-letter") {
			c.say("step %d lacks the new letter", s.ID)
		}
		if c.in1("青") && !slices.Contains(s.Materials, "all-images") {
			c.say("step %d lacks the images", s.ID)
		}
	}
	for provider, n := range changes {
		if n > 1 {
			c.say("%d changes at %q", n, provider)
		}
	}
}

func (c *checker) migrations() {
	for _, s := range c.plan.Steps {
		if s.Operation != "migrate-service" {
			continue
		}
		if !c.in1("冀陕粤沪皖苏豫闽津蜀鄂吉辽浙渝湘滇黔陇鲁琼晋京黑藏桂") || c.in.Options.Receiver != "unit" {
			c.say("step %d migrates where that is not possible", s.ID)
		}
		for _, number := range s.Targets {
			v := c.at(number)
			if v.Kind != filing.Website {
				c.say("step %d migrates an App", s.ID)
			}
			for _, id := range c.ids(v) {
				if !c.deficient("service-unused", id) && !c.before(s, "transfer-domain-holder", id) {
					c.say("%s is migrated before its domain is transferred", id)
				}
			}
		}
	}
}

// names: the holders first, then the name.
func (c *checker) names() {
	for _, s := range c.plan.Steps {
		for _, ch := range s.Changes {
			if ch.Field != "subject-name" {
				continue
			}
			for _, v := range c.in.Subject.Services {
				for _, d := range v.Domains {
					id := v.Number + " " + d.Name
					bears := slices.ContainsFunc(c.in.Problems, func(p Problem) bool {
						return p.Scene == "domain-holder-mismatch" && p.Item == id && p.Seen == ch.New
					})
					if !bears && !c.deficient("service-unused", id) && !c.before(s, "transfer-domain-holder", id) {
						c.say("the name is changed before the holder of %s", id)
					}
				}
			}
		}
	}
}

// renewals: more than three months left where the province wants it.
func (c *checker) renewals() {
	if !c.in1("津京苏陇冀晋蒙沪浙黔") {
		return
	}
	limit := c.in.Today.NextMonth().NextMonth().NextMonth().String()
	for _, s := range c.plan.Steps {
		if !slices.Contains([]string{"change-subject", "change-service", "change-filing", "migrate-service", "add-access"}, s.Operation) {
			continue
		}
		for _, p := range c.in.Problems {
			if p.Scene != "domain-expiring" || p.Outcome != "pass" && p.Outcome != "deficient" || len(p.Seen) != 10 || p.Seen > limit {
				continue
			}
			v := c.at(p.Service)
			all := s.Operation == "change-subject" || s.Operation == "change-filing" || slices.Contains(s.Targets, p.Service)
			if all && v.Kind == filing.Website && !c.deficient("service-unused", p.Item) && !c.before(s, "renew-domain", p.Item) {
				c.say("step %d is handed in before %s is renewed", s.ID, p.Item)
			}
		}
	}
}
