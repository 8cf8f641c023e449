package filing

import (
	"io"
	"slices"
)

// xlsxReader reads the first sheet of a workbook that has a known header.
type xlsxReader struct {
	book   *book
	sheet  *sheet
	header *header
	limits Limits
	top    int // the header's row in the sheet
}

// newXLSXReader finds the sheet and its header. The function closes what is open.
func newXLSXReader(s *source, limits Limits, tempDir string) (rowReader, func(), error) {
	nothing := func() {}
	b, err := openBook(s, limits, tempDir)
	if err != nil {
		return nil, nothing, err
	}
	var nearest []string
	for _, name := range b.sheets {
		sh, err := b.openSheet(name, limits)
		if err != nil {
			b.strings.close()
			return nil, nothing, err
		}
		found, near, err := s.table.findHeader(sh)
		if err == nil && found != nil {
			r := &xlsxReader{book: b, sheet: sh, header: found, limits: limits, top: sh.row}
			return r, func() { sh.close(); b.strings.close() }, nil
		}
		sh.close()
		if err != nil {
			b.strings.close()
			return nil, nothing, err
		}
		if len(near) > len(nearest) {
			nearest = near
		}
	}
	b.strings.close()
	if nearest == nil {
		return nil, nothing, refuse(codeEmptyFile, "", "")
	}
	return nil, nothing, s.table.noHeader(nearest)
}

// findHeader looks for the header in a sheet's first rows.
func (t *columnTable) findHeader(s *sheet) (found *header, nearest []string, err error) {
	best := -1
	for range headerRows {
		if err := s.next(); err == io.EOF {
			break
		} else if err != nil {
			return nil, nil, err
		}
		n, item := t.known(s.cells)
		if item {
			found, err = t.newHeader(s.cells)
			return found, nil, err
		}
		if n > best && len(s.cells) > 0 {
			best, nearest = n, slices.Clone(s.cells)
		}
	}
	return nil, nearest, nil
}

func (r *xlsxReader) next(rec *record) error {
	rec.reset()
	if err := r.sheet.next(); err != nil {
		return err
	}
	rec.row, rec.line = r.sheet.row-r.top, r.sheet.row
	r.header.fillIn(r.sheet.cells, rec, r.limits)
	for _, place := range r.sheet.broken {
		if place < len(r.header.columns) && r.header.columns[place] >= 0 {
			key := r.header.table.list[r.header.columns[place]].Key
			rec.broken = append(rec.broken, Mistake{Code: codeCellFormula, Key: key})
		}
	}
	return nil
}

func (r *xlsxReader) heads() []string   { return r.header.names }
func (r *xlsxReader) unknown() []string { return r.header.unheaded }
func (r *xlsxReader) format() format    { return format{serials: true, date1904: r.book.date1904} }
