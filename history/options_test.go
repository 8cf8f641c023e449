package history

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/remedy"
)

func TestOptions(t *testing.T) {
	if bad := Default().Validate(); len(bad) != 0 || !Default().On() || Default().Path != DefaultPath {
		t.Errorf("the default: %v", bad)
	}
	for name, c := range map[string]struct {
		change func(*Options)
		want   string // keys
	}{
		"days":     {func(o *Options) { o.PageTextDays, o.DossierDays = 0, 40000 }, "dossier_days evidence_days page_text_days"},
		"evidence": {func(o *Options) { o.EvidenceDays = 399 }, "evidence_days"},
		"due":      {func(o *Options) { o.DueDays = map[string]int{"a": 0, "b": 5} }, "due_days.a"},
		"url":      {func(o *Options) { o.URL = "mysql://host/name" }, "url"},
		"no url":   {func(o *Options) { o.URL = "postgres://user:sec ret%zz@host" }, "url"},
		"good url": {func(o *Options) { o.URL = "postgres://user:secret@host/name" }, ""},
	} {
		o := Default()
		c.change(&o)
		bad := o.Validate()
		if got := strings.Join(slices.Sorted(maps.Keys(bad)), " "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		for key, err := range bad {
			if strings.Contains(err.Error(), "ret%zz") {
				t.Errorf("%s tells the password: %v", key, err)
			}
		}
	}
}

func TestDue(t *testing.T) {
	friday := filing.NewDay(2026, time.March, 6)
	due := Options{DueDays: map[string]int{"domain-expired": 1}}.Due(5, func(day filing.Day, n int) filing.Day {
		due, _ := remedy.Due(nil, day, n)
		return due
	})
	if got := due("domain-expired", friday).String(); got != "2026-03-09" {
		t.Errorf("one working day after a Friday: %s", got)
	}
	if got := due("dns-overseas", friday).String(); got != "2026-03-13" {
		t.Errorf("five working days after a Friday: %s", got)
	}
}

func TestOwnerOf(t *testing.T) {
	i := Item{Key: "s-1 a.cn", Service: "s-1", Subject: "s", Tags: []string{"x", "y"}, Owner: "filed"}
	var all []Assignment
	for _, step := range []struct {
		add  Assignment
		want string
	}{
		{Assignment{Kind: AssignScene, Value: "other", Owner: "nobody"}, "filed"},
		{Assignment{Kind: AssignScene, Value: "scene", Owner: "scene"}, "scene"},
		{Assignment{Kind: AssignTag, Value: "y", Owner: "second tag"}, "second tag"},
		{Assignment{Kind: AssignTag, Value: "x", Owner: "first tag"}, "first tag"},
		{Assignment{Kind: AssignSubject, Value: "s", Owner: "subject"}, "subject"},
		{Assignment{Kind: AssignService, Value: "s-1", Owner: "service"}, "service"},
		{Assignment{Kind: AssignFinding, Value: FindingValue("other", "s-1 a.cn"), Owner: "other finding"}, "service"},
		{Assignment{Kind: AssignFinding, Value: FindingValue("scene", "s-1 a.cn"), Owner: "finding"}, "finding"},
	} {
		all = append(all, step.add)
		if got := ownersOf(all).of("scene", i); got != step.want {
			t.Errorf("after %+v: %q, want %q", step.add, got, step.want)
		}
	}
}

func TestUnfit(t *testing.T) {
	for _, c := range []struct {
		staged, subjects int
		items, unseen    int // of 200
		coverage         float64
		judged           bool
		want             string
	}{
		{5, 5, 200, 0, 0.9, true, ""}, {4, 5, 200, 0, 0.9, true, WhySums}, {6, 5, 200, 0, 0.9, true, WhySums}, {5, 4, 200, 0, 0.9, true, WhySums},
		{5, 5, 199, 0, 0.9, true, WhySums}, {5, 5, 200, 2, 0.9, true, ""}, {5, 5, 200, 3, 0.9, true, WhyOurs}, {5, 5, 200, 3, 0.4, true, WhyOurs},
		{5, 5, 200, 0, 0.4, true, WhyCoverage}, {5, 5, 200, 0, 0, false, ""}, {5, 5, 200, 0, 0.5, true, ""},
	} {
		got := Totals{Subjects: c.subjects, Items: c.items, Unseen: c.unseen, Coverage: c.coverage}
		if why := (Limits{Ended: 0.99, Coverage: 0.5}).Unfit(Totals{Subjects: 5, Items: 200}, got, c.staged, c.judged); why != c.want {
			t.Errorf("%+v: %q", c, why)
		}
	}
}

func TestRunsOnNetworkFileSystemsAreTold(t *testing.T) {
	network, err := onNetwork(t.TempDir())
	if err != nil || network {
		t.Errorf("the directory of the tests: %t, %v", network, err)
	}
	if _, err := onNetwork("/nowhere/at/all"); err == nil {
		t.Error("a directory that is none has a file system")
	}
}
