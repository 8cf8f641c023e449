package audit

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/remedy"
	"github.com/icpaudit/icpaudit/report"
)

func TestProblemsOfFindings(t *testing.T) {
	due := filing.NewDay(2026, 12, 8)
	got := Problems([]checks.Finding{
		{Key: checks.Key{Scene: "dns-not-filed-ip", Level: checks.LevelItem, Item: "n a.cn"}, Service: "n", Name: "a.cn", Outcome: checks.Deficient, Reason: "r",
			Proofs: []checks.Proof{{What: "address", Want: "1", Got: "2"}, {Got: "3"}}, CausedBy: []checks.ID{"domain-expired"}},
		{Key: checks.Key{Scene: "registrar-unapproved", Level: checks.LevelItem, Item: "n a.cn"}, Outcome: checks.Unverifiable, Why: &checks.Note{Code: "timeout"}},
	}, due)
	want := []remedy.Problem{
		{Scene: "dns-not-filed-ip", Reason: "r", Outcome: "deficient", Level: "item", Item: "n a.cn", Service: "n", Name: "a.cn",
			What: "address", Filed: "1", Seen: "2", Causes: []string{"domain-expired"}, Due: due},
		{Scene: "registrar-unapproved", Outcome: "unverifiable", Level: "item", Item: "n a.cn", Why: "timeout"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the problems are\n%+v\nwant\n%+v", got, want)
	}
}

// The same plan comes of an audit and of its findings file: the contacts that
// decide about it are hidden there, and still decide.
func TestPlansDoNotNeedPersonalData(t *testing.T) {
	ref, err := reference.Load("")
	if err != nil {
		t.Fatal(err)
	}
	person := filing.Person{Name: "张三", Mobile: "1380000", ID: filing.Certificate{Number: "110105194912310021"}}
	s := &filing.Subject{Number: "京ICP备1号", Nature: filing.NatureCompany, Province: "京", Principal: person,
		Services: []*filing.Service{{Number: "京ICP备1号-1", Kind: filing.Website, Manager: person}}}
	findings := []checks.Finding{{Key: checks.Key{Scene: "manager-contact-unverified", Level: checks.LevelService, Item: "京ICP备1号-1"}, Service: "京ICP备1号-1",
		Outcome: checks.Deficient, Reason: "malformed-mobile", Proofs: []checks.Proof{{What: "mobile", Got: "1**"}}}}
	planner := Planner{Reference: ref, Options: remedy.Default(), DueDays: 10}
	p := planner.Plan(s, findings, filing.NewDay(2026, 11, 24))
	if len(p.Steps) != 1 || p.Steps[0].Operation != "change-filing" || p.Due != filing.NewDay(2026, 12, 8) {
		t.Errorf("the plan is %+v", p)
	}
	line, err := report.PlanLine(s, p)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"张三", "110105194912310021", "1380000"} {
		if bytes.Contains(line, []byte(secret)) {
			t.Errorf("the plan shows %q: %s", secret, line)
		}
	}
}
