package report

import (
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/reference"
)

// sheetRows is how many rows a sheet of XLSX can have, its header included.
const sheetRows = 1_048_576

// workbook writes one workbook. Long sheets are streamed, so that a run of any
// length takes little memory; no cell of it is a formula.
type workbook struct {
	t        *Teller
	ledger   *Ledger
	file     *excelize.File
	styles   styles
	sums     *gathered
	rowLimit int // of a sheet, header included
	made     []*series
}

// Workbook writes a run that is read back as XLSX.
func (t *Teller) Workbook(w io.Writer, l *Ledger) error { return t.workbook(w, l, sheetRows) }

func (t *Teller) workbook(w io.Writer, l *Ledger, rowLimit int) error {
	b := &workbook{t: t, ledger: l, file: excelize.NewFile(), sums: newGathered(), rowLimit: rowLimit}
	defer b.file.Close()
	var err error
	if b.styles, err = newStyles(b.file); err != nil {
		return fmt.Errorf("write workbook: styles: %w", err)
	}
	// The first sheet is filled last, when the sums are known.
	if err := b.file.SetSheetName("Sheet1", t.Say("sheet-overview")); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	for _, step := range []func() error{b.told, b.remedies, b.run, b.overview} {
		if err := step(); err != nil {
			return fmt.Errorf("write workbook: %w", err)
		}
	}
	if err := b.file.Write(w); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

// told writes all sheets that are fed by the findings, in one pass.
func (b *workbook) told() error {
	feeds := []feed{b.findings(), b.matrix(), b.plan(), b.open(), b.openRows(), b.waivers()}
	for _, f := range feeds {
		if err := f.series.begin(); err != nil {
			return err
		}
		b.made = append(b.made, f.series)
	}
	for told, err := range b.ledger.Subjects(b.t) {
		if err != nil {
			return err
		}
		b.sums.add(told.Rows)
		for _, f := range feeds {
			if err := f.take(told); err != nil {
				return err
			}
		}
	}
	for _, f := range feeds {
		if f.last != nil {
			if err := f.last(); err != nil {
				return err
			}
		}
		if err := f.series.end(f.none); err != nil {
			return err
		}
	}
	return nil
}

// feed is a sheet, or as many as it takes, and what it makes of each subject.
type feed struct {
	series *series
	take   func(Told) error
	last   func() error // at the end; may be nil
	none   string       // what the sheet says where it has no row
}

// styles are the style numbers of a workbook.
type styles struct {
	title, head, figure, edit, text, wrap, link, note, count, rate int
	outcome                                                        map[checks.Outcome]int
}

func newStyles(f *excelize.File) (s styles, err error) {
	make := func(style *excelize.Style) int {
		n, e := f.NewStyle(style)
		if e != nil && err == nil {
			err = e
		}
		return n
	}
	// Cells are of the text format, so that an edited cell doesn't turn into a formula either.
	const asText = 49
	top := &excelize.Alignment{Vertical: "top"}
	wrap := &excelize.Alignment{Vertical: "top", WrapText: true}
	fill := func(color string) excelize.Fill {
		return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
	}
	s.title = make(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 16}})
	s.head = make(&excelize.Style{Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: fill("1F3A5F"), Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}})
	s.figure = make(&excelize.Style{Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: fill("1F3A5F"), Alignment: &excelize.Alignment{Vertical: "center", Horizontal: "right"}})
	s.edit = make(&excelize.Style{NumFmt: asText, Fill: fill("FFF9DB"), Alignment: wrap})
	s.text = make(&excelize.Style{NumFmt: asText, Alignment: top})
	s.wrap = make(&excelize.Style{NumFmt: asText, Alignment: wrap})
	s.link = make(&excelize.Style{NumFmt: asText, Font: &excelize.Font{Color: "0B5CAD", Underline: "single"}, Alignment: top})
	s.note = make(&excelize.Style{NumFmt: asText, Font: &excelize.Font{Italic: true, Color: "555555"}})
	s.count = make(&excelize.Style{NumFmt: 3, Alignment: top})
	s.rate = make(&excelize.Style{NumFmt: 10, Alignment: top})
	s.outcome = map[checks.Outcome]int{}
	colors := map[checks.Outcome][2]string{ // paper and ink
		checks.Deficient: {"F8D0CC", "7A1710"}, checks.Suspected: {"FCE8B8", "6B4500"}, checks.Unverifiable: {"E3E6EA", "3A424C"},
		checks.Error: {"E6D4F0", "55217A"}, checks.Pass: {"D5EFD9", "16552A"}, checks.NotApplicable: {"F5F5F5", "666666"},
	}
	for _, o := range checks.Outcomes() {
		c := colors[o]
		s.outcome[o] = make(&excelize.Style{NumFmt: asText, Fill: fill(c[0]), Font: &excelize.Font{Color: c[1]}, Alignment: top})
	}
	return s, err
}

// longestSheetCell is below the 32,767 UTF-16 units that a cell of XLSX can
// hold, and keeps a list of many findings small.
const longestSheetCell = 4000

// cell is foreign or own text as a cell: no spreadsheet reads it as a formula,
// and what is cut says so.
func cell(style int, text string) excelize.Cell {
	if utf8.RuneCountInString(text) > longestSheetCell {
		text = string([]rune(text)[:longestSheetCell]) + cut
	}
	return excelize.Cell{StyleID: style, Value: formulaSafe(text)}
}

// sheetColumn is one column of a streamed sheet.
type sheetColumn struct {
	header reference.Text
	width  float64 // in characters
	hidden bool
}
