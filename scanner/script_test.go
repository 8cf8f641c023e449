package scanner

import (
	"net/url"
	"strings"
	"testing"

	"github.com/icpaudit/icpaudit/observe"
)

func TestShell(t *testing.T) {
	text := strings.Repeat("<p>这里是一段普通的文字，说明这个网站是做什么的。</p>", 8)
	for name, c := range map[string]struct {
		page            string
		shell, deferred bool
		scripts         string
	}{
		"empty mount":            {page: `<div id="app"></div><script src="/js/vendor.1.js"></script><script type=module src="/js/app.2.js"></script>`, shell: true, scripts: "http://www.example.cn/js/app.2.js http://www.example.cn/js/vendor.1.js"},
		"noscript only":          {page: `<noscript>` + text + `</noscript><div id=root></div><script src="//cdn.other.example/a.js"></script>`, shell: true},
		"counter only":           {page: `<p>你好<script src="https://hm.baidu.com/hm.js?1"></script>`},
		"script that goes on":    {page: `<script>location.href="/index.php"</script>`, shell: true},
		"whole page":             {page: text + `<script src="/a.js"></script>`},
		"mount with a few lines": {page: `<div id="app"><img></div>` + text[:len(text)/2] + `<script src="/a.js"></script>`, shell: true, scripts: "http://www.example.cn/a.js"},
		"empty foot":             {page: text + `<div class="footer"></div><script src="/a.js"></script>`, deferred: true, scripts: "http://www.example.cn/a.js"},
		"foot by its script":     {page: text + `<script src="/js/footer.js"></script>`, deferred: true, scripts: "http://www.example.cn/js/footer.js"},
		"foot in a frame":        {page: text + `<iframe src="/bottom.html"></iframe>`, deferred: true},
		"foot is there":          {page: text + `<footer>版权所有 某某公司</footer><script src="/js/footer.js"></script>`},
		"same site, other host":  {page: `<div id=app></div><script src="//static.example.cn/a.js"></script><script src="https://static.example.cn.evil.example/b.js"></script>`, shell: true, scripts: "http://static.example.cn/a.js"},
	} {
		u, _ := url.Parse("http://www.example.cn/")
		doc, scripts := newReader(testMarks(t)).Document(Body{URL: u, ContentType: "text/html", Status: 200, Data: []byte(c.page)})
		var list []string
		for _, s := range scripts {
			list = append(list, s.String())
		}
		if doc.Shell != c.shell || doc.Deferred != c.deferred || strings.Join(list, " ") != c.scripts {
			t.Errorf("%s: shell %v deferred %v scripts %v, want %v %v %s", name, doc.Shell, doc.Deferred, list, c.shell, c.deferred, c.scripts)
		}
	}
}

func TestScriptAddsNumbers(t *testing.T) {
	r := newReader(testMarks(t))
	u, _ := url.Parse("http://www.example.cn/a.js")
	doc := readText(t, `<div id=app></div><!-- 京ICP备12111111号 --><script src=a.js></script>`)
	r.Script(&doc, u, []byte(`!function(){e("a",{href:"https://beian.miit.gov.cn"},"\u4eacICP\u590712111111\u53f7"),t("\u4eac\u516c\u7f51\u5b89\u5907 11010511111111\u53f7");if(a<b&&c>d)x="粤ICP备2020111111号-1"}()`+strings.Repeat(";pad()", 5000)+`;f='<a href="http://www.beian.miit.gov.cn">沪B2-20111111</a>'`))
	for what, pair := range map[string][2]string{
		"icp":      {told(doc.Numbers), "京ICP备12111111号 script missing plain; 粤ICP备2020111111号-1 script missing plain"},
		"psb":      {told(doc.PSB), "京公网安备11010511111111号 script missing plain"},
		"licences": {told(doc.Licences), "沪B2-20111111 script old_host www_prefix"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: got %q, want %q", what, pair[0], pair[1])
		}
	}
	shown := readText(t, `<p>京ICP备12111111号`)
	r.Script(&shown, u, []byte(`"京ICP备12111111号"`))
	if len(shown.Numbers) != 1 || shown.Numbers[0].Channel != observe.ChannelHTML {
		t.Errorf("a script must not take a shown number's place: %+v", shown.Numbers)
	}
}

func TestUnescapeScript(t *testing.T) {
	for in, want := range map[string]string{
		`\u4eacICP\u5907`: "京ICP备", `\u{4eac}x`: "京x", `\x41\/b`: "A/b", `a\nb`: "a b", `\u12`: "u12", `\`: `\`, `\ud83d`: "ud83d", `\u{`: "u{", `\x`: "x",
	} {
		if got := unescapeScript(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
