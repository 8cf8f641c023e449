package scanner

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"unicode/utf8"

	"github.com/icpaudit/icpaudit/observe"
)

// contentOf reads a page that stands on www.example.cn.
func contentOf(t testing.TB, page string) *observe.Content {
	t.Helper()
	u, _ := url.Parse("http://www.example.cn/")
	doc, _ := newReader(testMarks(t)).Document(Body{URL: u, ContentType: "text/html; charset=utf-8", Status: 200, Data: []byte(page)})
	if doc.Content == nil {
		t.Fatal("no content")
	}
	return doc.Content
}

// toldLinks is links in one line.
func toldLinks(links []observe.SiteLink) string {
	var all []string
	for _, l := range links {
		all = append(all, fmt.Sprintf("%s %s %d", l.Host, l.Text, l.Count))
	}
	return strings.Join(all, "; ")
}

func TestContentTellsWhatAPageSays(t *testing.T) {
	c := contentOf(t, `<html><head><title>示例</title><meta name="Keywords" content=" 水泵, 阀门 "><meta name=description content="水泵厂家"></head>
<body><p>水泵</p><p>阀门<br>配件</p><div style="display:none">藏</div><div style="font-size:0">小</div><!-- 注 --><script>var a="码"</script></body></html>`)
	if c.Keywords != "水泵, 阀门" || c.Description != "水泵厂家" || c.CodedTitle || c.Left != 0 || c.Tail != "" {
		t.Errorf("content %+v", c)
	}
	if got := strings.Fields(c.Text); strings.Join(got, "|") != "水泵|阀门|配件" {
		t.Errorf("text %q", c.Text)
	}
}

func TestContentLinks(t *testing.T) {
	for name, c := range map[string]struct{ page, links, hidden string }{
		"own site":         {`<a href="/a">甲</a><a href="http://shop.example.cn/">乙</a><a href="#">丙</a><a href="mailto:x@b.cn">丁</a>`, "", ""},
		"other sites":      {`<a href="http://B.cn/1">甲</a><a href="//b.cn/2">乙</a><a href="https://c.net">丙</a>`, "b.cn 甲 2; c.net 丙 1", ""},
		"text comes later": {`<a href="http://b.cn/"><img src=x></a><a href="http://b.cn/">甲</a>`, "b.cn 甲 2", ""},
		"filing systems":   {`<a href="https://beian.miit.gov.cn/">京ICP备12345678号</a>`, "", ""},
		"display none":     {`<div style="display:none"><a href="http://b.cn/">甲</a></div>`, "", "b.cn 甲 1"},
		"hidden attribute": {`<ul hidden><li><a href="http://b.cn/">甲</a></ul>`, "", "b.cn 甲 1"},
		"off the screen":   {`<div style="position:absolute; left:-9999px"><a href="http://b.cn/">甲</a></div><a href="http://c.cn/">乙</a>`, "c.cn 乙 1", "b.cn 甲 1"},
		"indented away":    {`<p style="text-indent: -9999px"><a href="http://b.cn/">甲</a></p>`, "", "b.cn 甲 1"},
		"no height":        {`<div style="height:0;overflow:hidden"><a href="http://b.cn/">甲</a></div>`, "", "b.cn 甲 1"},
		"tiny marquee":     {`<marquee width="1" height="1"><a href="http://b.cn/">甲</a></marquee>`, "", "b.cn 甲 1"},
		"no size of font":  {`<span style="font-size:0px"><a href="http://b.cn/">甲</a></span>`, "", "b.cn 甲 1"},
		"a clearing box":   {`<div style="height:0.5em"><a href="http://b.cn/">甲</a></div>`, "b.cn 甲 1", ""},
		"a moved box":      {`<div style="position:relative;left:-10px"><a href="http://b.cn/">甲</a></div>`, "b.cn 甲 1", ""},
		"a pixel":          {`<img width=1 height=1 src=x><a href="http://b.cn/">甲</a>`, "b.cn 甲 1", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := contentOf(t, "<html><body>"+c.page+"</body></html>")
			if toldLinks(got.Links) != c.links || toldLinks(got.Hidden) != c.hidden {
				t.Errorf("links %q and hidden %q, want %q and %q", toldLinks(got.Links), toldLinks(got.Hidden), c.links, c.hidden)
			}
		})
	}
}

func TestContentSends(t *testing.T) {
	for name, c := range map[string]struct{ page, want string }{
		"assigned":           {`<script>window.location.href = "https://b.cn/x";</script>`, "b.cn script "},
		"replaced":           {`<script>top.location.replace('//b.cn/')</script>`, "b.cn script "},
		"escaped":            {`<script>location="http:\/\/b.cn\/"</script>`, "b.cn script "},
		"by referrer":        {`<script>if(/baidu/.test(document.referrer)){location.href="http://b.cn/"}</script>`, "b.cn script referrer"},
		"by agent":           {`<script>if(/Android/.test(navigator.userAgent))location.href="http://b.cn/"</script>`, "b.cn script agent"},
		"by both":            {`<script>var r=document["referrer"],u=navigator.userAgent;location.assign("http://b.cn/")</script>`, "b.cn script referrer agent"},
		"refresh":            {`<meta http-equiv="Refresh" content="0; url=http://b.cn/">`, "b.cn refresh "},
		"own site":           {`<script>location.href="http://m.example.cn/"</script>`, ""},
		"relative":           {`<script>location.href="/m/"</script>`, ""},
		"compared":           {`<script>if(location.href=="http://b.cn/")x()</script>`, ""},
		"read":               {`<script>var a=location.href+"http://b.cn/"</script>`, ""},
		"computed":           {`<script>location.href=base+"//b.cn/"</script>`, ""},
		"data, not code":     {`<script type="application/ld+json">{"location":"http://b.cn/"}</script>`, ""},
		"a far later reload": {`<meta http-equiv="refresh" content="600; url=http://b.cn/">`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			for _, s := range contentOf(t, "<html><head>"+c.page+"</head><body><p>示例</p></body></html>").Sends {
				got += s.Host + " " + s.By + " " + s.On
			}
			if got != c.want {
				t.Errorf("sends %q, want %q", got, c.want)
			}
		})
	}
}

func TestCodedTitle(t *testing.T) {
	for title, want := range map[string]bool{
		"&#30495;&#20154;&#30334;&#23478;&#20048;": true,
		"&#x771F;&#x4EBA;&#x767E;&#x5BB6;":         true,
		"示例公司 &#8211; 首页 &#38;&#8212;&#8230;":      false,
		"示例公司":            false,
		"&#30495;&#20154": false,
	} {
		if got := contentOf(t, "<html><head><title>"+title+"</title></head><body>x</body></html>").CodedTitle; got != want {
			t.Errorf("%s: %v", title, got)
		}
	}
}

func TestLongTextsAreKeptAtBothEnds(t *testing.T) {
	text := "头" + strings.Repeat("中间的字", 8<<10) + "尾"
	head, tail, left := headAndTail([]byte(text))
	if !strings.HasPrefix(head, "头") || !strings.HasSuffix(tail, "尾") || len(head)+len(tail)+left != len(text) || !utf8.ValidString(head+tail) {
		t.Errorf("head %d, tail %d, left %d of %d", len(head), len(tail), left, len(text))
	}
	if head, tail, left = headAndTail([]byte("短\xff")); head != "短" || tail != "" || left != 0 {
		t.Errorf("short text: %q %q %d", head, tail, left)
	}
}

func TestContentIsBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("<html><body>")
	for i := range 500 {
		fmt.Fprintf(&b, `<a href="http://h%d.cn/">%s</a><div style="display:none"><a href="http://k%d.cn/">x</a></div><script>location.href="http://s%d.cn/"</script>`, i, strings.Repeat("长", 100), i, i)
	}
	c := contentOf(t, b.String())
	if len(c.Links) != maxSiteLinks || len(c.Hidden) != maxSiteLinks || len(c.Sends) != maxSends || len(c.Links[0].Text) > maxAnchor {
		t.Errorf("%d links, %d hidden, %d sends", len(c.Links), len(c.Hidden), len(c.Sends))
	}
}

// A site that shows crawlers another page is asked for it once, and only where
// that is configured.
func TestVariantOfACrawler(t *testing.T) {
	for name, c := range map[string]struct {
		on     bool
		answer http.HandlerFunc
		want   string
		asked  int32
	}{
		"off": {false, nil, "", 0},
		"other page": {true, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "<html><head><title>别的</title></head><body>别的页面</body></html>")
		}, "title 别的", 1},
		"moved within": {true, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/" {
				http.Redirect(w, r, "/in", http.StatusFound)
				return
			}
			_, _ = io.WriteString(w, "<html><head><title>内页</title></head><body>内页内容</body></html>")
		}, "title 内页", 2},
		"sent away": {true, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "https://b.cn/x", http.StatusFound) }, "sent https://b.cn/x", 1},
		"refused":   {true, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }, "fault status", 1},
		"circle":    {true, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusFound) }, "fault redirect", variantHops + 1},
		"file": {true, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "file:///etc/passwd")
			w.WriteHeader(http.StatusFound)
		}, "fault redirect", 1},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNet(t, "a.cn")
			var asked atomic.Int32
			n.web("*:80", func(w http.ResponseWriter, r *http.Request) {
				if strings.Contains(r.UserAgent(), "Baiduspider") {
					asked.Add(1)
					if r.Referer() == "" || r.Header.Get("Cookie") != "" {
						t.Errorf("headers %v", r.Header)
					}
					w.Header().Set("Content-Type", "text/html; charset=utf-8")
					if w.Header().Get("Location") == "" {
						c.answer(w, r)
					}
					return
				}
				servePage(w, r)
			}, nil)
			o := quickVisit()
			o.Cloak = c.on
			_, page := n.visitor(o).Visit(t.Context(), Target{Domain: "a.cn"}, &n.dns)
			if page.Value == nil {
				t.Fatal(page.Fault)
			}
			got := ""
			for _, v := range page.Value.Variants {
				switch {
				case v.Document != nil:
					got = "title " + v.Document.Title
				case v.Sent != "":
					got = "sent " + v.Sent
				case v.Fault != nil:
					got = "fault " + string(v.Fault.Kind)
				}
			}
			if got != c.want || asked.Load() != c.asked {
				t.Errorf("%q after %d requests, want %q after %d", got, asked.Load(), c.want, c.asked)
			}
		})
	}
}
