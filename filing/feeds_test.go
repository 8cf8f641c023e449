package filing

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// feedFile writes a feed and says where.
func feedFile(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// readFeedText reads a text as the one feed of a kind.
func readFeedText(t *testing.T, kind EvidenceKind, name, text string, set func(*FeedOptions)) (*Feeds, error) {
	t.Helper()
	o := DefaultFeeds()
	o.Of(kind).File = feedFile(t, name, text)
	if set != nil {
		set(&o)
	}
	v, err := ReadFeeds(t.Context(), o)
	if err == nil {
		t.Cleanup(func() { v.Close() })
	}
	return v, err
}

func mustReadFeed(t *testing.T, kind EvidenceKind, name, text string) *Feeds {
	t.Helper()
	v, err := readFeedText(t, kind, name, text, nil)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// saidOf is what a listing says as "row key code value want" lines.
func saidOf(list func(func(Mistake) bool)) []string {
	var all []string
	for m := range list {
		line := fmt.Sprintf("%d %s %s", m.Row, m.Key, m.Code)
		if m.Value != "" {
			line += " " + m.Value
		}
		if m.Warning {
			line = "~" + line
		}
		all = append(all, line)
	}
	return all
}

// filed is the subject that the tests ask about.
func filed() *Subject {
	return &Subject{
		Number: "京ICP备12345678号", Name: "北京示例科技有限公司", Licence: Certificate{Type: CertUSCC, Number: "91110000600037341L"},
		Services: []*Service{
			{Number: "京ICP备12345678号-1", Kind: Website, Domains: []*Domain{{Name: "example.com"}, {Name: "xn--fsqu00a.cn", Label: "例子.cn"}}},
			{Number: "京ICP备12345678号-2A", Kind: AppService, Apps: []*App{{Platform: "Android", Package: "com.example.app"}, {Platform: "iOS", Package: "com.example.app"}}},
		},
	}
}

func day(text string) Day {
	var d Day
	if err := d.UnmarshalText([]byte(text)); err != nil {
		panic(err)
	}
	return d
}

func TestRegistryFormats(t *testing.T) {
	want := RegistryRecord{
		Origin: Origin{Row: 1, AsOf: day("2024-01-31")}, Name: "北京示例科技有限公司", FormerNames: []string{"北京示例软件有限公司", "北京旧名有限公司"},
		USCC: "91110000600037341L", Status: "存续（在营、开业、在册）", Address: "北京市朝阳区示例路3号", Representative: "张三", Approved: day("2023-05-06"),
		TermFrom: day("2010-01-02"), LongTerm: true, MatchedBy: byUSCC,
	}
	heads := "企业名称,曾用名,统一社会信用代码,登记状态,注册地址,法定代表人,核准日期,营业期限,数据日期,注册资本\n"
	row := "北京示例科技有限公司,北京示例软件有限公司；北京旧名有限公司,91110000600037341L,存续（在营、开业、在册）,北京市朝阳区示例路3号,张三,2023-05-06,2010-01-02 至 无固定期限,2024/1/31,1000万\n"
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(heads + row)
	if err != nil {
		t.Fatal(err)
	}
	other := "公司名称\t历史名称\t信用代码\t经营状态\t住所（经营场所）\t法人\t核准时间\t营业期限自\t营业期限至\t更新时间\n" +
		"北京示例科技有限公司\t北京示例软件有限公司;北京旧名有限公司\t9111 0000 6000 3734 1l\t存续（在营、开业、在册）\t北京市朝阳区示例路3号\t张三\t2023年5月6日\t2010.1.2\t9999-12-31\t2024-01-31 08:00:00\n"
	json := `[{"name":"北京示例科技有限公司","former_names":["北京示例软件有限公司","北京旧名有限公司"],"uscc":"91110000600037341L","status":"存续（在营、开业、在册）",
		"registered address":"北京市朝阳区示例路3号","legal representative":"张三","approval date":"2023-05-06","term_from":"2010-01-02","term_to":"长期","as_of":"2024-01-31"}]`
	var book bytes.Buffer
	f := excelize.NewFile()
	for i, line := range []string{"数据来源：示例\n", heads, row} {
		for j, c := range strings.Split(strings.TrimSpace(line), ",") {
			if err := setText(f, "Sheet1", j+1, i+1, c); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := f.Write(&book); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"a.csv": heads + row, "gbk.csv": gbk, "tab.txt": other, "a.json": json, "a.xlsx": book.String()} {
		v := mustReadFeed(t, EvidenceRegistry, name, text)
		got := v.Of(filed())
		want.File = name
		if len(got.Registry) != 1 || !reflect.DeepEqual(got.Registry[0], want) {
			t.Errorf("%s: %+v\n%q", name, got.Registry, saidOf(v.Mistakes()))
		}
		if n := v.Totals()[0]; n.Rows != 1 || n.Matched != 1 || n.Unmatched != 0 || n.Bad != 0 || n.Warnings != 0 || len(n.Unknown) != 0 {
			t.Errorf("%s: %+v", name, n)
		}
	}
}

func TestRegistryMatching(t *testing.T) {
	const heads = "主体备案号,企业名称,曾用名,统一社会信用代码\n"
	for _, c := range []struct {
		name, rows, by string
		row            []int
	}{
		{"number before code", "京ICP备12345678号,甲有限公司,,\n,乙有限公司,,91110000600037341L\n", bySubjectNumber, []int{1}},
		{"code before name", ",北京示例科技有限公司,,\n,丙有限公司,,91110000600037341L\n", byUSCC, []int{2}},
		{"name in another writing", ",北京 示例科技有限公司 ,,\n", byName, []int{1}},
		{"name in traditional characters", ",北京示例科技有限公司,,\n", byName, []int{1}},
		{"former name", ",新名有限公司,老名有限公司、北京示例科技有限公司,\n", byFormerName, []int{1}},
		{"name before former name", ",新名有限公司,北京示例科技有限公司,\n,北京示例科技有限公司,,\n", byName, []int{2}},
		{"two of one name", ",北京示例科技有限公司,,\n,北京示例科技有限公司,,\n", byName, []int{1, 2}},
		{"nobody's", ",北京示例科技有限责任公司,,\n", "", nil},
	} {
		v := mustReadFeed(t, EvidenceRegistry, "a.csv", heads+c.rows)
		e := v.Of(filed())
		var rows []int
		for _, r := range e.Registry {
			rows = append(rows, r.Row)
			if r.MatchedBy != c.by {
				t.Errorf("%s: by %s", c.name, r.MatchedBy)
			}
		}
		if !slices.Equal(rows, c.row) || e.Given[EvidenceRegistry].File != "a.csv" {
			t.Errorf("%s: rows %v, %+v", c.name, rows, e.Given)
		}
	}
}

func TestContacts(t *testing.T) {
	v, err := readFeedText(t, EvidenceContacts, "a.csv", strings.Join([]string{
		"主体备案号,主办单位,网站备案号,域名,负责人类型,手机号,核实结果,拨打日期,拨打次数,使用情况,答复人",
		"京ICP备12345678号,,,,主办单位负责人,138 1234 5678,停 机,2024-01-30,3次,,",
		",,京ICP备12345678号-1,,网站负责人,13712345678,无人接听,2024-01-29,2,,",
		",北京示例科技有限公司,,,,,,2024-01-28,,不再使用,李四",
		",,京ICP备12345678号-1,例子.cn,,,,,,已迁出,",
		",,,example.com,,,,,,在用,",
		",,京ICP备12345678号-9,,,,,,,在用,",
		",,京ICP备12345678号-1,other.cn,,,,,,在用,",
	}, "\n"), func(o *FeedOptions) { o.Contacts.AsOf = day("2024-02-01") })
	if err != nil {
		t.Fatal(err)
	}
	got := v.Of(filed())
	at := func(row int) Origin { return Origin{File: "a.csv", Row: row, AsOf: day("2024-02-01")} }
	calls := []Call{
		{Origin: at(1), Role: RolePrincipal, Phone: "138 1234 5678", Result: CallSuspended, Day: day("2024-01-30"), Tries: 3},
		{Origin: at(2), Role: RoleManager, Service: "京ICP备12345678号-1", Phone: "13712345678", Result: CallNoAnswer, Day: day("2024-01-29"), Tries: 2},
	}
	if !reflect.DeepEqual(got.Calls, calls) {
		t.Errorf("calls %+v", got.Calls)
	}
	statements := []Statement{
		{Origin: at(3), Kind: StatementUnused, Day: day("2024-01-28"), By: "李四"},
		{Origin: at(4), Service: "京ICP备12345678号-1", Name: "xn--fsqu00a.cn", Kind: StatementLeftProvider},
		{Origin: at(5), Service: "京ICP备12345678号-1", Name: "example.com", Kind: StatementInUse},
	}
	if !reflect.DeepEqual(got.Statements, statements) {
		t.Errorf("statements %+v", got.Statements)
	}
	if said := saidOf(v.Unmatched()); !slices.Equal(said, []string{
		"~6 service_number feed-row-unmatched 京ICP备12345678号-9", "~7 service_number feed-row-unmatched 京ICP备12345678号-1",
	}) || len(saidOf(v.Mistakes())) > 0 {
		t.Errorf("%q %q", said, saidOf(v.Mistakes()))
	}
}

func TestDocuments(t *testing.T) {
	v := mustReadFeed(t, EvidenceDocuments, "a.jsonl", strings.Join([]string{
		`{"材料类型":"域名证书","域名":"例子.cn","域名持有者":"北京示例科技有限公司","有效期至":"2030-01-01","数据日期":"2024-01-31"}`,
		`{"document":"identity","subject_number":"京ICP备12345678号","role":"principal","person":"张三","valid_to":"长期"}`,
		`{"document":"app-display","platform":"android","package":"com.example.app","展示的备案号":"京ICP备12345678号-2A","opens":true}`,
		`{"document":"app-display","package":"com.example.app","展示的备案号":"无","opens":"打不开"}`,
		`{"document":"licence","subject_name":"北京示例科技有限公司","issued":"2020-01-01"}`,
		`{"document":"domain-certificate","domain":"elsewhere.cn","holder":"别人"}`,
	}, "\n"))
	yes, no := true, false
	app := "京ICP备12345678号-2A"
	at := func(row int) Origin { return Origin{File: "a.jsonl", Row: row} }
	want := []Document{
		{Origin: Origin{"a.jsonl", 1, day("2024-01-31")}, Kind: DocumentCertificate, Service: "京ICP备12345678号-1", Name: "xn--fsqu00a.cn", Holder: "北京示例科技有限公司", ValidTo: day("2030-01-01")},
		{Origin: at(2), Kind: DocumentIdentity, Role: RolePrincipal, Person: "张三", LongTerm: true},
		{Origin: at(3), Kind: DocumentAppDisplay, Service: app, Name: "Android com.example.app", Number: app, Opens: &yes},
		{Origin: at(4), Kind: DocumentAppDisplay, Service: app, Name: "Android com.example.app", Opens: &no},
		{Origin: at(4), Kind: DocumentAppDisplay, Service: app, Name: "iOS com.example.app", Opens: &no},
		{Origin: at(5), Kind: DocumentLicence, Issued: day("2020-01-01")},
	}
	if got := v.Of(filed()).Documents; !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\n%q", got, saidOf(v.Mistakes()))
	}
	if said := saidOf(v.Unmatched()); !slices.Equal(said, []string{"~6 domain feed-row-unmatched elsewhere.cn"}) {
		t.Errorf("%q", said)
	}
	if n := v.Totals()[0]; n.Matched != 5 || n.Undated != 5 {
		t.Errorf("%+v", n)
	}
}
