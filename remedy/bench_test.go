package remedy

import (
	"fmt"
	"testing"

	"github.com/icpaudit/icpaudit/filing"
)

// large is a subject with many domains in few services, each with three deficiencies.
func large(t testing.TB, services, domains int) Input {
	in := Input{Subject: &filing.Subject{Number: "京ICP备1号", Province: "京", Nature: filing.NatureCompany}, Today: filing.NewDay(2026, 11, 24), Reference: loaded(t)}
	for i := range services {
		v := &filing.Service{Number: fmt.Sprintf("京ICP备1号-%d", i+1), Kind: filing.Website, Provider: "one"}
		for k := range domains {
			d := &filing.Domain{Name: fmt.Sprintf("d%d.s%d.example", k, i)}
			v.Domains = append(v.Domains, d)
			for _, scene := range []string{"dns-not-filed-ip", "icp-number-wrong", "domain-expired", "service-name-mismatch"} {
				in.Problems = append(in.Problems, Problem{Scene: scene, Outcome: outcomeDeficient, Reason: "expired", Level: "item",
					Item: v.ItemID(in.Subject, d.Name), Service: v.Number, Name: d.Name})
			}
		}
		in.Subject.Services = append(in.Subject.Services, v)
	}
	return in
}

func BenchmarkLargeSubjects(b *testing.B) {
	for _, size := range [][2]int{{1, 1}, {1, 1000}, {100, 50}, {1000, 2}} {
		b.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(b *testing.B) {
			in := large(b, size[0], size[1])
			for b.Loop() {
				Make(in)
			}
		})
	}
}

// What many domains share is planned once: all steps, each with all its domains.
func TestLargeSubjectsHaveFewSteps(t *testing.T) {
	in := large(t, 20, 50)
	p := Make(in)
	if len(p.Steps) != 4 || p.Orders != 0 || len(p.Steps[0].Targets) != 1000 {
		t.Errorf("%d steps, %d orders", len(p.Steps), p.Orders)
	}
	for _, b := range broken(in, p) {
		t.Error(b)
	}
}
