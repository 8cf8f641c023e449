package remedy

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"
)

// tried is how many filings each property is tried on.
const tried = 3000

func each(t *testing.T, n int, f func(t *testing.T, r *rand.Rand, in Input)) {
	t.Helper()
	ref := loaded(t)
	for seed := range uint64(n) {
		r := rand.New(rand.NewPCG(seed, 7))
		in := inputOf(r, ref)
		f(t, r, in)
		if t.Failed() {
			data, _ := json.Marshal(struct {
				Subject  any
				Problems any
				Receiver string
			}{in.Subject, in.Problems, in.Options.Receiver})
			t.Fatalf("seed %d: %s", seed, data)
		}
	}
}

func TestNoPlanBreaksARule(t *testing.T) {
	steps := map[string]int{}
	each(t, tried, func(t *testing.T, _ *rand.Rand, in Input) {
		p := Make(in)
		for _, broken := range broken(in, p) {
			t.Error(broken)
		}
		for _, s := range p.Steps {
			steps[s.Operation]++
		}
	})
	// A checker that never meets an operation proves nothing of it.
	for _, op := range []string{"change-subject", "change-service", "change-filing", "migrate-service", "cancel-service", "cancel-subject",
		"cancel-access", "add-access", "abandon-order", "finish-order", "renew-domain", "transfer-registrar", "transfer-domain-holder",
		"fix-dns", "fix-page", "fix-app", "fix-business-status", "send-domain-certificate", "answer-verification-call"} {
		if steps[op] == 0 {
			t.Errorf("no plan has the step %s", op)
		}
	}
}

func TestEveryDeficiencyIsSolvedOrAskedAbout(t *testing.T) {
	each(t, tried, func(t *testing.T, _ *rand.Rand, in Input) {
		p := Make(in)
		handled := map[Ref]int{}
		for _, s := range p.Steps {
			for _, r := range s.Solves {
				handled[r]++
			}
		}
		for _, q := range p.Questions {
			for _, item := range q.Items {
				if q.Code == "no-way" {
					handled[Ref{q.Scene, item}]++
				}
			}
		}
		for _, problem := range in.Problems {
			n := handled[Ref{problem.Scene, problem.Item}]
			if problem.Outcome == outcomeDeficient && n != 1 {
				t.Errorf("%s at %s is handled %d times", problem.Scene, problem.Item, n)
			}
			if problem.Outcome != outcomeDeficient && n != 0 {
				t.Errorf("%s at %s is %s and has a step", problem.Scene, problem.Item, problem.Outcome)
			}
			if problem.Outcome == outcomeSuspected && !slices.ContainsFunc(p.Questions, func(q Question) bool {
				return q.Code == "suspected" && q.Scene == problem.Scene && slices.Contains(q.Items, problem.Item)
			}) {
				t.Errorf("%s at %s is suspected, and nobody is asked", problem.Scene, problem.Item)
			}
		}
	})
}

func TestTheOrderOfFindingsAndServicesDoesNotMatter(t *testing.T) {
	each(t, tried, func(t *testing.T, r *rand.Rand, in Input) {
		want, err := json.Marshal(Make(in))
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(Make(shuffled(r, in)))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("in another order the plan is\n%s\nnot\n%s", got, want)
		}
	})
}

func TestEveryCodeOfAPlanHasWords(t *testing.T) {
	each(t, tried, func(t *testing.T, _ *rand.Rand, in Input) {
		w := in.Reference.Words
		want := func(group string, codes ...string) {
			for _, code := range codes {
				if code != "" && !w.Has(group, code) {
					t.Errorf("no words for the %s %q", group, code)
				}
			}
		}
		ref := func(r RuleRef) {
			if r.Source == "" || r.Date == "" {
				t.Errorf("the rule %q has no source or date", r.ID)
			}
		}
		p := Make(in)
		for _, s := range p.Steps {
			want("where", s.Where)
			want("who", s.Who...)
			want("material", s.Materials...)
			want("risk", s.Risks...)
			for _, c := range s.Changes {
				want("field", c.Field)
				want("how", c.How)
				if c.New == "" && c.How == "" {
					t.Errorf("the change of %s leads to nothing", c.Field)
				}
			}
			for _, r := range s.Rules {
				ref(r)
			}
		}
		for _, q := range p.Questions {
			want("question", q.Code)
			for _, r := range q.Rules {
				ref(r)
			}
		}
		for _, a := range p.Considered {
			ref(a.Rule)
		}
		for _, n := range p.Notes {
			want("plan-note", n.Code)
		}
	})
}
