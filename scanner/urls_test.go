package scanner

import (
	"net/url"
	"strings"
	"testing"
)

func TestCleanHost(t *testing.T) {
	for in, want := range map[string]string{
		"a.cn": "a.cn", "A.CN.": "a.cn", "中国.cn": "xn--fiqs8s.cn", "ａ。cn": "a.cn", "a_b.cn": "a_b.cn", "xn--fiqs8s.cn": "xn--fiqs8s.cn",
		"1.1.1.1": "1.1.1.1", "1.1.1.1.": "1.1.1.1", "::1": "::1", "2400:DA00::1": "2400:da00::1", "123.com": "123.com",
		"": "", ".": "", "..": "", "a..cn": "", ".cn": "", "127.1": "", "2130706433": "", "0x7f.1": "", "0x7f000001": "", "1.2.3.4.5": "",
		"a b.cn": "", "a%2e.cn": "", "a/b": "", "a\x00.cn": "", "\xff": "", strings.Repeat("a", 64) + ".cn": "", strings.Repeat("a.", 130) + "cn": "",
		"fe80::1%eth0": "",
	} {
		got, ok := cleanHost(in)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q, %v; want %q", in, got, ok, want)
		}
	}
}

func TestParseStart(t *testing.T) {
	for in, want := range map[string]string{
		"a.cn": "http://a.cn/", " HTTPS://A.cn:443/x#y ": "https://a.cn/x", "http://a.cn:80": "http://a.cn/", "http://a.cn:8080?x": "http://a.cn:8080/?x",
		"http://a.cn/中 文": "http://a.cn/%E4%B8%AD%20%E6%96%87", "http://a.cn/?a b中": "http://a.cn/?a%20b%E4%B8%AD", "http://[2400:DA00::1]/": "http://[2400:da00::1]/",
		"http://[2400:da00::1]:8080/": "http://[2400:da00::1]:8080/",
		"ftp://a.cn/":                 "", "http://u@a.cn/": "", "http://": "", "http://a.cn:x/": "", "http://a cn/": "", "javascript://a.cn/%0a": "", "": "",
		"http://a.cn/" + strings.Repeat("x", maxURL): "", "http://a.cn/\r\nx": "", "http://127.1/": "",
	} {
		u, err := parseStart(in)
		if (err == nil) != (want != "") || err == nil && u.String() != want {
			t.Errorf("%q: %v, %v; want %q", in, u, err, want)
		}
	}
}

func TestSiteOf(t *testing.T) {
	for in, want := range map[string]string{"a.cn": "a.cn", "www.a.cn": "a.cn", "x.y.a.com.cn": "a.com.cn", "com.cn": "com.cn", "1.2.3.4": "1.2.3.4", "localhost": "localhost"} {
		if got := siteOf(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzGoal(f *testing.F) {
	for _, seed := range []string{"/x", "http://a.cn:8080/?中 b", "//b.cn", "https://u:p@[::1]:80/", "http://0x7f.1", "?\x00", "\\\\a.cn\\x", "http://a.cn/%zz"} {
		f.Add(seed)
	}
	from := &url.URL{Scheme: "http", Host: "a.cn", Path: "/"}
	f.Fuzz(func(t *testing.T, text string) {
		u, err := parseGoal(from, text)
		if err != nil {
			return
		}
		if u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Hostname() == "" || len(u.String()) > maxURL {
			t.Errorf("%q became %q", text, u)
		}
		if strings.ContainsAny(u.RequestURI(), " \r\n\t\x00") {
			t.Errorf("%q has the request line %q", text, u.RequestURI())
		}
		again, err := parseStart(u.String())
		if err != nil || again.String() != u.String() {
			t.Errorf("%q became %q, and that %v, %v", text, u, again, err)
		}
	})
}
