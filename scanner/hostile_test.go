package scanner

import (
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

// say writes the text and leaves the connection open until the visitor goes.
func say(text string) func(net.Conn) {
	return func(c net.Conn) {
		readRequest(c)
		_, _ = io.WriteString(c, text)
		_, _ = io.Copy(io.Discard, c)
	}
}

// sayAndGo writes the text and closes.
func sayAndGo(text string) func(net.Conn) {
	return func(c net.Conn) {
		readRequest(c)
		_, _ = io.WriteString(c, text)
	}
}

// pour writes the text for ever, with a pause between.
func pour(head, text string, pause time.Duration) func(net.Conn) {
	return func(c net.Conn) {
		readRequest(c)
		_, err := io.WriteString(c, head)
		tick := time.NewTicker(max(pause, time.Nanosecond))
		defer tick.Stop()
		for err == nil {
			if pause > 0 {
				<-tick.C
			}
			_, err = io.WriteString(c, text)
		}
	}
}

func abort(after string) func(net.Conn) {
	return func(c net.Conn) {
		readRequest(c)
		_, _ = io.WriteString(c, after)
		_ = c.(*net.TCPConn).SetLinger(0)
	}
}

const (
	head200 = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
	chunked = head200 + "Transfer-Encoding: chunked\r\n\r\n"
)

func TestHostileServers(t *testing.T) {
	page := sitePage("京ICP备12345678号-1")
	known := fmt.Sprintf("%sContent-Length: %d\r\n\r\n", head200, len(page)+100)
	for name, c := range map[string]struct {
		serve func(net.Conn)
		end   observe.End
		cut   bool // a document came, and it is cut
	}{
		"accepts and is silent":   {say(""), observe.EndTimeout, false},
		"closes at once":          {func(net.Conn) {}, observe.EndReset, false},
		"closes after request":    {sayAndGo(""), observe.EndReset, false},
		"resets":                  {abort(""), observe.EndReset, false},
		"resets in the headers":   {abort("HTTP/1.1 200 OK\r\nServer: x\r\n"), observe.EndReset, false},
		"resets in the body":      {abort(known + page), observe.EndPage, true},
		"ends short":              {sayAndGo(known + page), observe.EndPage, true},
		"stalls in the body":      {say(known + page), observe.EndPage, true},
		"stalls before the body":  {say(known), observe.EndTimeout, false},
		"chunks break off":        {sayAndGo(chunked + "5\r\n<html"), observe.EndPage, true},
		"bad chunk":               {say(chunked + "5\r\n<html\r\nzz\r\n"), observe.EndPage, true},
		"dribbles the headers":    {pour("HTTP/1.1 200 OK\r\nX: ", "x", 20*time.Millisecond), observe.EndTimeout, false},
		"dribbles the body":       {pour(head200+"\r\n<p>", "x", 20*time.Millisecond), observe.EndPage, true},
		"endless body":            {pour(head200+"\r\n", strings.Repeat("<p>text</p>", 5000), 0), observe.EndPage, true},
		"endless chunks":          {pour(chunked, "5\r\nabcde\r\n", 0), observe.EndPage, true},
		"chunks with extensions":  {pour(chunked, "1;"+strings.Repeat("e", 200)+"\r\nx\r\n", 0), observe.EndPage, true},
		"endless header line":     {pour("HTTP/1.1 200 OK\r\nX: ", strings.Repeat("x", 4096), 0), observe.EndNotHTTP, false},
		"endless headers":         {pour("HTTP/1.1 200 OK\r\n", "A: b\r\n", 0), observe.EndNotHTTP, false},
		"endless interim answers": {pour("", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", 0), observe.EndNotHTTP, false},
		"speaks SSH":              {say("SSH-2.0-OpenSSH_9.9\r\n"), observe.EndNotHTTP, false},
		"speaks FTP":              {say("220 welcome\r\n"), observe.EndNotHTTP, false},
		"speaks HTTP/0.9":         {sayAndGo("<html>old</html>"), observe.EndNotHTTP, false},
		"speaks TLS":              {sayAndGo("\x15\x03\x01\x00\x02\x02\x46"), observe.EndNotHTTP, false},
		"binary":                  {say(strings.Repeat("\x00\xff", 100) + "\r\n\r\n"), observe.EndNotHTTP, false},
		"chargen":                 {pour("", strings.Repeat("!\"#$%&'()*+,-./0123456789", 100), 0), observe.EndNotHTTP, false},
		"two lengths":             {say(head200 + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx"), observe.EndNotHTTP, false},
		"negative length":         {say(head200 + "Content-Length: -1\r\n\r\nx"), observe.EndNotHTTP, false},
		"bad status":              {say("HTTP/1.1 abc OK\r\n\r\n"), observe.EndNotHTTP, false},
		"bad header":              {say("HTTP/1.1 200 OK\r\nno colon\r\n\r\n"), observe.EndNotHTTP, false},
		"odd transfer encoding":   {say(head200 + "Transfer-Encoding: gzip\r\n\r\nx"), observe.EndNotHTTP, false},
		"switches protocols":      {say("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"), observe.EndStatus, false},
		"control in location":     {say("HTTP/1.1 302 Found\r\nLocation: http://a.cn\x01/\r\nContent-Length: 0\r\n\r\n"), observe.EndNotHTTP, false},
		"redirect, endless body":  {pour("HTTP/1.1 302 Found\r\nLocation: http://gone.cn/\r\n\r\n", "xxxxxxxx", 0), observe.EndUnresolved, false},
		"refusal, endless body":   {pour("HTTP/1.1 403 Forbidden\r\n\r\n", strings.Repeat("no ", 500), 0), observe.EndStatus, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newNet(t, "a.cn")
			n.raw("*:80", c.serve)
			o := quickVisit()
			o.Body = 1 << 20
			began := time.Now()
			a, w := n.attempt(o, "a.cn")
			// The budget and one second try; the slack is for a loaded machine.
			if took := time.Since(began); took > 2*o.URLTimeout+10*time.Second {
				t.Errorf("took %s", took)
			}
			if a.End != c.end {
				t.Errorf("end %s, fault %v; want %s", a.End, a.Fault, c.end)
			}
			if c.end == observe.EndPage && (len(w.documents) != 1 || w.documents[0].Truncated != c.cut) {
				t.Errorf("documents %+v, want one that is cut", w.documents)
			}
			if a.Fault != nil && a.Fault.Ours() {
				t.Errorf("fault %v is taken for ours", a.Fault)
			}
		})
	}
}

func TestHostileTLS(t *testing.T) {
	for name, c := range map[string]struct {
		serve func(net.Conn)
		end   observe.End
	}{
		"plain HTTP": {func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n") }, observe.EndTLS},
		"silent":     {func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }, observe.EndTimeout},
		"alert": {func(c net.Conn) {
			_, _ = io.CopyN(io.Discard, c, 100)
			_, _ = io.WriteString(c, "\x15\x03\x03\x00\x02\x02\x28")
		}, observe.EndTLS},
		"unknown version": {func(c net.Conn) {
			_, _ = io.CopyN(io.Discard, c, 100)
			_, _ = io.WriteString(c, "\x15\x03\x03\x00\x02\x02\x46")
		}, observe.EndTLS},
		"garbage": {func(c net.Conn) {
			_, _ = io.CopyN(io.Discard, c, 100)
			_, _ = io.WriteString(c, strings.Repeat("x", 1000))
		}, observe.EndTLS},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNet(t, "a.cn")
			n.raw("*:443", c.serve)
			if a, _ := n.attempt(quickVisit(), "https://a.cn/"); a.End != c.end {
				t.Errorf("end %s, fault %v; want %s", a.End, a.Fault, c.end)
			}
		})
	}
}

func TestPartialContentIsCut(t *testing.T) {
	n := newNet(t, "a.cn")
	n.raw("*:80", sayAndGo("HTTP/1.1 206 Partial Content\r\nContent-Type: text/html\r\n\r\n"+sitePage("x")))
	if _, w := n.attempt(quickVisit(), "a.cn"); len(w.documents) != 1 || !w.documents[0].Truncated {
		t.Errorf("documents %+v", w.documents)
	}
}

// A body's large memory is given back whatever happens, and more than the
// memory holds is waited for, not refused.
func TestLargeBodiesShareTheirMemory(t *testing.T) {
	n := newNet(t, "a.cn")
	n.raw("*:80", pour(head200+"\r\n", strings.Repeat("<p>text</p>", 5000), 0))
	o := quickVisit()
	o.URLTimeout = 20 * time.Second
	o.Body = 1 << 20
	o.InFlightBytes = 2 << 20
	v := n.visitor(o)
	var cut atomic.Int32
	done := make(chan struct{})
	for range 8 {
		go func() {
			defer func() { done <- struct{}{} }()
			w := v.newVisit(Target{Domain: "a.cn"}, &n.dns)
			u, err := parseStart("a.cn")
			if a := w.attempt(t.Context(), start{"a.cn", u, err}); a.End == observe.EndPage && w.documents[0].Bytes == 1<<20 {
				cut.Add(1)
			}
			w.transport.CloseIdleConnections()
		}()
	}
	for range 8 {
		<-done
	}
	if cut.Load() != 8 || !v.bodies.TryAcquire(o.InFlightBytes) {
		t.Errorf("%d of 8 bodies were read to the limit; is all memory given back?", cut.Load())
	}
}

func TestCPUPlacesAreFreeWhileABodyDribbles(t *testing.T) {
	n := newNet(t, "a.cn", "b.cn")
	n.raw("a.cn:80", pour(head200+"\r\n<p>", "x", 10*time.Millisecond))
	n.web("b.cn:80", servePage, nil)
	o := quickVisit()
	o.URLTimeout = 5 * time.Second
	v := n.visitor(o)
	slow := 2 * runtime.GOMAXPROCS(0)
	done := make(chan struct{})
	for range slow {
		go func() {
			defer func() { done <- struct{}{} }()
			w := v.newVisit(Target{Domain: "a.cn"}, &n.dns)
			u, err := parseStart("a.cn")
			w.attempt(t.Context(), start{"a.cn", u, err})
			w.transport.CloseIdleConnections()
		}()
	}
	w := v.newVisit(Target{Domain: "b.cn"}, &n.dns)
	u, err := parseStart("b.cn")
	if a := w.attempt(t.Context(), start{"b.cn", u, err}); a.End != observe.EndPage {
		t.Errorf("end %s, fault %v", a.End, a.Fault)
	}
	w.transport.CloseIdleConnections()
	select {
	case <-done:
		t.Error("the dribbling body ended before the other page was read: nothing was shown")
	default:
		slow++
	}
	for range slow - 1 {
		<-done
	}
}
