package report

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
)

// runFact is one line about the run.
type runFact struct{ name, value string }

// runFacts tells what was audited by what, and whether the sums reconcile.
func (t *Teller) runFacts(l *Ledger, g *gathered) []runFact {
	facts := []runFact{
		{t.Say("run-version"), l.Run.Version}, {t.Say("run-started"), stamp(l.Run.Started)},
	}
	if l.Ended != nil {
		facts = append(facts, runFact{t.Say("run-ended"), stamp(l.Ended.Ended)})
	}
	facts = append(facts,
		runFact{t.Say("run-inventory"), l.Run.Inventory}, runFact{t.Say("run-digest"), l.Run.Digest}, runFact{t.Say("run-reference"), l.Run.Reference},
		runFact{t.Say("run-vantage"), l.Run.Vantage}, runFact{t.Say("rate-coverage"), percent(g.totals.Coverage())},
		runFact{t.Say("rate-compliance"), percent(g.totals.Compliance())}, runFact{t.Say("run-faults"), fmt.Sprint(g.totals.Outcomes[checks.Error])},
	)
	if l.Ended != nil {
		facts = append(facts, runFact{t.Say("run-sums"), fmt.Sprintf(t.Say("sums"), l.Ended.Rows, l.Ended.Rows-l.Ended.BadRows, l.Ended.BadRows, l.Ended.Findings)})
	}
	facts = append(facts, runFact{t.Say("run-sums"), t.sums(l, g)})
	history := t.Say("no-history")
	if l.Run.History {
		history = t.Say("with-history")
	}
	facts = append(facts, runFact{t.Say("run-history"), history})
	var unjudged []string
	for _, id := range l.Run.Unjudged {
		unjudged = append(unjudged, t.SceneName(id))
	}
	for _, list := range []struct {
		key   string
		items []string
	}{{"run-unjudged", unjudged}, {"run-unknown", l.Run.Unknown}} {
		value := t.Say("none")
		if len(list.items) > 0 {
			value = strings.Join(list.items, t.Say("list-comma"))
		}
		facts = append(facts, runFact{t.Say(list.key), value})
	}
	if l.Ended != nil {
		for _, hole := range l.Ended.Incomplete {
			facts = append(facts, runFact{t.Say("run-incomplete"), hole})
		}
	}
	return facts
}

// sums says whether the findings told add up to the totals of the run.
func (t *Teller) sums(l *Ledger, g *gathered) string {
	switch {
	case l.Ended == nil:
		return t.Say("run-sums-none")
	case g.reconciled(l):
		return t.Say("run-sums-good")
	}
	return t.Say("run-sums-bad")
}

// withThis is the earlier runs and this one behind them.
func withThis(l *Ledger, g *gathered) []Earlier {
	compliance, _ := g.totals.Compliance()
	coverage, _ := g.totals.Coverage()
	return append(l.Run.Earlier[:len(l.Run.Earlier):len(l.Run.Earlier)], Earlier{
		Started: filing.DayOf(l.Run.Started), Deficient: g.totals.Outcomes[checks.Deficient], Suspected: g.totals.Outcomes[checks.Suspected],
		Compliance: compliance, Coverage: coverage,
	})
}

// run fills the sheet about the run itself.
func (b *workbook) run() error {
	p := &sheetPage{book: b, sheet: b.t.Say("sheet-run")}
	if _, err := b.file.NewSheet(p.sheet); err != nil {
		return err
	}
	p.head([]string{b.t.Say("figure"), b.t.Say("value")})
	for _, f := range b.t.runFacts(b.ledger, b.sums) {
		p.put(cell(b.styles.text, f.name), cell(b.styles.wrap, f.value))
	}
	p.row++
	p.put(cell(b.styles.title, b.t.Say("run-refused")))
	for _, m := range b.ledger.Mistakes {
		p.put(excelize.Cell{}, cell(b.styles.wrap, b.t.Mistake(m)))
	}
	switch {
	case len(b.ledger.Mistakes) == 0:
		p.put(cell(b.styles.note, b.t.Say("none")))
	case b.ledger.Further > 0:
		p.put(cell(b.styles.note, fmt.Sprintf(b.t.Say("run-refused-more"), b.ledger.Further)))
	}
	if p.err == nil {
		p.err = b.file.SetColWidth(p.sheet, "A", "A", 34)
	}
	if p.err == nil {
		p.err = b.file.SetColWidth(p.sheet, "B", "B", 110)
	}
	if p.err != nil {
		return fmt.Errorf("sheet %q: %w", p.sheet, p.err)
	}
	return b.printed(p.sheet, 0)
}
