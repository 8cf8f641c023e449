package report

import (
	"bytes"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/icpaudit/icpaudit/checks"
)

// A team's list holds its rows and no other sheet.
func TestAListOfItsOwn(t *testing.T) {
	teller := NewTeller(loaded(t), checks.DefaultPolicy(), "zh", night)
	subject, findings := sample(t)
	var out bytes.Buffer
	if err := teller.WriteXLSX(&out, teller.Rows(subject, findings)); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	sheets := book.GetSheetList()
	if len(sheets) != 1 {
		t.Fatalf("the sheets are %q", sheets)
	}
	rows, err := book.GetRows(sheets[0])
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 4 || rows[0][0] != "主体备案号" || rows[1][0] != "浙ICP备2023001234号" {
		t.Errorf("the rows are %q", rows)
	}
}
