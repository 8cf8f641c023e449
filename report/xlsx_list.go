package report

import (
	"fmt"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/reference"
)

// listColumn is one column of the list of findings.
type listColumn struct {
	sheetColumn
	key   string // of its header, as in the CSV or the phrases
	style func(styles, Row) int
	text  func(*Teller, Row) string
}

func listColumns(say Phrases) []listColumn {
	plain := func(s styles, _ Row) int { return s.text }
	wrap := func(s styles, _ Row) int { return s.wrap }
	edit := func(s styles, _ Row) int { return s.edit }
	outcome := func(s styles, r Row) int { return s.outcome[r.Outcome] }
	col := func(key string, width float64, style func(styles, Row) int, text func(*Teller, Row) string) listColumn {
		return listColumn{sheetColumn{header: headerOf(say, key), width: width}, key, style, text}
	}
	empty := func(*Teller, Row) string { return "" }
	all := []listColumn{
		col("subject", 22, plain, func(_ *Teller, r Row) string { return r.Subject }),
		col("subject_name", 26, wrap, func(_ *Teller, r Row) string { return r.SubjectName }),
		col("service", 24, plain, func(_ *Teller, r Row) string { return r.Service }),
		col("service_name", 18, wrap, func(_ *Teller, r Row) string { return r.ServiceName }),
		col("name", 24, wrap, func(_ *Teller, r Row) string { return r.Label }),
		col("scene_name", 20, wrap, func(_ *Teller, r Row) string { return r.SceneName }),
		col("severity", 9, plain, func(_ *Teller, r Row) string { return r.Severity }),
		col("outcome_word", 10, outcome, func(_ *Teller, r Row) string { return r.OutcomeWord }),
		col("reason_word", 26, wrap, func(_ *Teller, r Row) string { return r.ReasonWord }),
		col("want", 32, wrap, func(_ *Teller, r Row) string { return r.Want }),
		col("got", 32, wrap, func(_ *Teller, r Row) string { return r.Got }),
		col("where", 30, wrap, func(_ *Teller, r Row) string { return r.Where }),
		col("excerpt", 30, wrap, func(_ *Teller, r Row) string { return r.Excerpt }),
		col("why", 22, wrap, func(_ *Teller, r Row) string { return r.WhyWord }),
		col("caused_by", 18, wrap, func(_ *Teller, r Row) string { return r.CauseWords }),
		col("way-first", 44, wrap, firstWay),
		col("ways-more", 20, wrap, func(t *Teller, r Row) string {
			if len(r.Ways) < 2 {
				return ""
			}
			return fmt.Sprintf(t.Say("ways-more-n"), len(r.Ways)-1)
		}),
		col("plan-step", 9, plain, func(_ *Teller, r Row) string { return positive(r.Step) }),
		col("due", 12, plain, func(_ *Teller, r Row) string { return r.Due }),
		col("state", 16, wrap, func(_ *Teller, r Row) string { return r.StateWord }),
		col("first-seen", 12, plain, func(_ *Teller, r Row) string { return r.State.FirstSeen.String() }),
		col("owner", 16, wrap, func(_ *Teller, r Row) string { return r.Owner }),
		col("provider", 14, wrap, func(_ *Teller, r Row) string { return r.Provider }),
		col("looks", 26, wrap, func(_ *Teller, r Row) string { return stamps(r.Looks) }),
		col("section", 12, plain, func(_ *Teller, r Row) string { return r.Section }),
		col("inventory_row", 10, plain, func(_ *Teller, r Row) string { return positive(r.InventoryRow) }),
		col("edit-status", 16, edit, empty), col("edit-person", 16, edit, empty), col("edit-reason", 24, edit, empty), col("edit-until", 14, edit, empty), col("edit-note", 30, edit, empty),
		col("edit-key", 30, plain, func(t *Teller, r Row) string { return listKey(t.now, r.Key) }),
	}
	all[len(all)-1].hidden = true
	return all
}

// firstWay is the preferred way without the others.
func firstWay(t *Teller, r Row) string {
	if len(r.Ways) == 0 {
		return ""
	}
	return t.way(r, r.Ways[0])
}

// headerOf is the header of a column of the CSV, or else a phrase.
func headerOf(say Phrases, key string) reference.Text {
	for _, c := range csvColumns() {
		if c.key == key {
			return c.header
		}
	}
	text := say.Say(key)
	return reference.Text{ZH: text, EN: text}
}

// WriteXLSX writes a workbook that holds the list of these rows and nothing
// else: what one team is to act on.
func (t *Teller) WriteXLSX(w io.Writer, rows []Row) error {
	b := &workbook{t: t, file: excelize.NewFile(), rowLimit: sheetRows}
	defer b.file.Close()
	var err error
	if b.styles, err = newStyles(b.file); err != nil {
		return fmt.Errorf("write the list: styles: %w", err)
	}
	f := b.findings()
	if err := f.series.begin(); err != nil {
		return fmt.Errorf("write the list: %w", err)
	}
	if err := f.take(Told{Rows: rows}); err != nil {
		return fmt.Errorf("write the list: %w", err)
	}
	if err := f.series.end(f.none); err != nil {
		return fmt.Errorf("write the list: %w", err)
	}
	if err := b.file.DeleteSheet("Sheet1"); err != nil {
		return fmt.Errorf("write the list: %w", err)
	}
	if err := b.file.Write(w); err != nil {
		return fmt.Errorf("write the list: %w", err)
	}
	return nil
}

// findings is the list of what is deficient, suspected, or failed.
func (b *workbook) findings() feed {
	columns := listColumns(b.t.Phrases)
	s := &series{book: b, name: b.t.Say("sheet-findings"), freeze: 2, height: 32, valid: b.validHandling(columns)}
	for _, c := range columns {
		s.columns = append(s.columns, c.sheetColumn)
	}
	return feed{series: s, none: b.t.Say("no-findings"), take: func(told Told) error {
		for _, r := range told.Rows {
			if !listed(r) {
				continue
			}
			cells := make([]any, len(columns))
			for i, c := range columns {
				cells[i] = cell(c.style(b.styles, r), c.text(b.t, r))
			}
			if err := s.put(cells); err != nil {
				return err
			}
		}
		return nil
	}}
}

// listed says whether a row is one that somebody has to act on.
func listed(r Row) bool { return r.Outcome == checks.Deficient || r.Outcome == checks.Suspected }

// validHandling lets only the known words into the columns of the handling and
// of the reason.
func (b *workbook) validHandling(columns []listColumn) func(sheet string, n int) error {
	words := map[string][]string{}
	for _, h := range Handlings() {
		words["edit-status"] = append(words["edit-status"], b.t.Say("status-"+string(h)))
	}
	for _, r := range history.WaiverReasons() {
		words["edit-reason"] = append(words["edit-reason"], b.t.word("waiver", string(r)))
	}
	return func(sheet string, n int) error {
		for i, c := range columns {
			if words[c.key] == nil {
				continue
			}
			letter, err := excelize.ColumnNumberToName(i + 1)
			if err != nil {
				return err
			}
			v := excelize.NewDataValidation(true)
			v.SetSqref(letter + "2:" + letter + strconv.Itoa(n))
			if err := v.SetDropList(words[c.key]); err != nil {
				return err
			}
			v.SetError(excelize.DataValidationErrorStyleStop, b.t.Say("status-error-title"), b.t.Say("status-error"))
			if err := b.file.AddDataValidation(sheet, v); err != nil {
				return err
			}
		}
		return nil
	}
}
