package filing

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// read reads a text as an inventory of a name.
func read(t *testing.T, name, text string, opts ReadOptions) (*Inventory, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	inv, err := ReadInventory(t.Context(), path, opts)
	if err == nil {
		t.Cleanup(func() { inv.Close() })
	}
	return inv, err
}

func mustRead(t *testing.T, name, text string) *Inventory {
	t.Helper()
	inv, err := read(t, name, text, ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

func subjects(t *testing.T, inv *Inventory) []*Subject {
	t.Helper()
	var all []*Subject
	for s, err := range inv.Subjects(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

// said is the mistakes as "row column code" lines.
func said(t *testing.T, inv *Inventory) []string {
	t.Helper()
	var all []string
	for m := range inv.Mistakes() {
		line := fmt.Sprintf("%d %s %s", m.Row, m.Key, m.Code)
		if m.See > 0 {
			line += fmt.Sprintf(" see %d", m.See)
		}
		all = append(all, line)
	}
	if err := inv.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func refusal(t *testing.T, err error) Mistake {
	t.Helper()
	var r *Refusal
	if !errors.As(err, &r) {
		t.Fatalf("%v is no refusal", err)
	}
	return r.Mistake
}

func TestSubjectsComeWholeInOrderOfTheirFirstRow(t *testing.T) {
	inv := mustRead(t, "a.csv", `主体备案号,主办单位,网站备案号,网站名称,域名,备案IP,主体负责人身份证有效期
京ICP备19111111号,甲公司,京ICP备19111111号-1,甲站,a.cn,1.1.1.1,长期
沪ICP备18222222号,乙公司,沪ICP备18222222号-1,乙站,b.cn,1.1.2.0/24；1.1.3.1-1.1.3.9,2030.01.02-2040.01.02
,,京ICP备19111111号-1,甲站,a2.cn,1.1.1.2,
,丙公司,,丙站,c.cn,,
,丙公司,,丙站,c2.cn,,
,,,,d.cn,,
,,,,e.cn,,
,,京ICP备19111111号-2A,甲应用,,,
`)
	got := subjects(t, inv)
	var names []string
	for _, s := range got {
		line := fmt.Sprintf("%d %s", s.Row, s.ID())
		for _, v := range s.Services {
			line += fmt.Sprintf(" [%s %s", v.Number, v.Kind)
			for _, d := range v.Domains {
				line += fmt.Sprintf(" %s@%d", d.Name, d.Row)
			}
			line += strings.Repeat(" app", len(v.Apps)) + "]"
		}
		names = append(names, line)
	}
	want := []string{
		"1 京ICP备19111111号 [京ICP备19111111号-1 website a.cn@1 a2.cn@3] [京ICP备19111111号-2A app app]",
		"2 沪ICP备18222222号 [沪ICP备18222222号-1 website b.cn@2]",
		"4 丙公司 [ website c.cn@4 c2.cn@5]",
		"6 - [ website d.cn@6]",
		"7 - [ website e.cn@7]",
	}
	if !slices.Equal(names, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(names, "\n"), strings.Join(want, "\n"))
	}
	a, b := got[0], got[1]
	if !a.Principal.ID.LongTerm || a.Province != "京" || a.Name != "甲公司" {
		t.Errorf("first subject: %+v", a)
	}
	if b.Principal.ID.ValidTo.String() != "2040-01-02" {
		t.Errorf("card's range: %+v", b.Principal.ID)
	}
	if ips := a.Services[0].IPs; len(ips) != 2 || !b.Services[0].HoldsIP(netip.MustParseAddr("1.1.3.5")) || !b.Services[0].HoldsIP(netip.MustParseAddr("1.1.2.200")) {
		t.Errorf("addresses %v, %+v", ips, b.Services[0])
	}
	if totals := inv.Totals(); totals != (Totals{Rows: 8, Good: 8, Subjects: 5, Services: 6, Domains: 7, Apps: 1, Warnings: 1}) {
		t.Errorf("totals %+v", totals)
	}
	if n := inv.CountByTLD(); n["cn"] != 7 || len(n) != 1 {
		t.Errorf("by TLD %v", n)
	}
	if got := subjects(t, inv); len(got) != 5 {
		t.Errorf("dealt again: %d", len(got))
	}
}

func TestContradictionsNameTheEarlierRow(t *testing.T) {
	inv := mustRead(t, "a.csv", `主体备案号,主办单位,网站备案号,接入商,域名,主体负责人手机,公安备案号
京ICP备19111111号,甲（北京）公司,京ICP备19111111号-1,华为云,a.cn,13812345678,京公网安备11010502030143号
京ICP备19111111号,甲(北京)公司,京ICP备19111111号-1,华为云,b.cn,,
京ICP备19111111号,乙公司,京ICP备19111111号-1,阿里云,c.cn,13912345678,
京ICP备19111111号,,京ICP备19111111号-1,,a.cn,,
京ICP备19111111号,,京ICP备19111111号-1,,A.CN,,京公网安备11010502030144号
京ICP备19111111号,,京ICP备19111111号-2,,a.cn,,
京ICP备19111111号,,沪ICP备19111111号-2,,d.cn,,
沪ICP备17333333号,,,,b.cn,,
`)
	want := []string{
		"3 subject_name contradiction see 1", "3 principal_mobile contradiction see 1", "3 provider contradiction see 1",
		"4 domain domain-twice see 1",
		"5 psb contradiction see 1",
		"6 domain domain-in-two-services see 1",
		"7 service_number service-not-subject",
		"8 domain domain-in-two-services see 2",
	}
	if got := said(t, inv); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for m := range inv.Mistakes() {
		if strings.Contains(m.String(), "13912345678") || strings.Contains(m.String(), "13812345678") {
			t.Errorf("phone not masked: %s", m)
		}
		if m.Row == 3 && m.Key == "subject_name" && (m.Value != "乙公司" || m.Want != "甲（北京）公司" || m.Line != 4 || m.Column != "主办单位") {
			t.Errorf("%+v", m)
		}
	}
	if n := inv.Totals(); n.Rows != 8 || n.Good != 5 || n.Bad != 3 || n.Duplicates != 1 || n.Domains != 4 {
		t.Errorf("totals %+v", n)
	}
}

func TestMistakesOfCells(t *testing.T) {
	for _, c := range []struct {
		head, cell string
		want       []string // without the row
	}{
		{"域名", "1.2.3.4", []string{"domain domain-is-ip"}},
		{"域名", "com.cn", []string{"domain domain-is-suffix"}},
		{"域名", "a..cn", []string{"domain domain-empty-label"}},
		{"域名", "-", []string{"domain domain-blank"}},
		{"域名", "a.cn b.cn", []string{"domain domain-many"}},
		{"域名", "https://www.a.cn/x", []string{"domain domain-from-url", "domain domain-www"}},
		{"服务备案号,域名", "京ICP备1234号-1,a.cn", []string{"service_number icp-digit-count"}},
		{"服务备案号,域名", "萌ICP备20230187号,a.cn", []string{"service_number icp-vanity"}},
		{"服务备案号,域名", "京ICP备12345678号,a.cn", []string{"service_number service-number-bare"}},
		{"服务备案号,域名", "京ICP证030173号-1,a.cn", nil},
		{"服务备案号,域名", "川ICP备12345678号-1,a.cn", []string{"service_number icp-everyday-letter"}},
		{"服务备案号,域名", "京ICP备123456号-1,a.cn", []string{"service_number icp-six-digits"}},
		{"主体备案号,域名", "京ICP备12345678号-1,a.cn", []string{"subject_number subject-number-suffix"}},
		{"服务备案号,服务类型,域名", "京ICP备12345678号-1X,网站,a.cn", []string{"service_kind kind-not-suffix"}},
		{"服务类型,域名", "论坛,a.cn", []string{"service_kind kind-unknown"}},
		{"服务类型,域名,包名", "网站,a.cn,com.x", []string{"service_kind kind-not-item"}},
		{"服务类型,域名,服务名称", "APP,,甲应用", []string{"app_package app-blank"}},
		{"服务类型,域名,省份", "APP,,北京", []string{" item-missing"}},
		{"域名,包名,首页网址", ",com.x,http://a.cn/", []string{"urls cell-unused"}},
		{"省份,服务备案号,域名", "上海市,京ICP备12345678号-1,a.cn", []string{"province province-not-number"}},
		{"省份,域名", "火星,a.cn", []string{"province province-unknown"}},
		{"性质,域名", "火星人,a.cn", []string{"subject_nature word-unknown"}},
		{"域名,域名备案日期", "a.cn,2023-02-30", []string{"domain_approved_first date-bad"}},
		{"域名,域名备案日期", "a.cn,02/03/2023", []string{"domain_approved_first date-bad"}},
		{"域名,域名备案日期", "a.cn,2023年2月3日", nil},
		{"域名,域名备案日期", "a.cn,20230203", nil},
		{"域名,域名备案日期", "a.cn,2023/2/3 12:30:01", nil},
		{"域名,域名备案日期", "a.cn,45322", []string{"domain_approved_first date-bad"}},
		{"域名,网站负责人证件有效期", "a.cn,2015.01.01至长期", nil},
		{"域名,网站负责人证件有效期", "a.cn,快了", []string{"manager_id_valid_to date-bad"}},
		{"域名,IP", "a.cn,1.2.3.4.5；010.1.1.1", []string{"ips ip-bad", "ips ip-bad"}},
		{"域名,IP", "a.cn,1.2.3.9-1.2.3.1", []string{"ips ip-range-order"}},
		{"域名,IP", "a.cn,1.2.3.1 - 9", nil},
		{"域名,IP", "a.cn,0.0.0.0/0", []string{"ips ip-too-wide"}},
		{"域名,IP", "a.cn,192.168.1.1/24", []string{"ips ip-host-bits", "ips ip-private"}},
		{"域名,IP", "a.cn,240e::1；240e::/32", nil},
		{"域名,子域名", "a.cn,m；shop.a.cn；*.x.a.cn；@", []string{"sub_domains host-relative"}},
		{"域名,子域名", "a.cn,m.b.cn", []string{"sub_domains host-foreign"}},
		{"域名,子域名", "a.cn,a_b.a.cn", []string{"sub_domains host-bad"}},
		{"域名,首页网址", "a.cn,www.a.cn；https://b.cn", []string{"urls url-scheme-added", "urls url-foreign"}},
		{"域名,首页网址", "a.cn,ftp://a.cn", []string{"urls url-bad"}},
		{"域名,公安备案号", "a.cn,京公网安备1号", []string{"psb psb-bad"}},
		{"域名,主体负责人身份证", "a.cn,4.40301E+17", []string{"principal_id_number digits-lost"}},
		{"域名,主体负责人身份证", "a.cn,440301199001011234", nil}, // a wrong check digit is a finding, not a mistake
		{"域名,主体负责人手机", "a.cn,1381234", nil},
		{"域名,主体负责人手机", "a.cn,1.38E+10", []string{"principal_mobile digits-lost"}},
		{"域名,标签", "a.cn,#REF!", []string{"tags cell-formula-error"}},
		{"域名,标签", "a.cn,\"a\x01b\"", []string{"tags cell-control"}},
		{"域名,标签", "a.cn,x,y", []string{" row-more-cells"}},
		{"域名,标签", "a.cn,x\"y", []string{" row-quotes"}},
	} {
		inv := mustRead(t, "a.csv", c.head+"\n"+c.cell+"\n")
		var got []string
		for _, line := range said(t, inv) {
			got = append(got, strings.TrimPrefix(line, "1 "))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %s: got %q, want %q", c.head, c.cell, got, c.want)
		}
		if n := inv.Totals(); n.Rows != 1 || n.Good+n.Bad != 1 {
			t.Errorf("%s: %s: totals %+v", c.head, c.cell, n)
		}
	}
}

// TestEveryFieldHasAColumn fills every column and looks for a field left empty.
func TestEveryFieldHasAColumn(t *testing.T) {
	a := newAssembler(Limits{}.filled(), nil)
	a.begin()
	r := &record{row: 1, cells: make([]string, len(a.table.list))}
	p := newRowParser(Limits{}.filled())
	for i, c := range a.table.list {
		domain, app := c.examples()
		if r.cells[i] = domain; domain == "" {
			r.cells[i] = app
		}
	}
	r.cells[p.at.serviceKind], r.cells[p.at.serviceNumber] = "APP", "京ICP备12345678号-2A"
	if mistakes, good := p.parse(r); !good {
		t.Fatalf("%v", mistakes)
	}
	if ok, err := a.add(r); err != nil || !ok {
		t.Fatal(ok, err, a.notes)
	}
	s := a.build(1)
	optional := map[string]bool{ // the other of two ways to say the same
		".Licence.ValidTo": true, ".Principal.ID.LongTerm": true, ".Services.0.Manager.ID.LongTerm": true,
	}
	var walk func(path string, v reflect.Value)
	walk = func(path string, v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer:
			walk(path, v.Elem())
		case reflect.Slice:
			if v.Len() == 0 {
				t.Errorf("nothing fills %s", path)
			} else if v.Index(0).Kind() == reflect.Pointer {
				walk(path+".0", v.Index(0))
			}
		case reflect.Struct:
			if _, ok := v.Interface().(Day); !ok {
				for i := range v.NumField() {
					walk(path+"."+v.Type().Field(i).Name, v.Field(i))
				}
				return
			}
			fallthrough
		default:
			if v.IsZero() && !optional[path] {
				t.Errorf("nothing fills %s", path)
			}
		}
	}
	walk("", reflect.ValueOf(s))
}

func TestColumnsAreNamedOnce(t *testing.T) {
	seen := map[string]string{}
	for _, c := range Columns() {
		if c.Note.ZH == "" || c.Note.EN == "" || c.Example == "" || c.ZH == "" {
			t.Errorf("%s lacks a note, an example or its Chinese header", c.Key)
		}
		for _, h := range append([]string{c.Key, c.ZH}, c.Aliases...) {
			if other := seen[foldHeader(h)]; other != "" && other != c.Key {
				t.Errorf("%q is of %s and %s", h, other, c.Key)
			}
			seen[foldHeader(h)] = c.Key
		}
	}
	for _, h := range []string{" 网 站 域 名 ", "域名（必填）", "*域名", "DOMAIN", "Domain_Name", "domain-name", "ｄｏｍａｉｎ"} {
		if i, ok := columns().find(h); !ok || columns().list[i].Key != "domain" {
			t.Errorf("%q is not found", h)
		}
	}
}

func TestUnknownColumnsAreNamed(t *testing.T) {
	inv := mustRead(t, "a.csv", "序号,域名,备注,备注\n1,a.cn,x,y\n")
	if got := inv.UnknownColumns(); !slices.Equal(got, []string{"序号", "备注"}) {
		t.Errorf("%q", got)
	}
}

func TestSpoolIsGone(t *testing.T) {
	dir := t.TempDir()
	inv, err := read(t, "a.csv", "域名\na.cn\n", ReadOptions{TempDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := inv.Close(); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	for _, err := range inv.Subjects(t.Context()) {
		if err == nil {
			t.Error("a closed inventory deals subjects")
		}
	}
	for m := range inv.Mistakes() {
		t.Errorf("a closed inventory lists %v", m)
	}
	if inv.Err() == nil {
		t.Error("a closed inventory lists its mistakes")
	}
	if want := fmt.Sprintf("%x", sha256.Sum256([]byte("域名\na.cn\n"))); inv.Digest() != want {
		t.Errorf("digest %q, want %q", inv.Digest(), want)
	}
}

func TestBounds(t *testing.T) {
	small := Limits{Rows: 3, Columns: 5, CellBytes: 100, RowBytes: 2000, SubjectItems: 2, FileBytes: 20000}
	for _, c := range []struct{ name, text, code string }{
		{"rows.csv", "域名\n" + strings.Repeat("a.cn\n", 4), codeTooManyRows},
		{"columns.csv", "域名,1,2,3,4,5\n", codeTooManyCols},
		{"wide.csv", "域名\na.cn" + strings.Repeat(",", 50) + "\n", codeTooManyCols},
		{"row.csv", "域名,标签\na.cn,\"" + strings.Repeat("x", 15000) + "\"\n", codeRowTooLong},
		{"file.csv", "域名\n" + strings.Repeat("a.cn\n", 5000), codeFileTooLarge},
		{"row.json", `[{"domain":"` + strings.Repeat("a", 15000) + `"}]`, codeRowTooLong},
		{"nest.json", `[{"domain":` + strings.Repeat("[", 15000) + `}]`, codeRowTooLong},
		{"keys.json", `[{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1}]`, codeTooManyCols},
		{"empty.csv", "", codeEmptyFile},
		{"blank.csv", " \n\n", codeEmptyFile},
		{"old.xls", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1xxxx", codeOldExcel},
		{"page.xls", "<html><table>", codeHTML},
		{"packed.csv", "\x1F\x8Bxx", codePacked},
		{"binary.csv", strings.Repeat("\x00\x01", 500), codeNotText},
		{"twice.csv", "域名,网站域名\na.cn,b.cn\n", codeTwiceHeader},
		{"none.csv", "名字,网站\na,b\n", codeNoHeader},
		{"none.json", `[{"name":"a"}]`, codeNoHeader},
		{"bad.json", `[{"domain":"a.cn"},{"domain":]`, codeBadJSON},
		{"cut.json", `[{"domain":"a.cn"}`, codeBadJSON},
		{"more.json", `[{"domain":"a.cn"}] x`, codeBadJSON},
		{"no.json", `domain`, codeBadJSON},
		{"bad.xlsx", "PK\x03\x04xxxxxxxx", codeBadXLSX},
	} {
		_, err := read(t, c.name, c.text, ReadOptions{Limits: small})
		if err == nil {
			t.Errorf("%s was read", c.name)
			continue
		}
		if m := refusal(t, err); m.Code != c.code || !strings.HasSuffix(m.File, c.name) {
			t.Errorf("%s: %v, want %s", c.name, err, c.code)
		}
	}
	inv, err := read(t, "cell.csv", "域名,标签\na.cn,"+strings.Repeat("x", 300)+"\n", ReadOptions{Limits: small})
	if err != nil || said(t, inv)[0] != "1 tags cell-too-long" {
		t.Errorf("a long cell: %v", err)
	}
	inv, err = read(t, "subject.csv", "主办单位,域名\n甲,a.cn\n甲,b.cn\n甲,c.cn\n", ReadOptions{Limits: small})
	if err != nil || !slices.Equal(said(t, inv), []string{"3 subject_number subject-too-large"}) || inv.Totals().Domains != 2 {
		t.Errorf("a large subject: %v", err)
	}
}

func TestReadIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	path := filepath.Join(t.TempDir(), "a.csv")
	if err := os.WriteFile(path, []byte("域名\na.cn\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadInventory(ctx, path, ReadOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := ReadInventory(t.Context(), t.TempDir(), ReadOptions{}); err == nil {
		t.Error("a folder was read")
	}
}

func TestCodesAreUnique(t *testing.T) {
	codes := Codes()
	if slices.Sort(codes); len(slices.Compact(codes)) != len(Codes()) {
		t.Error("a code is there twice")
	}
}

func TestShownIsFitToPrint(t *testing.T) {
	got := shown("\x1b[31m身份证11010519491231002X，电话13812345678，错号110105194912319999\n" + strings.Repeat("长", 500))
	if strings.ContainsAny(got, "\x1b\n") || strings.Contains(got, "19491231") || strings.Contains(got, "13812345678") || len([]rune(got)) > shownRunes+1 {
		t.Errorf("%q", got)
	}
}
