package scanner

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/icpaudit/icpaudit/observe"
)

func TestRedirects(t *testing.T) {
	long := "/" + strings.Repeat("x", maxURL)
	for name, c := range map[string]struct {
		location string
		end      observe.End
		kind     observe.FaultKind
	}{
		"to itself":        {"/", observe.EndRedirect, observe.FaultRedirect},
		"file":             {"file:///etc/passwd", observe.EndRedirect, observe.FaultRedirect},
		"gopher":           {"gopher://a.cn/", observe.EndRedirect, observe.FaultRedirect},
		"javascript":       {"javascript:alert(1)", observe.EndRedirect, observe.FaultRedirect},
		"user name":        {"http://u:p@a.cn/x", observe.EndRedirect, observe.FaultRedirect},
		"no host":          {"http:///x", observe.EndRedirect, observe.FaultRedirect},
		"too long":         {long, observe.EndRedirect, observe.FaultRedirect},
		"other port":       {"http://a.cn:22/", observe.EndBlocked, observe.FaultBlockedAddress},
		"metadata":         {"http://169.254.169.254/latest/", observe.EndBlocked, observe.FaultBlockedAddress},
		"alibaba metadata": {"http://100.100.100.200/", observe.EndBlocked, observe.FaultBlockedAddress},
		"private":          {"http://10.0.0.1/", observe.EndBlocked, observe.FaultBlockedAddress},
		"mapped":           {"http://[::ffff:10.0.0.1]/", observe.EndBlocked, observe.FaultBlockedAddress},
		"short address":    {"http://127.1/", observe.EndRedirect, observe.FaultRedirect},
		"number":           {"http://2130706433/", observe.EndRedirect, observe.FaultRedirect},
		"hexadecimal":      {"http://0x7f.0x0.0x0.0x1/", observe.EndRedirect, observe.FaultRedirect},
		"private by name":  {"http://private.cn/", observe.EndBlocked, observe.FaultBlockedAddress},
		"no such name":     {"http://gone.cn/", observe.EndUnresolved, observe.FaultUnresolved},
		"full-width dots":  {"http://gone。cn/", observe.EndUnresolved, observe.FaultUnresolved},
		"good":             {"/good", observe.EndPage, ""},
		"good, spaces":     {" /good?a=b c中", observe.EndPage, ""},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNet(t, "a.cn")
			n.name("private.cn", "192.168.1.1")
			n.web("*:80", func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/good" {
					servePage(w, r)
					return
				}
				w.Header().Set("Location", c.location)
				w.WriteHeader(http.StatusFound)
			}, nil)
			a, _ := n.attempt(quickVisit(), "a.cn")
			if a.End != c.end || (a.Fault == nil) != (c.kind == "") || a.Fault != nil && a.Fault.Kind != c.kind {
				t.Errorf("end %s, fault %v; want %s, %s", a.End, a.Fault, c.end, c.kind)
			}
			if a.Hops[0].Status != 302 {
				t.Errorf("first hop %+v", a.Hops[0])
			}
		})
	}
}

func TestEndlessRedirects(t *testing.T) {
	n := newNet(t, "a.cn")
	var count atomic.Int32
	n.web("*:80", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, fmt.Sprintf("/%d", count.Add(1)), http.StatusTemporaryRedirect)
	}, nil)
	o := quickVisit()
	a, _ := n.attempt(o, "a.cn")
	if a.End != observe.EndRedirect || len(a.Hops) != o.MaxHops+1 {
		t.Errorf("end %s after %d hops", a.End, len(a.Hops))
	}
}

func TestOffsite(t *testing.T) {
	n := newNet(t, "a.cn", "shop.a.cn", "b.cn")
	n.web("*:80", func(w http.ResponseWriter, r *http.Request) {
		switch r.Host {
		case "a.cn":
			http.Redirect(w, r, "http://b.cn/", http.StatusFound)
		case "shop.a.cn":
			http.Redirect(w, r, "http://a.cn/x", http.StatusFound)
		default:
			servePage(w, r)
		}
	}, nil)
	if a, _ := n.attempt(quickVisit(), "a.cn"); !a.Offsite || a.Final != "http://b.cn/" || a.End != observe.EndPage {
		t.Errorf("attempt %+v", a)
	}
}

func TestCookieWall(t *testing.T) {
	n := newNet(t, "a.cn")
	n.web("*:80", func(w http.ResponseWriter, r *http.Request) {
		if _, err := r.Cookie("pass"); err == nil {
			servePage(w, r)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "pass", Value: "1"})
		http.Redirect(w, r, "/", http.StatusFound)
	}, nil)
	if a, _ := n.attempt(quickVisit(), "a.cn"); a.End != observe.EndPage {
		t.Errorf("end %s, fault %v", a.End, a.Fault)
	}
}

func TestConnectionIsKeptWithinAnAttempt(t *testing.T) {
	n := newNet(t, "a.cn")
	var mu sync.Mutex
	peers := map[string]bool{}
	n.web("*:80", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		peers[r.RemoteAddr] = true
		mu.Unlock()
		if r.URL.Path == "/" {
			http.Redirect(w, r, "/home", http.StatusFound)
			return
		}
		servePage(w, r)
	}, nil)
	if a, _ := n.attempt(quickVisit(), "a.cn"); a.End != observe.EndPage || len(peers) != 1 {
		t.Errorf("end %s over %d connections", a.End, len(peers))
	}
}

func TestMetaRefresh(t *testing.T) {
	const goal = `"0; url=/next"`
	for name, c := range map[string]struct {
		head  string
		final string
	}{
		"followed":      {`<meta http-equiv="Refresh" content=` + goal + `>`, "http://a.cn/next"},
		"quoted":        {`<meta content="3;URL='/next'" http-equiv=refresh>`, "http://a.cn/next"},
		"slow":          {`<meta http-equiv="refresh" content="30;url=/next">`, "http://a.cn/"},
		"reload":        {`<meta http-equiv="refresh" content="5">`, "http://a.cn/"},
		"itself":        {`<meta http-equiv="refresh" content="0;url=/">`, "http://a.cn/"},
		"in noscript":   {`<noscript><meta http-equiv="refresh" content=` + goal + `></noscript>`, "http://a.cn/"},
		"in a comment":  {`<!-- <meta http-equiv="refresh" content=` + goal + `> -->`, "http://a.cn/"},
		"another site":  {`<meta http-equiv="refresh" content="0;url=http://b.cn/">`, "http://a.cn/"},
		"bad scheme":    {`<meta http-equiv="refresh" content="0;url=javascript:x">`, "http://a.cn/"},
		"another equiv": {`<meta http-equiv="x-refresh" content=` + goal + `>`, "http://a.cn/"},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNet(t, "a.cn", "b.cn")
			n.web("*:80", func(w http.ResponseWriter, r *http.Request) {
				page := sitePage("京ICP备12345678号-1")
				if r.URL.Path == "/" {
					page = strings.Replace(page, "<head>", "<head>"+c.head, 1)
				}
				_, _ = io.WriteString(w, page)
			}, nil)
			a, w := n.attempt(quickVisit(), "a.cn")
			page, f := w.page("a.cn")
			if a.End != observe.EndPage || a.Final != c.final || page == nil || len(page.Documents) != 1 || page.Documents[0].URL != c.final {
				t.Errorf("end %s at %s, page %+v, fault %v", a.End, a.Final, page, f)
			}
		})
	}
}
