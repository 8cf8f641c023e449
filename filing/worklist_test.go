package filing

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// A list over two sheets, between sheets of other kinds: columns that are not
// asked for are left alone, formulas are named, and days come in any writing.
func TestWorklist(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	for _, sheet := range []struct {
		name string
		rows [][]any
	}{
		{"Sheet1", [][]any{{"title"}, {"域名", "other"}}},
		{"list", [][]any{{"a note above"}, {"Key", "自由", "日期", "备注"}, {"k1", "x", 46387, " said "}, {nil, nil, nil, nil}, {"k2", "x", "2026年1月2日", strings.Repeat("长", 40)}, {"k4"}}},
		{"list (2)", [][]any{{"编号", "日期"}, {"k3", "soon", "beyond"}}},
	} {
		if _, err := f.NewSheet(sheet.name); err != nil {
			t.Fatal(err)
		}
		for i, row := range sheet.rows {
			if err := f.SetSheetRow(sheet.name, fmt.Sprint("A", i+1), &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	for cell, formula := range map[string]string{"B3": "1+1", "D6": "NOW()"} {
		if err := f.SetCellFormula("list", cell, formula); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "list.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	list := Worklist{Mark: "key", TempDir: t.TempDir(), Limits: Limits{CellBytes: 100}, Columns: []Column{
		{Key: "key", ZH: "编号"}, {Key: "day", ZH: "日期"}, {Key: "note", ZH: "备注", Aliases: []string{"remark"}},
	}}
	var got []string
	err := list.Read(t.Context(), path, func(r WorklistRow) error {
		day, ok := r.Day("day")
		broken := ""
		if r.Broken != nil {
			broken = r.Broken.String()
		}
		got = append(got, fmt.Sprintln(r.Line, len(r.Cells), r.Cells["key"], day, ok, r.Cells["note"], r.Formulas, broken))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"3 3 k1 2026-12-31 true said [] \n",
		"5 2 k2 2026-01-02 true  [] column 备注: cell-too-long, want at most 100 bytes\n",
		"6 1 k4  false  [note] \n",
		"2 2 k3  false  [] \n",
	}
	if strings.Join(got, "") != strings.Join(want, "") {
		t.Errorf("read\n%swant\n%s", strings.Join(got, ""), strings.Join(want, ""))
	}
	stop := errors.New("enough")
	if err := list.Read(t.Context(), path, func(WorklistRow) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("stopped with %v", err)
	}
	list.Limits.Rows = 1
	var refusal *Refusal
	if err := list.Read(t.Context(), path, func(WorklistRow) error { return nil }); !errors.As(err, &refusal) || refusal.Mistake.Code != codeTooManyRows {
		t.Errorf("beyond the rows: %v", err)
	}
}
