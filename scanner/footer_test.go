package scanner

import (
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
)

var loadReference = sync.OnceValues(func() (*reference.Set, error) { return reference.Load("") })

func testMarks(t testing.TB) *reference.Marks {
	t.Helper()
	ref, err := loadReference()
	if err != nil {
		t.Fatal(err)
	}
	return ref.Marks
}

func readText(t testing.TB, page string) observe.Document {
	t.Helper()
	u, _ := url.Parse("http://www.example.cn/about/")
	doc, _ := newReader(testMarks(t)).Document(Body{URL: u, ContentType: "text/html; charset=utf-8", Status: 200, Data: []byte(page)})
	return doc
}

// told is a document's numbers in short: number channel link detail.
func told(list []observe.NumberSeen) string {
	var out []string
	for _, n := range list {
		words := []string{n.Number, string(n.Channel), string(n.Link), n.Detail}
		out = append(out, strings.Join(words, " "))
	}
	return strings.Join(out, "; ")
}

func TestFooterNumbers(t *testing.T) {
	for name, c := range map[string]struct{ page, icp, licences, psb, lookalikes string }{
		"licence behind ICP备 over a line break": {
			page:     `<a href="http://beian.miit.gov.cn"><img alt="闽ICP备B2-20111111" title="闽ICP备B2-20111111"><br>闽ICP备<br>B2-20111111</a>`,
			licences: "闽B2-20111111 html none ok_http",
		},
		"blank and text behind the suffix": {
			page: `<a href="http://www.beian.miit.gov.cn">黑ICP备17111111号-2 </a>All Rights`,
			icp:  "黑ICP备17111111号-2 html old_host www_prefix",
		},
		"suffix and a badge in the next block": {
			page: `<p>京ICP备16111111号-1</p><div>360 安全</div>`, icp: "京ICP备16111111号-1 html missing plain",
		},
		"suffix and a badge in the next anchor": {
			page: `<a href="#">京ICP备16111111号-1</a><a href="/b">360认证</a>`, icp: "京ICP备16111111号-1 html not_anchor hash_href",
		},
		"three occurrences, the best counts": {
			page: `<p>琼ICP备2021111111号-1 <a href="https://beian.miit.gov.cn">琼ICP备2021111111号-1</a> <a href="https://www.beian.gov.cn/">琼ICP备2021111111号-1</a>`,
			icp:  "琼ICP备2021111111号-1 html none ok",
		},
		"superfluous 字":   {page: `<p>粤ICP备字17111111号-1`, icp: "粤ICP备17111111号-1 html missing plain"},
		"suffix before 号": {page: `<p>京ICP备20111111-1号`, icp: "京ICP备20111111号-1 html missing plain"},
		"第 and a second 号": {
			page: `<a href='https://beian.miit.gov.cn/'>京ICP备第14111111号-7号</a>`, icp: "京ICP备14111111号-7 html none ok",
		},
		"right link, wrong kind of number": {
			page: `<a href="http://beian.miit.gov.cn">沪ICP备：沪B2－20111111</a>`, licences: "沪B2-20111111 html none ok_http",
		},
		"letters transposed": {page: `<p>陕IPC备16111111号`, lookalikes: "陕ICP备16111111号 html missing plain"},
		"public-security number linked to the ministry": {
			page: `<a href="http://www.beian.miit.gov.cn">京公网安备 11010811111111号</a>`, psb: "京公网安备11010811111111号 html wrong_host miit_host",
		},
		"joke records": {
			page:       `<a href="https://icp.gov.moe/?keyword=20251111">萌ICP备20251111号</a> <a href="https://x.example">茶ICP备2025111111号</a>`,
			lookalikes: "萌ICP备20251111号",
		},
		"offline copy": {page: `<A href="../../www.miitbeian.gov.cn/default.htm">蒙ICP备06111111号</A>`, icp: "蒙ICP备06111111号 html wrong_host relative_href"},
		"link on the label only": {
			page: `<p>备案：<a href="http://www.beian.miit.gov.cn">网站备案号:</a> 冀ICP备19111111号</p>`, icp: "冀ICP备19111111号 html missing adjacent_old",
		},
		"neighbour's anchor is not beside": {
			page: `<a href="https://beian.miit.gov.cn">京ICP证111111号</a> 京ICP备19111111号`, icp: "京ICP备19111111号 html missing plain",
			licences: "京ICP证111111号 html none ok",
		},
		"full width": {page: `<p>粤ＩＣＰ备１４１１１１１１号－1`, icp: "粤ICP备14111111号-1 html missing plain"},
		"entities":   {page: `&#x4EAC;ICP&#x5907;16111111&#x53F7;-1`, icp: "京ICP备16111111号-1 html missing plain"},
		"odd public-security writing": {
			page: `<p>湘公网安备号43010411111111号 <a href="http://www.beian.miit.gov.cn">湘ICP备14111111号-5</a>`,
			icp:  "湘ICP备14111111号-5 html old_host www_prefix", psb: "湘公网安备43010411111111号 html missing plain",
		},
		"anchor without href": {page: `<a>晋ICP备12111111号</a>`, icp: "晋ICP备12111111号 html not_anchor a_nohref"},
		"state of a script":   {page: `<p>x<script>var s={"title":"京ICP备12111111号","url":"https://beian.miit.gov.cn/"}</script>`, icp: "京ICP备12111111号 script missing plain"},
		"first in a comment": {
			page: `<!-- <p>京ICP备17111111号-1</p> --><p><a href="https://beian.miit.gov.cn/">京ICP备17111111号-1</a>`, icp: "京ICP备17111111号-1 html none ok",
		},
		"bar and full-width hyphen":  {page: `<p>京｜ICP备11111111号－17`, icp: "京ICP备11111111号-17 html missing plain"},
		"empty comments all over":    {page: `<p>京<!-- -->ICP备<!-- -->12111111<!-- -->号-<!-- -->6`, icp: "京ICP备12111111号-6 html missing plain"},
		"security without province":  {page: `<p>公安备案号 11010511111111`, psb: "公网安备11010511111111号 html missing plain"},
		"licence alone":              {page: `<a href="https://beian.miit.gov.cn/">京ICP证111111号</a>`, licences: "京ICP证111111号 html none ok"},
		"hidden by its own style":    {page: `<p style="color:red; display : none">京ICP备12111111号</p>`, icp: "京ICP备12111111号 hidden missing plain"},
		"hidden attribute, deep":     {page: `<div hidden><p><b>京ICP备12111111号</b></div><p>x`, icp: "京ICP备12111111号 hidden missing plain"},
		"noscript":                   {page: `<noscript><a href="https://beian.miit.gov.cn/">京ICP备12111111号</a></noscript>`, icp: "京ICP备12111111号 hidden none ok"},
		"alt text":                   {page: `<img src=a.png alt="京ICP备12111111号">`, icp: "京ICP备12111111号 hidden missing plain"},
		"title":                      {page: `<title>京ICP备12111111号</title>`, icp: "京ICP备12111111号 hidden missing plain"},
		"template script":            {page: `<script type="text/html"><p>京ICP备12111111号</script>`, icp: "京ICP备12111111号 script missing plain"},
		"declarative shadow root":    {page: `<x-foot><template shadowrootmode=open><p>京ICP备12111111号</template></x-foot>`, icp: "京ICP备12111111号 html missing plain"},
		"document.write":             {page: `<script>document.write("<a href=\"https://beian.miit.gov.cn\">京ICP\u590712111111\u53f7-1<\/a>")</script>`, icp: "京ICP备12111111号-1 script none ok"},
		"comment in a script":        {page: "<script>\n// 京ICP备12111111号\nvar a=1</script>", icp: "京ICP备12111111号 hidden missing plain"},
		"handler on a span":          {page: `<span onclick="window.open('https://beian.miit.gov.cn')">京ICP备12111111号</span>`, icp: "京ICP备12111111号 html not_anchor onclick"},
		"handler on a whole section": {page: `<div onclick="track()">` + strings.Repeat("很长的一段文字，", 60) + `京ICP备12111111号</div>`, icp: "京ICP备12111111号 html missing plain"},
		"markdown":                   {page: `[京 ICP 备 12111111 号 -30](https://beian.miit.gov.cn/)`, icp: "京ICP备12111111号-30 html none ok"},
		"prefix outside the anchor":  {page: `<b>粤ICP备</b><a href="https://beian.miit.gov.cn/">2020111111号</a>`, icp: "粤ICP备2020111111号 html none ok_partial"},
		"digits outside the anchor":  {page: `<a href="https://beian.miit.gov.cn/">粤ICP备</a>2020111111号`, icp: "粤ICP备2020111111号 html missing adjacent_ok"},
		"block in the anchor": {
			page: `<a href="http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=31010611111111"><img><p>沪公网安备 31010611111111号</p></a>`,
			psb:  "沪公网安备31010611111111号 html none ok",
		},
		"code in the link alone": {
			page: `<a href="http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=31010611111111">公安备案</a>`, lookalikes: "recordcode=31010611111111 hidden none ",
		},
		"comments of templates": {
			page: `<p>{{-- 京ICP备12111111号 --}} {/* 沪ICP备12111111号 */} <%-- <a href="#">粤ICP备12111111号</a> --%> 浙ICP备12111111号`,
			icp:  "京ICP备12111111号 hidden missing plain; 沪ICP备12111111号 hidden missing plain; 粤ICP备12111111号 hidden not_anchor hash_href; 浙ICP备12111111号 html missing plain",
		},
		"split over cells": {page: `<table><tr><td>京ICP备<td>12111111号</table>`},
		"base element":     {page: `<base href="https://beian.miit.gov.cn/"><a href="x">京ICP备12111111号</a>`, icp: "京ICP备12111111号 html none ok_path"},
		"component":        {page: `<el-link href="https://beian.miit.gov.cn">京ICP备12111111号</el-link>`, icp: "京ICP备12111111号 html none ok"},
		"unquoted, split":  {page: "<a\n\thref=http://beian.miit.gov.cn/>浙ICP备20111111号-3</a\n>", icp: "浙ICP备20111111号-3 html none ok_http"},
	} {
		t.Run(name, func(t *testing.T) {
			doc := readText(t, "<p>甲乙丙</p>"+c.page)
			for what, pair := range map[string][2]string{"icp": {told(doc.Numbers), c.icp}, "licences": {told(doc.Licences), c.licences}, "psb": {told(doc.PSB), c.psb}} {
				if pair[0] != pair[1] {
					t.Errorf("%s: got %q, want %q", what, pair[0], pair[1])
				}
			}
			if got := told(doc.Lookalikes); !strings.Contains(got, c.lookalikes) {
				t.Errorf("lookalikes: got %q, want %q", got, c.lookalikes)
			}
		})
	}
}

func TestNumberKeepsOtherLinks(t *testing.T) {
	doc := readText(t, `<p>琼ICP备2021111111号 <a href="#">琼ICP备2021111111号</a> <a href="https://beian.miit.gov.cn">琼ICP备2021111111号</a>`)
	if len(doc.Numbers) != 1 || len(doc.Numbers[0].Others) != 2 || doc.Numbers[0].Link != observe.LinkNone {
		t.Fatalf("got %+v", doc.Numbers)
	}
	details := []string{doc.Numbers[0].Others[0].Detail, doc.Numbers[0].Others[1].Detail}
	slices.Sort(details)
	if !slices.Equal(details, []string{"hash_href", "plain"}) {
		t.Errorf("got %v", details)
	}
}

func TestBottomOfThePage(t *testing.T) {
	long := strings.Repeat("<p>这一段文字说的是别的事情。</p>", 1000)
	for page, want := range map[string]bool{
		"<p>京ICP备12111111号</p>" + long:                            false,
		long + "<p>京ICP备12111111号</p>":                            true,
		`<footer><p>京ICP备12111111号</p></footer>` + long:           true,
		`<div class="page-foot">京ICP备12111111号 甲乙丙丁</div>` + long: true,
	} {
		if doc := readText(t, page); len(doc.Numbers) != 1 || doc.Numbers[0].Bottom != want {
			t.Errorf("%.40s: got %+v, want bottom %v", page, doc.Numbers, want)
		}
	}
}

func TestWhatAPageCallsItself(t *testing.T) {
	doc := readText(t, `<head><title> 示例
公司 - 首页</title><meta property="og:site_name" content="示例网"></head><body>
<svg><title>图标</title></svg><div class="site-Logo"><a href="/" title="示例集团"><img src=l.png alt="示例"></a></div>
<h1>欢迎<b>光临</b></h1><h2 style="display:none">看不见</h2><h2>新闻</h2><a href="https://beian.miit.gov.cn/"></a>`)
	if doc.Title != "示例 公司 - 首页" || doc.SiteName != "示例网" || !slices.Equal(doc.Headings, []string{"欢迎光临", "新闻"}) ||
		!slices.Equal(doc.Logos, []string{"示例集团", "示例"}) || !slices.Equal(doc.BareLinks, []string{"https://beian.miit.gov.cn/"}) {
		t.Errorf("got %+v", doc)
	}
	if doc.Text != 6 || doc.Han != 6 || doc.Kind != observe.KindSite || doc.Hash == "" || doc.Charset != "utf-8" {
		t.Errorf("got %+v", doc)
	}
}

// Of a giant text both ends are searched, with their links.
func TestGiantText(t *testing.T) {
	doc := readText(t, "<p>沪ICP备12111111号</p>"+strings.Repeat("<p>一段文字</p>", 160000)+`<p><a href="https://beian.miit.gov.cn">京ICP备12111111号</a></p>`)
	if got := told(doc.Numbers); got != "沪ICP备12111111号 html missing plain; 京ICP备12111111号 html none ok" || !doc.Numbers[1].Bottom {
		t.Errorf("got %s", got)
	}
}

// Nothing that is kept shares memory with the body, whose buffer is used again.
func TestDocumentOwnsItsMemory(t *testing.T) {
	body := []byte(`<title>示例</title><p>京ICP备12111111号</p>`)
	doc, _ := newReader(testMarks(t)).Document(Body{ContentType: "text/html", Status: 200, Data: body})
	clear(body)
	if doc.Title != "示例" || told(doc.Numbers) != "京ICP备12111111号 html missing plain" || doc.Numbers[0].Raw != "京ICP备12111111号" {
		t.Errorf("got %+v", doc)
	}
}

func TestCountRunes(t *testing.T) {
	for text, want := range map[string][2]int{"": {0, 0}, "a b\n": {2, 0}, "中文 \u00a0\u3000x": {3, 2}, "一龥𠀀丁": {4, 4}, "中\xE5\x8F": {3, 1}, "，。": {2, 0}, "あ한": {2, 0}} {
		if seen, han := countRunes([]byte(text)); seen != want[0] || han != want[1] {
			t.Errorf("%q: got %d and %d, want %v", text, seen, han, want)
		}
	}
}
