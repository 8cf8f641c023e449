package report

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/remedy"
)

// loaded is the reference data, in force for every test of this package.
func loaded(t testing.TB) *reference.Set {
	t.Helper()
	ref, err := reference.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// written makes a book of one subject, and reads it back.
func written(t testing.TB, teller *Teller, o Options, run RunInfo, subject *filing.Subject, findings []checks.Finding, extra Extra) (*Ledger, []string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "out")
	book, err := NewBook(dir, o, teller, run)
	if err != nil {
		t.Fatal(err)
	}
	if err := book.add(0, subject, findings, remedy.Plan{}, extra); err != nil {
		t.Fatal(err)
	}
	paths, err := book.Close(End{Rows: 1, Ended: night, Mistakes: slices.Values([]filing.Mistake{{File: "inventory.csv", Row: 3, Column: "域名", Value: "192.0.2.1", Code: "domain-is-ip"}})})
	if err != nil {
		t.Fatal(err)
	}
	l, err := OpenLedger(filepath.Join(dir, "findings.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	return l, paths
}

// What is read back is told word for word as it was the first time.
func TestALedgerTellsWhatWasWritten(t *testing.T) {
	teller := NewTeller(loaded(t), checks.DefaultPolicy(), "zh", night)
	subject, findings := sample(t)
	extra := sampleExtra(subject, findings)
	l, paths := written(t, teller, Options{Formats: []string{"csv", "jsonl"}, Headers: "zh"}, RunInfo{Started: night, History: true}, subject, findings, extra)
	want := teller.rows(subject, findings, extra)
	var got []Row
	var steps []Step
	for told, err := range l.Subjects(teller) {
		if err != nil {
			t.Fatal(err)
		}
		got, steps = append(got, told.Rows...), append(steps, told.Steps...)
	}
	for i := range want {
		g, w := lineOf(got[i]), lineOf(want[i])
		gj, _ := jsonLine(g)
		wj, _ := jsonLine(w)
		if !bytes.Equal(gj, wj) || got[i].RemedyWords != want[i].RemedyWords || got[i].WhyWord != want[i].WhyWord {
			t.Errorf("row %d came back as\n%s\nwant\n%s", i, gj, wj)
		}
	}
	if !reflect.DeepEqual(steps, cleanSteps(extra.Steps)) {
		t.Errorf("steps came back as %+v, want %+v", steps, extra.Steps)
	}
	again, err := teller.Render(l, Options{Headers: "zh"}, t.TempDir(), []string{"csv", "jsonl"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range paths {
		at := slices.IndexFunc(again, func(p string) bool { return filepath.Base(p) == filepath.Base(paths[i]) })
		if at < 0 && strings.HasPrefix(filepath.Base(paths[i]), "plans.") {
			continue // made anew by icpaudit plan
		}
		first, err := os.ReadFile(paths[i])
		if err != nil {
			t.Fatal(err)
		}
		second, err := os.ReadFile(again[at])
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, second) {
			t.Errorf("%s is not the same when written again", filepath.Base(paths[i]))
		}
	}
}

// sampleExtra is a history, a waiver and a plan for the sample.
func sampleExtra(subject *filing.Subject, findings []checks.Finding) Extra {
	first := filing.DayOf(night.AddDate(0, 0, -9))
	return Extra{
		States: map[checks.Key]State{
			findings[0].Key: {Code: "overdue", FirstSeen: first},
			findings[2].Key: {Code: "new", FirstSeen: filing.DayOf(night)},
			findings[4].Key: {Code: "open", FirstSeen: first, Waiver: &Waiver{Reason: "closing-down", By: "王五", Until: filing.DayOf(night.AddDate(0, 1, 0))}},
		},
		Steps: []Step{
			{Number: 1, Operation: "change-subject", What: subject.Number, Mends: []checks.Key{findings[0].Key}, Begin: filing.DayOf(night), End: filing.DayOf(night.AddDate(0, 0, 7))},
			{Number: 2, Operation: "change-service", What: findings[2].Item, Mends: []checks.Key{findings[2].Key}, After: []int{1}, Notes: []string{"open-order"}},
		},
	}
}

func TestALedgerRefusesWhatIsNone(t *testing.T) {
	teller := NewTeller(loaded(t), checks.DefaultPolicy(), "zh", night)
	run := `{"type":"run","schema":2,"version":"v","started":"2026-11-24T02:00:00+08:00"}` + "\n"
	for name, c := range map[string]struct{ file, want string }{
		"nothing":         {"", "it is empty"},
		"no JSON":         {run + "PK\x03\x04\n", "line 2: no JSON object"},
		"no run first":    {`{"type":"finding","scene":"x"}` + "\n", "out of place"},
		"two runs":        {run + run, "out of place"},
		"another version": {strings.Replace(run, `"schema":2`, `"schema":9`, 1), "version 9"},
		"an odd outcome":  {run + `{"type":"finding","scene":"domain-expired","level":"item","item":"a","subject":"b","outcome":"fine"}` + "\n", "line 2: \"fine\" is no outcome"},
		"an odd scene":    {run + `{"type":"finding","scene":"<b>","level":"item","item":"a","subject":"b","outcome":"pass"}` + "\n", "is no scene"},
	} {
		path := filepath.Join(t.TempDir(), "findings.jsonl")
		if err := os.WriteFile(path, []byte(c.file), 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := OpenLedger(path)
		if err == nil {
			for _, e := range l.Subjects(teller) {
				err = e
			}
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
}

// A run that broke off, or a file that was edited, says so.
func TestSumsThatDontReconcileAreSaid(t *testing.T) {
	teller := NewTeller(loaded(t), checks.DefaultPolicy(), "en", night)
	subject, findings := sample(t)
	l, _ := written(t, teller, Options{Formats: []string{"jsonl"}, Headers: "zh"}, RunInfo{Started: night}, subject, findings, Extra{})
	data, err := os.ReadFile(l.path)
	if err != nil {
		t.Fatal(err)
	}
	lines := slices.Collect(strings.Lines(string(data)))
	for name, c := range map[string]struct {
		lines []string
		want  string
	}{
		"whole":         {lines, "run-sums-good"},
		"a row is gone": {slices.Delete(slices.Clone(lines), 2, 3), "run-sums-bad"},
		"broken off":    {lines[:len(lines)-1], "run-sums-none"},
	} {
		path := filepath.Join(t.TempDir(), "findings.jsonl")
		if err := os.WriteFile(path, []byte(strings.Join(c.lines, "")), 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := OpenLedger(path)
		if err != nil {
			t.Fatal(err)
		}
		var page bytes.Buffer
		if err := teller.Page(&page, l); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(page.String(), teller.Say(c.want)) {
			t.Errorf("%s: the page does not say %q", name, teller.Say(c.want))
		}
	}
}

func TestTheRunBehindEarlierOnes(t *testing.T) {
	l := &Ledger{Run: RunInfo{Started: night, Earlier: []Earlier{{Started: filing.DayOf(night.Add(-24 * time.Hour)), Deficient: 4}}}}
	g := newGathered()
	g.add([]Row{{Finding: checks.Finding{Outcome: checks.Deficient}}})
	runs := withThis(l, g)
	if len(runs) != 2 || runs[0].Deficient != 4 || runs[1].Deficient != 1 || len(l.Run.Earlier) != 1 {
		t.Errorf("runs %+v, want the earlier one with 4 and this one with 1", runs)
	}
}

// Whatever a file holds, what is told of it is safe: an edited code as well as
// an edited text.
func FuzzLedger(f *testing.F) {
	run := `{"type":"run","schema":2,"version":"=v","started":"2026-11-24T02:00:00+08:00","unjudged":["<b>"]}` + "\n"
	f.Add([]byte(run))
	f.Add([]byte(run + `{"type":"finding","scene":"domain-expired","level":"item","item":"=a","subject":"b\u202e","outcome":"deficient","reason":"=<i>\u0007","why":{"code":"\u0000x"},` +
		`"proofs":[{"what":"=\u200bx","got":"=1"}],"advice":[{"code":"-\u0001"}],"caused_by":["\u0002<x>"],"ways":[{"remedy":99,"operations":["=\u0003"],"notes":["+\u0004"]}],"state":{"code":"@\u0005"},"service_kind":"\u0006","due":"=\u000b","step":-3}` + "\n" +
		`{"type":"step","subject":"b","number":-1,"operation":"=\u0001","what":"\u0002","mends":[{"scene":"\u0003","level":"\u0004","item":"=\u0005"}],"notes":["\u0006"],"blocked":"\u0007"}` + "\n" +
		`{"type":"mistake","code":"=\u0001","key":"\u0002","value":"<script>"}` + "\n" + `{"type":"totals","ended":"2026-11-24T02:00:00+08:00","incomplete":["=\u0001<b>"]}` + "\n"))
	f.Add([]byte("{}\n[]\n"))
	ref := loaded(f)
	teller := NewTeller(ref, checks.DefaultPolicy(), "zh", night)
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "findings.jsonl")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := OpenLedger(path)
		if err != nil {
			return
		}
		var page, book, cells bytes.Buffer
		if err := teller.Page(&page, l); err != nil {
			return
		}
		shape(t, "page", page.Bytes())
		if err := teller.Workbook(&book, l); err != nil {
			t.Fatal(err)
		}
		eachCell(t, book.Bytes(), func(_ *excelize.File, sheet, cell, value string) {
			wantSafe(t, sheet+"!"+cell, value)
			wantNoFormula(t, sheet+"!"+cell, value)
		})
		if err := teller.csv(&cells, l, Default()); err != nil {
			t.Fatal(err)
		}
		csvIsSafe(t, cells.Bytes())
	})
}
