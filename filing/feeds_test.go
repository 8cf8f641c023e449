package filing

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
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

func TestFeedMistakes(t *testing.T) {
	for _, c := range []struct {
		kind EvidenceKind
		text string
		want []string
	}{
		{EvidenceRegistry, "企业名称,统一社会信用代码,核准日期,营业期限\n" +
			"甲,9111,2023-13-01,2010-01-01至随便\n,,2023-01-01,\n乙,91110000600037341X,,2030-01-01至2010-01-01\n丙,110105194912310,,\n\"丁\x00\",,,\n戊,9.1E+17,,\n",
			[]string{"1 uscc uscc-bad 9111", "1 approved date-bad 2023-13-01", "1 term date-bad 2010-01-01至随便", "2  feed-nobody",
				"~3 uscc uscc-check-digit 911100********341X", "3 term date-bad 2030-01-01至2010-01-01", "4 uscc uscc-bad 110105*****2310", "5 name cell-control 丁�", "6 uscc digits-lost 9.1E+17"}},
		{EvidenceContacts, "主体备案号,服务备案号,负责人类型,手机号,拨打结果,次数,使用情况,答复人\n" +
			"京ICP备12345678号,,主体负责人,13812345678,没打通,3,,\n京ICP备12345678号,,,13812345678,空号,,,\n京ICP备12345678号,,,,,,,李四\n京ICP备12345678号,京ICP备12345679号-1,,,,多次,在用,\n京ICP备12345678号,,老板,1.3E+10,停机,,不知道,\n",
			[]string{"1 call_result word-bad 没打通", "2 role cell-blank", "3 call_result cell-blank", "4 tries count-bad 多次", "4 service_number service-not-subject 京ICP备12345679号-1",
				"5 role word-bad 老板", "5 phone digits-lost 1.3E+10", "5 statement word-bad 不知道"}},
		{EvidenceDocuments, "材料类型,域名,域名持有者,负责人类型,有效期至,主办单位\n身份证,,,,,甲\n域名证书,a.cn,,,,\n域名证书,bad_,甲,,,\n传真,,,,,甲\n,,,,,甲\n",
			[]string{"1 role cell-blank", "1 valid_to cell-blank", "2 holder cell-blank", "3 domain domain-bad bad_", "4 document word-bad 传真", "5 document cell-blank"}},
	} {
		v := mustReadFeed(t, c.kind, "a.csv", c.text)
		if got := saidOf(v.Mistakes()); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%s", c.kind, strings.Join(got, "\n"))
		}
		for m := range v.Mistakes() {
			if m.Feed != c.kind || filepath.Base(m.File) != "a.csv" || m.Line != m.Row+1 || !slices.Contains(Codes(), m.Code) {
				t.Errorf("%+v", m)
			}
			if m.Code == codeWordBad && !strings.Contains(m.Want, ", ") {
				t.Errorf("a bad word, and not what would be right: %+v", m)
			}
			if strings.Contains(m.Value+m.Want, "13812345678") {
				t.Errorf("a phone is shown: %+v", m)
			}
		}
		if n := v.Totals()[0]; n.Rows == 0 || n.Bad == 0 || n.Rows-n.Bad != n.Unmatched {
			t.Errorf("%s: %+v", c.kind, n)
		}
	}
}

func TestTerms(t *testing.T) {
	for text, want := range map[string]string{
		"2010-01-02至2030-01-01": "2010-01-02 2030-01-01 false", "自2010年1月2日至2030年1月1日": "2010-01-02 2030-01-01 false", "2010-01-02 ~ 2030-01-01": "2010-01-02 2030-01-01 false",
		"2010-01-02至长期": "2010-01-02  true", "2010-01-02 至 无固定期限": "2010-01-02  true", "2010-01-02至9999-12-31": "2010-01-02  true", "长期": "  true", "无固定期限": "  true", "至2030-01-01": " 2030-01-01 false",
		"2010-01-02至": "2010-01-02  false", "2010-02-30至长期": "bad", "随便": "bad", "2030-01-01至2010-01-02": "bad", "2010-01-02至2020-01-01至2030-01-01": "bad", "大约2010-01-02": "bad",
	} {
		v := mustReadFeed(t, EvidenceRegistry, "a.csv", "企业名称,营业期限\n北京示例科技有限公司,"+text+"\n")
		got := "bad"
		for _, r := range v.Of(filed()).Registry {
			got = fmt.Sprint(r.TermFrom, " ", r.TermTo, " ", r.LongTerm)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestFeedAliases(t *testing.T) {
	const text = "单位全称,税号\n北京示例科技有限公司,91110000600037341L\n"
	set := func(o *FeedOptions) {
		o.Registry.Aliases = map[string][]string{"name": {"单位全称"}, "uscc": {"税号"}}
	}
	v, err := readFeedText(t, EvidenceRegistry, "a.csv", text, set)
	if err != nil || len(v.Of(filed()).Registry) != 1 {
		t.Errorf("%v", err)
	}
	var refusal *Refusal
	if _, err := readFeedText(t, EvidenceRegistry, "a.csv", text, nil); !errors.As(err, &refusal) || refusal.Mistake.Code != codeNoHeader || !strings.HasPrefix(err.Error(), "read registry feed ") {
		t.Errorf("without aliases: %v", err)
	}
	for key, aliases := range map[string]map[string][]string{
		"documents.aliases": {"colour": {"颜色"}}, "contacts.aliases": {"phone": {"拨打结果"}}, "registry.aliases": {"name": {" "}},
	} {
		o := DefaultFeeds()
		kind, _, _ := strings.Cut(key, ".")
		o.Of(EvidenceKind(kind)).Aliases = aliases
		bad := o.Validate()
		if keys := slices.Collect(maps.Keys(bad)); !slices.Equal(keys, []string{key}) {
			t.Errorf("%s: %v", key, bad)
		}
	}
	if bad := DefaultFeeds().Validate(); len(bad) > 0 {
		t.Error(bad)
	}
}

func TestFeedRefusals(t *testing.T) {
	for name, c := range map[string]struct{ text, code string }{
		"empty.csv": {"", codeEmptyFile}, "html.csv": {"<html>", codeHTML}, "old.xlsx": {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", codeOldExcel},
		"zip.csv": {"\x1F\x8B", codePacked}, "twice.csv": {"企业名称,公司名称\nx,y\n", codeTwiceHeader}, "bad.json": {`[{"name":`, codeBadJSON},
		"long.csv": {"企业名称\n" + strings.Repeat("长", 1<<20), codeRowTooLong}, "inventory.csv": {"域名\na.cn\n", codeNoHeader},
	} {
		var refusal *Refusal
		if _, err := readFeedText(t, EvidenceRegistry, name, c.text, nil); !errors.As(err, &refusal) || refusal.Mistake.Code != c.code || refusal.Mistake.Feed != EvidenceRegistry {
			t.Errorf("%s: %v", name, err)
		}
	}
	few := func(o *FeedOptions) { o.Limits.Rows = 1 }
	if _, err := readFeedText(t, EvidenceRegistry, "a.csv", "企业名称\n甲\n乙\n", few); err == nil || !strings.Contains(err.Error(), codeTooManyRows) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o := FeedOptions{Registry: FeedFile{File: feedFile(t, "a.csv", "企业名称\n甲\n")}}
	if _, err := ReadFeeds(ctx, o); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	o.Registry.File += "x"
	if _, err := ReadFeeds(t.Context(), o); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

func TestNoFeeds(t *testing.T) {
	v, err := ReadFeeds(t.Context(), DefaultFeeds())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []*Feeds{v, nil} {
		if e := v.Of(filed()); e.Given != nil || v.Digest() != "" || v.Totals() != nil || v.Err() != nil || v.Close() != nil {
			t.Errorf("%+v", e)
		}
		for m := range v.Mistakes() {
			t.Error(m)
		}
	}
}

func TestFeedsDigest(t *testing.T) {
	var seen []string
	for _, text := range []string{"企业名称\n甲\n", "企业名称\n乙\n"} {
		for _, asOf := range []Day{{}, day("2024-01-31")} {
			v, err := readFeedText(t, EvidenceRegistry, "a.csv", text, func(o *FeedOptions) { o.Registry.AsOf = asOf })
			if err != nil || slices.Contains(seen, v.Digest()) || len(v.Digest()) != 64 {
				t.Errorf("%v, digest %s of %q", err, v.Digest(), seen)
			}
			seen = append(seen, v.Digest())
		}
	}
}

func TestFeedsOfManyAtOnce(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("企业名称\n")
	for i := range 2000 {
		fmt.Fprintf(&rows, "示例%d有限公司\n", i)
	}
	v := mustReadFeed(t, EvidenceRegistry, "a.csv", rows.String())
	var wait sync.WaitGroup
	for w := range 8 {
		wait.Go(func() {
			for i := w; i < 1990; i += 4 {
				name := fmt.Sprintf("示例%d有限公司", i)
				if e := v.Of(&Subject{Name: name}); len(e.Registry) != 1 || e.Registry[0].Name != name {
					t.Errorf("%s: %+v", name, e.Registry)
				}
			}
		})
	}
	wait.Wait()
	if n := v.Totals()[0]; n.Matched != 1990 || n.Unmatched != 10 || len(saidOf(v.Unmatched())) != 10 || v.Err() != nil {
		t.Errorf("%+v %v", n, v.Err())
	}
}

func TestFeedsOfOneSubjectAreBounded(t *testing.T) {
	small := func(o *FeedOptions) { o.Limits.SubjectItems = 2 }
	v, err := readFeedText(t, EvidenceRegistry, "a.csv", "企业名称\n"+strings.Repeat("北京示例科技有限公司\n", 5), small)
	if err != nil {
		t.Fatal(err)
	}
	if e := v.Of(filed()); len(e.Registry) != 2 || v.Totals()[0].Unmatched != 3 {
		t.Errorf("%d, %+v", len(e.Registry), v.Totals())
	}
}

func TestFeedThatBreaksIsNotGiven(t *testing.T) {
	v := mustReadFeed(t, EvidenceRegistry, "a.csv", "企业名称\n北京示例科技有限公司\n")
	if err := v.feeds[0].rows.blob.file.Close(); err != nil {
		t.Fatal(err)
	}
	if e := v.Of(filed()); len(e.Given) > 0 || v.Err() == nil {
		t.Errorf("%+v, %v", e, v.Err())
	}
}

func TestFeedTemplates(t *testing.T) {
	for _, kind := range FeedKinds() {
		for _, format := range []string{"csv", "xlsx"} {
			for _, lang := range []string{"zh", "en"} {
				var out bytes.Buffer
				if err := WriteFeedTemplate(&out, kind, format, lang); err != nil {
					t.Fatal(err)
				}
				v := mustReadFeed(t, kind, "template."+format, out.String())
				n := v.Totals()[0]
				if n.Rows != 2 || n.Bad != 0 || n.Warnings != 0 || n.Undated != 0 || len(n.Unknown) > 0 {
					t.Errorf("%s %s %s: %+v %q", kind, format, lang, n, saidOf(v.Mistakes()))
				}
			}
		}
		if len(FeedColumns(kind)) == 0 {
			t.Errorf("%s has no columns", kind)
		}
	}
	if err := WriteFeedTemplate(&bytes.Buffer{}, "weather", "csv", "zh"); err == nil || FeedColumns("weather") != nil {
		t.Error("a feed of the weather")
	}
}

// fuzzFeed reads bytes as a feed and holds the result to its sums.
func fuzzFeed(t *testing.T, kind EvidenceKind, name string, data []byte) {
	o := FeedOptions{Limits: Limits{Rows: 1000, RowBytes: 1 << 14, SheetBytes: 1 << 20}}
	o.Of(kind).File = feedFile(t, name, string(data))
	v, err := ReadFeeds(t.Context(), o)
	if err != nil {
		return
	}
	defer v.Close()
	v.Of(filed())
	n := v.Totals()[0]
	unmatched := len(saidOf(v.Unmatched()))
	if n.Rows != n.Bad+n.Matched+n.Unmatched || unmatched != n.Unmatched || v.Err() != nil {
		t.Fatalf("%+v, %d unmatched, %v", n, unmatched, v.Err())
	}
	refused := map[int]bool{}
	for m := range v.Mistakes() {
		if !slices.Contains(Codes(), m.Code) {
			t.Fatalf("%+v", m)
		}
		if !m.Warning {
			refused[m.Row] = true
		}
	}
	if len(refused) != n.Bad {
		t.Fatalf("%d rows have mistakes, %+v", len(refused), n)
	}
}

func FuzzFeed(f *testing.F) {
	f.Add(byte(0), byte(0), []byte("企业名称,曾用名,统一社会信用代码,核准日期,营业期限,营业期限至\n北京示例科技有限公司,甲;乙,91110000600037341L,2020-01-01,2010-01-01至长期,9999-12-31\n"))
	f.Add(byte(1), byte(0), []byte("服务备案号,负责人类型,手机,拨打结果,次数,使用情况,域名\n京ICP备12345678号-1,网站负责人,13812345678,空号,3次,已迁出,例子.cn\n"))
	f.Add(byte(2), byte(1), []byte(`[{"document":"app-display","package":"com.example.app","opens":true,"subject_number":"京ICP备12345678号"}]`))
	f.Fuzz(func(t *testing.T, kind, format byte, data []byte) {
		fuzzFeed(t, FeedKinds()[int(kind)%3], []string{"a.csv", "a.json"}[int(format)%2], data)
	})
}
