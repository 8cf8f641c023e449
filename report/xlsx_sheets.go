package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/icpaudit/icpaudit/checks"
)

// columnsOf makes columns from the keys of headers or phrases, with widths.
func (b *workbook) columnsOf(widths ...any) []sheetColumn {
	var all []sheetColumn
	for i := 0; i+1 < len(widths); i += 2 {
		all = append(all, sheetColumn{header: headerOf(b.t.Phrases, widths[i].(string)), width: float64(widths[i+1].(int))})
	}
	return all
}

// matrix has one row an item, one column a scene.
func (b *workbook) matrix() feed {
	s := &series{book: b, name: b.t.Say("sheet-matrix"), freeze: 4,
		columns: b.columnsOf("level", 10, "subject", 22, "service", 24, "name", 26, "subject_name", 26)}
	first := len(s.columns)
	column := map[checks.ID]int{}
	for i := range b.t.ref.Catalogue.Scenes {
		scene := &b.t.ref.Catalogue.Scenes[i]
		if scene.Judged {
			column[checks.ID(scene.ID)] = len(s.columns)
			s.columns = append(s.columns, sheetColumn{header: scene.Name, width: 11})
		}
	}
	return feed{series: s, take: func(told Told) error {
		for _, mine := range byItem(told.Rows) {
			cells := make([]any, len(s.columns))
			for i, text := range []string{b.t.word("level", string(mine[0].Level)), mine[0].Subject, mine[0].Service, mine[0].Label, mine[0].SubjectName} {
				cells[i] = cell(b.styles.text, text)
			}
			for _, r := range mine {
				if i, ok := column[r.Scene]; ok && i >= first {
					cells[i] = cell(b.styles.outcome[r.Outcome], r.OutcomeWord)
				}
			}
			if err := s.put(cells); err != nil {
				return err
			}
		}
		return nil
	}}
}

// byItem gathers the rows of each item, in the order of their first ones.
func byItem(rows []Row) [][]Row {
	type item struct {
		level checks.Level
		id    string
	}
	at := map[item]int{}
	var all [][]Row
	for _, r := range rows {
		i, ok := at[item{r.Level, r.Item}]
		if !ok {
			i = len(all)
			at[item{r.Level, r.Item}] = i
			all = append(all, nil)
		}
		all[i] = append(all[i], r)
	}
	return all
}

// plan has one row a step.
func (b *workbook) plan() feed {
	s := &series{book: b, name: b.t.Say("sheet-plan"), freeze: 2, height: 32, columns: b.columnsOf("subject", 22, "step-number", 8, "steps", 22, "step-what", 30,
		"step-after", 12, "step-begin", 12, "step-end", 12, "step-mends", 44, "step-notes", 40)}
	return feed{series: s, none: b.t.Say("no-plan"), take: func(told Told) error {
		for _, step := range told.Steps {
			var cells []any
			for _, text := range append([]string{told.Rows[0].Subject}, b.t.stepCells(step)...) {
				cells = append(cells, cell(b.styles.wrap, text))
			}
			if err := s.put(cells); err != nil {
				return err
			}
		}
		return nil
	}}
}

// stepCells tells one step of a plan: number, operation, what it is done to,
// what comes first, begin, end, what it settles, notes.
func (t *Teller) stepCells(s Step) []string {
	var after, mends, notes []string
	for _, n := range s.After {
		after = append(after, strconv.Itoa(n))
	}
	for _, key := range s.Mends {
		mends = append(mends, t.SceneName(string(key.Scene))+": "+key.Item)
	}
	for _, code := range append(slices.Clone(s.Notes), s.Blocked) {
		if code != "" {
			notes = append(notes, t.word("advice", code))
		}
	}
	return []string{strconv.Itoa(s.Number), t.operations([]string{s.Operation}), s.What, strings.Join(after, ", "),
		s.Begin.String(), s.End.String(), join(mends), join(notes)}
}

// open groups what is unverifiable by what would settle it.
func (b *workbook) open() feed {
	s := &series{book: b, name: b.t.Say("sheet-open"), columns: b.columnsOf("settle-by", 54, "why", 54, "scene_name", 30, "count-findings", 10)}
	last := func() error {
		for _, kind := range b.sums.opened() {
			if err := s.put([]any{
				cell(b.styles.wrap, b.t.word("settle", kind.by)), cell(b.styles.wrap, b.t.word("why", kind.why)),
				cell(b.styles.wrap, b.t.SceneName(string(kind.scene))), excelize.Cell{StyleID: b.styles.count, Value: b.sums.open[kind]},
			}); err != nil {
				return err
			}
		}
		return nil
	}
	return feed{series: s, none: b.t.Say("nothing-open"), take: func(Told) error { return nil }, last: last}
}

// openRows has one row a finding that is unverifiable or failed.
func (b *workbook) openRows() feed {
	s := &series{book: b, name: b.t.Say("sheet-open-rows"), freeze: 2, columns: b.columnsOf("subject", 22, "subject_name", 26, "service", 24, "name", 26,
		"scene_name", 22, "outcome_word", 10, "why", 44, "settle-by", 44, "got", 30, "where", 30, "owner", 16)}
	return feed{series: s, none: b.t.Say("nothing-open"), take: func(told Told) error {
		for _, r := range told.Rows {
			if r.Outcome != checks.Unverifiable && r.Outcome != checks.Error {
				continue
			}
			by := ""
			if r.Why != nil {
				by = b.t.word("settle", settles(r.Why.Code))
			}
			var cells []any
			for _, text := range []string{r.Subject, r.SubjectName, r.Service, r.Label, r.SceneName, r.OutcomeWord, r.WhyWord, by, r.Got, r.Where, r.Owner} {
				cells = append(cells, cell(b.styles.text, text))
			}
			cells[5] = cell(b.styles.outcome[r.Outcome], r.OutcomeWord)
			if err := s.put(cells); err != nil {
				return err
			}
		}
		return nil
	}}
}

// waivers has one row a finding that people decided to leave.
func (b *workbook) waivers() feed {
	s := &series{book: b, name: b.t.Say("sheet-waivers"), columns: b.columnsOf("subject", 22, "subject_name", 26, "service", 24, "name", 26, "scene_name", 22,
		"outcome_word", 10, "waiver-reason", 40, "waiver-by", 16, "waiver-until", 12)}
	return feed{series: s, none: b.t.Say("no-waivers"), take: func(told Told) error {
		for _, r := range told.Rows {
			if r.State.Waiver == nil {
				continue
			}
			w := r.State.Waiver
			var cells []any
			for _, text := range []string{r.Subject, r.SubjectName, r.Service, r.Label, r.SceneName, r.OutcomeWord, b.t.word("waiver", w.Reason), w.By, w.Until.String()} {
				cells = append(cells, cell(b.styles.wrap, text))
			}
			if err := s.put(cells); err != nil {
				return err
			}
		}
		return nil
	}}
}

// remedies is the catalogue: what each scene means and how it is put right.
func (b *workbook) remedies() error {
	s := &series{book: b, name: b.t.Say("sheet-remedies"), freeze: 1, columns: b.columnsOf("scene_name", 26, "severity", 9, "meaning", 50, "evidence", 44, "when", 36, "use", 54, "steps", 34)}
	b.made = append(b.made, s)
	if err := s.begin(); err != nil {
		return err
	}
	put := func(texts ...string) error {
		var cells []any
		for _, text := range texts {
			cells = append(cells, cell(b.styles.wrap, text))
		}
		return s.put(cells)
	}
	lang := b.t.lang
	for i := range b.t.ref.Catalogue.Scenes {
		scene := &b.t.ref.Catalogue.Scenes[i]
		for k, way := range scene.Remedies {
			head := []string{scene.Name.In(lang), b.t.word("severity", scene.Severity), scene.Meaning.In(lang), scene.Evidence.In(lang)}
			if k > 0 {
				head = []string{scene.Name.In(lang), "", "", ""}
			}
			if err := put(append(head, way.When.In(lang), way.Words.In(lang), b.t.operations(way.Operations))...); err != nil {
				return err
			}
		}
	}
	for i := range b.t.ref.Catalogue.Operations {
		op := &b.t.ref.Catalogue.Operations[i]
		var rules []string
		for _, rule := range op.Rules {
			rules = append(rules, rule.In(lang))
		}
		if op.Irreversible {
			rules = append(rules, b.t.Say("irreversible"))
		}
		days := ""
		if op.Days[1] > 0 {
			days = fmt.Sprintf(b.t.Say("days"), op.Days[0], op.Days[1])
		}
		if err := put(op.Name.In(lang), b.t.Say("operation"), op.Use.In(lang), strings.Join(rules, " "), days); err != nil {
			return err
		}
	}
	return s.end("")
}
