package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/audit"
	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/remedy"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// night is when everything in the golden files happens.
var night = time.Date(2026, 11, 24, 2, 0, 0, 0, time.FixedZone("CST", 8*3600))

// sample reads the filing and the findings that the golden files tell.
func sample(t *testing.T) (*filing.Subject, []checks.Finding) {
	t.Helper()
	var in struct {
		Subject  *filing.Subject  `json:"subject"`
		Findings []checks.Finding `json:"findings"`
	}
	data, err := os.ReadFile("testdata/sample.json")
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		t.Fatal(err)
	}
	return in.Subject, in.Findings
}

// golden compares with the file of that name, or writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; -update rewrites it.\ngot:\n%s\nwant:\n%s", path, got, want)
	}
}

// One subject with a finding of every outcome, in every format and language.
func TestGoldenReports(t *testing.T) {
	ref, err := reference.Load("")
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"zh", "en"} {
		t.Run(lang, func(t *testing.T) {
			subject, findings := sample(t)
			policy := checks.DefaultPolicy()
			teller := NewTeller(ref, policy, lang, night)
			planner := audit.Planner{Reference: ref, Options: remedy.Default(), DueDays: policy.DueWorkingDays}
			dir := filepath.Join(t.TempDir(), "out")
			o := Default()
			if lang == "en" {
				o.Headers = "key"
			}
			book, err := NewBook(dir, o, teller, RunInfo{
				Version: "v0.0.0", Started: night, Inventory: "inventory.csv", Digest: "0123", Reference: "4567",
				Vantage: "mainland", Unknown: []string{"备注"}, Policy: policy,
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := book.Add(0, subject, findings, planner.Plan(subject, findings, filing.DayOf(night)), nil); err != nil {
				t.Fatal(err)
			}
			end := End{
				Rows: 3, BadRows: 1, Incomplete: []string{"…"}, Ended: night.Add(time.Minute),
				Mistakes: slices.Values([]filing.Mistake{{File: "inventory.csv", Row: 3, Column: "域名", Value: "192.0.2.1", Code: "domain-is-ip"}}),
			}
			totals := book.Totals()
			totals.Rows, totals.BadRows = end.Rows, end.BadRows
			paths, err := book.Close(end)
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range paths {
				got, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				name := lang + "." + filepath.Base(path)
				if filepath.Ext(path) == ".xlsx" {
					got, name = dump(t, got), name+".txt"
				}
				golden(t, name, got)
			}
			var console bytes.Buffer
			if err := teller.Summary(&console, checks.All(), totals); err != nil {
				t.Fatal(err)
			}
			console.WriteString("\n")
			if err := teller.Single(&console, subject, findings, func(checks.Finding) bool { return false }); err != nil {
				t.Fatal(err)
			}
			golden(t, lang+".console.txt", console.Bytes())
		})
	}
}

// The same with a history, a waiver, a plan and runs before; and the notice.
func TestGoldenWithHistory(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		teller := NewTeller(loaded(t), checks.DefaultPolicy(), lang, night)
		subject, findings := sample(t)
		o := Options{Formats: Formats(), Headers: "zh", Issuer: "某某云备案中心", Call: "400-000-0000"}
		run := RunInfo{Version: "v0.0.0", Started: night, Inventory: "inventory.csv", History: true, Earlier: []Earlier{
			{Started: filing.DayOf(night.AddDate(0, 0, -2)), Deficient: 4, Suspected: 1, Compliance: 0.2, Coverage: 0.7},
			{Started: filing.DayOf(night.AddDate(0, 0, -1)), Deficient: 3, Suspected: 2, Compliance: 0.25, Coverage: 0.8},
		}}
		_, paths := written(t, teller, o, run, subject, findings, sampleExtra(subject, findings))
		for _, path := range paths {
			switch filepath.Ext(path) {
			case ".xlsx":
				golden(t, lang+".history.xlsx.txt", dump(t, read(t, path)))
			case ".html":
				golden(t, lang+".history.html", read(t, path))
			case "":
				for _, ext := range []string{".txt", ".html"} {
					golden(t, lang+".notice"+ext, read(t, filepath.Join(path, "0001-浙ICP备2023001234号"+ext)))
				}
			}
		}
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
