package scanner

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// portalPage writes a page of about n bytes as company portals are: a head,
// navigation, lists of news with links, inline script, a footer with numbers.
func portalPage(n int) []byte {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>示例股份有限公司</title>
<meta name="description" content="示例公司的官方网站"><link rel="stylesheet" href="/static/main.css">
<script>var _hmt=_hmt||[];(function(){var hm=document.createElement("script");hm.src="https://hm.baidu.com/hm.js?0";})();</script></head>
<body><div class="header"><a class="logo" href="/"><img src="/logo.png" alt="示例股份"></a><ul class="nav">`)
	for i := range 12 {
		fmt.Fprintf(&b, `<li class="nav-item item-%d"><a href="/column/%d.html" title="栏目%d">栏目名称%d</a></li>`, i, i, i, i)
	}
	b.WriteString(`</ul></div><div class="content clearfix">`)
	for i := 0; b.Len() < n-1200; i++ {
		fmt.Fprintf(&b, `
		<div class="news-item" id="news-%d"><h3><a href="/news/2026/%05d.html" target="_blank">第%d条新闻的标题，说明今天发生了什么</a></h3>
			<p class="summary">新闻摘要写在这里，<span class="hl">重点</span>在中间&nbsp;&mdash;&nbsp;读者可以点击标题查看全文。</p><span class="date">2026-01-%02d</span></div>`, i, i, i, i%28+1)
	}
	b.WriteString(`</div><div class="footer"><p>版权所有 &copy; 2026 示例股份有限公司 地址：某市某路88号 电话：010-12345678</p>
<p><a href="https://beian.miit.gov.cn/" target="_blank">京ICP备12345678号-1</a> <a href="http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=11010502030143"><img src="/ga.png">京公网安备 11010502030143号</a> 京B2-20201234</p></div>
<script src="/static/main.js"></script></body></html>`)
	return []byte(b.String())
}

func BenchmarkDocument(b *testing.B) {
	page := portalPage(42 << 10)
	gbk, err := simplifiedchinese.GBK.NewEncoder().Bytes(bytes.Replace(page, []byte("&mdash;"), []byte("-"), -1))
	if err != nil {
		b.Fatal(err)
	}
	u, _ := url.Parse("http://www.example.cn/")
	r := newReader(testMarks(b))
	for name, body := range map[string][]byte{"utf-8": page, "gbk undeclared": bytes.Replace(gbk, []byte("utf-8"), []byte("x"), 1)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if doc, _ := r.Document(Body{URL: u, ContentType: "text/html", Status: 200, Data: body}); len(doc.Numbers) != 1 || doc.Numbers[0].Detail != "ok" {
					b.Fatalf("%+v", doc.Numbers)
				}
			}
		})
	}
	b.Run("parse alone", func(b *testing.B) {
		b.SetBytes(int64(len(page)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := html.Parse(bytes.NewReader(page)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
