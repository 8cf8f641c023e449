package remedy

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/reference"
)

// The exhaustive search tries every sequence of up to five orders, out of all
// that the filing system has for a small subject, and asks of each whether it
// breaks a rule and whether it mends everything, with the work outside the
// filing system that it then needs. It knows sequences only, no ways, and
// shares no code with the planner but the days that an operation takes.

// move is one order at one service; of the subject the service is nil.
type move struct {
	op      string
	service *filing.Service
}

type brute struct {
	checker
	ref   *reference.Set
	moves []move
	found bool
	best  [3]int // irreversible, orders, longest
}

func (b *brute) days(op string) int {
	o, _ := b.ref.Catalogue.Operation(op)
	return o.Days[1]
}

// universe is every order that could be handed in.
func (b *brute) universe() {
	for _, op := range []string{"change-subject", "change-filing", "cancel-subject"} {
		b.moves = append(b.moves, move{op, nil})
	}
	for _, v := range b.in.Subject.Services {
		for _, op := range []string{"change-service", "cancel-service", "cancel-access", "add-access"} {
			b.moves = append(b.moves, move{op, v})
		}
	}
}

// try goes on from a sequence with every further order.
func (b *brute) try(sequence []move) {
	b.judge(sequence)
	if len(sequence) == 5 {
		return
	}
	for _, m := range b.moves {
		if !slices.Contains(sequence, m) && b.may(sequence, m) {
			b.try(append(slices.Clone(sequence), m))
		}
	}
}

// may says whether an order may follow a sequence.
func (b *brute) may(sequence []move, m move) bool {
	s := b.in.Subject
	if slices.Contains(sequence, move{"cancel-subject", nil}) || m.service != nil && slices.Contains(sequence, move{"cancel-service", m.service}) {
		return false
	}
	cancels := func(m move) bool { return strings.HasPrefix(m.op, "cancel-") }
	if slices.ContainsFunc(sequence, cancels) && !cancels(m) {
		return false // cancellations come last
	}
	adds := func(m move) bool { return m.op == "add-access" }
	if b.in1("冀") && strings.HasPrefix(m.op, "change-") && slices.ContainsFunc(sequence, adds) {
		return false // first change, then add
	}
	switch m.op {
	case "cancel-subject":
		return !slices.ContainsFunc(s.Services, func(v *filing.Service) bool { return !b.every(v, "service-unused") })
	case "cancel-service":
		return b.every(m.service, "service-unused") && len(s.Services) > 1
	case "cancel-access":
		if m.service.OtherProvider == "" && !slices.Contains(sequence, move{"add-access", m.service}) {
			return false
		}
		return b.every(m.service, "service-unused") || b.every(m.service, "service-left-provider")
	case "add-access": // nobody files an access for what is given up
		return b.every(m.service, "service-left-provider") && !b.every(m.service, "service-unused")
	case "change-subject", "change-service":
		return !b.in1("青")
	}
	return true
}

// mended says whether the orders alone mend a problem.
func (b *brute) mended(sequence []move, p Problem) bool {
	v := b.at(p.Service)
	has := func(op string, v *filing.Service) bool { return slices.Contains(sequence, move{op, v}) }
	contact := strings.HasSuffix(p.Scene, "contact-unverified")
	company := b.in.Subject.Nature == filing.NatureCompany
	person := b.in.Subject.Nature == filing.NatureIndividual && contact
	switch {
	case has("cancel-subject", nil), v != nil && has("cancel-service", v):
		return true
	case p.Scene == "subject-status-abnormal":
		return false
	case v == nil:
		for _, each := range b.in.Subject.Services {
			person = person || contact && company && each.Manager.Name == b.in.Subject.Principal.Name
		}
		letter := p.Scene == "principal-not-legal-representative" && b.in1("湘黔")
		return has("change-filing", nil) || has("change-subject", nil) && !person && !letter
	case p.Level == "service":
		person = person || contact && company && v.Manager.Name == b.in.Subject.Principal.Name
		gone := b.every(v, "service-unused") && has("cancel-access", v)
		return gone || has("change-filing", nil) || has("change-service", v) && !person
	}
	unused := b.deficient("service-unused", p.Item)
	switch {
	case unused && b.every(v, "service-unused"):
		return has("cancel-access", v)
	case unused, slices.Contains([]string{"dns-not-filed-ip", "service-name-mismatch", "app-package-mismatch"}, p.Scene):
		return has("change-filing", nil) || has("change-service", v)
	case p.Scene == "service-left-provider":
		return b.every(v, p.Scene) && has("cancel-access", v)
	case strings.HasPrefix(p.Scene, "dns-"):
		return b.every(v, "service-left-provider") && has("cancel-access", v)
	}
	return false
}

// outside is what mends a problem without an order; empty: nothing does.
func outsideOf(p Problem, v *filing.Service) string {
	switch p.Scene {
	case "domain-expired":
		return "renew-domain"
	case "icp-number-wrong":
		return "fix-page"
	case "dns-not-filed-ip", "dns-overseas":
		return "fix-dns"
	case "service-name-mismatch":
		if v.Kind != filing.Website {
			return "fix-app"
		}
		return "fix-page"
	case "subject-status-abnormal":
		return "fix-business-status"
	}
	return ""
}

// judge weighs a sequence that may be carried out.
func (b *brute) judge(sequence []move) {
	var renewed []Problem
	ready, longest := 0, 0 // working days until the orders may begin, and until all is done
	for _, p := range b.in.Problems {
		if p.Outcome != outcomeDeficient || b.mended(sequence, p) {
			continue
		}
		op := outsideOf(p, b.at(p.Service))
		if op == "" || p.Level == "item" && b.deficient("service-unused", p.Item) {
			return
		}
		done := b.days(op)
		if op == "renew-domain" {
			longest = max(longest, done+b.days("send-domain-certificate"))
			for _, other := range b.in.Problems { // a page or a record is mended once the name is back
				if o := outsideOf(other, b.at(other.Service)); other.Item == p.Item && (o == "fix-dns" || o == "fix-page") && other.Outcome == outcomeDeficient && !b.mended(sequence, other) {
					longest = max(longest, done+b.days(o))
				}
			}
		}
		if op == "fix-business-status" {
			ready = max(ready, done)
		}
		if op == "renew-domain" {
			renewed = append(renewed, p)
		}
		longest = max(longest, done)
	}
	score := [3]int{0, len(sequence), 0}
	if len(sequence) > 0 {
		switch b.in.Subject.Order.State {
		case "draft":
			ready = max(b.days("abandon-order"), ready)
		case "":
		default:
			ready = max(b.days("finish-order"), ready)
		}
	}
	for _, m := range sequence {
		if m.op == "cancel-service" || m.op == "cancel-subject" {
			score[0]++
		}
		if slices.ContainsFunc(renewed, func(p Problem) bool { return b.reviews(m, p) }) {
			ready = max(ready, b.days("renew-domain"))
		}
		ready += b.days(m.op)
	}
	score[2] = max(longest, ready)
	if !b.found || compareScores(score, b.best) < 0 {
		b.found, b.best = true, score
	}
}

// reviews says whether an order has the problem's domain reviewed.
func (b *brute) reviews(m move, p Problem) bool {
	return m.op == "change-subject" || m.op == "change-filing" || (m.op == "change-service" || m.op == "add-access") && m.service.Number == p.Service
}

func compareScores(a, b [3]int) int {
	return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]), cmp.Compare(a[2], b[2]))
}

// small makes a subject of one or two services at one provider, and findings
// of the scenes whose orders the exhaustive search knows.
func small(r *rand.Rand, ref *reference.Set) Input {
	in := inputOf(r, ref)
	in.Problems, in.Options.Receiver = nil, ReceiverNone
	in.Subject.Services = in.Subject.Services[:min(2, len(in.Subject.Services))]
	in.Subject.Province = pick(r, "京", "湘", "青", "粤", "冀")
	for _, v := range in.Subject.Services {
		v.Provider = "one"
	}
	scenes := []string{"subject-address-mismatch", "principal-not-legal-representative", "principal-contact-unverified", "manager-contact-unverified",
		"manager-id-expired", "subject-status-abnormal", "service-unused", "service-unused", "service-left-provider", "domain-expired", "icp-number-wrong",
		"dns-not-filed-ip", "dns-overseas", "service-name-mismatch", "app-package-mismatch"}
	density := 1 + r.IntN(6)
	for _, id := range scenes {
		scene, _ := ref.Catalogue.Scene(id)
		reason := "malformed-mobile"
		if id == "subject-status-abnormal" {
			reason = "listed-abnormal"
		}
		for _, p := range places(in.Subject, scene.Level) {
			if r.IntN(density) > 0 || slices.ContainsFunc(in.Problems, func(o Problem) bool { return o.Scene == id && o.Item == p.Item }) {
				continue
			}
			v := (&checker{in: in}).at(p.Service)
			app := v != nil && v.Kind != filing.Website
			website := slices.Contains([]string{"domain-expired", "icp-number-wrong", "dns-not-filed-ip", "dns-overseas"}, id)
			if website && app || id == "app-package-mismatch" && !app {
				continue
			}
			p.Scene, p.Outcome, p.Reason, p.What, p.Seen = id, outcomeDeficient, reason, "mobile", "seen"
			in.Problems = append(in.Problems, p)
		}
	}
	return in
}

func TestNoWorkableSequenceIsBetter(t *testing.T) {
	ref := loaded(t)
	compared, ordered, irreversible := 0, 0, 0
	for seed := range uint64(2000) {
		in := small(rand.New(rand.NewPCG(seed, 11)), ref)
		p := Make(in)
		b := &brute{checker: checker{in: in}, ref: ref}
		b.universe()
		b.try(nil)
		asked := slices.ContainsFunc(p.Questions, func(q Question) bool { return q.Code == "no-way" })
		if asked == b.found {
			t.Fatalf("seed %d: the plan asks: %v; a sequence was found: %v %v\n%s", seed, asked, b.found, b.best, told(in, p))
		}
		if !b.found {
			continue
		}
		compared++
		got := [3]int{0, p.Orders, p.Days[1]}
		for _, s := range p.Steps {
			if s.Operation == "cancel-service" || s.Operation == "cancel-subject" {
				got[0]++
			}
		}
		if compareScores(got, b.best) != 0 {
			t.Fatalf("seed %d: irreversible, orders and days are %v; the best sequence has %v\n%s", seed, got, b.best, told(in, p))
		}
		ordered += min(got[1], 1)
		irreversible += min(got[0], 1)
	}
	t.Logf("%d plans compared, %d of them with orders, %d with what can't be undone", compared, ordered, irreversible)
	if compared < 1000 || ordered < 500 || irreversible < 100 {
		t.Errorf("%d compared, %d with orders, %d irreversible: the cases prove little", compared, ordered, irreversible)
	}
}

func told(in Input, p Plan) string {
	var b strings.Builder
	for _, v := range in.Subject.Services {
		fmt.Fprintf(&b, "%s %s %d domains %d apps, other %q\n", v.Number, v.Kind, len(v.Domains), len(v.Apps), v.OtherProvider)
	}
	fmt.Fprintln(&b, in.Subject.Province, in.Subject.Nature, in.Subject.Order)
	for _, x := range in.Problems {
		fmt.Fprintln(&b, "  problem", x.Scene, x.Item)
	}
	for _, s := range p.Steps {
		fmt.Fprintln(&b, "  step", s.Operation, s.Targets, s.Days, s.After)
	}
	for _, q := range p.Questions {
		fmt.Fprintln(&b, "  question", q.Code, q.Scene, q.Items)
	}
	return b.String()
}
