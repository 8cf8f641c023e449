package scanner

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

func TestVisitWholeSite(t *testing.T) {
	n := newNet(t, "a.cn", "www.a.cn")
	var mu sync.Mutex
	asked := map[string]int{}
	n.web("*:80", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked[r.Host]++
		mu.Unlock()
		if agent := r.UserAgent(); !strings.Contains(agent, "icpaudit/") || !strings.Contains(agent, "audit@example.cn") || strings.Contains(agent, "://") {
			t.Errorf("user agent %q", agent)
		}
		if r.Host == "a.cn" {
			http.Redirect(w, r, "http://www.a.cn/", http.StatusMovedPermanently)
			return
		}
		servePage(w, r)
	}, nil)
	visit, page := n.visitor(quickVisit()).Visit(t.Context(), Target{Domain: "a.cn", URLs: []string{"http://www.a.cn", "http://a.cn:8080/"}}, &n.dns)
	if visit.Value == nil || page.Value == nil {
		t.Fatalf("visit fault %v, page fault %v", visit.Fault, page.Fault)
	}
	var ends []string
	for _, a := range visit.Value.Attempts {
		ends = append(ends, a.Start+" "+string(a.End))
	}
	want := []string{"http://a.cn/ page", "http://www.a.cn/ seen", "https://a.cn/ refused", "https://www.a.cn/ refused", "http://a.cn:8080/ blocked-address"}
	if !slices.Equal(ends, want) {
		t.Errorf("ends\n%s\nwant\n%s", strings.Join(ends, "\n"), strings.Join(want, "\n"))
	}
	if len(page.Value.Documents) != 1 || !slices.Equal(page.Value.Documents[0].Starts, []string{"http://a.cn/", "http://www.a.cn/"}) {
		t.Errorf("documents %+v", page.Value.Documents)
	}
	first := visit.Value.Attempts[0]
	if len(first.Hops) != 2 || first.Hops[0].Status != 301 || first.Hops[0].Addr != netip.MustParseAddr(siteAddr) || first.Offsite {
		t.Errorf("first attempt %+v", first)
	}
	if asked["a.cn"] != 1 || asked["www.a.cn"] != 1 {
		t.Errorf("requests %v, want one a host", asked)
	}
}

func TestSameBodyIsOneDocument(t *testing.T) {
	n := newNet(t, "a.cn", "www.a.cn")
	n.web("*:80", servePage, nil)
	_, page := n.visitor(quickVisit()).Visit(t.Context(), Target{Domain: "a.cn"}, &n.dns)
	if page.Value == nil || len(page.Value.Documents) != 1 || len(page.Value.Documents[0].Starts) != 2 {
		t.Fatalf("page %+v, fault %v", page.Value, page.Fault)
	}
}

func TestPageFaults(t *testing.T) {
	status := func(code int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(code)
			_, _ = io.WriteString(w, body)
		}
	}
	for name, c := range map[string]struct {
		serve http.HandlerFunc
		end   observe.End
		fault observe.FaultKind
	}{
		"not found":   {status(404, "<h1>Not here</h1>"), observe.EndStatus, observe.FaultStatus},
		"no content":  {status(204, ""), observe.EndStatus, observe.FaultStatus},
		"odd status":  {status(999, "x"), observe.EndStatus, observe.FaultStatus},
		"bad gateway": {status(502, "x"), observe.EndStatus, observe.FaultStatus},
		"no location": {status(302, "x"), observe.EndStatus, observe.FaultStatus},
		"empty":       {status(200, ""), observe.EndPage, observe.FaultNotAPage},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNet(t, "a.cn", "www.a.cn")
			n.web("*:80", c.serve, nil)
			visit, page := n.visitor(quickVisit()).Visit(t.Context(), Target{Domain: "a.cn"}, &n.dns)
			if visit.Value == nil || page.Fault == nil || page.Fault.Kind != c.fault || visit.Value.Attempts[0].End != c.end {
				t.Errorf("visit %+v, page fault %v; want %s, %s", visit.Value, page.Fault, c.end, c.fault)
			}
		})
	}
	n := newNet(t)
	n.name("a.cn")
	n.name("www.a.cn")
	visit, page := n.visitor(quickVisit()).Visit(t.Context(), Target{Domain: "a.cn"}, &n.dns)
	if visit.Value == nil || visit.Value.Attempts[0].End != observe.EndUnresolved || page.Fault.Kind != observe.FaultUnreachable {
		t.Errorf("no address: visit %+v, page fault %v", visit, page.Fault)
	}
}

func TestVisitIsAFaultOnlyForOurOwnTrouble(t *testing.T) {
	n := newNet(t, "a.cn", "www.a.cn")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	visit, page := n.visitor(quickVisit()).Visit(ctx, Target{Domain: "a.cn"}, &n.dns)
	if visit.Fault == nil || visit.Fault.Kind != observe.FaultCancelled || page.Fault == nil || !page.Fault.Ours() {
		t.Errorf("visit fault %v, page fault %v", visit.Fault, page.Fault)
	}
	ctx, cancel = context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	<-ctx.Done()
	visit, _ = n.visitor(quickVisit()).Visit(ctx, Target{Domain: "a.cn"}, &n.dns)
	if visit.Fault == nil || visit.Fault.Kind != observe.FaultNotLookedUp {
		t.Errorf("visit fault %v, want %s: the end of the look's time says nothing of the site", visit.Fault, observe.FaultNotLookedUp)
	}
}

func TestAnotherAddressIsTried(t *testing.T) {
	const second, third = "203.119.1.2", "2400:da00::1"
	for name, c := range map[string]struct {
		addrs []string
		serve string
	}{
		"first refuses":     {[]string{siteAddr, second}, second},
		"IPv6 after IPv4":   {[]string{third, siteAddr}, third},
		"IPv6 alone":        {[]string{third}, third},
		"IPv4 before IPv6":  {[]string{third, siteAddr}, siteAddr},
		"third after two":   {[]string{siteAddr, second, "203.119.1.3"}, "203.119.1.3"},
		"a forbidden first": {[]string{"10.0.0.1", siteAddr}, siteAddr},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNet(t)
			n.name("a.cn", c.addrs...)
			from := c.serve
			if strings.Contains(from, ":") {
				from = "[" + from + "]"
			}
			n.web(from+":80", servePage, nil)
			a, _ := n.attempt(quickVisit(), "a.cn")
			if a.End != observe.EndPage || a.Hops[0].Addr != netip.MustParseAddr(c.serve) {
				t.Errorf("end %s at %s, fault %v", a.End, a.Hops[0].Addr, a.Fault)
			}
		})
	}
}

func TestBrokenOffIsTriedOnceMore(t *testing.T) {
	n := newNet(t, "a.cn")
	var count atomic.Int32
	n.web("*:80", func(w http.ResponseWriter, r *http.Request) {
		if count.Add(1) == 1 {
			panic(http.ErrAbortHandler)
		}
		servePage(w, r)
	}, nil)
	if a, _ := n.attempt(quickVisit(), "a.cn"); a.End != observe.EndPage || count.Load() != 2 {
		t.Errorf("end %s after %d requests", a.End, count.Load())
	}
}

// A look may be told to stop, or its URL's time be over, at any moment between
// two steps, also just before the first address would be asked.
func TestNobodyAskedIsAFault(t *testing.T) {
	n := newNet(t, "a.cn")
	n.web("a.cn:80", servePage, nil)
	w := n.visitor(quickVisit()).newVisit(Target{Domain: "a.cn"}, &n.dns)
	defer w.transport.CloseIdleConnections()
	u, err := parseStart("a.cn")
	if err != nil {
		t.Fatal(err)
	}
	addrs, err := w.addressesOf(t.Context(), "a.cn")
	if err != nil {
		t.Fatal(err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	late, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	for _, c := range []struct {
		ctx  context.Context
		left time.Duration
		want observe.FaultKind
	}{
		{cancelled, time.Second, observe.FaultCancelled},
		{late, time.Second, observe.FaultNotLookedUp},
		{t.Context(), 0, observe.FaultNotLookedUp},
	} {
		got, _, err := w.tryAll(c.ctx, u, addrs, &trip{left: c.left})
		if err == nil {
			t.Fatalf("%s: no error, and %v", c.want, got)
		}
		if f := w.faultOf(c.ctx, err, "a.cn"); f.Kind != c.want {
			t.Errorf("%s: the fault is %v", c.want, f)
		}
	}
}

func TestManyStartsAreBounded(t *testing.T) {
	n := newNet(t, "a.cn", "www.a.cn")
	n.web("*:80", func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, sitePage(r.URL.Path)) }, nil)
	target := Target{Domain: "a.cn", URLs: []string{"ftp://a.cn/", "http://a.cn/中文 x"}}
	for i := range 40 {
		target.URLs = append(target.URLs, fmt.Sprintf("http://a.cn/%d", i))
	}
	visit, _ := n.visitor(quickVisit()).Visit(t.Context(), target, &n.dns)
	asked := 0
	for _, a := range visit.Value.Attempts {
		if len(a.Hops) > 0 {
			asked++
		} else if a.Fault == nil {
			t.Errorf("attempt %+v was neither made nor has a fault", a)
		}
	}
	if asked > maxStarts {
		t.Errorf("%d start URLs were asked", asked)
	}
	if len(visit.Value.Attempts) < 40 {
		t.Errorf("only %d attempts are on record", len(visit.Value.Attempts))
	}
}

func BenchmarkVisit(b *testing.B) {
	var body bytes.Buffer
	z := gzip.NewWriter(&body)
	_, _ = io.WriteString(z, strings.Repeat(sitePage("京ICP备12345678号-1"), 10))
	z.Close()
	n := newNet(b, "a.cn")
	n.web("*:80", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(body.Bytes())
	}, nil)
	v := n.visitor(defaultVisit())
	v.pace = newPace(0)
	v.seats = newSeats(1000)
	u, err := parseStart("a.cn")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			w := v.newVisit(Target{Domain: "a.cn"}, &n.dns)
			if a := w.attempt(context.Background(), start{text: u.String(), url: u}); a.End != observe.EndPage {
				b.Errorf("end %s: %v", a.End, a.Fault)
			}
			w.transport.CloseIdleConnections()
		}
	})
}
