package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/mattn/go-runewidth"
)

// longestColumn is the longest text in a column of a terminal, in runes.
const longestColumn = 72

// Table is rows under a head, for a terminal or a spreadsheet. Cells are made
// clean when they are written.
type Table struct {
	Head []string
	Rows [][]string
}

// Text writes the table for a terminal: columns to the left, long cells cut.
func (t Table) Text(w io.Writer) error {
	rows := make([][]string, 0, len(t.Rows)+1)
	widths := make([]int, len(t.Head))
	for _, row := range append([][]string{t.Head}, t.Rows...) {
		clean := make([]string, len(row))
		for i, cell := range row {
			clean[i] = Clean(cell, longestColumn)
			widths[i] = max(widths[i], runewidth.StringWidth(clean[i]))
		}
		rows = append(rows, clean)
	}
	for _, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			b.WriteString(cell + strings.Repeat(" ", widths[i]-runewidth.StringWidth(cell)+2))
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(b.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}

// CSV writes the table for a spreadsheet: UTF-8 with a byte order mark, no cell
// that could be a formula.
func (t Table) CSV(w io.Writer) error {
	lines := [][]string{t.Head}
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = formulaSafe(Clean(cell, longestCell))
		}
		lines = append(lines, cells)
	}
	data, err := csvLines(lines)
	if err != nil {
		return err
	}
	_, err = w.Write(append([]byte("\xEF\xBB\xBF"), data...))
	return err
}
