package scanner

import (
	"net/url"
	"strings"
	"testing"

	"github.com/icpaudit/icpaudit/observe"
)

func TestKindOfPage(t *testing.T) {
	article := "<h1>网站为什么会显示未备案</h1>" + strings.Repeat("<p>如果域名未备案，网站就无法访问，页面会被拦截，本域名出售也是常见情形，访问者看到的是阻断提示。</p>", 20)
	news := strings.Repeat("<p>今天的新闻说的是一件普通的事情，读者可以继续阅读全文。</p>", 20)
	for name, c := range map[string]struct {
		url, page string
		status    int
		kind      observe.PageKind
		mark      string
	}{
		"not filed":            {page: `<title>温馨提示</title><p>该网站未备案，暂时无法访问。`, kind: observe.KindBlock, mark: "not-filed"},
		"not filed by host":    {url: "http://batit.aliyun.com/alww.html", page: "<p>提示", kind: observe.KindBlock, mark: "aliyun-not-filed"},
		"white list":           {page: `<p>域名不在白名单，请先完成备案。`, kind: observe.KindBlock, mark: "not-filed"},
		"acw script":           {page: `<html><script>var arg1='00';var x="acw_sc__v2";</script></html>`, kind: observe.KindChallenge, mark: "aliyun-acw"},
		"ruishu":               {page: `<script>$_ts=window['$_ts'];if(!$_ts)$_ts={};</script>`, status: 412, kind: observe.KindChallenge, mark: "ruishu"},
		"jiasule":              {page: `<script>document.cookie="__jsl_clearance=1"</script>`, status: 521, kind: observe.KindChallenge, mark: "jiasule"},
		"cloudflare":           {page: `<title>Just a moment...</title><script>window._cf_chl_opt={}</script>`, status: 403, kind: observe.KindChallenge, mark: "cloudflare"},
		"baidu":                {page: `<title>百度安全验证</title><script src=a.js></script>`, kind: observe.KindChallenge, mark: "baidu-verify"},
		"slider":               {page: `<p>请拖动滑块完成验证`, kind: observe.KindChallenge, mark: "verify"},
		"safedog":              {page: `<title>网站防火墙</title><p>网站防火墙：您的请求带有不合法参数，已被拦截`, kind: observe.KindChallenge, mark: "safedog"},
		"nginx":                {page: `<title>Welcome to nginx!</title><h1>Welcome to nginx!</h1>`, kind: observe.KindDefault, mark: "nginx"},
		"apache":               {page: `<html><body><h1>It works!</h1></body></html>`, kind: observe.KindDefault, mark: "apache-works"},
		"iis":                  {page: `<title>IIS Windows Server</title><img src="iisstart.png">`, kind: observe.KindDefault, mark: "iis"},
		"tomcat":               {page: `<title>Apache Tomcat/9.0.1</title><p>If you're seeing this, you've successfully installed Tomcat. Congratulations!`, kind: observe.KindDefault, mark: "tomcat"},
		"panel":                {page: `<title>恭喜，站点创建成功！</title><p>恭喜, 站点创建成功！`, kind: observe.KindDefault, mark: "baota"},
		"panel without a site": {page: `<title>没有找到站点</title><p>没有找到站点`, kind: observe.KindDefault, mark: "baota"},
		"for sale":             {page: `<p>您正在访问的域名正在出售，请联系我们`, kind: observe.KindParking, mark: "domain-for-sale"},
		"lander":               {page: `<script>window.onload=function(){window.location.href="/lander"}</script>`, kind: observe.KindParking, mark: "afternic"},
		"expired":              {page: `<title>域名已过期</title><p>请续费`, kind: observe.KindParking, mark: "domain-expired"},
		"error as success":     {page: `<title>404 Not Found</title><h1>404 Not Found</h1>`, kind: observe.KindError, mark: "status-title"},
		"database":             {page: `<h1>建立数据库连接时出错</h1>`, kind: observe.KindError, mark: "database"},
		"status":               {page: `<h1>甲</h1>`, status: 500, kind: observe.KindError, mark: "status-500"},
		"nothing":              {page: `<html><head></head><body></body></html>`, kind: observe.KindEmpty},

		"article about blocks":  {page: `<title>网站未备案怎么办</title>` + article, kind: observe.KindSite},
		"broker of domains":     {page: `<title>域名出售平台</title>` + news + news + `<p>该域名出售，本域名转让`, kind: observe.KindSite},
		"login with captcha":    {page: `<title>用户登录</title><script src="https://turing.captcha.qcloud.com/TCaptcha.js"></script><script>new TencentCaptcha()</script>` + news, kind: observe.KindSite},
		"behind cloudflare":     {page: `<title>某公司</title><p>你好<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>`, kind: observe.KindSite},
		"tutorial on nginx":     {page: `<title>nginx 入门</title>` + news + `<pre>Welcome to nginx! 404 Not Found</pre>`, kind: observe.KindSite},
		"vendor of a firewall":  {page: `<title>人机验证产品介绍</title>` + news, kind: observe.KindSite},
		"company with 404 kW":   {page: `<title>404 系列电机</title><p>404 系列电机，质量可靠，欢迎选购`, kind: observe.KindSite},
		"domain registrar":      {page: `<title>域名注册</title><p>该域名可以注册` + news, kind: observe.KindSite},
		"small site with links": {page: `<title>我的小站</title><p>你好，世界<p>京ICP备12111111号`, kind: observe.KindSite},
		"picture alone":         {page: `<img src=a.png>`, kind: observe.KindSite},
		"frame alone":           {page: `<frameset><frame src="http://other.example/"></frameset>`, kind: observe.KindSite},
	} {
		u, _ := url.Parse("http://www.example.cn/")
		if c.url != "" {
			u, _ = url.Parse(c.url)
		}
		if c.status == 0 {
			c.status = 200
		}
		doc, _ := newReader(testMarks(t)).Document(Body{URL: u, ContentType: "text/html", Status: c.status, Data: []byte(c.page)})
		if doc.Kind != c.kind || doc.Mark != c.mark {
			t.Errorf("%s: got %s %q, want %s %q", name, doc.Kind, doc.Mark, c.kind, c.mark)
		}
	}
}

func TestKindOfBody(t *testing.T) {
	for name, c := range map[string]struct {
		contentType, body string
		kind              observe.PageKind
	}{
		"json":                {"application/json", `{"code":404}`, observe.KindOther},
		"picture":             {"image/png", "\x89PNG\r\n\x1a\n", observe.KindOther},
		"picture, unlabelled": {"", "\x89PNG\r\n\x1a\n", observe.KindOther},
		"plain text":          {"text/plain", "hello", observe.KindOther},
		"page as plain text":  {"text/plain", "<!DOCTYPE html><p>你好", observe.KindSite},
		"xhtml":               {"application/xhtml+xml", "<?xml version='1.0'?><html><p>你好</html>", observe.KindSite},
		"fragment":            {"", "<p>你好", observe.KindSite},
		"odd label":           {"html", "<html><p>你好", observe.KindSite},
		"nothing":             {"text/html", "", observe.KindEmpty},
	} {
		if doc, _ := newReader(testMarks(t)).Document(Body{ContentType: c.contentType, Status: 200, Data: []byte(c.body)}); doc.Kind != c.kind {
			t.Errorf("%s: got %s, want %s", name, doc.Kind, c.kind)
		}
	}
}
