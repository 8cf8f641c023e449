package filing

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"slices"

	"github.com/xuri/excelize/v2"
)

// merges are the merged areas of a sheet. People merge the cells of a subject
// over the rows of its domains: each of those rows has the value.
type merges struct {
	areas  []area // by first row
	next   int    // the first that did not begin yet
	active []area
}

// area is a merged area that is more than one row high.
type area struct {
	from, to, column int
	value            string
}

// maxMerges bounds the merged areas of a sheet.
const maxMerges = 500_000

// readMerges reads the areas, which stand behind the rows.
func readMerges(part *zip.File) (*merges, error) {
	body, err := part.Open()
	if err != nil {
		return nil, err
	}
	defer body.Close()
	rest, err := skipPastRows(body)
	if err != nil {
		return nil, err
	}
	m := &merges{}
	d := newXML(io.MultiReader(bytes.NewReader([]byte("<rest ")), bytes.NewReader(bytes.TrimLeft(rest, "/")), body))
	for {
		t, err := d.RawToken()
		if err == io.EOF {
			slices.SortFunc(m.areas, func(a, b area) int { return a.from - b.from })
			return m, nil
		}
		if err != nil {
			return nil, err
		}
		if e, ok := t.(xml.StartElement); ok && e.Name.Local == "mergeCell" {
			if err := m.add(attribute(e, "ref")); err != nil {
				return nil, err
			}
		}
	}
}

func (m *merges) add(ref string) error {
	columns, err := rangeOf(ref)
	if err != nil {
		return err
	}
	if len(m.areas) == maxMerges {
		return fmt.Errorf("more than %d merged areas", maxMerges)
	}
	if columns[3] > columns[1] {
		m.areas = append(m.areas, area{from: columns[1], to: columns[3], column: columns[0] - 1})
	}
	return nil
}

// rangeOf reads a reference such as A2:B5 into column, row, column, row.
func rangeOf(ref string) ([4]int, error) {
	first, last, ok := bytes.Cut([]byte(ref), []byte(":"))
	if !ok {
		last = first
	}
	c1, r1, err := excelize.CellNameToCoordinates(string(first))
	if err != nil {
		return [4]int{}, err
	}
	c2, r2, err := excelize.CellNameToCoordinates(string(last))
	return [4]int{c1, r1, c2, r2}, err
}

// apply fills a row's cells that lie in areas which began above, and keeps the
// values of those that begin here.
func (m *merges) apply(row int, cells *[]string, limits Limits) error {
	m.active = slices.DeleteFunc(m.active, func(a area) bool { return a.to < row })
	blank := !slices.ContainsFunc(*cells, func(c string) bool { return c != "" })
	for _, a := range m.active {
		if blank {
			break // a row of nothing else is none
		}
		for len(*cells) <= a.column {
			*cells = append(*cells, "")
		}
		if (*cells)[a.column] == "" {
			(*cells)[a.column] = a.value
		}
	}
	for ; m.next < len(m.areas) && m.areas[m.next].from <= row; m.next++ {
		a := m.areas[m.next]
		if a.from == row && a.column < len(*cells) && (*cells)[a.column] != "" {
			a.value = (*cells)[a.column]
			m.active = append(m.active, a)
		}
	}
	if len(m.active) > limits.Columns {
		return refuse(codeBadXLSX, fmt.Sprintf("%d merged areas in row %d", len(m.active), row), "")
	}
	return nil
}
