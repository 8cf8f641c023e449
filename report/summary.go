package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/icpaudit/icpaudit/checks"
)

// Summary writes the outcome table and both figures.
func (t *Teller) Summary(w io.Writer, all []checks.Check, totals Totals) error {
	outcomes := checks.Outcomes()
	head := []string{t.Say("table-scene")}
	for _, o := range outcomes {
		head = append(head, t.word("outcome", string(o)))
	}
	table := [][]string{append(head, t.Say("table-sum"))}
	for _, c := range all {
		table = append(table, countsRow(t.SceneName(string(c.ID)), outcomes, totals.Scenes[c.ID]))
	}
	table = append(table, countsRow(t.Say("table-sum"), outcomes, totals.Outcomes))
	if err := writeTable(w, table); err != nil {
		return err
	}
	for _, line := range []string{
		fmt.Sprintf(t.Say("compliance"), percent(totals.Compliance())),
		fmt.Sprintf(t.Say("coverage"), percent(totals.Coverage())),
		fmt.Sprintf(t.Say("sums"), totals.Rows, totals.Rows-totals.BadRows, totals.BadRows, totals.Findings),
		fmt.Sprintf(t.Say("plans"), totals.Plans.Deficient, totals.Plans.Planned, totals.Plans.Steps, totals.Plans.Orders, totals.Plans.Questions),
	} {
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}

func countsRow(name string, outcomes []checks.Outcome, counts map[checks.Outcome]int) []string {
	row, sum := []string{name}, 0
	for _, o := range outcomes {
		row, sum = append(row, strconv.Itoa(counts[o])), sum+counts[o]
	}
	return append(row, strconv.Itoa(sum))
}

// percent shows a rate, or a dash where there is none.
func percent(rate float64, ok bool) string {
	if !ok {
		return "—"
	}
	return strconv.FormatFloat(rate*100, 'f', 1, 64) + " %"
}

// Percent shows a rate for messages.
func Percent(rate float64) string { return percent(rate, true) }

// writeTable aligns columns by the width that a terminal gives their runes:
// the first to the left, the numbers to the right.
func writeTable(w io.Writer, table [][]string) error {
	widths := make([]int, len(table[0]))
	for _, row := range table {
		for i, cell := range row {
			widths[i] = max(widths[i], runewidth.StringWidth(cell))
		}
	}
	for _, row := range table {
		var b strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-runewidth.StringWidth(cell))
			if i == 0 {
				b.WriteString(cell + pad)
				continue
			}
			b.WriteString("  " + pad + cell)
		}
		if _, err := fmt.Fprintln(w, b.String()); err != nil {
			return err
		}
	}
	return nil
}
