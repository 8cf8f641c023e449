package report

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/remedy"
)

// eachCell opens a workbook and hands on every cell that has a value.
func eachCell(t testing.TB, data []byte, each func(f *excelize.File, sheet, cell, value string)) {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		for r, row := range rows {
			for c, value := range row {
				if value == "" {
					continue
				}
				at, err := excelize.CoordinatesToCellName(c+1, r+1)
				if err != nil {
					t.Fatal(err)
				}
				each(f, sheet, at, value)
			}
		}
	}
}

// dump shows a workbook as text, one cell a line.
func dump(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	last := ""
	eachCell(t, data, func(f *excelize.File, sheet, cell, value string) {
		if sheet != last {
			fmt.Fprintf(&b, "## %s\n", sheet)
			last = sheet
		}
		fmt.Fprintf(&b, "%s\t%s", cell, value)
		if ok, target, err := f.GetCellHyperLink(sheet, cell); err == nil && ok {
			fmt.Fprintf(&b, "\t→ %s", target)
		}
		b.WriteByte('\n')
	})
	return b.Bytes()
}

func workbookOf(t testing.TB, teller *Teller, l *Ledger, limit int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := teller.workbook(&b, l, limit); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// many makes a ledger of n deficient findings and as many that conform.
func many(t testing.TB, teller *Teller, n int) *Ledger {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "out")
	book, err := NewBook(dir, Options{Formats: []string{"jsonl"}, Headers: "zh"}, teller, RunInfo{Started: night, Inventory: "many.csv"})
	if err != nil {
		t.Fatal(err)
	}
	const each = 20
	for i := range n / each {
		number := fmt.Sprintf("浙ICP备%08d号", i)
		service := &filing.Service{Number: number + "-1", Kind: filing.Website, Name: "某某网站", Provider: "华为云"}
		subject := &filing.Subject{Number: number, Name: fmt.Sprintf("杭州第%d茶业有限公司", i), Owner: "华东一组", Services: []*filing.Service{service}, Row: i + 1}
		var findings []checks.Finding
		for k := range each {
			name := fmt.Sprintf("s%d-%d.example.cn", i, k)
			service.Domains = append(service.Domains, &filing.Domain{Name: name, Label: name, Row: i + 1})
			f := checks.Finding{Key: checks.Key{Scene: "icp-number-wrong", Level: checks.LevelItem, Item: service.ItemID(subject, name)}, Subject: number, Service: service.Number, Name: name,
				Outcome: checks.Deficient, Reason: "other-subject", Proofs: []checks.Proof{{What: "icp-number", Want: service.Number, Got: "京ICP备2009999999号", Where: "http://" + name + "/", Excerpt: "版权所有 © 2026 京ICP备2009999999号", At: night}}}
			passed := f
			passed.Scene, passed.Outcome, passed.Reason = "site-unreachable", checks.Pass, ""
			findings = append(findings, f, passed)
		}
		if err := book.Add(i, subject, findings, remedy.Plan{}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := book.Close(End{Rows: n, Mistakes: func(func(filing.Mistake) bool) {}, Ended: night}); err != nil {
		t.Fatal(err)
	}
	l, err := OpenLedger(filepath.Join(dir, "findings.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Past the row limit a list goes on in a further sheet, loses nothing, and the
// overview says so.
func TestALongListIsSplit(t *testing.T) {
	teller := NewTeller(loaded(t), checks.DefaultPolicy(), "zh", night)
	data := workbookOf(t, teller, many(t, teller, 200), 81)
	seen, said := map[string]int{}, false
	eachCell(t, data, func(_ *excelize.File, sheet, cell, value string) {
		if cell[0] == 'A' && cell[1] >= '0' && cell[1] <= '9' && cell != "A1" {
			seen[sheet]++
		}
		said = said || sheet == "概览" && value == fmt.Sprintf(teller.Say("sheets-split"), 3)
	})
	for sheet, want := range map[string]int{"问题清单": 80, "问题清单 (2)": 80, "问题清单 (3)": 40, "域名矩阵": 80, "域名矩阵 (3)": 40} {
		if seen[sheet] != want {
			t.Errorf("sheet %s has %d rows, want %d", sheet, seen[sheet], want)
		}
	}
	if !said {
		t.Error("the overview does not say that the list was split")
	}
}

// What a clerk works with: filter, frozen header, a closed choice of words,
// and the hidden key that leads back to the finding.
func TestTheListCanBeWorkedWith(t *testing.T) {
	teller := NewTeller(loaded(t), checks.DefaultPolicy(), "zh", night)
	subject, findings := sample(t)
	l, _ := written(t, teller, Options{Formats: []string{"jsonl"}, Headers: "zh"}, RunInfo{Started: night}, subject, findings, Extra{})
	f, err := excelize.OpenReader(bytes.NewReader(workbookOf(t, teller, l, sheetRows)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	panes, err := f.GetPanes("问题清单")
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("panes %+v, %v; want the header frozen", panes, err)
	}
	valid, err := f.GetDataValidations("问题清单")
	if err != nil || len(valid) != 2 || valid[0].Formula1 != `"待处理,已指派,申请豁免,已整改待复核"` || valid[1].Formula1 != `"误报,整改订单审核中,服务正在注销,主管部门或接入商已同意,知晓并承担"` {
		t.Errorf("validations %+v, %v; want the four words and the five reasons", valid, err)
	}
	letter := ""
	rows, err := f.GetRows("问题清单")
	if err != nil {
		t.Fatal(err)
	}
	for i, head := range rows[0] {
		if head == teller.Say("edit-key") {
			letter, _ = excelize.ColumnNumberToName(i + 1)
			if got, want := rows[1][i], "20261123T180000Z principal-id-expired subject 浙ICP备2023001234号"; got != want {
				t.Errorf("the key is %q, want %q", got, want)
			}
		}
	}
	if visible, err := f.GetColVisible("问题清单", letter); err != nil || visible {
		t.Errorf("the key's column %s is visible (%v)", letter, err)
	}
	var filtered bool
	for _, name := range f.GetDefinedName() {
		filtered = filtered || name.Name == "_xlnm._FilterDatabase" && strings.HasPrefix(name.RefersTo, "'问题清单'!$A$1:")
	}
	if !filtered {
		t.Errorf("no filter on the list: %+v", f.GetDefinedName())
	}
}

// BenchmarkWorkbook100k writes 100,000 deficient findings, and as many that
// conform, and tells the time and the peak of the process.
func BenchmarkWorkbook100k(b *testing.B) {
	teller := NewTeller(loaded(b), checks.DefaultPolicy(), "zh", night)
	l := many(b, teller, 100_000)
	for b.Loop() {
		if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
			b.Fatal(err)
		}
		paths, err := teller.Render(l, Default(), b.TempDir(), []string{"xlsx"})
		if err != nil {
			b.Fatal(err)
		}
		info, err := os.Stat(paths[0])
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(info.Size())/(1<<20), "file-MiB")
		b.ReportMetric(peakMiB(b), "peak-MiB")
	}
}

// BenchmarkPage10k writes the page of 10,000 findings.
func BenchmarkPage10k(b *testing.B) {
	teller := NewTeller(loaded(b), checks.DefaultPolicy(), "zh", night)
	l := many(b, teller, 10_000)
	for b.Loop() {
		var page bytes.Buffer
		if err := teller.Page(&page, l); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(page.Len())/(1<<20), "file-MiB")
	}
}

// peakMiB is the most memory that this process held since the peak was reset.
func peakMiB(b *testing.B) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		var kib float64
		if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kib); n == 1 {
			return kib / 1024
		}
	}
	b.Fatal("the system tells no peak")
	return 0
}
