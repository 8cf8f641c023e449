package filing

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestParseDomain(t *testing.T) {
	for _, c := range []struct {
		text, name, url string
		notes           []string
	}{
		{"example.com", "example.com", "", nil},
		{" Example.COM ", "example.com", "", nil},
		{"example.com.", "example.com", "", []string{noteDomainCleaned}},
		{"ｅｘａｍｐｌｅ．ｃｏｍ", "example.com", "", []string{noteDomainCleaned}},
		{"example。com｡cn", "example.com.cn", "", []string{noteDomainCleaned}},
		{"example . com", "example.com", "", []string{noteDomainCleaned}},
		{"\u200bexample.com\ufeff", "example.com", "", []string{noteDomainCleaned}},
		{"例子.中国", "xn--fsqu00a.xn--fiqs8s", "", nil},
		{"xn--fsqu00a.xn--fiqs8s", "xn--fsqu00a.xn--fiqs8s", "", nil},
		{"例子。中国", "xn--fsqu00a.xn--fiqs8s", "", []string{noteDomainCleaned}},
		{"https://example.com", "example.com", "", []string{noteDomainURL}},
		{"https://example.com/", "example.com", "", []string{noteDomainURL}},
		{"example.com/index.html", "example.com", "", []string{noteDomainURL}},
		{"HTTPS://WWW.Example.com/a?b=c", "example.com", "https://www.example.com/a?b=c", []string{noteDomainURL, noteDomainWWW}},
		{"http://example.com:8080", "example.com", "http://example.com:8080/", []string{noteDomainURL, noteDomainPort}},
		{"example.com:443", "example.com", "", []string{noteDomainPort}},
		{"//example.com", "example.com", "", []string{noteDomainURL}},
		{"*.example.com", "example.com", "", []string{noteDomainWildcard}},
		{"www.example.com", "example.com", "", []string{noteDomainWWW}},
		{"www.www.example.com", "example.com", "", []string{noteDomainWWW}},
		{"www.com", "www.com", "", nil},
		{"www.gov.cn", "www.gov.cn", "", nil},
		{"shop.example.com", "shop.example.com", "", []string{noteDomainSub}},
		{"www.shop.example.com", "shop.example.com", "", []string{noteDomainWWW, noteDomainSub}},
		{"github.io", "github.io", "", nil}, // a private suffix is somebody's registered domain
		{"me.github.io", "me.github.io", "", []string{noteDomainSub}},
		{"12306.cn", "12306.cn", "", nil},
		{"example.nosuchtld", "example.nosuchtld", "", []string{noteDomainTLD}},
	} {
		d, err := ParseDomain(c.text)
		if err != nil || d.Name != c.name || d.URL != c.url || !slices.Equal(d.Notes, c.notes) {
			t.Errorf("%q: %+v, %v; want %q, URL %q, notes %q", c.text, d, err, c.name, c.url, c.notes)
		}
	}
	if d, err := ParseDomain("xn--fsqu00a.xn--fiqs8s"); err != nil || d.Label != "例子.中国" {
		t.Errorf("U-label %q, %v", d.Label, err)
	}
}

func TestParseDomainRefuses(t *testing.T) {
	for text, code := range map[string]string{
		"":                                     codeDomainBlank,
		"   ":                                  codeDomainBlank,
		"*.":                                   codeDomainBlank,
		"http://":                              codeDomainBlank,
		"1.2.3.4":                              codeDomainIP,
		"1.2.3.4:80":                           codeDomainIP,
		"http://1.2.3.4/":                      codeDomainIP,
		"127.1":                                codeDomainIP,
		"0x7f.1":                               codeDomainIP,
		"2130706433":                           codeDomainIP,
		"１２７.１":                                codeDomainIP,
		"[::1]":                                codeDomainIP,
		"::1":                                  codeDomainIP,
		"http://[2001:db8::1]:80/":             codeDomainIP,
		"a..com":                               codeDomainLabel,
		".com":                                 codeDomainLabel,
		"example.com..":                        codeDomainLabel,
		"localhost":                            codeDomainDotless,
		"com":                                  codeDomainDotless,
		"com.cn":                               codeDomainSuffix,
		"www.com.cn":                           "",
		"db.internal":                          codeDomainPrivate,
		"printer.local":                        codeDomainPrivate,
		"example.123":                          codeDomainTLD,
		"user@example.com":                     codeDomainBad,
		"http://u:p@example.com/":              codeDomainBad,
		"-a.com":                               codeDomainBad,
		"a_b.com":                              codeDomainBad,
		"xn--a.com":                            codeDomainBad,
		"exa mple.com":                         codeDomainBad,
		"a.com b.com":                          codeDomainMany,
		"a.com；b.com":                          codeDomainMany,
		"a.com、b.com":                          codeDomainMany,
		strings.Repeat("a", 64) + ".com":       codeDomainLong,
		strings.Repeat("a.", 130) + "com":      codeDomainLong,
		strings.Repeat("a", 3000):              codeDomainLong,
		"中" + strings.Repeat("a", 63) + ".com": codeDomainLong,
	} {
		_, err := ParseDomain(text)
		var bad *DomainError
		if code == "" && err == nil {
			continue
		}
		if !errors.As(err, &bad) || bad.Code != code {
			t.Errorf("%q: %v, want %s", text, err, code)
		}
	}
}

func TestRegistrable(t *testing.T) {
	for name, want := range map[string]string{
		"a.b.example.com.cn": "example.com.cn", "x.me.github.io": "github.io", "example.cn": "example.cn", "com.cn": "", "cn": "",
		"bucket.s3.dualstack.us-east-1.amazonaws.com": "amazonaws.com",
	} {
		if got, ok := Registrable(name); got != want || ok != (want != "") {
			t.Errorf("%s: %q %v, want %q", name, got, ok, want)
		}
	}
}

func FuzzParseDomain(f *testing.F) {
	for _, s := range []string{"example.com", "例子.中国", "xn--fsqu00a.cn", "http://www.a.com:8/x", "*.a.cn", "127.1", "a。b．c", "℀.com", "ß.de", "faß.de", "a\u200d.com"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDomain(text)
		if err != nil {
			return
		}
		if !ldh(d.Name) || !strings.Contains(d.Name, ".") || len(d.Name) > 253 {
			t.Fatalf("%q: %q is no host name", text, d.Name)
		}
		again, err := ParseDomain(d.Name)
		if err != nil || again.Name != d.Name || again.Label != d.Label {
			t.Fatalf("%q: %q read again: %+v, %v", text, d.Name, again, err)
		}
		label, err := ParseDomain(d.Label)
		if err != nil || label.Name != d.Name {
			t.Fatalf("%q: label %q read: %+v, %v", text, d.Label, label, err)
		}
		if !strings.HasSuffix(d.Name, d.Registrable) {
			t.Fatalf("%q: %q not under %q", text, d.Name, d.Registrable)
		}
	})
}
