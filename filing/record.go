package filing

import (
	"github.com/icpaudit/icpaudit/filing/number"
)

// record is one row of an inventory on its way: first as it stands in the
// file, then, once parsed, in canonical text. Cells are by the column's place
// in the table; "" is an empty cell.
type record struct {
	row, line int
	cells     []string
	broken    []Mistake // what the reader of the format could not read; without File, Row and Line
}

// reset empties a record for the next row.
func (r *record) reset() {
	clear(r.cells)
	r.broken = r.broken[:0]
	r.row, r.line = 0, 0
}

// empty says whether nothing stands in the row.
func (r *record) empty() bool {
	for _, c := range r.cells {
		if c != "" {
			return false
		}
	}
	return len(r.broken) == 0
}

// hide makes a cell's value fit to be shown: masked where the column is personal.
func (c *Column) hide(value string) string {
	switch c.Kind {
	case "id":
		return shown(number.MaskID(value))
	case "person":
		return shown(number.MaskName(value))
	case "phone":
		return shown(number.MaskPhone(value))
	}
	return shown(value)
}
