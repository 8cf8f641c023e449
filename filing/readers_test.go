package filing

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// sameText is one inventory that the charset and delimiter tests write in all ways.
const sameText = "主办单位名称,域名,标签\n北京示例科技有限公司,例子.中国,\"重点,华北\"\n北京示例科技有限公司,a.cn,\n"

func encoded(t *testing.T, text string, encode func(string) (string, error)) string {
	t.Helper()
	out, err := encode(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCharsetsAndDelimiters(t *testing.T) {
	gbk := simplifiedchinese.GBK.NewEncoder().String
	utf16 := func(order unicode.Endianness) func(string) (string, error) {
		return unicode.UTF16(order, unicode.UseBOM).NewEncoder().String
	}
	for name, text := range map[string]string{
		"utf-8":     sameText,
		"bom":       "\uFEFF" + sameText,
		"crlf":      strings.ReplaceAll(sameText, "\n", "\r\n"),
		"gbk":       encoded(t, sameText, gbk),
		"utf-16le":  encoded(t, sameText, utf16(unicode.LittleEndian)),
		"utf-16be":  encoded(t, sameText, utf16(unicode.BigEndian)),
		"semicolon": strings.Replace(strings.NewReplacer("重点,华北", "重点、华北", ",", ";").Replace(sameText), "、", "；", 1),
		"tab":       strings.NewReplacer("重点,华北", "重点;华北", ",", "\t").Replace(sameText),
		"title":     "备案清单\n\n" + sameText,
		"sep":       "sep=,\n" + sameText,
		"late gbk":  encoded(t, "domain,owner\n"+strings.Repeat("x.cn,\n", 20000)+"y.cn,负责人\n", gbk),
	} {
		inv := mustRead(t, "a.csv", text)
		all := subjects(t, inv)
		if name == "late gbk" {
			if last := all[len(all)-1]; last.Owner != "负责人" {
				t.Errorf("%s: %+v", name, last)
			}
			continue
		}
		if len(all) != 1 || all[0].Name != "北京示例科技有限公司" || len(all[0].Services) != 2 {
			t.Errorf("%s: %+v, %v", name, all, said(t, inv))
			continue
		}
		if d := all[0].Services[0].Domains[0]; d.Label != "例子.中国" || !slices.Equal(all[0].Tags, []string{"重点", "华北"}) {
			t.Errorf("%s: %+v %q", name, d, all[0].Tags)
		}
	}
}

func TestBrokenBytesAreNamed(t *testing.T) {
	inv := mustRead(t, "a.csv", "域名,主办单位\na.cn,北京示\xE4\xBE科技有限公司\nb.cn,上海示例科技有限公司\nc.cn,\x00\n")
	if got := said(t, inv); !slices.Equal(got, []string{"1 subject_name cell-encoding", "3 subject_name cell-control"}) {
		t.Errorf("%q", got)
	}
	if n := inv.Totals(); n.Good != 1 || n.Bad != 2 {
		t.Errorf("%+v", n)
	}
}

func TestJSON(t *testing.T) {
	for name, text := range map[string]string{
		"array":  `[{"domain":"a.cn","tags":["x","y"],"account":17,"extra":{"a":[1]}},{"域名":"b.cn","owner":null,"provider":"华为云"}]`,
		"lines":  `{"domain":"a.cn","tags":"x;y","account":"17","extra":1}` + "\n\n" + `{"域名":"b.cn","provider":"华为云"}`,
		"pretty": "{\n \"domain\": \"a.cn\",\n \"tags\": [\"x\",\n\"y\"], \"account\": 17, \"extra\": []\n}\n{\"域名\":\"b.cn\",\"provider\":\"华为云\"}",
		"bom":    "\uFEFF \n" + `[{"domain":"a.cn","tags":["x","y"],"account":"17","extra":""},{"domain":"b.cn","provider":"华为云"}]`,
	} {
		inv := mustRead(t, "a.json", text)
		all := subjects(t, inv)
		if len(all) != 2 || all[0].Account != "17" || !slices.Equal(all[0].Tags, []string{"x", "y"}) || all[1].Services[0].Provider != "华为云" {
			t.Errorf("%s: %+v %q", name, all, said(t, inv))
		}
		if got := inv.UnknownColumns(); !slices.Equal(got, []string{"extra"}) {
			t.Errorf("%s: unknown %q", name, got)
		}
	}
}

func TestJSONMistakes(t *testing.T) {
	inv := mustRead(t, "a.jsonl", strings.Join([]string{
		`{"domain":"a.cn"}`, `{"domain":"b.cn","owner":{"x":1}}`, `{"domain":`, `{"domain":"c.cn" "x"}`, `17`,
		`{"domain":"d.cn","domain":"e.cn"}`, `{"domain":"f.cn","owner":["x"]}`, `{"domain":"g.cn"}`,
	}, "\n"))
	want := []string{
		"2 owner cell-nested", "3  row-bad-json", "4  row-bad-json", "5  row-bad-json", "6 domain cell-twice", "7 owner cell-nested",
	}
	if got := said(t, inv); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if n := inv.Totals(); n.Rows != 8 || n.Good != 2 {
		t.Errorf("%+v", n)
	}
}

// fuzzRead reads bytes as an inventory and holds the result to its sums.
func fuzzRead(t *testing.T, name string, data []byte) {
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	inv, err := ReadInventory(t.Context(), path, ReadOptions{Limits: Limits{Rows: 1000, RowBytes: 1 << 14, SheetBytes: 1 << 20}})
	if err != nil {
		return
	}
	defer inv.Close()
	n := inv.Totals()
	if n.Rows != n.Good+n.Bad || n.Good > n.Domains+n.Apps+n.Duplicates {
		t.Fatalf("totals %+v", n)
	}
	domains, apps, subjects := 0, 0, 0
	for s, err := range inv.Subjects(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		subjects++
		for _, v := range s.Services {
			domains, apps = domains+len(v.Domains), apps+len(v.Apps)
		}
	}
	if subjects != n.Subjects || domains != n.Domains || apps != n.Apps {
		t.Fatalf("dealt %d subjects, %d domains, %d apps of %+v", subjects, domains, apps, n)
	}
	last := 0
	listed := 0
	for m := range inv.Mistakes() {
		if m.Row < last || m.Code == "" {
			t.Fatalf("%v behind row %d", m, last)
		}
		last = m.Row
		listed++
	}
	if err := inv.Err(); err != nil || listed != n.Mistakes+n.Warnings {
		t.Fatalf("%d mistakes listed of %+v, %v", listed, n, err)
	}
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte(sameText))
	f.Add([]byte("域名;标签\na.cn;\"x\n\"\"\"\n\"b.cn\n"))
	f.Add([]byte("\xFF\xFEd\x00"))
	f.Add([]byte("域名,服务备案号,服务类型,包名,公安备案号,IP,子域名,首页网址,域名备案日期,证件有效期\na.cn,京ICP备12345678号-1,,,,1.1.1.1-9,m,a.cn/x,2023-1-1,长期\na.cn,京ICP备12345678号-1,,,,,,,,\n"))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzRead(t, "a.csv", data) })
}

func FuzzJSON(f *testing.F) {
	f.Add([]byte(`[{"domain":"a.cn","tags":["x"]}]`))
	f.Add([]byte("{\"domain\":\"a.cn\"}\n{x\n{\"domain\":\"b.cn\"}"))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzRead(t, "a.json", data) })
}
