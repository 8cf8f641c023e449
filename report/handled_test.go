package report

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/remedy"
)

// filled writes a workbook of the sample in a language and fills cells of its
// list in: by row, then by the key of the column's header.
func filled(t *testing.T, lang string, cells map[int]map[string]any) string {
	t.Helper()
	teller := NewTeller(loaded(t), checks.DefaultPolicy(), lang, night)
	subject, findings := sample(t)
	l, _ := written(t, teller, Options{Formats: []string{"jsonl"}, Headers: "zh"}, RunInfo{Started: night}, subject, findings, Extra{})
	return fillIn(t, teller, workbookOf(t, teller, l, sheetRows), cells)
}

func fillIn(t *testing.T, teller *Teller, data []byte, cells map[int]map[string]any) string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheet := teller.Say("sheet-findings")
	heads, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	for row, texts := range cells {
		for key, text := range texts {
			column := slices.Index(heads[0], headerOf(teller.Phrases, key).In(teller.lang)) + 1
			at, err := excelize.CoordinatesToCellName(column, row)
			if err != nil {
				t.Fatal(err)
			}
			if formula, ok := strings.CutPrefix(fmt.Sprint(text), "FORMULA"); ok {
				err = f.SetCellFormula(sheet, at, formula)
			} else {
				err = f.SetCellValue(sheet, at, text)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "list.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func handledIn(t *testing.T, path string) (all []Handled, untouched int) {
	t.Helper()
	teller := NewTeller(loaded(t), checks.DefaultPolicy(), "zh", night)
	untouched, err := teller.ReadHandled(t.Context(), path, t.TempDir(), func(h Handled) error {
		all = append(all, h)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all, untouched
}

// edited is a list as a person leaves it, and what it says.
func edited(lang string) (map[int]map[string]any, []Handled) {
	say := In(lang)
	subject, item := "浙ICP备2023001234号", "浙ICP备2023001234号-1 qinghecha.cn"
	until := filing.NewDay(2026, time.December, 31)
	return map[int]map[string]any{
			2: {"edit-status": say.Say("status-assigned"), "edit-person": " 李四 ", "edit-note": "请核\n对"},
			3: {"edit-status": say.Say("status-waived"), "edit-reason": map[string]string{"zh": "服务正在注销", "en": "the service is being cancelled"}[lang], "edit-until": "2026年12月31日"},
		}, []Handled{
			{Sheet: 2, Row: 2, List: night.UTC(), Finding: checks.Key{Scene: "principal-id-expired", Level: checks.LevelSubject, Item: subject},
				Handling: HandlingAssigned, Person: "李四", Note: "请核 对", subject: subject},
			{Sheet: 2, Row: 3, List: night.UTC(), Finding: checks.Key{Scene: "icp-number-wrong", Level: checks.LevelItem, Item: item},
				Handling: HandlingWaived, Reason: history.WaiverClosing, Until: until, subject: subject, name: "qinghecha.cn"},
		}
}

func TestAnEditedListIsReadBack(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		cells, want := edited(lang)
		got, untouched := handledIn(t, filled(t, lang, cells))
		if fmt.Sprint(got) != fmt.Sprint(want) || untouched != 1 {
			t.Errorf("%s: %+v, %d untouched\nwant %+v, 1", lang, got, untouched, want)
		}
	}
}

// A day that a spreadsheet made a number of, and rows that were sorted, moved
// down, hidden or deleted.
func TestAListInAnotherOrder(t *testing.T) {
	cells, want := edited("zh")
	cells[3]["edit-until"] = 46387
	path := filled(t, "zh", cells)
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sheet := "问题清单"
	for _, err := range []error{
		f.DuplicateRowTo(sheet, 2, 5), f.RemoveRow(sheet, 2), // the first row goes to the end
		f.SetRowVisible(sheet, 2, false), f.RemoveRow(sheet, 3), f.InsertRows(sheet, 1, 2), f.SetSheetName("概览", "其他"), f.Save(), f.Close(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	got, untouched := handledIn(t, path)
	want = []Handled{want[1], want[0]}
	want[0].Row, want[1].Row = 4, 5
	if fmt.Sprint(got) != fmt.Sprint(want) || untouched != 0 {
		t.Errorf("%+v, %d untouched\nwant %+v, 0", got, untouched, want)
	}
}

// LibreOffice saves the list again, with a file of its own making.
func TestAListThatLibreOfficeSaved(t *testing.T) {
	office := program(t, "soffice", "libreoffice")
	cells, want := edited("zh")
	path := filled(t, "zh", cells)
	dir := t.TempDir()
	out, err := exec.CommandContext(t.Context(), office, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", "xlsx", "--outdir", dir, path).CombinedOutput()
	if err != nil {
		t.Fatalf("run %s: %v\n%s", office, err, out)
	}
	got, untouched := handledIn(t, filepath.Join(dir, "list.xlsx"))
	if fmt.Sprint(got) != fmt.Sprint(want) || untouched != 1 {
		t.Errorf("%+v, %d untouched\nwant %+v, 1", got, untouched, want)
	}
}

// Each row that can't be used says where, why, and what would be right.
func TestRowsThatCantBeUsed(t *testing.T) {
	teller := NewTeller(loaded(t), checks.DefaultPolicy(), "zh", night)
	for _, c := range []struct {
		cells map[string]any
		want  string
	}{
		{map[string]any{"edit-status": "done"}, "列「处理状态（可填）」：处理状态不在列表中（值：done），应为：待处理、已指派、申请豁免、已整改待复核"},
		{map[string]any{"edit-person": "李四"}, "列「处理状态（可填）」：填了内容但没有选择处理状态，应为：已指派、申请豁免、已整改待复核"},
		{map[string]any{"edit-status": "已指派"}, "列「处理人（可填）」：已指派但没有处理人，应为：负责人姓名"},
		{map[string]any{"edit-status": "已指派", "edit-person": `FORMULA"李"&"四"`}, "列「处理人（可填）」：单元格是公式，应为：文字，不是公式"},
		{map[string]any{"edit-status": "申请豁免", "edit-reason": "因为"}, "列「豁免理由（可填）」：豁免理由不在列表中（值：因为），应为：误报、整改订单审核中、服务正在注销、主管部门或接入商已同意、知晓并承担"},
		{map[string]any{"edit-status": "申请豁免", "edit-reason": "误报"}, "列「豁免至（可填）」：豁免没有可用的截止日，应为：2026-11-24 或以后的一天"},
		{map[string]any{"edit-status": "申请豁免", "edit-reason": "误报", "edit-until": "2026-11-23"}, "列「豁免至（可填）」：豁免没有可用的截止日（值：2026-11-23），应为：2026-11-24 或以后的一天"},
		{map[string]any{"edit-status": "已整改待复核", "edit-key": ""}, "列「编号（勿改）」：编号被改过或缺失，应为：报告写入的原样编号（隐藏列，勿改）"},
		{map[string]any{"edit-status": "已整改待复核", "edit-key": "icp-number-wrong item x"}, "列「编号（勿改）」：编号被改过或缺失（值：icp-number-wrong item x），应为：报告写入的原样编号（隐藏列，勿改）"},
		{map[string]any{"edit-status": "已整改待复核", "scene_name": "域名过期"}, "列「核查场景」：编号与这一行的其他内容不符（可能只排序了部分列）（值：域名过期），应为：备案号悬挂错误"},
		{map[string]any{"edit-status": "已整改待复核", "edit-note": strings.Repeat("长", 20_000)}, "列「备注（可填）」：单元格过长，应为：不超过 32768 字节"},
	} {
		got, _ := handledIn(t, filled(t, "zh", map[int]map[string]any{3: c.cells}))
		if len(got) != 1 || got[0].Unfit == nil {
			t.Errorf("%v: %+v", c.cells, got)
			continue
		}
		if line, want := teller.Unfit(got[0]), "[错误] 第 2 张表第 3 行，"+c.want; line != want {
			t.Errorf("%v:\n got %s\nwant %s", c.cells, line, want)
		}
	}
}

// xlsxText is a text without what XML can't hold, as no program could have
// written it into a cell.
func xlsxText(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == '\ufffe' || r == '\uffff' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
}

// Whatever is written into a row comes back clean, and so does what is said of it.
func TestNoPayloadPassesTheList(t *testing.T) {
	teller := NewTeller(loaded(t), checks.DefaultPolicy(), "zh", night)
	// excelize escapes what looks like an escape once more when it saves a sheet again.
	all := slices.DeleteFunc(payloads(), func(text string) bool { return strings.HasPrefix(text, "_x") })
	findings := map[checks.Key]bool{}
	dir := filepath.Join(t.TempDir(), "out")
	book, err := NewBook(dir, Options{Formats: []string{"xlsx"}, Headers: "zh"}, teller, RunInfo{Started: night})
	if err != nil {
		t.Fatal(err)
	}
	cells := map[int]map[string]any{}
	for i, text := range numbered(all) {
		subject, found, extra := poisoned(text)
		for _, f := range found[:2] {
			findings[ListedKey(f.Key)] = true
			cells[len(cells)+2] = map[string]any{"edit-status": "已指派", "edit-person": xlsxText(text), "edit-note": xlsxText(text)}
		}
		if err := book.add(i, subject, found, remedy.Plan{}, extra); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := book.Close(End{Rows: len(all), Mistakes: func(func(filing.Mistake) bool) {}, Ended: night}); err != nil {
		t.Fatal(err)
	}
	got, untouched := handledIn(t, fillIn(t, teller, read(t, filepath.Join(dir, "findings.xlsx")), cells))
	if len(got) != 2*len(all) || untouched != 0 {
		t.Fatalf("%d rows and %d untouched, want %d and 0", len(got), untouched, 2*len(all))
	}
	for _, h := range got {
		for _, text := range []string{h.Person, h.Note, teller.MendedNote(h)} {
			wantSafe(t, fmt.Sprint("row ", h.Row), text)
		}
		if h.Unfit != nil {
			t.Errorf("row %d: %s", h.Row, teller.Unfit(h))
		} else if !findings[h.Finding] {
			t.Errorf("row %d is of %+v, which is no finding", h.Row, h.Finding)
		}
	}
}

// Files that mean harm, or are none.
func TestFilesThatAreNoList(t *testing.T) {
	teller := NewTeller(loaded(t), checks.DefaultPolicy(), "zh", night)
	zipped := func(parts map[string][]byte) []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for name, data := range parts {
			part, err := w.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := part.Write(data); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	other := excelize.NewFile()
	defer other.Close()
	if err := other.SetSheetRow("Sheet1", "A1", &[]string{"域名", "处理状态"}); err != nil {
		t.Fatal(err)
	}
	plain, err := other.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	for want, data := range map[string][]byte{
		"file-bad-xlsx":  []byte("域名,处理状态\n"),
		"file-old-excel": append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), make([]byte, 600)...),
		"file-zip-bomb":  zipped(map[string][]byte{"xl/workbook.xml": make([]byte, 40<<20)}),
		"header-missing": plain.Bytes(),
	} {
		path := filepath.Join(t.TempDir(), "list.xlsx")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := teller.ReadHandled(t.Context(), path, t.TempDir(), func(Handled) error { return nil })
		var refusal *filing.Refusal
		if !errors.As(err, &refusal) || refusal.Mistake.Code != want || refusal.Mistake.File != path {
			t.Errorf("%s: %v", want, err)
		}
	}
}
