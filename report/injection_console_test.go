package report

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/observe"
)

// tell writes what the commands show of one text in every foreign field: by
// name, of which the extension tells the kind.
func tell(t testing.TB, teller *Teller, text string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	add := func(name string, write func(io.Writer) error) {
		t.Helper()
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		files[name] = b.Bytes()
	}
	table := func(name string, of Table) {
		add(name+".txt", of.Text)
		add(name+".csv", of.CSV)
	}
	line := func(name string, of func() ([]byte, error)) {
		add(name+".json", func(w io.Writer) error {
			data, err := of()
			if err != nil {
				return err
			}
			_, err = w.Write(data)
			return err
		})
	}
	ofHistory(teller, text, table, line)
	subject, findings, _ := poisoned(text)
	plan := poisonedPlan(text)
	add("single.txt", func(w io.Writer) error {
		return teller.Single(w, subject, findings, func(checks.Finding) bool { return false })
	})
	look := observe.Dossier{}
	for _, fault := range []**observe.Fault{&look.DNS.Fault, &look.Visit.Fault, &look.Page.Fault, &look.Registration.Fault} {
		*fault = &observe.Fault{Kind: observe.FaultTimeout, Where: text, Detail: text}
	}
	looks := map[string]checks.Looks{text: {look}}
	add("single.json", func(w io.Writer) error { return teller.SingleJSON(w, subject, findings, looks) })
	add("looks.txt", func(w io.Writer) error { return teller.Looks(w, looks[text]) })
	add("plan.txt", func(w io.Writer) error { return teller.Plan(w, plan) })
	add("explained.txt", func(w io.Writer) error { return teller.PlanFor(w, plan, "icp-number-wrong", text) })
	app := &observe.App{}
	fill(reflect.ValueOf(app), text)
	add("app.txt", func(w io.Writer) error {
		return teller.App(w, Package{File: text, App: app, Fault: &observe.Fault{Kind: observe.FaultUnparsable, Where: text, Detail: text}})
	})
	add("list.xlsx", func(w io.Writer) error { return teller.WriteXLSX(w, teller.Rows(subject, findings)) })
	mistake := filing.Mistake{File: text, Row: 1, Column: text, Value: text, Want: text, Code: "domain-is-ip"}
	handled := Handled{Sheet: 2, Row: 3, Handling: HandlingAssigned, Person: Clean(text, longestCell), Note: Clean(text, longestCell), List: night, Unfit: &Unfit{Code: "key", Head: "edit-key", Value: Clean(text, 100)}}
	f := history.Finding{Item: history.Item{Level: checks.LevelItem, Key: text, Label: text}, Owner: text}
	add("lines.txt", func(w io.Writer) error {
		_, err := fmt.Fprintln(w, strings.Join([]string{teller.Mistake(mistake), teller.Unfit(handled), teller.Handled(handled, f), teller.MendedNote(handled)}, "\n"))
		return err
	})
	return files
}

// ofHistory writes the tables and lines of the history.
func ofHistory(teller *Teller, text string, table func(string, Table), line func(string, func() ([]byte, error))) {
	f := history.Finding{Item: history.Item{Tags: []string{""}}, Waiver: &history.Waiver{}, Detail: checks.Finding{Advice: []checks.Note{{}}, Proofs: []checks.Proof{{}}}}
	fill(reflect.ValueOf(&f), text)
	f.Item.Level, f.Detail.Scene, f.Status, f.Life.Sight = checks.LevelItem, "icp-number-wrong", history.StatusOpen, history.Sight{Outcome: checks.Deficient, Reason: "other-subject"}
	f.Detail.Proofs[0].What, f.Detail.Advice[0].Code = "icp-number", "certificate"
	var run history.Run
	var waiver history.Waiver
	var note history.Note
	var assignment history.Assignment
	for _, v := range []any{&run, &waiver, &note, &assignment} {
		fill(reflect.ValueOf(v), text)
	}
	outcomes := history.Outcomes{"icp-number-wrong": {Outcome: checks.Deficient, Reason: text, Why: text}}
	table("findings", teller.Findings([]history.Finding{f}))
	table("runs", teller.Runs([]history.Run{run}))
	table("run", teller.Run(run))
	table("differences", teller.Differences([]history.Difference{{Item: f.Item, B: outcomes}}))
	table("changes", teller.Changes([]history.Change{{Outcomes: outcomes}}))
	table("waivers", teller.Waivers([]history.Waiver{waiver}, filing.DayOf(night)))
	table("notes", teller.Notes([]history.Note{note}))
	table("assignments", teller.Assignments([]history.Assignment{assignment}))
	line("finding", func() ([]byte, error) { return teller.FindingLine(f) })
	line("item", func() ([]byte, error) { return JSONLine(CleanItem(f.Item)) })
	line("waiver", func() ([]byte, error) { return JSONLine(CleanWaiver(waiver)) })
}

// What commands show on a terminal, or write for others, holds no control
// byte, no line more, and no formula.
func TestNoPayloadHarmsATerminal(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		teller := NewTeller(loaded(t), checks.DefaultPolicy(), lang, night)
		good := tell(t, teller, "x")
		for _, text := range payloads() {
			bad := tell(t, teller, text)
			for name, data := range bad {
				switch filepath.Ext(name) {
				case ".csv":
					csvIsSafe(t, data)
				case ".json":
					jsonlIsSafe(t, bytes.ReplaceAll(data, []byte("\n"), nil))
				case ".xlsx":
					xlsxHoldsNoFormula(t, data)
					continue
				default:
					if got, want := bytes.Count(data, []byte("\n")), bytes.Count(good[name], []byte("\n")); got != want {
						t.Errorf("%s of %q has %d lines, with a harmless text %d", name, text, got, want)
					}
				}
				shown := strings.TrimPrefix(string(data), "\ufeff")
				if !utf8.ValidString(shown) || strings.ContainsFunc(shown, func(r rune) bool { return r != '\n' && r != '\r' && unsafeRune(r) }) {
					t.Errorf("%s of %q holds a control, bidirectional or invisible character: %q", name, text, shown)
				}
			}
		}
	}
}

// What a foreign text of every length is cut to on a terminal stays one line of it.
func TestTheTerminalShowsTheCut(t *testing.T) {
	teller := NewTeller(loaded(t), checks.DefaultPolicy(), "zh", night)
	for name, data := range tell(t, teller, strings.Repeat("长", 12000)) {
		if name == "looks.txt" || name == "list.xlsx" {
			continue // no foreign text; see the workbook's own test
		}
		if !bytes.Contains(data, []byte(cut)) && bytes.Contains(data, []byte("长长")) {
			t.Errorf("%s shows no cut", name)
		}
		if bytes.Contains(data, []byte(strings.Repeat("长", 11999))) {
			t.Errorf("%s holds the whole text", name)
		}
	}
}

func TestEveryCommandIsTold(t *testing.T) {
	teller := NewTeller(loaded(t), checks.DefaultPolicy(), "zh", time.Now())
	shows := 0
	for name, data := range tell(t, teller, "needle") {
		if filepath.Ext(name) != ".xlsx" && strings.ContainsFunc(string(data), unicode.IsLetter) && bytes.Contains(data, []byte("needle")) {
			shows++
		}
	}
	if shows < 24 {
		t.Errorf("the text is seen in %d files only: the matrix has a hole", shows)
	}
}
