package filing

import (
	"bytes"
	"encoding/csv"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

var update = flag.Bool("update", false, "rewrite the goldens")

func template(t *testing.T, format, lang string) string {
	t.Helper()
	var out bytes.Buffer
	if err := WriteTemplate(&out, format, lang); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestTemplatesPassTheCheck(t *testing.T) {
	for _, format := range []string{"csv", "xlsx"} {
		for _, lang := range []string{"zh", "en"} {
			inv := mustRead(t, "template."+format, template(t, format, lang))
			n := inv.Totals()
			if n != (Totals{Rows: 2, Good: 2, Subjects: 1, Services: 2, Domains: 1, Apps: 1}) || len(inv.UnknownColumns()) > 0 {
				t.Errorf("%s %s: %+v, %q, %q", format, lang, n, said(t, inv), inv.UnknownColumns())
			}
		}
	}
}

func TestTemplateHeader(t *testing.T) {
	var got strings.Builder
	for _, lang := range []string{"zh", "en"} {
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(template(t, "csv", lang), "\uFEFF"))).ReadAll()
		if err != nil || len(rows) != 3 {
			t.Fatal(rows, err)
		}
		got.WriteString(strings.Join(rows[0], "\n") + "\n\n")
	}
	golden := filepath.Join("testdata", "template_header.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || got.String() != string(want) {
		t.Errorf("the header changed (%v); old files must still be read: keep the old names as aliases, then -update\n%s", err, got.String())
	}
}

func TestXLSXTemplateExplains(t *testing.T) {
	f, err := excelize.OpenReader(strings.NewReader(template(t, "xlsx", "zh")))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheets := f.GetSheetList()
	if !slices.Equal(sheets, []string{"备案清单", "说明"}) {
		t.Fatalf("%q", sheets)
	}
	rows, err := f.GetRows("说明")
	if err != nil || len(rows) != len(Columns())+1 {
		t.Errorf("%d rows of help, %v", len(rows), err)
	}
	lists, err := f.GetDataValidations("备案清单")
	if err != nil || len(lists) != 5 {
		t.Errorf("%d lists to choose from, %v", len(lists), err)
	}
	notes, err := f.GetComments("备案清单")
	if err != nil || len(notes) != len(Columns()) {
		t.Errorf("%d notes, %v", len(notes), err)
	}
}

func TestTemplateRefuses(t *testing.T) {
	var out bytes.Buffer
	if WriteTemplate(&out, "xls", "zh") == nil || WriteTemplate(&out, "csv", "fr") == nil || out.Len() > 0 {
		t.Error("wrote a template of an unknown format or language")
	}
}
