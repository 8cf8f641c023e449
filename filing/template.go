package filing

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// WriteTemplate writes an empty inventory to be filled in: the header with two
// example rows, a domain's and an App's. Format is "csv" (UTF-8 with a byte
// order mark, as spreadsheets want it) or "xlsx" (with lists to choose from and
// a second sheet that explains every column); lang "zh" or "en".
func WriteTemplate(w io.Writer, format, lang string) error {
	return writeTemplate(w, columns(), format, lang)
}

// WriteFeedTemplate does the same for an evidence feed, with two example rows.
func WriteFeedTemplate(w io.Writer, kind EvidenceKind, format, lang string) error {
	t := feedTables()[kind]
	if t == nil {
		return fmt.Errorf("write template: %q is no feed", kind)
	}
	return writeTemplate(w, t, format, lang)
}

func writeTemplate(w io.Writer, t *columnTable, format, lang string) error {
	if lang != "zh" && lang != "en" {
		return fmt.Errorf("write template: language %q is neither zh nor en", lang)
	}
	switch format {
	case "csv":
		return writeCSVTemplate(w, t, lang)
	case "xlsx":
		return writeXLSXTemplate(w, t, lang)
	}
	return fmt.Errorf("write template: format %q is neither csv nor xlsx", format)
}

// head is the column's header in a language.
func (c *Column) head(lang string) string {
	if lang == "zh" {
		return c.ZH
	}
	return c.Key
}

// examples are the cells of the two example rows.
func (c *Column) examples() (domain, app string) {
	domain, app = c.Example, c.App
	if app == "" {
		app = domain
	}
	if domain == "-" {
		domain = ""
	}
	if app == "-" {
		app = ""
	}
	return domain, app
}

// templateRows are the header and the example rows.
func (t *columnTable) templateRows(lang string) [3][]string {
	var rows [3][]string
	for _, c := range t.list {
		domain, app := c.examples()
		rows[0] = append(rows[0], c.head(lang))
		rows[1] = append(rows[1], domain)
		rows[2] = append(rows[2], app)
	}
	return rows
}

func writeCSVTemplate(w io.Writer, t *columnTable, lang string) error {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return fmt.Errorf("write template: %w", err)
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	rows := t.templateRows(lang)
	if err := out.WriteAll(rows[:]); err != nil {
		return fmt.Errorf("write template: %w", err)
	}
	return nil
}

func writeXLSXTemplate(w io.Writer, t *columnTable, lang string) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	words := t.template[lang]
	data, help := words.Data, words.Help
	if err := errors.Join(f.SetSheetName("Sheet1", data), t.fillData(f, data, lang)); err != nil {
		return fmt.Errorf("write template: %w", err)
	}
	if _, err := f.NewSheet(help); err != nil {
		return fmt.Errorf("write template: %w", err)
	}
	if err := t.fillHelp(f, help, lang); err != nil {
		return fmt.Errorf("write template: %w", err)
	}
	if _, err := f.WriteTo(w); err != nil {
		return fmt.Errorf("write template: %w", err)
	}
	return nil
}

// textFormat is the number format of a cell that keeps what is typed.
const textFormat = 49

// lastTemplateRow is how far down the lists to choose from reach.
const lastTemplateRow = 100_000

func (t *columnTable) fillData(f *excelize.File, sheet, lang string) error {
	text, err := f.NewStyle(&excelize.Style{NumFmt: textFormat})
	if err != nil {
		return err
	}
	bold, err := f.NewStyle(&excelize.Style{NumFmt: textFormat, Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	list := t.list
	last, err := excelize.ColumnNumberToName(len(list))
	if err != nil {
		return err
	}
	if err := errors.Join(f.SetColStyle(sheet, "A:"+last, text), f.SetColWidth(sheet, "A", last, 18),
		f.SetCellStyle(sheet, "A1", last+"1", bold),
		f.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})); err != nil {
		return err
	}
	for i, row := range t.templateRows(lang) {
		for j, cell := range row {
			if cell == "" {
				continue
			}
			if err := setText(f, sheet, j+1, i+1, cell); err != nil {
				return err
			}
		}
	}
	for i := range list {
		if err := t.headNotes(f, sheet, lang, i); err != nil {
			return err
		}
	}
	return nil
}

// headNotes puts the column's note on its header, and its choices in its cells.
func (t *columnTable) headNotes(f *excelize.File, sheet, lang string, i int) error {
	c := &t.list[i]
	name, err := excelize.ColumnNumberToName(i + 1)
	if err != nil {
		return err
	}
	note := c.Note.ZH
	if lang == "en" {
		note = c.Note.EN
	}
	if err := f.AddComment(sheet, excelize.Comment{Cell: name + "1", Author: "icpaudit", Text: note}); err != nil {
		return err
	}
	choices := t.offered(c.Kind, lang)
	if len(choices) == 0 {
		return nil
	}
	v := excelize.NewDataValidation(true)
	v.Sqref = fmt.Sprintf("%s2:%s%d", name, name, lastTemplateRow)
	v.SetError(excelize.DataValidationErrorStyleWarning, c.head(lang), strings.Join(choices, " "))
	return errors.Join(v.SetDropList(choices), f.AddDataValidation(sheet, v))
}

func setText(f *excelize.File, sheet string, column, row int, text string) error {
	cell, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return err
	}
	return f.SetCellStr(sheet, cell, text)
}

// fillHelp explains every column.
func (t *columnTable) fillHelp(f *excelize.File, sheet, lang string) error {
	rows := [][]string{t.template[lang].Header}
	for _, c := range t.list {
		domain, app := c.examples()
		if domain == "" {
			domain = app
		}
		row := []string{c.Key, c.ZH, c.Note.EN, domain, strings.Join(c.Aliases, ", ")}
		if lang == "zh" {
			row = []string{c.ZH, c.Key, c.Note.ZH, domain, strings.Join(c.Aliases, "、")}
		}
		rows = append(rows, row)
	}
	for i, row := range rows {
		for j, cell := range row {
			if err := setText(f, sheet, j+1, i+1, cell); err != nil {
				return err
			}
		}
	}
	return errors.Join(f.SetColWidth(sheet, "A", "B", 26), f.SetColWidth(sheet, "C", "E", 60))
}

// offered are the words of a column that chooses, in a language.
func (t *columnTable) offered(kind, lang string) []string {
	if kind == "province" || t.choices[kind] == "" {
		return nil
	}
	values := strings.Split(t.choices[kind], ", ")
	if lang == "en" {
		return values
	}
	return slices.Clone(t.chinese[kind])
}
