package report

import (
	"bytes"
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/icpaudit/icpaudit/reference"
)

// column is one column of the CSV: its stable key, its header, and its cell.
type column struct {
	key    string
	header reference.Text
	cell   func(Row) string
}

// csvColumns are the columns in their order; new ones go to the end.
func csvColumns() []column {
	return []column{
		{"inventory_row", reference.Text{ZH: "清单行号", EN: "inventory row"}, func(r Row) string { return positive(r.InventoryRow) }},
		{"subject", reference.Text{ZH: "主体备案号", EN: "subject number"}, func(r Row) string { return Clean(r.Subject, longestCell) }},
		{"subject_name", reference.Text{ZH: "主办单位名称", EN: "subject name"}, func(r Row) string { return r.SubjectName }},
		{"service", reference.Text{ZH: "服务备案号", EN: "service number"}, func(r Row) string { return Clean(r.Service, longestCell) }},
		{"service_name", reference.Text{ZH: "服务名称", EN: "service name"}, func(r Row) string { return r.ServiceName }},
		{"service_kind", reference.Text{ZH: "服务类型", EN: "service kind"}, func(r Row) string { return r.ServiceKind }},
		{"provider", reference.Text{ZH: "接入商", EN: "access provider"}, func(r Row) string { return r.Provider }},
		{"name", reference.Text{ZH: "域名或App", EN: "domain or App"}, func(r Row) string { return r.Label }},
		{"a_label", reference.Text{ZH: "域名A标签", EN: "A-label"}, func(r Row) string { return Clean(r.Name, longestCell) }},
		{"level", reference.Text{ZH: "层级", EN: "level"}, func(r Row) string { return string(r.Level) }},
		{"scene", reference.Text{ZH: "场景编号", EN: "scene"}, func(r Row) string { return string(r.Scene) }},
		{"scene_name", reference.Text{ZH: "核查场景", EN: "scene name"}, func(r Row) string { return r.SceneName }},
		{"severity", reference.Text{ZH: "严重程度", EN: "severity"}, func(r Row) string { return r.Severity }},
		{"outcome", reference.Text{ZH: "结论编号", EN: "outcome"}, func(r Row) string { return string(r.Outcome) }},
		{"outcome_word", reference.Text{ZH: "结论", EN: "outcome in words"}, func(r Row) string { return r.OutcomeWord }},
		{"reason", reference.Text{ZH: "原因编号", EN: "reason"}, func(r Row) string { return r.Reason }},
		{"reason_word", reference.Text{ZH: "原因", EN: "reason in words"}, func(r Row) string { return r.ReasonWord }},
		{"why", reference.Text{ZH: "说明", EN: "why"}, func(r Row) string { return r.WhyWord }},
		{"want", reference.Text{ZH: "应为", EN: "want"}, func(r Row) string { return r.Want }},
		{"got", reference.Text{ZH: "实际", EN: "got"}, func(r Row) string { return r.Got }},
		{"where", reference.Text{ZH: "位置", EN: "where"}, func(r Row) string { return r.Where }},
		{"excerpt", reference.Text{ZH: "摘录", EN: "excerpt"}, func(r Row) string { return r.Excerpt }},
		{"advice", reference.Text{ZH: "提示", EN: "advice"}, func(r Row) string { return r.AdviceWords }},
		{"caused_by", reference.Text{ZH: "起因", EN: "caused by"}, func(r Row) string { return r.CauseWords }},
		{"remedy", reference.Text{ZH: "整改办法", EN: "remedy"}, func(r Row) string { return r.RemedyWords }},
		{"operations", reference.Text{ZH: "操作编号", EN: "operations"}, func(r Row) string { return strings.Join(r.Operations, " ") }},
		{"due", reference.Text{ZH: "整改期限", EN: "due"}, func(r Row) string { return r.Due }},
		{"section", reference.Text{ZH: "依据章节", EN: "guide section"}, func(r Row) string { return r.Section }},
		{"looks", reference.Text{ZH: "观察时间", EN: "looks"}, func(r Row) string { return stamps(r.Looks) }},
		{"owner", reference.Text{ZH: "责任人", EN: "owner"}, func(r Row) string { return r.Owner }},
		{"state", reference.Text{ZH: "状态", EN: "state"}, func(r Row) string { return r.StateWord }},
		{"first_seen", reference.Text{ZH: "首次发现", EN: "first seen"}, func(r Row) string { return r.State.FirstSeen.String() }},
		{"plan_step", reference.Text{ZH: "计划步骤", EN: "plan step"}, func(r Row) string { return positive(r.Step) }},
	}
}

func positive(n int) string {
	if n <= 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// stamp is a moment as files show it: RFC 3339 in Beijing.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(time.FixedZone("CST", 8*3600)).Format(time.RFC3339)
}

func stamps(times []time.Time) string {
	parts := make([]string, len(times))
	for i, t := range times {
		parts[i] = stamp(t)
	}
	return strings.Join(parts, " ")
}

// csvHeader is the first line: a byte order mark, so that spreadsheets read
// UTF-8, and the headers.
func csvHeader(headers, lang string) ([]byte, error) {
	var cells []string
	for _, c := range csvColumns() {
		if headers == "key" {
			cells = append(cells, c.key)
			continue
		}
		cells = append(cells, c.header.In(lang))
	}
	line, err := csvLines([][]string{cells})
	return append([]byte("\xEF\xBB\xBF"), line...), err
}

// csvRows writes rows as CSV (RFC 4180) with every cell safe from formulas.
func csvRows(rows []Row) ([]byte, error) {
	columns := csvColumns()
	lines := make([][]string, len(rows))
	for i, r := range rows {
		cells := make([]string, len(columns))
		for k, c := range columns {
			cells[k] = formulaSafe(c.cell(r))
		}
		lines[i] = cells
	}
	return csvLines(lines)
}

func csvLines(lines [][]string) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	err := w.WriteAll(lines)
	return b.Bytes(), err
}

// rowsAtOnce is how many rows are written to a CSV at a time.
const rowsAtOnce = 500

// WriteCSV writes rows as the CSV of a run does, byte order mark and headers
// first.
func (t *Teller) WriteCSV(w io.Writer, headers string, rows []Row) error {
	header, err := csvHeader(headers, t.lang)
	if err != nil {
		return err
	}
	if _, err := w.Write(header); err != nil {
		return err
	}
	for some := range slices.Chunk(rows, rowsAtOnce) {
		lines, err := csvRows(some)
		if err != nil {
			return err
		}
		if _, err := w.Write(lines); err != nil {
			return err
		}
	}
	return nil
}
