package report

import (
	"fmt"

	"github.com/xuri/excelize/v2"
)

// series is one long list over as many sheets as the row limit asks for.
type series struct {
	book    *workbook
	name    string
	columns []sheetColumn
	freeze  int                             // columns that stay at the left
	height  float64                         // of a row in points; 0: the default
	valid   func(sheet string, n int) error // adds data validation to the rows 2 to n; may be nil
	parts   []string                        // names of the sheets begun
	out     *excelize.StreamWriter
	rows    int // of the sheet in hand, header included
	total   int // of all, without headers
}

func (s *series) begin() error {
	name := s.name
	if n := len(s.parts); n > 0 {
		name = fmt.Sprintf("%s (%d)", s.name, n+1)
	}
	f := s.book.file
	if _, err := f.NewSheet(name); err != nil {
		return err
	}
	// The stream begins with the properties of its sheet: they come first.
	err := s.book.printed(name, 0)
	if err != nil {
		return err
	}
	if s.out, err = f.NewStreamWriter(name); err != nil {
		return fmt.Errorf("sheet %q: %w", name, err)
	}
	s.parts, s.rows = append(s.parts, name), 1
	header := make([]any, len(s.columns))
	for i, c := range s.columns {
		if err := s.out.SetColWidth(i+1, i+1, c.width); err != nil {
			return err
		}
		if c.hidden {
			if err := s.out.SetColVisible(i+1, i+1, false); err != nil {
				return err
			}
		}
		header[i] = excelize.Cell{StyleID: s.book.styles.head, Value: c.header.In(s.book.t.lang)}
	}
	corner, err := excelize.CoordinatesToCellName(s.freeze+1, 2)
	if err != nil {
		return err
	}
	pane := "bottomRight"
	if s.freeze == 0 {
		pane = "bottomLeft"
	}
	if err := s.out.SetPanes(&excelize.Panes{Freeze: true, XSplit: s.freeze, YSplit: 1, TopLeftCell: corner, ActivePane: pane}); err != nil {
		return err
	}
	return s.out.SetRow("A1", header, excelize.RowOpts{Height: 48})
}

// put writes one row, on a new sheet where this one is full.
func (s *series) put(cells []any) error {
	if s.rows >= s.book.rowLimit {
		if err := s.finish(); err != nil {
			return err
		}
		if err := s.begin(); err != nil {
			return err
		}
	}
	s.rows++
	s.total++
	at, err := excelize.CoordinatesToCellName(1, s.rows)
	if err != nil {
		return err
	}
	if s.height > 0 {
		return s.out.SetRow(at, cells, excelize.RowOpts{Height: s.height})
	}
	return s.out.SetRow(at, cells)
}

// end closes the last sheet; an empty list says what none means.
func (s *series) end(none string) error {
	if s.total == 0 && none != "" {
		if err := s.out.SetRow("A2", []any{cell(s.book.styles.note, none)}); err != nil {
			return err
		}
	}
	return s.finish()
}

// finish adds what belongs around the rows: filter, validation, printing.
func (s *series) finish() error {
	f, name := s.book.file, s.parts[len(s.parts)-1]
	last, err := excelize.CoordinatesToCellName(len(s.columns), max(s.rows, 1))
	if err != nil {
		return err
	}
	if s.rows > 1 {
		if err := f.AutoFilter(name, "A1:"+last, nil); err != nil {
			return fmt.Errorf("sheet %q: filter: %w", name, err)
		}
		if s.valid != nil {
			if err := s.valid(name, s.rows); err != nil {
				return fmt.Errorf("sheet %q: validation: %w", name, err)
			}
		}
	}
	if err := s.out.Flush(); err != nil {
		return fmt.Errorf("sheet %q: %w", name, err)
	}
	return nil
}

// printed has a sheet printed across on A3, one page wide and of so many pages
// (0: as many as it takes), its first row on every page.
func (b *workbook) printed(sheet string, pages int) error {
	across, wide, yes, a3 := "landscape", 1, true, 8
	if err := b.file.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: &a3, Orientation: &across, FitToWidth: &wide, FitToHeight: &pages}); err != nil {
		return fmt.Errorf("sheet %q: layout: %w", sheet, err)
	}
	if err := b.file.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &yes}); err != nil {
		return fmt.Errorf("sheet %q: layout: %w", sheet, err)
	}
	if err := b.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + sheet + "'!$1:$1", Scope: sheet}); err != nil {
		return fmt.Errorf("sheet %q: layout: %w", sheet, err)
	}
	return nil
}
