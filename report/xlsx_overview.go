package report

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/icpaudit/icpaudit/checks"
)

// sheetPage is a short sheet that is written cell by cell, from the top down.
type sheetPage struct {
	book  *workbook
	sheet string
	row   int // the last one written
	err   error
}

// put writes one row; once something failed, nothing more is written.
func (p *sheetPage) put(cells ...excelize.Cell) {
	p.row++
	for i, c := range cells {
		if p.err != nil || (c.Value == nil && c.StyleID == 0) {
			continue
		}
		if text, ok := c.Value.(string); ok {
			c.Value = literal(text)
		}
		at, err := excelize.CoordinatesToCellName(i+1, p.row)
		if err == nil {
			err = p.book.file.SetCellValue(p.sheet, at, c.Value)
		}
		if err == nil {
			err = p.book.file.SetCellStyle(p.sheet, at, at, c.StyleID)
		}
		p.err = err
	}
}

// escapes begins with what looks like an escape of XLSX.
var escapes = regexp.MustCompile(`^_x[0-9A-Fa-f]{4}_`)

// literal keeps text that looks like an escape of XLSX, such as _x0000_, what
// it is; two of them may share a sign. The streamed sheets do so by themselves;
// SetCellValue of excelize 2.11.1 does not.
func literal(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if text[i] == '_' && escapes.MatchString(text[i:]) {
			b.WriteString("_x005F")
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// link makes a cell of the last row lead to a sheet of this workbook.
func (p *sheetPage) link(column, sheet string) {
	if p.err == nil {
		p.err = p.book.file.SetCellHyperLink(p.sheet, column+strconv.Itoa(p.row), "'"+sheet+"'!A1", "Location")
	}
}

// head writes a row of headers: of texts, then of figures.
func (p *sheetPage) head(texts []string, figures ...string) {
	var cells []excelize.Cell
	for _, text := range texts {
		cells = append(cells, excelize.Cell{StyleID: p.book.styles.head, Value: text})
	}
	for _, text := range figures {
		cells = append(cells, excelize.Cell{StyleID: p.book.styles.figure, Value: text})
	}
	p.put(cells...)
}

func (b *workbook) number(n int) excelize.Cell {
	return excelize.Cell{StyleID: b.styles.count, Value: n}
}

// overview fills the first sheet: figures, outcomes by scene, due days, the
// runs before, and where everything stands.
func (b *workbook) overview() error {
	t := b.t
	p := &sheetPage{book: b, sheet: t.Say("sheet-overview")}
	p.put(cell(b.styles.title, t.Say("book-title")))
	p.put(cell(b.styles.note, fmt.Sprintf(t.Say("run-of"), b.ledger.Run.Inventory, stamp(b.ledger.Run.Started))))
	p.row++
	b.figures(p)
	p.row++
	b.contents(p)
	p.row++
	b.byScene(p)
	p.row++
	b.dueDays(p)
	p.row++
	b.trend(p)
	if p.err == nil {
		p.err = b.file.SetColWidth(p.sheet, "A", "A", 34)
	}
	if p.err == nil {
		p.err = b.file.SetColWidth(p.sheet, "B", "H", 13)
	}
	b.file.SetActiveSheet(0)
	if p.err != nil {
		return fmt.Errorf("sheet %q: %w", p.sheet, p.err)
	}
	return b.printed(p.sheet, 1)
}

func (b *workbook) figures(p *sheetPage) {
	t := b.t
	p.head([]string{t.Say("figure")}, t.Say("value"))
	for _, rate := range []struct {
		key  string
		rate func() (float64, bool)
	}{{"rate-compliance", b.sums.totals.Compliance}, {"rate-coverage", b.sums.totals.Coverage}} {
		value := cell(b.styles.text, "—")
		if r, ok := rate.rate(); ok {
			value = excelize.Cell{StyleID: b.styles.rate, Value: r}
		}
		p.put(cell(b.styles.text, t.Say(rate.key)), value)
	}
	if b.ledger.Ended != nil {
		e := b.ledger.Ended
		for _, c := range []struct {
			key string
			n   int
		}{{"count-subjects", e.Subjects}, {"count-services", e.Services}, {"count-domains", e.Domains}, {"count-apps", e.Apps}} {
			p.put(cell(b.styles.text, t.Say(c.key)), b.number(c.n))
		}
	}
	p.put(cell(b.styles.text, t.Say("count-findings")), b.number(b.sums.totals.Findings))
	for _, o := range checks.Outcomes() {
		p.put(cell(b.styles.outcome[o], t.word("outcome", string(o))), b.number(b.sums.totals.Outcomes[o]))
	}
	for _, code := range slices.Sorted(maps.Keys(b.sums.states)) {
		p.put(cell(b.styles.text, t.word("state", code)), b.number(b.sums.states[code]))
	}
	p.put(cell(b.styles.note, t.Say("rate-note")))
}

// contents leads to every sheet, and says which list was split.
func (b *workbook) contents(p *sheetPage) {
	p.head([]string{b.t.Say("contents")}, b.t.Say("rows"))
	for _, s := range b.made {
		for i, name := range s.parts {
			note := excelize.Cell{}
			if i == 0 && len(s.parts) > 1 {
				note = cell(b.styles.note, fmt.Sprintf(b.t.Say("sheets-split"), len(s.parts)))
			}
			rows := excelize.Cell{}
			if i == 0 {
				rows = b.number(s.total)
			}
			p.put(cell(b.styles.link, name), rows, note)
			p.link("A", name)
		}
	}
	p.put(cell(b.styles.link, b.t.Say("sheet-run")))
	p.link("A", b.t.Say("sheet-run"))
}

// chartOutcomes are the outcomes that the chart stacks, with their colours.
func chartOutcomes() []struct {
	outcome checks.Outcome
	color   string
} {
	return []struct {
		outcome checks.Outcome
		color   string
	}{{checks.Deficient, "C0392B"}, {checks.Suspected, "E0A100"}, {checks.Unverifiable, "9AA5B1"}, {checks.Error, "8E44AD"}, {checks.Pass, "3C9D5A"}}
}

func (b *workbook) byScene(p *sheetPage) {
	t := b.t
	outcomes := chartOutcomes()
	var words []string
	for _, o := range outcomes {
		words = append(words, t.word("outcome", string(o.outcome)))
	}
	p.head([]string{t.Say("table-scene")}, append(words, t.word("outcome", string(checks.NotApplicable)))...)
	top := p.row
	for i := range t.ref.Catalogue.Scenes {
		scene := &t.ref.Catalogue.Scenes[i]
		counts, ok := b.sums.totals.Scenes[checks.ID(scene.ID)]
		if !ok {
			continue
		}
		cells := []excelize.Cell{cell(b.styles.text, scene.Name.In(t.lang))}
		for _, o := range outcomes {
			cells = append(cells, b.number(counts[o.outcome]))
		}
		p.put(append(cells, b.number(counts[checks.NotApplicable]))...)
	}
	if p.row == top {
		return
	}
	var all []excelize.ChartSeries
	for i, o := range outcomes {
		letter := string(rune('B' + i))
		all = append(all, excelize.ChartSeries{
			Name: ref(p.sheet, letter, top, top), Categories: ref(p.sheet, "A", top+1, p.row), Values: ref(p.sheet, letter, top+1, p.row),
			Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{o.color}},
		})
	}
	b.chart(p, "J1", excelize.BarStacked, t.Say("chart-scenes"), all, 760, 120+22*(p.row-top))
}

func (b *workbook) dueDays(p *sheetPage) {
	p.put(cell(b.styles.title, b.t.Say("chart-due")))
	if len(b.sums.due) == 0 {
		p.put(cell(b.styles.note, b.t.Say("no-due")))
		return
	}
	p.head([]string{b.t.Say("due")}, b.t.word("outcome", string(checks.Deficient)))
	top := p.row
	for _, day := range slices.Sorted(maps.Keys(b.sums.due)) {
		p.put(cell(b.styles.text, day), b.number(b.sums.due[day]))
	}
	b.chart(p, "J"+strconv.Itoa(top), excelize.Col, b.t.Say("chart-due"), []excelize.ChartSeries{{
		Name: ref(p.sheet, "B", top, top), Categories: ref(p.sheet, "A", top+1, p.row), Values: ref(p.sheet, "B", top+1, p.row),
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"C0392B"}},
	}}, 520, 260)
}

func (b *workbook) trend(p *sheetPage) {
	t := b.t
	p.put(cell(b.styles.title, t.Say("chart-trend")))
	if len(b.ledger.Run.Earlier) == 0 {
		p.put(cell(b.styles.note, t.Say("no-trend")))
		return
	}
	p.head([]string{t.Say("run-started")}, t.word("outcome", "deficient"), t.word("outcome", "suspected"), t.Say("rate-compliance"), t.Say("rate-coverage"))
	top := p.row
	for _, e := range withThis(b.ledger, b.sums) {
		p.put(cell(b.styles.text, e.Started.String()), b.number(e.Deficient), b.number(e.Suspected),
			excelize.Cell{StyleID: b.styles.rate, Value: e.Compliance}, excelize.Cell{StyleID: b.styles.rate, Value: e.Coverage})
	}
	b.chart(p, "J"+strconv.Itoa(top+14), excelize.Line, t.Say("chart-trend"), []excelize.ChartSeries{
		{Name: ref(p.sheet, "B", top, top), Categories: ref(p.sheet, "A", top+1, p.row), Values: ref(p.sheet, "B", top+1, p.row)},
		{Name: ref(p.sheet, "C", top, top), Categories: ref(p.sheet, "A", top+1, p.row), Values: ref(p.sheet, "C", top+1, p.row)},
	}, 520, 260)
}

func (b *workbook) chart(p *sheetPage, at string, kind excelize.ChartType, title string, all []excelize.ChartSeries, width, height int) {
	if p.err != nil {
		return
	}
	dark := excelize.Font{Color: "404040"}
	legend := excelize.ChartLegend{Position: "bottom"}
	if len(all) == 1 {
		legend.Position = "none"
	}
	p.err = b.file.AddChart(p.sheet, at, &excelize.Chart{
		Type: kind, Series: all, Title: excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: title}}},
		Legend: legend, Dimension: excelize.ChartDimension{Width: uint(width), Height: uint(height)},
		YAxis: excelize.ChartAxis{MajorGridLines: true, Font: dark}, XAxis: excelize.ChartAxis{Font: dark, ReverseOrder: kind == excelize.BarStacked},
	})
}

// ref names cells of one column of a sheet, as charts want it.
func ref(sheet, column string, from, to int) string {
	sheet = "'" + strings.ReplaceAll(sheet, "'", "''") + "'!"
	if from == to {
		return fmt.Sprintf("%s$%s$%d", sheet, column, from)
	}
	return fmt.Sprintf("%s$%s$%d:$%s$%d", sheet, column, from, column, to)
}
