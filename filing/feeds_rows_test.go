package filing

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

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
