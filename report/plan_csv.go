package report

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/remedy"
)

// planRow is one step or one question of a plan in words.
type planRow struct {
	plan     remedy.Plan
	name     string // of the subject
	owner    string
	step     *remedy.Step
	question *remedy.Question
}

// planColumn is one column of plans.csv.
type planColumn struct {
	key    string
	header reference.Text
	cell   func(*Teller, planRow) string
}

// planColumns are the columns in their order; new ones go to the end.
func planColumns() []planColumn {
	step := func(f func(*Teller, remedy.Step) string) func(*Teller, planRow) string {
		return func(t *Teller, r planRow) string {
			if r.step == nil {
				return ""
			}
			return f(t, *r.step)
		}
	}
	day := func(f func(remedy.Step) filing.Day) func(*Teller, planRow) string {
		return step(func(_ *Teller, s remedy.Step) string { return f(s).String() })
	}
	return []planColumn{
		{"subject", reference.Text{ZH: "主体备案号", EN: "subject number"}, func(_ *Teller, r planRow) string { return r.plan.Subject }},
		{"subject_name", reference.Text{ZH: "主办单位名称", EN: "subject name"}, func(_ *Teller, r planRow) string { return r.name }},
		{"kind", reference.Text{ZH: "类别", EN: "kind"}, (*Teller).planKind},
		{"no", reference.Text{ZH: "步骤号", EN: "step"}, step(func(_ *Teller, s remedy.Step) string { return strconv.Itoa(s.ID) })},
		{"operation", reference.Text{ZH: "操作编号", EN: "operation"}, step(func(_ *Teller, s remedy.Step) string { return s.Operation })},
		{"operation_word", reference.Text{ZH: "操作", EN: "operation in words"}, step(func(t *Teller, s remedy.Step) string { return t.operation(s.Operation) })},
		{"targets", reference.Text{ZH: "对象", EN: "for"}, (*Teller).planTargets},
		{"changes", reference.Text{ZH: "改什么", EN: "change"}, step(func(t *Teller, s remedy.Step) string { return join(t.changes(s.Changes)) })},
		{"materials", reference.Text{ZH: "材料与核验", EN: "materials"}, step(func(t *Teller, s remedy.Step) string { return t.words("material", s.Materials) })},
		{"who", reference.Text{ZH: "谁来办", EN: "who"}, step(func(t *Teller, s remedy.Step) string { return t.words("who", s.Who) })},
		{"where", reference.Text{ZH: "位置", EN: "where"}, step((*Teller).placeOf)},
		{"days_min", reference.Text{ZH: "最少工作日", EN: "working days, least"}, step(func(_ *Teller, s remedy.Step) string { return strconv.Itoa(s.Days[0]) })},
		{"days_max", reference.Text{ZH: "最多工作日", EN: "working days, most"}, step(func(_ *Teller, s remedy.Step) string { return strconv.Itoa(s.Days[1]) })},
		{"begin_earliest", reference.Text{ZH: "最早开始", EN: "begins, earliest"}, day(func(s remedy.Step) filing.Day { return s.Begin[0] })},
		{"begin_latest", reference.Text{ZH: "预计最迟开始", EN: "begins, latest"}, day(func(s remedy.Step) filing.Day { return s.Begin[1] })},
		{"end_earliest", reference.Text{ZH: "最早完成", EN: "done, earliest"}, day(func(s remedy.Step) filing.Day { return s.End[0] })},
		{"end_latest", reference.Text{ZH: "预计最迟完成", EN: "done, latest"}, day(func(s remedy.Step) filing.Day { return s.End[1] })},
		{"latest_start", reference.Text{ZH: "最晚开始（都最慢也赶得上）", EN: "latest start, every step longest"}, day(func(s remedy.Step) filing.Day { return s.LatestStart })},
		{"last_chance", reference.Text{ZH: "最晚开始（都最快才赶得上）", EN: "latest start, every step quickest"}, day(func(s remedy.Step) filing.Day { return s.LastChance })},
		{"due", reference.Text{ZH: "整改期限", EN: "due"}, func(_ *Teller, r planRow) string { return r.plan.Due.String() }},
		{"after", reference.Text{ZH: "先完成步骤", EN: "after step"}, step(func(_ *Teller, s remedy.Step) string { return numbers(s.After) })},
		{"solves", reference.Text{ZH: "解决", EN: "solves"}, step(func(t *Teller, s remedy.Step) string { return t.solved(s.Solves) })},
		{"risks", reference.Text{ZH: "风险", EN: "risks"}, step(func(t *Teller, s remedy.Step) string { return t.words("risk", s.Risks) })},
		{"rules", reference.Text{ZH: "规则", EN: "rules"}, (*Teller).planRules},
		{"question", reference.Text{ZH: "要人决定", EN: "to be decided"}, (*Teller).planAsk},
		{"options", reference.Text{ZH: "可选办法", EN: "options"}, (*Teller).planOptions},
		{"notes", reference.Text{ZH: "注意", EN: "to be minded"}, (*Teller).planNotes},
		{"owner", reference.Text{ZH: "责任人", EN: "owner"}, func(_ *Teller, r planRow) string { return r.owner }},
	}
}

func (t *Teller) planKind(r planRow) string {
	if r.step != nil {
		return t.Say("plan-kind-step")
	}
	return t.Say("plan-question")
}

func (t *Teller) planTargets(r planRow) string {
	if r.step != nil {
		return t.list(r.step.Targets)
	}
	return t.list(r.question.Items)
}

func (t *Teller) planRules(r planRow) string {
	if r.step != nil {
		return t.rules(r.step.Rules)
	}
	return t.rules(r.question.Rules)
}

func (t *Teller) planAsk(r planRow) string {
	if r.question == nil {
		return ""
	}
	words := t.word("question", r.question.Code)
	if r.question.Scene != "" {
		words = t.SceneName(r.question.Scene) + t.afterScene(r.question.Scene, r.question.Reason) + t.Say("mistake-colon") + words
	}
	return words
}

func (t *Teller) planOptions(r planRow) string {
	if r.question == nil {
		return ""
	}
	var parts []string
	for _, ops := range r.question.Options {
		parts = append(parts, t.operations(ops))
	}
	return join(parts)
}

func (t *Teller) planNotes(r planRow) string {
	var parts []string
	for _, n := range r.plan.Notes {
		parts = append(parts, t.planNote(n))
	}
	return join(parts)
}

// PlanHeader is the first line of plans.csv.
func (t *Teller) PlanHeader(headers string) ([]byte, error) {
	var cells []string
	for _, c := range planColumns() {
		if headers == "key" {
			cells = append(cells, c.key)
			continue
		}
		cells = append(cells, c.header.In(t.lang))
	}
	line, err := csvLines([][]string{cells})
	return append([]byte("\xEF\xBB\xBF"), line...), err
}

// PlanRows are the rows of one plan: its steps, then its questions, every cell
// safe from formulas.
func (t *Teller) PlanRows(subject *filing.Subject, p remedy.Plan) ([]byte, error) {
	p = cleanPlan(p)
	base := planRow{plan: p, name: Clean(subject.Name, longestCell), owner: Clean(subject.Owner, longestCell)}
	var lines [][]string
	add := func(r planRow) {
		var cells []string
		for _, c := range planColumns() {
			cells = append(cells, formulaSafe(c.cell(t, r)))
		}
		lines = append(lines, cells)
	}
	for i := range p.Steps {
		r := base
		r.step = &p.Steps[i]
		add(r)
	}
	for i := range p.Questions {
		r := base
		r.question = &p.Questions[i]
		add(r)
	}
	return csvLines(lines)
}

// PlanLine is a plan as a JSON line; foreign text in it is clean.
func PlanLine(subject *filing.Subject, p remedy.Plan) ([]byte, error) {
	var b bytes.Buffer
	err := json.NewEncoder(&b).Encode(struct {
		Type string `json:"type"`
		Name string `json:"subject_name,omitempty"`
		remedy.Plan
	}{"plan", strings.TrimSpace(Clean(subject.Name, longestCell)), cleanPlan(p)})
	return b.Bytes(), err
}
