package scanner

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/icpaudit/icpaudit/filing/number"
	"github.com/icpaudit/icpaudit/observe"
)

// Where the parser refuses to make a tree, the tokens say the same.
func TestTooDeepForATree(t *testing.T) {
	for name, page := range map[string]string{
		"closed":   strings.Repeat("<div>", 600) + strings.Repeat("</div>", 600) + portalFoot,
		"unclosed": strings.Repeat("<div><b>", 3000) + portalFoot,
		"closers":  strings.Repeat("<dl>", 2000) + strings.Repeat("</i></b></p>", 2000) + portalFoot,
	} {
		doc := readText(t, page)
		if !doc.Tokenized || told(doc.Numbers) != "京ICP备12111111号-1 html none ok; 沪ICP备12111111号 hidden missing plain" || told(doc.PSB) != "京公网安备11010511111111号 html none ok" || doc.Title != "" {
			t.Errorf("%s: tokenized %v, got %s; %s", name, doc.Tokenized, told(doc.Numbers), told(doc.PSB))
		}
	}
}

const portalFoot = `<p style="display:none">沪ICP备12111111号</p><footer><p>版权所有 <a href="https://beian.miit.gov.cn">京ICP备12111111号-1</a>
<a href="http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=11010511111111">京公网安备 11010511111111号</a></footer>`

// Hostile pages end, and what stands in them is still found or plainly lost.
func TestHostilePagesEnd(t *testing.T) {
	const size = 1 << 20
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	for name, page := range map[string]string{
		"numbers": fill("京ICP备12111111号 "), "anchors": fill(`<a href=x>`), "handlers": fill(`<i onclick=x>`), "comments": fill("<!--ICP备-->"),
		"open comment": "<!--" + fill("备 "), "attributes": "<p " + fill("a=1 "), "entities": fill("&#22791;"), "end tags": fill("</b>"),
		"scripts": fill("<script>ICP备</script>"), "one script": "<script>" + fill("'ICP备<a' "), "signs": fill("备"), "nul": fill("\x00"), "tags in strings": "<script>" + fill("ICP备<b <"),
		"tables": fill("<table><tr>"), "format": fill("<b><p>"), "plaintext": "<plaintext>" + fill("ICP"), "brackets": fill("[京ICP备12111111号]("),
		"base": fill(`<base href="//a">`), "titles": fill("<title>备</title>"), "feet": fill("<footer></footer>"), "svg": fill("<svg><title>"),
		"nested markup": "<noscript>" + fill("<!--备-->") + "</noscript>", "templates": fill("<template>备"), "logos": fill(`<div class=logo>`),
	} {
		doc := readText(t, page+portalFoot)
		if len(doc.Numbers) > maxNumbers || len(doc.Lookalikes) > maxNumbers || len(doc.BareLinks) > maxBare || len(doc.Footer) > footerText {
			t.Errorf("%s: a bound does not hold", name)
		}
		for _, n := range doc.Numbers {
			if len(n.Others) > maxOthers || len(n.Raw) > maxRaw || len(n.Href) > maxHref {
				t.Errorf("%s: a bound of %s does not hold", name, n.Number)
			}
		}
	}
}

func TestImpatientReader(t *testing.T) {
	i := &impatient{r: strings.NewReader("<p>x")}
	if _, err := i.Read(make([]byte, 8)); err != errSlow {
		t.Errorf("got %v, want %v", err, errSlow)
	}
}

// What a shallow, well-formed page says does not depend on the feeder.
func FuzzTreeAndTokensAgree(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
	f.Add([]byte("number, link and hidden text"))
	pieces := []string{`<p>京ICP备%08d号</p>`, `<div><a href="https://beian.miit.gov.cn">沪ICP备%08d号-2</a></div>`, `<!-- 粤ICP备%08d号 -->`,
		`<span hidden>浙ICP备%08d号</span>`, `<ul><li>苏ICP备%08d号<li>x</ul>`, `<b>皖ICP<i>备%08d</i>号</b>-1`, `<br>`, `<p>京公网安备 110105%08d号`,
		`<img alt="闽ICP备%08d号">`, `<script>var a="鲁ICP备%08d号"</script>`, `<template><p>豫ICP备%08d号</p></template>`, `<svg><title>鄂ICP备%08d号</title></svg>`,
		`<noscript><a href="#">湘ICP备%08d号</a></noscript>`, `<a>桂ICP备%08d号</a>`, `<textarea>琼ICP备%08d号</textarea>`, `<div style="display:none"><p>渝ICP备%08d号</div>`}
	r := newReader(testMarks(f))
	f.Fuzz(func(t *testing.T, plan []byte) {
		var page strings.Builder
		for i, b := range plan[:min(len(plan), 60)] {
			piece := pieces[int(b)%len(pieces)]
			if strings.Contains(piece, "%") {
				piece = fmt.Sprintf(piece, 20000000+i)
			}
			page.WriteString(piece)
		}
		var heard [2]string
		for i, feed := range []func([]byte, listener) error{feedTree, feedTokens} {
			s := new(sheet)
			if err := feed([]byte(page.String()), s); err != nil {
				t.Fatal(err)
			}
			s.readInline()
			s.finish()
			var doc observe.Document
			r.fill(&doc, s, new(url.URL))
			heard[i] = told(doc.Numbers) + " | " + told(doc.PSB)
		}
		if heard[0] != heard[1] {
			t.Errorf("%s\ntree:   %s\ntokens: %s", page.String(), heard[0], heard[1])
		}
	})
}

// Any bytes are read without a panic, and what is reported is a number.
func FuzzDocument(f *testing.F) {
	f.Add([]byte(portalFoot), "text/html")
	f.Add([]byte("\xFF\xFE<\x00p\x00"), "")
	f.Add([]byte("<script>'\\u4eacICP\\u5907<a <b'</script>[京ICP备12345678号]("), "text/html; charset=gbk")
	marks := testMarks(f)
	f.Fuzz(func(t *testing.T, data []byte, contentType string) {
		u, _ := url.Parse("http://www.example.cn/")
		r := newReader(marks)
		doc, _ := r.Document(Body{URL: u, ContentType: contentType, Status: 200, Data: data})
		r.Script(&doc, u, data)
		if doc.Fault != nil {
			t.Errorf("fault %v", doc.Fault)
		}
		for _, n := range doc.Numbers {
			if _, _, err := number.ParseICP(n.Number); err != nil {
				t.Errorf("reported %q: %v", n.Number, err)
			}
		}
	})
}
