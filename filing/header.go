package filing

import (
	"fmt"
	"slices"
	"strings"
)

// header maps the cells of a file's rows to columns.
type header struct {
	table    *columnTable
	columns  []int    // by place in the file; -1: no column
	names    []string // by column, as the file writes it
	unheaded []string // headers that no column has
}

// known counts the headers of a row that are columns, and says whether one of
// them marks the row as the header of a file of this kind.
func (t *columnTable) known(cells []string) (n int, item bool) {
	for _, c := range cells {
		if i, ok := t.find(c); ok {
			n++
			item = item || slices.Contains(t.marks, i)
		}
	}
	return n, item
}

// newHeader reads a row of headers. Two columns of one meaning are refused,
// but for lists, which are joined.
func (t *columnTable) newHeader(cells []string) (*header, error) {
	h := &header{table: t, names: make([]string, len(t.list))}
	for _, cell := range cells {
		name := strings.TrimSpace(shown(cell))
		i, ok := t.find(cell)
		if !ok {
			i = -1
			if name != "" && !t.ignored[foldHeader(name)] {
				h.addUnknown(name)
			}
		} else if h.names[i] != "" && !isList(t.list[i].Kind) {
			r := refuse(codeTwiceHeader, name, h.names[i])
			r.Mistake.Column, r.Mistake.Key = name, t.list[i].Key
			return nil, r
		} else if h.names[i] == "" {
			h.names[i] = name
		}
		h.columns = append(h.columns, i)
	}
	return h, nil
}

// maxUnknown bounds the unknown headers that are kept.
const maxUnknown = 500

func (h *header) addUnknown(name string) {
	if len(h.unheaded) < maxUnknown && !slices.Contains(h.unheaded, name) {
		h.unheaded = append(h.unheaded, name)
	}
}

// isList says whether a column of a kind holds several values.
func isList(kind string) bool {
	switch kind {
	case "list", "names", "ips", "urls", "hosts":
		return true
	}
	return false
}

// fillIn puts a row's cells into a record.
func (h *header) fillIn(cells []string, r *record, limits Limits) {
	for i, cell := range cells {
		if cell == "" {
			continue
		}
		if i >= len(h.columns) {
			if strings.TrimSpace(cell) != "" {
				r.broken = append(r.broken, Mistake{Code: codeRowCells, Value: shown(cell), Want: fmt.Sprint(len(h.columns))})
				return
			}
			continue
		}
		h.put(h.columns[i], cell, r, limits)
	}
}

// put sets one cell; a further one of a list is joined.
func (h *header) put(column int, cell string, r *record, limits Limits) {
	if column < 0 {
		return
	}
	if len(cell) > limits.CellBytes+1 {
		cell = cell[:limits.CellBytes+1] // enough to be found too long
	}
	if r.cells[column] != "" {
		cell = r.cells[column] + ";" + cell
	}
	r.cells[column] = cell
}

// noHeader refuses a file none of whose first rows is a header; it shows
// the row that came nearest.
func (t *columnTable) noHeader(nearest []string) *Refusal {
	first := t.list[t.marks[0]]
	return refuse(codeNoHeader, strings.Join(nearest, ", "), first.ZH+" / "+first.Key)
}
