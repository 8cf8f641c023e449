package scanner

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

// registryNow is the clock of these tests.
var registryNow = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func quickRegistration() RegistrationOptions {
	o := defaultRegistration()
	o.Cache, o.Interval, o.Intervals, o.Timeout = "", 0, map[string]time.Duration{cnnicServer: 0}, 2*time.Second
	return o
}

// registrations makes the asker of a small registry world.
func (n *net4) registrations(o RegistrationOptions) *registrations {
	n.t.Helper()
	ref, err := loadReference()
	if err != nil {
		n.t.Fatal(err)
	}
	r, err := newRegistrations(o, "audit@example.com", n.dialer(), ref, func() time.Time { return registryNow })
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(r.rdap.close)
	return r
}

// whois serves WHOIS at a host: what answer returns for the question, or by
// hand where it returns nothing.
func (n *net4) whois(host string, answer func(question string, c net.Conn) string) *atomic.Int32 {
	asked := &atomic.Int32{}
	n.name(host, siteAddr)
	n.raw(host+":43", func(c net.Conn) {
		asked.Add(1)
		question, err := bufio.NewReader(c).ReadString('\n')
		if err != nil {
			return
		}
		_, _ = io.WriteString(c, answer(strings.TrimSpace(question), c))
	})
	return asked
}

func says(text string) func(string, net.Conn) string {
	return func(string, net.Conn) string { return text }
}

func TestWHOIS(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(string, net.Conn) string
		state  observe.RegistrationState
		fault  observe.FaultKind
	}{
		"record":              {says(cnRecord), observe.StateRegistered, ""},
		"no such name":        {says("No matching record.\n"), observe.StateAvailable, ""},
		"refusal":             {says("Queried interval is too short.\n"), "", observe.FaultRateLimited},
		"empty":               {says(""), "", observe.FaultNoData},
		"glued with no break": {says("refer: whois.cnnic.cn\n\ndomain: CN\n" + cnRecord), observe.StateRegistered, ""},
		"cut referral":        {says("Registrar WHOIS Server: x"), "", observe.FaultUnparsable},
		"binary":              {says(strings.Repeat("\x00\xff\xfe\x1b[2J", 1000)), "", observe.FaultUnparsable},
		"another name":        {says(strings.ReplaceAll(cnRecord, "example.cn", "other.cn")), "", observe.FaultUnparsable},
		"endless": {func(_ string, c net.Conn) string {
			for {
				if _, err := c.Write([]byte(strings.Repeat("Domain Name: x.cn\n", 1000))); err != nil {
					return ""
				}
			}
		}, "", observe.FaultTooLarge},
		"broken off after no match": {func(_ string, c net.Conn) string {
			_, _ = io.WriteString(c, "No matching record.\n")
			if tcp, ok := c.(*net.TCPConn); ok {
				_ = tcp.SetLinger(0)
			}
			return ""
		}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNet(t)
			n.whois(cnnicServer, c.answer)
			seen := n.registrations(quickRegistration()).Lookup(t.Context(), "www.example.cn", false)
			if name == "broken off after no match" { // either end may come first; an absence only where it was whole
				if seen.Value != nil && seen.Value.State != observe.StateAvailable {
					t.Errorf("%+v", seen.Value)
				}
				return
			}
			if seen.Fault != nil {
				if seen.Fault.Kind != c.fault {
					t.Errorf("fault %v, want %q", seen.Fault, c.fault)
				}
				return
			}
			if seen.Value.State != c.state || c.fault != "" {
				t.Errorf("%+v, want %s %s", seen.Value, c.state, c.fault)
			}
		})
	}
}

func TestWHOISRecordIsReadWhole(t *testing.T) {
	n := newNet(t)
	var question string
	n.whois(cnnicServer, func(q string, _ net.Conn) string { question = q; return cnRecord })
	seen := n.registrations(quickRegistration()).Lookup(t.Context(), "example.cn", false)
	if seen.Fault != nil {
		t.Fatal(seen.Fault)
	}
	v := seen.Value
	if question != "example.cn" || v.Domain != "example.cn" || v.Holder != "北京示例科技有限公司" || v.HolderStatus != observe.HolderNamed ||
		v.Registrar != "阿里云计算有限公司（万网）" || v.Server != cnnicServer || v.Protocol != "whois" || !v.AsOf.Equal(registryNow) ||
		v.Expires.Time.Format(time.RFC3339) != "2027-09-08T10:52:31+08:00" || v.Created.Time.Format(time.RFC3339) != "2014-09-08T10:52:31+08:00" {
		t.Errorf("asked %q, read %+v", question, v)
	}
}

func TestABrokenOffNameIsNoName(t *testing.T) {
	for cut, holder := range map[string]string{
		cnRecord: "北京示例科技有限公司",
		cnRecord[:strings.Index(cnRecord, "有限公司\n")]: "",
	} {
		n := newNet(t)
		n.whois(cnnicServer, says(cut))
		seen := n.registrations(quickRegistration()).Lookup(t.Context(), "example.cn", false)
		got := ""
		if seen.Value != nil {
			got = seen.Value.Holder
		}
		if got != holder {
			t.Errorf("%d bytes: holder %q, want %q", len(cut), got, holder)
		}
	}
}

func TestWHOISSilence(t *testing.T) {
	n := newNet(t)
	n.whois(cnnicServer, func(_ string, c net.Conn) string {
		_, _ = io.Copy(io.Discard, c) // until the other side gives up
		return ""
	})
	o := quickRegistration()
	o.Timeout = 50 * time.Millisecond
	seen := n.registrations(o).Lookup(t.Context(), "example.cn", false)
	if seen.Fault == nil || seen.Fault.Kind != observe.FaultTimeout || seen.Fault.Tries != tries {
		t.Errorf("%+v", seen)
	}
}

func comByWHOIS() RegistrationOptions {
	o := quickRegistration()
	o.WHOIS = map[string]string{"com": "whois.verisign-grs.com"}
	return o
}

func TestReferral(t *testing.T) {
	theirs := "Domain Name: example.com\nRegistrar Registration Expiration Date: 2026-07-12T15:48:26Z\nRegistrar: Alibaba\nRegistrant Organization: 北京示例科技有限公司\n" +
		"Registrar WHOIS Server: whois.markmonitor.com\n"
	for _, c := range []struct {
		host, holder string
		asked        int32
	}{
		{"grs-whois.hichina.com", "北京示例科技有限公司", 1},
		{"whois.evil.example", "", 0},
		{"localhost", "", 0},
		{"127.0.0.1", "", 0},
		{"127.0.0.1:6379", "", 0},
		{"http://grs-whois.hichina.com:25/", "", 0},
	} {
		n := newNet(t)
		var question string
		n.whois("whois.verisign-grs.com", func(q string, _ net.Conn) string { question = q; return fmt.Sprintf(comRecord, c.host) })
		trap := n.whois("grs-whois.hichina.com", says(theirs))
		others := &atomic.Int32{}
		n.raw("*:*", func(net.Conn) { others.Add(1) })
		seen := n.registrations(comByWHOIS()).Lookup(t.Context(), "example.com", false)
		if seen.Fault != nil || question != "domain example.com" {
			t.Errorf("%s: asked %q: %v", c.host, question, seen.Fault)
			continue
		}
		if trap.Load() != c.asked || others.Load() != 0 || seen.Value.Holder != c.holder {
			t.Errorf("%s: %d and %d connections, holder %q", c.host, trap.Load(), others.Load(), seen.Value.Holder)
		}
		if c.asked == 1 && (seen.Value.RegistrarExpires == nil || seen.Value.Expires.Time.Year() != 2027 || seen.Value.RegistrarExpires.Time.Year() != 2026) {
			t.Errorf("%s: expires %v, by the registrar %v", c.host, seen.Value.Expires, seen.Value.RegistrarExpires)
		}
	}
}

func TestAnswersAreKept(t *testing.T) {
	n := newNet(t)
	answer := atomic.Pointer[string]{}
	set := func(text string) { answer.Store(&text) }
	set(cnRecord)
	asked := n.whois(cnnicServer, func(string, net.Conn) string { return *answer.Load() })
	o := quickRegistration()
	o.Cache = filepath.Join(t.TempDir(), "kept")
	r := n.registrations(o)
	look := func(fresh bool) observe.Seen[observe.Registration] { return r.Lookup(t.Context(), "example.cn", fresh) }

	first, second := look(false), look(false)
	if first.Via != cnnicServer || second.Via != "cache" || asked.Load() != 1 || second.Value == nil || !second.Value.AsOf.Equal(registryNow) {
		t.Fatalf("first by %s, second by %s, asked %d times", first.Via, second.Via, asked.Load())
	}
	if look(true); asked.Load() != 2 {
		t.Errorf("a fresh look asked %d times", asked.Load())
	}
	set("Queried interval is too short.")
	if kept := look(true); kept.Value == nil || kept.Value.Kept == nil || kept.Value.Kept.Kind != observe.FaultRateLimited || kept.Value.Holder == "" {
		t.Errorf("after a refusal: %+v, %v", kept.Value, kept.Fault)
	}
	set("No matching record.")
	if gone := look(true); gone.Value == nil || gone.Value.State != observe.StateAvailable {
		t.Errorf("not registered: %+v, %v", gone.Value, gone.Fault)
	}
	// That it was free a while ago must not be said again without asking.
	set("Queried interval is too short.")
	if again := look(true); again.Fault == nil || again.Fault.Kind != observe.FaultRateLimited {
		t.Errorf("a second look at an absence: %+v", again.Value)
	}
	files := 0
	err := filepath.WalkDir(o.Cache, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files++
			if info, err := d.Info(); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v, %v", path, info.Mode(), err)
			}
		}
		return err
	})
	if err != nil || files != 2 {
		t.Errorf("%d files, %v", files, err)
	}
}

func TestModes(t *testing.T) {
	n := newNet(t)
	asked := n.whois(cnnicServer, says(cnRecord))
	o := quickRegistration()
	o.Cache = filepath.Join(t.TempDir(), "kept")
	for _, mode := range []string{modeOff, modeCached} {
		o.Mode = mode
		if seen := n.registrations(o).Lookup(t.Context(), "example.cn", true); seen.Fault == nil || seen.Fault.Kind != observe.FaultNotLookedUp {
			t.Errorf("%s: %+v", mode, seen)
		}
	}
	if asked.Load() != 0 {
		t.Errorf("asked %d times", asked.Load())
	}
	if _, err := os.Stat(o.Cache); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the cache was made for nothing: %v", err)
	}
	o.Mode = modeLive
	n.registrations(o).Lookup(t.Context(), "example.cn", false)
	o.Mode = modeCached
	if seen := n.registrations(o).Lookup(t.Context(), "example.cn", true); seen.Value == nil || seen.Via != "cache" || asked.Load() != 1 {
		t.Errorf("cached: %+v, asked %d times", seen, asked.Load())
	}
}

func TestGoodFor(t *testing.T) {
	const day = 24 * time.Hour
	at := func(left time.Duration) *observe.Date { return &observe.Date{Time: registryNow.Add(left)} }
	for _, c := range []struct {
		r    observe.Registration
		want time.Duration
	}{
		{observe.Registration{State: observe.StateRegistered, Expires: at(181 * day)}, 30 * day},
		{observe.Registration{State: observe.StateRegistered, Expires: at(180 * day)}, 10 * day},
		{observe.Registration{State: observe.StateRegistered, Expires: at(45 * day)}, 10 * day},
		{observe.Registration{State: observe.StateRegistered, Expires: at(44 * day)}, 3 * day},
		{observe.Registration{State: observe.StateRegistered, Expires: at(-day)}, day},
		{observe.Registration{State: observe.StateRegistered, Expires: at(300 * day), RegistrarExpires: at(-day)}, day},
		{observe.Registration{State: observe.StateRegistered}, 10 * day},
		{observe.Registration{State: observe.StateAvailable}, day},
		{observe.Registration{State: observe.StateReserved}, day},
	} {
		if got := goodFor(c.r, registryNow); got != c.want {
			t.Errorf("%+v: %s, want %s", c.r, got, c.want)
		}
	}
}

func TestRegistrable(t *testing.T) {
	r := newNet(t).registrations(quickRegistration())
	for domain, want := range map[string]string{
		"example.cn": "example.cn", "www.example.com.cn": "example.com.cn", "a.b.example.gov.cn": "example.gov.cn", "Example.COM.": "example.com",
		"x.github.io": "github.io", "例子.中国": "xn--fsqu00a.xn--fiqs8s", "example.co.uk": "example.co.uk", "example.bj.cn": "example.bj.cn",
		"com": "", "com.cn": "", "": "", "192.168.1.1": "", "bad name.cn": "", "../../etc.cn": "",
	} {
		if got, err := r.registrable(domain); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", domain, got, err, want)
		}
	}
}

func TestServiceOf(t *testing.T) {
	o := quickRegistration()
	o.WHOIS = map[string]string{"hk": "whois.example:4343"}
	r := newNet(t).registrations(o)
	for name, want := range map[string]service{
		"example.cn": {"", "whois.cnnic.cn:43"}, "example.com.cn": {"", "whois.cnnic.cn:43"}, "example.edu.cn": {"", "whois.edu.cn:43"},
		"example.com": {"https://rdap.verisign.com/com/v1/", "whois.verisign-grs.com:43"}, "example.hk": {"", "whois.example:4343"},
		"example.info": {"https://rdap.identitydigital.services/rdap/", ""},
	} {
		if got, ok := r.serviceOf(name); !ok || got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	if s, ok := r.serviceOf("example.zz"); ok {
		t.Errorf("an unknown suffix: %+v", s)
	}
	if seen := r.Lookup(t.Context(), "example.zz", false); seen.Fault == nil || seen.Fault.Kind != observe.FaultNoServer {
		t.Errorf("an unknown suffix: %+v", seen)
	}
}
