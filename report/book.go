// Package report tells what was found: one book built once, one writer a
// format. It knows words, and nothing of networks or rules.
package report

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/remedy"
)

// Book gathers a run's findings and writes the reports. Add may be called from
// several goroutines and in any order; the reports come in inventory order.
type Book struct {
	dir     string
	options Options
	teller  *Teller
	run     RunInfo
	spools  [4]*spool // of findings.csv, findings.jsonl, plans.csv, plans.jsonl

	mu     sync.Mutex
	totals Totals
}

// The spools of a book.
const (
	findingsCSV = iota
	findingsJSONL
	plansCSV
	plansJSONL
)

// NewBook makes the directory of the reports, which must not exist yet.
func NewBook(dir string, o Options, t *Teller, run RunInfo) (*Book, error) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make the report directory: %w", err)
	}
	b := &Book{dir: dir, options: o, teller: t, run: run, totals: newTotals()}
	for i := range b.spools {
		var err error
		if b.spools[i], err = newSpool(dir); err != nil {
			return nil, errors.Join(err, b.closeSpools())
		}
	}
	return b, nil
}

func (b *Book) closeSpools() error {
	var errs []error
	for _, s := range b.spools {
		if s != nil {
			errs = append(errs, s.close())
		}
	}
	return errors.Join(errs...)
}

// Add tells the findings of the subject with that number in inventory order, how
// it is put right, and what a history knows of the findings; nil without one.
func (b *Book) Add(seq int, subject *filing.Subject, findings []checks.Finding, plan remedy.Plan, states map[checks.Key]State) error {
	return b.add(seq, subject, findings, plan, Extra{States: states, Steps: stepsOf(plan)})
}

func (b *Book) add(seq int, subject *filing.Subject, findings []checks.Finding, plan remedy.Plan, extra Extra) error {
	pieces, err := b.pieces(subject, findings, plan, extra)
	if err != nil {
		return fmt.Errorf("write findings of %q: %w", subject.ID(), err)
	}
	b.mu.Lock()
	b.totals.Subjects++
	for _, s := range subject.Services {
		b.totals.Services++
		b.totals.Domains += len(s.Domains)
		b.totals.Apps += len(s.Apps)
	}
	b.totals.count(findings)
	b.totals.countPlan(findings, plan)
	b.mu.Unlock()
	var errs []error
	for i, piece := range pieces {
		errs = append(errs, b.spools[i].put(seq, piece))
	}
	return errors.Join(errs...)
}

// pieces are what one subject adds to each file.
func (b *Book) pieces(subject *filing.Subject, findings []checks.Finding, plan remedy.Plan, extra Extra) (pieces [4][]byte, err error) {
	rows := b.teller.rows(subject, findings, extra)
	line, err := subjectJSON(subject)
	if err != nil {
		return pieces, err
	}
	lines, err := jsonRows(rows)
	if err != nil {
		return pieces, err
	}
	steps, err := jsonSteps(subject.ID(), cleanSteps(extra.Steps))
	if err != nil {
		return pieces, err
	}
	pieces[findingsJSONL] = slices.Concat(line, lines, steps)
	if pieces[findingsCSV], err = csvRows(b.options.listed(rows)); err != nil || !plan.Needed() {
		return pieces, err
	}
	if pieces[plansCSV], err = b.teller.PlanRows(subject, plan); err != nil {
		return pieces, err
	}
	pieces[plansJSONL], err = PlanLine(subject, plan)
	return pieces, err
}

// Totals are the sums so far.
func (b *Book) Totals() Totals {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := newTotals()
	for o, n := range b.totals.Outcomes {
		t.Outcomes[o] = n
	}
	for id, row := range b.totals.Scenes {
		t.Scenes[id] = map[checks.Outcome]int{}
		for o, n := range row {
			t.Scenes[id][o] = n
		}
	}
	t.Subjects, t.Services, t.Domains, t.Apps, t.Findings = b.totals.Subjects, b.totals.Services, b.totals.Domains, b.totals.Apps, b.totals.Findings
	t.Plans = b.totals.Plans
	return t
}

// End is what is known only at the end of a run.
type End struct {
	Rows       int                      // of the inventory
	BadRows    int                      // of which refused
	Mistakes   iter.Seq[filing.Mistake] // of the inventory and the feeds, warnings too
	Feeds      []filing.FeedTotals      // of the evidence that was given
	Incomplete []string                 // why the audit is incomplete, in words
	Ended      time.Time
}

// Close writes the reports and returns their paths.
func (b *Book) Close(end End) ([]string, error) {
	defer b.closeSpools()
	b.mu.Lock()
	b.totals.Rows, b.totals.BadRows = end.Rows, end.BadRows
	totals := b.totals
	b.mu.Unlock()
	// The other reports are told from the JSON lines, so that they can be told
	// again later, and differ in nothing.
	jsonl := filepath.Join(b.dir, "findings.jsonl")
	if err := writeFile(jsonl, func(w io.Writer) error { return b.writeJSONL(w, end, totals) }); err != nil {
		return nil, err
	}
	var paths, plans []string
	if b.wants("csv") {
		path := filepath.Join(b.dir, "findings.csv")
		if err := writeFile(path, func(w io.Writer) error { return b.writeCSV(w, end) }); err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	for _, file := range []struct {
		name string
		body func(io.Writer) error
	}{
		{"plans.csv", b.writePlans}, {"plans.jsonl", b.spools[plansJSONL].writeTo},
	} {
		path := filepath.Join(b.dir, file.name)
		if err := writeFile(path, file.body); err != nil {
			return nil, err
		}
		plans = append(plans, path)
	}
	ledger, err := OpenLedger(jsonl)
	if err != nil {
		return nil, err
	}
	if b.wants("jsonl") {
		paths = append(paths, jsonl)
	} else {
		defer os.Remove(jsonl)
	}
	more := slices.DeleteFunc(slices.Clone(b.options.Formats), func(f string) bool { return f == "csv" || f == "jsonl" })
	rest, err := b.teller.Render(ledger, b.options, b.dir, more)
	return slices.Concat(paths, plans, rest), err
}

// writePlans writes the header and all rows of plans.csv.
func (b *Book) writePlans(w io.Writer) error {
	header, err := b.teller.PlanHeader(b.options.Headers)
	if err != nil {
		return err
	}
	if _, err := w.Write(header); err != nil {
		return err
	}
	return b.spools[plansCSV].writeTo(w)
}

func (b *Book) wants(format string) bool { return slices.Contains(b.options.Formats, format) }

func (b *Book) writeCSV(w io.Writer, end End) error {
	header, err := csvHeader(b.options.Headers, b.teller.lang)
	if err != nil {
		return err
	}
	if _, err := w.Write(header); err != nil {
		return err
	}
	if err := b.spools[findingsCSV].writeTo(w); err != nil {
		return err
	}
	return b.teller.csvMistakes(w, end.Mistakes)
}

// csvMistakes lists the refused rows of the inventory below the findings.
func (t *Teller) csvMistakes(w io.Writer, all iter.Seq[filing.Mistake]) error {
	for m := range all {
		if m.Warning {
			continue
		}
		line, err := csvRows([]Row{t.mistakeRow(m)})
		if err != nil {
			return err
		}
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	return nil
}

func (b *Book) writeJSONL(w io.Writer, end End, totals Totals) error {
	put := func(v any) error {
		line, err := jsonLine(v)
		if err != nil {
			return err
		}
		_, err = w.Write(line)
		return err
	}
	if err := put(runLine{Type: "run", Schema: SchemaVersion, RunInfo: cleanRun(b.run)}); err != nil {
		return err
	}
	if err := b.spools[findingsJSONL].writeTo(w); err != nil {
		return err
	}
	for m := range end.Mistakes {
		if err := put(mistakeLine{Type: "mistake", Mistake: cleanMistake(m)}); err != nil {
			return err
		}
	}
	line := totalsLine{Type: "totals", Totals: totals, Ended: end.Ended, Incomplete: end.Incomplete, Feeds: end.Feeds}
	if rate, ok := totals.Compliance(); ok {
		line.Compliance = &rate
	}
	if rate, ok := totals.Coverage(); ok {
		line.Coverage = &rate
	}
	return put(line)
}

// mistakeRow shows a refused row among the findings: nothing vanishes.
func (t *Teller) mistakeRow(m filing.Mistake) Row {
	row := Row{
		InventoryRow: m.Row, SceneName: t.Say("refused-row"), OutcomeWord: t.word("outcome", string(checks.Error)),
		Finding:    checks.Finding{Outcome: checks.Error, Reason: m.Code},
		ReasonWord: t.word("input", m.Code), Want: Clean(m.Want, longestCell), Got: Clean(m.Value, longestCell), Where: Clean(m.Column, longestCell),
	}
	if m.Feed != "" {
		row.InventoryRow, row.SceneName = 0, t.Say("refused-feed-row")
		row.Where = Clean(fmt.Sprintf(t.Say("mistake-where"), filepath.Base(m.File), m.Row), longestCell)
		if m.Column != "" {
			row.Where += Clean(fmt.Sprintf(t.Say("mistake-column"), m.Column), longestCell)
		}
	}
	return row
}
