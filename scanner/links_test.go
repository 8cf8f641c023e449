package scanner

import "testing"

func TestJudgeLink(t *testing.T) {
	at := place{host: "www.example.com.cn", base: "www.example.com.cn"}
	for href, want := range map[string]string{
		"https://beian.miit.gov.cn":                                   "none ok",
		" HTTPS://BEIAN.MIIT.GOV.CN./ ":                               "none ok",
		"https://beian.miit.gov.cn:443/":                              "none ok",
		"http://beian.miit.gov.cn/":                                   "none ok_http",
		"http:\\\\beian.miit.gov.cn":                                  "none ok_http",
		"http:/beian.miit.gov.cn":                                     "none ok_http",
		"https://bei\nan.miit.gov.cn/":                                "none ok",
		"//beian.miit.gov.cn":                                         "none ok_schemeless",
		"https://beian.miit.gov.cn/#/Integrated/index":                "none ok_path",
		"https://beian.miit.gov.cn/%zz?<?php":                         "none ok_path",
		"https://ｂｅｉａｎ.miit.gov.cn/":                                  "none ok",
		"http://www.beian.miit.gov.cn":                                "old_host www_prefix",
		"http://www.miitbeian.gov.cn/publish/query/indexFirst.action": "old_host old_miitbeian",
		"//miitbeian.gov.cn":                                          "old_host old_miitbeian",
		"http://www.miibeian.gov.cn/":                                 "old_host old_miibeian",
		"":                                                            "not_anchor empty_href",
		" \u3000":                                                     "not_anchor empty_href",
		"#":                                                           "not_anchor hash_href",
		"#https://beian.miit.gov.cn":                                  "not_anchor hash_href",
		"javascript:window.open('https://beian.miit.gov.cn')":         "not_anchor js_href",
		" JavaScript:;":                                               "not_anchor js_href",
		"beian.miit.gov.cn":                                           "wrong_host relative_href",
		"../../www.miitbeian.gov.cn/default.htm":                      "wrong_host relative_href",
		"https：//beian.miit.gov.cn":                                   "wrong_host relative_href",
		"/icp.html":                                                   "wrong_host own_site",
		"https://m.example.com.cn/icp":                                "wrong_host own_site",
		"https://www.miit.gov.cn/":                                    "wrong_host miit_portal",
		"https://tsm.miit.gov.cn/":                                    "wrong_host miit_portal",
		"http://beian.mitt.gov.cn":                                    "wrong_host typo_host",
		"http://www.miitbeain.gov.cn":                                 "wrong_host typo_host",
		"http://www.beian.gov.cn/portal/index.do":                     "wrong_host psb_host",
		"https://beian.mps.gov.cn/#/query/webSearch?code=1":           "wrong_host psb_host",
		"https://jump.example/?u=https%3A%2F%2Fbeian.miit.gov.cn%2F":  "wrong_host redirector",
		"https://beian.miit.gov.cn.evil.example/":                     "wrong_host third_party",
		"https://beian.miit.gov.cn@evil.example/":                     "wrong_host third_party",
		"https://evilbeian.miit.gov.cn.co":                            "wrong_host third_party",
		"https://beian.miit.cn.com/gov/":                              "wrong_host third_party",
		"https://notmiitbeian.gov.cn/x":                               "wrong_host third_party",
		"ftp://beian.miit.gov.cn":                                     "wrong_host third_party",
		"mailto:a@beian.miit.gov.cn":                                  "wrong_host third_party",
		"http://":                                                     "wrong_host third_party",
	} {
		if l := at.judge(href); string(l.problem)+" "+l.detail != want {
			t.Errorf("%q: got %s %s, want %s", href, l.problem, l.detail, want)
		}
	}
}

func TestPSBCode(t *testing.T) {
	for href, want := range map[string]string{
		"http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=51012202001157": "51012202001157",
		"https://beian.mps.gov.cn/#/query/webSearch?code=110102000450":                "110102000450",
		"https://beian.mps.gov.cn/web/beian/11010502030143":                           "11010502030143",
		"http://www.beian.gov.cn/portal/index.do":                                     "",
		"/x?t=1234567890123456789":                                                    "",
	} {
		if got := psbCode(href); got != want {
			t.Errorf("%q: got %q, want %q", href, got, want)
		}
	}
}
