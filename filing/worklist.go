package filing

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Worklist says how a list that people filled in is read back from a workbook.
type Worklist struct {
	Columns []Column // that are read, by key and headers; others are left alone
	Mark    string   // key of the column that makes a row of headers the list's
	Limits  Limits
	TempDir string // for what the cells share; default os.TempDir
}

// WorklistRow is one row of a list.
type WorklistRow struct {
	Sheet    int               // number of the sheet's tab, from 1
	Line     int               // of the sheet, as the spreadsheet shows it
	Cells    map[string]string // by the column's key, as they stand there, without blanks around; empty ones are missing
	Formulas []string          // keys of the columns in which a formula stands
	Broken   *Mistake          // why the row can't be read; nil: it can

	days format
}

// Day reads a cell as a day, in any writing that inventories may have.
func (r WorklistRow) Day(key string) (Day, bool) {
	p := cellParser{table: columns()}
	p.format = r.days
	days, whole := p.days(r.Cells[key])
	if len(days) != 1 || !whole || days[0].IsZero() {
		return Day{}, false
	}
	return days[0], true
}

// Read hands on the rows of all sheets of a workbook that have the list's
// header, in order; empty ones are left out. A file that is no workbook, is
// beyond the limits, or has no such sheet is an error of type *Refusal. It ends
// at the first error that take returns.
func (w Worklist) Read(ctx context.Context, path string, take func(WorklistRow) error) error {
	table := &columnTable{what: "list", list: w.Columns, byHeader: map[string]int{}, byKey: map[string]int{}}
	if err := table.index(); err != nil {
		return fmt.Errorf("read list: %w", err)
	}
	table.marks = []int{table.byKey[w.Mark]}
	err := w.read(ctx, table, path, take)
	var refusal *Refusal
	if errors.As(err, &refusal) && refusal.Mistake.File == "" {
		refusal.Mistake.File, refusal.what = path, table.what
	}
	return err
}

func (w Worklist) read(ctx context.Context, table *columnTable, path string, take func(WorklistRow) error) error {
	limits := w.Limits.filled()
	src, err := openSource(path, table, limits)
	if err != nil {
		return err
	}
	defer src.file.Close()
	switch {
	case bytes.HasPrefix(src.head, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		return refuse(codeOldExcel, "", "xlsx")
	case !bytes.HasPrefix(src.head, []byte("PK\x03\x04")):
		return refuse(codeBadXLSX, "", "xlsx")
	}
	b, err := openBook(src, limits, w.TempDir)
	if err != nil {
		return err
	}
	defer b.strings.close()
	var nearest []string
	found := false
	for i, name := range b.sheets {
		is, near, err := w.sheet(ctx, table, b, name, i+1, limits, take)
		if err != nil {
			return err
		}
		if found = found || is; len(near) > len(nearest) {
			nearest = near
		}
	}
	if !found {
		return table.noHeader(nearest)
	}
	return nil
}

// sheet hands on the rows of one sheet, if it has the list's header.
func (w Worklist) sheet(ctx context.Context, table *columnTable, b *book, name string, tab int, limits Limits, take func(WorklistRow) error) (found bool, nearest []string, err error) {
	s, err := b.openSheet(name, limits)
	if err != nil {
		return false, nil, err
	}
	defer s.close()
	header, nearest, err := table.findHeader(s)
	if err != nil || header == nil {
		return false, nearest, err
	}
	rec := &record{cells: make([]string, len(table.list))}
	for n := 0; ; n++ {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return true, nil, ctx.Err()
		}
		rec.reset()
		if err := s.next(); err == io.EOF {
			return true, nil, nil
		} else if err != nil {
			return true, nil, err
		}
		if n >= limits.Rows {
			return true, nil, refuse(codeTooManyRows, "", fmt.Sprintf("at most %d", limits.Rows))
		}
		row := w.row(table, header, s, rec, limits)
		if row.Sheet = tab; len(row.Cells) == 0 && len(row.Formulas) == 0 && row.Broken == nil {
			continue
		}
		if err := take(row); err != nil {
			return true, nil, err
		}
	}
}

// row gathers the cells of the columns that are read.
func (w Worklist) row(table *columnTable, header *header, s *sheet, rec *record, limits Limits) WorklistRow {
	row := WorklistRow{Line: s.row, Cells: map[string]string{}, days: format{serials: true, date1904: s.book.date1904}}
	header.fillIn(s.cells[:min(len(s.cells), len(header.columns))], rec, limits)
	for i, text := range rec.cells {
		key := table.list[i].Key
		switch {
		case len(text) > limits.CellBytes:
			row.Broken = &Mistake{Line: s.row, Column: header.names[i], Key: key, Code: codeCellTooLong, Want: fmt.Sprintf("at most %d bytes", limits.CellBytes)}
		case strings.TrimSpace(text) != "":
			row.Cells[key] = strings.TrimSpace(text)
		}
	}
	for _, place := range slices.Concat(s.worked, s.broken) {
		if place < len(header.columns) && header.columns[place] >= 0 {
			row.Formulas = append(row.Formulas, table.list[header.columns[place]].Key)
		}
	}
	return row
}
