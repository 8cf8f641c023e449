package filing

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// workbook makes an XLSX with excelize.
func workbook(t testing.TB, fill func(f *excelize.File)) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	var out bytes.Buffer
	if _, err := f.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// archive makes a workbook of raw parts.
func archive(t testing.TB, parts map[string]string) string {
	t.Helper()
	all := map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="x" r:id="a"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="a" Target="worksheets/sheet1.xml"/></Relationships>`,
	}
	for name, text := range parts {
		all[name] = text
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, text := range all {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func sheetXML(rows, rest string) map[string]string {
	return map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><sheetData>` + rows + `</sheetData>` + rest + `</worksheet>`}
}

// inline is a row of inline texts.
func inline(cells ...string) string {
	var b strings.Builder
	b.WriteString("<row>")
	for _, c := range cells {
		b.WriteString(`<c t="inlineStr"><is><t>` + c + `</t></is></c>`)
	}
	return b.String() + "</row>"
}

func TestXLSX(t *testing.T) {
	text := workbook(t, func(f *excelize.File) {
		f.SetSheetRow("Sheet1", "A1", &[]any{"说明", "没有数据"})
		f.NewSheet("清单")
		f.SetSheetRow("清单", "A1", &[]any{"备案清单"})
		f.SetSheetRow("清单", "A3", &[]any{"主办单位", "域名", "域名备案日期", "主体负责人手机", "主体负责人身份证", "备注"})
		f.SetSheetRow("清单", "A4", &[]any{"甲公司", "a.cn", 45322, 13812345678, "11010519491231002X", "x"})
		f.SetSheetRow("清单", "B5", &[]any{"b.cn", "2024-02-03"})
		f.SetSheetRow("清单", "B6", &[]any{"c.cn", 45322.5})
		f.SetSheetRow("清单", "A8", &[]any{"乙公司", "d.cn", "", "", 440301199001011234.0})
		f.MergeCell("清单", "A4", "A7")
		f.SetSheetRow("清单", "A9", &[]any{"丙公司"})
		f.SetCellFormula("清单", "B9", "=A1")
	})
	inv := mustRead(t, "a.xlsx", text)
	all := subjects(t, inv)
	if len(all) != 1 || all[0].Name != "甲公司" || len(all[0].Services) != 3 {
		t.Fatalf("%+v %q", all, said(t, inv))
	}
	var days []string
	for _, s := range all[0].Services {
		days = append(days, s.Domains[0].Approved.First.String())
	}
	if !slices.Equal(days, []string{"2024-01-31", "2024-02-03", "2024-01-31"}) || all[0].Principal.Mobile != "13812345678" {
		t.Errorf("days %q, %+v", days, all[0].Principal)
	}
	if got := said(t, inv); !slices.Equal(got, []string{"5 principal_id_number digits-lost", "6 domain cell-formula-error"}) {
		t.Errorf("%q", got)
	}
	for m := range inv.Mistakes() {
		if m.Line != m.Row+3 {
			t.Errorf("%+v: not the sheet's row", m)
		}
	}
	if !slices.Equal(inv.UnknownColumns(), []string{"备注"}) {
		t.Errorf("unknown %q", inv.UnknownColumns())
	}
}

func TestXLSXSharedStrings(t *testing.T) {
	parts := sheetXML(`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>`+
		`<row r="2"><c r="A2" t="s"><v>2</v></c><c r="C2" t="s"><v>3</v></c></row>`+
		`<row r="3"><c r="A3" t="s"><v>4</v></c><c r="C3" t="b"><v>1</v></c></row>`, "")
	parts["xl/sharedStrings.xml"] = `<sst><si><t>域名</t></si><si><r><t>标</t></r><r><t xml:space="preserve">签</t></r><rPh sb="0" eb="1"><t>biao</t></rPh></si>` +
		`<si><t>a.cn</t></si><si><t>x_x000D_` + "\n" + `y</t></si><si><t>b.cn</t></si></sst>`
	inv := mustRead(t, "a.xlsx", archive(t, parts))
	all := subjects(t, inv)
	if len(all) != 2 || !slices.Equal(all[0].Tags, []string{"x", "y"}) || !slices.Equal(all[1].Tags, []string{"TRUE"}) {
		t.Errorf("%+v", all)
	}
}

func TestXLSX1904(t *testing.T) {
	parts := sheetXML(inline("域名", "域名备案日期")+`<row><c t="inlineStr"><is><t>a.cn</t></is></c><c><v>43860</v></c></row>`, "")
	parts["xl/workbook.xml"] = `<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><workbookPr date1904="1"/><sheets><sheet name="x" r:id="a"/></sheets></workbook>`
	all := subjects(t, mustRead(t, "a.xlsx", archive(t, parts)))
	if d := all[0].Services[0].Domains[0].Approved.First; d.String() != "2024-01-31" {
		t.Errorf("%s", d)
	}
}

func TestHostileXLSX(t *testing.T) {
	head := inline("域名", "标签")
	cell := func(text string) map[string]string { return sheetXML(head+inline("a.cn", text), "") }
	wide := "<row>" + strings.Repeat(`<c><v>1</v></c>`, 600) + "</row>"
	long := archive(t, cell("x"))
	stringsPart := func(text string) map[string]string {
		parts := cell("x")
		parts["xl/sharedStrings.xml"] = text
		return parts
	}
	var merged strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&merged, `<mergeCell ref="A%d:A1000000"/>`, 2+i%3)
	}
	for name, c := range map[string]struct{ text, code string }{
		"bomb":        {archive(t, sheetXML(head+strings.Repeat(" ", 64<<20), "")), codeZipBomb},
		"endless":     {archive(t, cell(strings.Repeat("x", 8<<20))), codeRowTooLong},
		"columns":     {archive(t, sheetXML(head+wide, "")), codeTooManyCols},
		"far column":  {archive(t, sheetXML(head+`<row><c r="XFD2"><v>1</v></c></row>`, "")), codeTooManyCols},
		"no column":   {archive(t, sheetXML(head+`<row><c r="ZZZZZ2"><v>1</v></c></row>`, "")), codeBadXLSX},
		"row order":   {archive(t, sheetXML(head+`<row r="5"/><row r="3"/>`, "")), codeBadXLSX},
		"cut sheet":   {archive(t, map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><sheetData>` + head + inline("a.cn", "x")}), codeBadXLSX},
		"cut archive": {long[:len(long)-30], codeBadXLSX},
		"bad xml":     {archive(t, sheetXML(head+`<row><c t="inlineStr"><is><t>a.cn</x></row>`+"<", "")), codeBadXLSX},
		"entity":      {archive(t, sheetXML(head+inline("&bomb;"), "")), codeBadXLSX},
		"no string":   {archive(t, sheetXML(`<row><c t="s"><v>7</v></c></row>`, "")), codeBadXLSX},
		"no book":     {archive(t, map[string]string{"xl/workbook.xml": "x"}), codeBadXLSX},
		"cut strings": {archive(t, stringsPart("<sst><si><t>x")), codeBadXLSX},
		"big string":  {archive(t, stringsPart("<sst><si><t>"+strings.Repeat("x", 8<<20))), codeRowTooLong},
		"merges":      {archive(t, sheetXML(head+inline("a.cn")+inline("b.cn")+inline("c.cn")+inline("d.cn"), `<mergeCells>`+merged.String()+`</mergeCells>`)), codeBadXLSX},
		"empty":       {archive(t, sheetXML("", "")), codeEmptyFile},
		"no header":   {archive(t, sheetXML(inline("x", "y"), "")), codeNoHeader},
	} {
		inv, err := read(t, "a.xlsx", c.text, ReadOptions{})
		if err == nil {
			t.Errorf("%s was read: %+v", name, inv.Totals())
			continue
		}
		if m := refusal(t, err); m.Code != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

func FuzzXLSXSheet(f *testing.F) {
	f.Add(inline("域名", "标签")+inline("a.cn", "x"), `<mergeCells><mergeCell ref="A1:A2"/></mergeCells>`, "<sst><si><t>a</t></si></sst>")
	f.Add(`<row r="2"><c r="B2" t="s"><v>0</v></c></row>`, "", "<sst><si><t>域名</t></si></sst>")
	f.Fuzz(func(t *testing.T, rows, rest, shared string) {
		parts := sheetXML(rows, rest)
		parts["xl/sharedStrings.xml"] = shared
		fuzzRead(t, "a.xlsx", []byte(archive(t, parts)))
	})
}

func FuzzXLSXArchive(f *testing.F) {
	f.Add([]byte(archive(f, sheetXML(inline("域名")+inline("a.cn"), ""))))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzRead(t, "a.xlsx", data) })
}
