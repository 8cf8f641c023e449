package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/remedy"
)

func TestReadFindings(t *testing.T) {
	const run, subject = `{"type":"run","schema":2}`, `{"type":"subject","id":"京ICP备1号","number":"京ICP备1号","services":null}`
	const finding = `{"type":"finding","scene":"icp-number-wrong","level":"item","item":"x","outcome":"deficient","due":"2026-12-08"}`
	for name, c := range map[string]struct {
		lines    []string
		subjects int
		findings int
		err      string
	}{
		"two subjects":     {[]string{run, subject, finding, finding, subject, `{"type":"mistake"}`, `{"type":"totals"}`}, 2, 2, ""},
		"none":             {[]string{run, `{"type":"totals"}`}, 0, 0, ""},
		"blank lines":      {[]string{run, "", subject, " ", finding}, 1, 1, ""},
		"cut off":          {[]string{run, subject, finding[:40]}, 0, 0, "line 3"},
		"no subject":       {[]string{run, finding}, 0, 0, "line 2: a finding before its subject"},
		"another schema":   {[]string{`{"type":"run","schema":3}`}, 0, 0, "schema 3: this program reads 2"},
		"no day":           {[]string{run, subject, strings.Replace(finding, "2026-12-08", "soon", 1)}, 0, 0, "line 3"},
		"subject of wrong": {[]string{run, `{"type":"subject","services":7}`}, 0, 0, "line 2"},
	} {
		t.Run(name, func(t *testing.T) {
			subjects, findings, problem := 0, 0, ""
			for told, err := range Read(strings.NewReader(strings.Join(c.lines, "\n"))) {
				if err != nil {
					problem = err.Error()
					continue
				}
				subjects++
				findings += len(told.Findings)
				if len(told.Findings) > 0 && told.Due != filing.NewDay(2026, 12, 8) {
					t.Errorf("due %s", told.Due)
				}
			}
			if c.err == "" && (subjects != c.subjects || findings != c.findings) {
				t.Errorf("%d subjects, %d findings; want %d, %d", subjects, findings, c.subjects, c.findings)
			}
			if (c.err == "") != (problem == "") || !strings.Contains(problem, c.err) {
				t.Errorf("the error is %q, want %q in it", problem, c.err)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"type":"run","schema":2}` + "\n" + `{"type":"subject","number":"x","services":[{"domains":[{"name":"a"}]}]}` + "\n" + `{"type":"finding","scene":"a"}`))
	f.Add([]byte(`{"type":"subject","services":[null]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for told, err := range Read(bytes.NewReader(data)) {
			if err == nil {
				// What was read can be planned for, whatever it is.
				for _, s := range told.Subject.Services {
					if s == nil {
						t.Fatal("a service that is none")
					}
				}
				remedy.Masked(told.Subject)
			}
		}
	})
}

// Whatever a filing holds, plans.csv keeps it as text on one line of its row.
func TestCellsOfPlansAreSafe(t *testing.T) {
	subject := &filing.Subject{Number: "=1+1", Name: "@SUM(A1)\x1b[2J\u202e", Owner: "+cmd"}
	p := remedy.Plan{Subject: "=1+1", Steps: []remedy.Step{{ID: 1, Operation: "change-subject", Targets: []string{"-2", "13800138000"}}},
		Questions: []remedy.Question{{Code: "suspected", Items: []string{"=x"}}}}
	got, err := loadedTeller(t).PlanRows(subject, p)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"\x1b", "\u202e", "13800138000", "\n=1", ",=", ",@", ",+", ",-"} {
		if strings.Contains(string(got), bad) {
			t.Errorf("%q is in %q", bad, got)
		}
	}
	if n := strings.Count(string(got), "\r\n"); n != 2 {
		t.Errorf("%d rows", n)
	}
}

func loadedTeller(t *testing.T) *Teller {
	t.Helper()
	ref, err := reference.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return NewTeller(ref, checks.DefaultPolicy(), "zh", time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC))
}
