package remedy

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/reference"
)

func loaded(t testing.TB) *reference.Set {
	t.Helper()
	ref, err := reference.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// subjectOf makes a filing at random: few services of few items.
func subjectOf(r *rand.Rand) *filing.Subject {
	province := pick(r, "京", "湘", "黔", "青", "冀", "粤", "蜀", "赣", "鲁", "")
	number := "京ICP备1号"
	s := &filing.Subject{
		Number: number, Name: "old name", Province: province, Account: "account",
		Nature:    pick(r, filing.NatureCompany, filing.NatureCompany, filing.NatureIndividual, filing.NatureInstitution, ""),
		Principal: filing.Person{Name: "P1"},
	}
	if r.IntN(4) == 0 {
		s.Order = filing.Order{Kind: "change-service", State: pick(r, "draft", "submitted", "odd")}
	}
	for i := range 1 + r.IntN(3) {
		v := &filing.Service{Number: fmt.Sprintf("%s-%d", number, i+1), Kind: filing.Website, Name: "filed", Provider: pick(r, "one", "one", "two")}
		v.OtherProvider = pick(r, "", "", "three")
		v.Manager.Name = pick(r, "P1", "P2", "")
		if r.IntN(4) == 0 {
			v.Kind = filing.AppService
			for k := range 1 + r.IntN(2) {
				v.Apps = append(v.Apps, &filing.App{Platform: "Android", Package: fmt.Sprintf("p%d", k)})
			}
		} else {
			for k := range 1 + r.IntN(3) {
				v.Domains = append(v.Domains, &filing.Domain{Name: fmt.Sprintf("d%d.s%d.example", k, i)})
			}
		}
		s.Services = append(s.Services, v)
	}
	return s
}

// inputOf makes a filing and findings on it at random, of every scene and reason.
func inputOf(r *rand.Rand, ref *reference.Set) Input {
	in := Input{Subject: subjectOf(r), Today: filing.NewDay(2026, 1, 1+r.IntN(360)), Reference: ref}
	in.Options.Receiver = pick(r, ReceiverNone, ReceiverUnit, ReceiverIndividual)
	density := 1 + r.IntN(12)
	for i := range ref.Catalogue.Scenes {
		scene := &ref.Catalogue.Scenes[i]
		for _, p := range places(in.Subject, scene.Level) {
			if r.IntN(density) > 0 {
				continue
			}
			p.Scene, p.Filed, p.Seen, p.What = scene.ID, pick(r, "", "filed", "old name"), pick(r, "", "new name", "2026-03-01", "old name"), "mobile"
			p.Outcome = pick(r, outcomeDeficient, outcomeDeficient, outcomeSuspected, outcomeUnverifiable, outcomePass)
			switch p.Outcome {
			case outcomeDeficient, outcomeSuspected:
				p.Reason = pick(r, append(scene.ReasonIDs(), "a-reason-yet-to-come")...)
				p.Due, _ = Due(ref.Workdays, in.Today, 10)
				if r.IntN(3) == 0 {
					p.Causes = []string{pick(r, ref.Catalogue.Scenes[:i+1]...).ID}
				}
			case outcomeUnverifiable:
				p.Why = "timeout"
			}
			in.Problems = append(in.Problems, p)
		}
	}
	return in
}

// places are the subject, the services or the items of a filing.
func places(s *filing.Subject, level string) []Problem {
	if level == "subject" {
		return []Problem{{Level: level, Item: s.ID()}}
	}
	var all []Problem
	for _, v := range s.Services {
		if level == "service" {
			all = append(all, Problem{Level: level, Item: v.ID(s), Service: v.ID(s)})
			continue
		}
		for _, d := range v.Domains {
			all = append(all, Problem{Level: level, Item: v.ItemID(s, d.Name), Service: v.ID(s), Name: d.Name})
		}
		for _, a := range v.Apps {
			all = append(all, Problem{Level: level, Item: v.ItemID(s, a.ItemName()), Service: v.ID(s), Name: a.ItemName()})
		}
	}
	return all
}

// shuffled is the same input in another order.
func shuffled(r *rand.Rand, in Input) Input {
	in.Problems = slices.Clone(in.Problems)
	r.Shuffle(len(in.Problems), func(i, k int) { in.Problems[i], in.Problems[k] = in.Problems[k], in.Problems[i] })
	s := *in.Subject
	s.Services = nil
	for _, v := range in.Subject.Services {
		c := *v
		c.Domains, c.Apps = slices.Clone(v.Domains), slices.Clone(v.Apps)
		r.Shuffle(len(c.Domains), func(i, k int) { c.Domains[i], c.Domains[k] = c.Domains[k], c.Domains[i] })
		r.Shuffle(len(c.Apps), func(i, k int) { c.Apps[i], c.Apps[k] = c.Apps[k], c.Apps[i] })
		s.Services = append(s.Services, &c)
	}
	r.Shuffle(len(s.Services), func(i, k int) { s.Services[i], s.Services[k] = s.Services[k], s.Services[i] })
	in.Subject = &s
	return in
}
