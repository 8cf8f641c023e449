package scanner

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

// forbidden lists forms of addresses that must never be dialled.
func forbidden() []string {
	return strings.Fields(`
		0.0.0.0 0.0.0.1 0.255.255.255
		10.0.0.0 10.1.2.3 10.255.255.255
		100.64.0.0 100.100.100.100 100.100.100.200 100.125.1.250 100.127.255.255
		127.0.0.1 127.0.0.53 127.1.1.1 127.255.255.255
		168.63.129.16
		169.254.0.1 169.254.0.23 169.254.169.254 169.254.170.2 169.254.255.255
		172.16.0.1 172.31.255.255
		192.0.0.1 192.0.0.192 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.1 192.168.255.255 192.175.48.1
		198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1
		224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
		:: ::1 ::2 ::127.0.0.1 ::169.254.169.254 ::7f00:1
		::ffff:0.0.0.0 ::ffff:10.0.0.1 ::ffff:127.0.0.1 ::ffff:169.254.169.254 ::ffff:192.168.0.1 ::ffff:8.8.8.8
		::ffff:0:127.0.0.1 64:ff9b::127.0.0.1 64:ff9b::a00:1 64:ff9b:1::1 100::1
		2001::1 2001:0:7f00:1:: 2001:2::1 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1:: 2002:a00:1::1 2620:4f:8000::1
		3fff::1 4000::1 5f00::1 fc00::1 fd00:ec2::254 fdff:ffff::1 fe80::1 fe80::a9fe:a9fe febf::1 fec0::1 ff02::1 ff0e::1`)
}

func TestForbiddenAddresses(t *testing.T) {
	trap, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var accepted atomic.Int32
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := trap.Accept()
			if err != nil {
				return
			}
			accepted.Add(1)
			c.Close()
		}
	}()
	// A gateway that would take everything: the address asked for is judged all the same.
	for _, detours := range [][]string{nil, {"*:*=" + trap.Addr().String()}} {
		o := defaultDial()
		o.ConnectTo = detours
		o.ConnectTimeout = time.Second
		d, err := newDialer(o)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range forbidden() {
			addr := netip.MustParseAddr(text)
			d.resolve = func(context.Context, string) ([]netip.Addr, error) { return []netip.Addr{addr}, nil }
			for _, network := range []string{"tcp", "udp"} {
				for _, host := range []string{text, "name.cn"} {
					conn, err := d.DialContext(t.Context(), network, net.JoinHostPort(host, portOfAddr(trap.Addr())))
					if err == nil {
						conn.Close()
					}
					if err == nil || faultOf(err, "").Kind != observe.FaultBlockedAddress {
						t.Errorf("%s %s: %v, want %s", network, text, err, observe.FaultBlockedAddress)
					}
				}
			}
		}
	}
	trap.Close()
	<-done
	if n := accepted.Load(); n != 0 {
		t.Errorf("%d connections came through", n)
	}
	if n := len(forbidden()); n < 60 {
		t.Errorf("only %d forms are tested", n)
	}
}

func portOfAddr(a net.Addr) string {
	_, port, _ := net.SplitHostPort(a.String())
	return port
}

func TestGoalOfADetourIsJudged(t *testing.T) {
	o := defaultDial()
	o.ConnectTo = []string{"*:*=127.0.0.1:1"}
	d, err := newDialer(o)
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.DialContext(t.Context(), "tcp", siteAddr+":80")
	if kindOf(err) != observe.FaultBlockedAddress {
		t.Errorf("error %v: a public address led to loopback unasked", err)
	}
}

func TestPublicAddressesPass(t *testing.T) {
	g, err := newGuard(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range strings.Fields("1.1.1.1 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 126.255.255.255 128.0.0.1 169.253.1.1 172.15.0.1 172.32.0.1 192.167.1.1 203.119.1.1 223.5.5.5 223.255.255.254 2400:da00::1 240e::1 2408::1 2a00::1") {
		if err := g.check(netip.MustParseAddr(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestOwnAddressesAreForbidden(t *testing.T) {
	own, err := net.InterfaceAddrs()
	if err != nil {
		t.Skipf("this machine does not tell its addresses: %v", err)
	}
	g, err := newGuard(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range own {
		addr := netip.MustParsePrefix(a.String()).Addr()
		if g.check(addr) == nil {
			t.Errorf("%s is this machine and may be dialled", addr)
		}
	}
}

func TestAllowedRanges(t *testing.T) {
	for name, c := range map[string]struct{ yes, no string }{
		"loopback":    {"127.0.0.1 ::1", "10.0.0.1 ::ffff:127.0.0.1"},
		"private":     {"10.0.0.1 172.20.0.1 192.168.1.1 fd00::1", "127.0.0.1 169.254.169.254"},
		"link-local":  {"169.254.1.1 fe80::1", "10.0.0.1"},
		"shared":      {"100.100.100.200", "10.0.0.1"},
		"10.1.0.0/16": {"10.1.2.3", "10.2.0.1"},
	} {
		g, err := newGuard([]string{name})
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range strings.Fields(c.yes) {
			if err := g.check(netip.MustParseAddr(text)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, text := range strings.Fields(c.no) {
			if g.check(netip.MustParseAddr(text)) == nil {
				t.Errorf("%s lets %s pass", name, text)
			}
		}
	}
	for _, bad := range []string{"", "all", "10.0.0.1", "10.0.0.0/33"} {
		if _, err := newGuard([]string{bad}); err == nil {
			t.Errorf("range %q was taken", bad)
		}
	}
}

func TestDetours(t *testing.T) {
	to := netip.MustParseAddrPort("127.0.0.1:8080")
	asked := netip.MustParseAddrPort("203.119.1.1:80")
	asked6 := netip.MustParseAddrPort("[2400:da00::1]:443")
	for text, c := range map[string]struct {
		host string
		addr netip.AddrPort
		want bool
	}{
		"*:80=127.0.0.1:8080":               {"a.cn", asked, true},
		"*:443=127.0.0.1:8080":              {"a.cn", asked, false},
		"*:*=127.0.0.1:8080":                {"a.cn", asked6, true},
		"A.cn:80=127.0.0.1:8080":            {"a.CN", asked, true},
		"b.cn:80=127.0.0.1:8080":            {"a.cn", asked, false},
		"203.119.1.1:*=127.0.0.1:8080":      {"a.cn", asked, true},
		"203.119.1.2:*=127.0.0.1:8080":      {"a.cn", asked, false},
		"[2400:da00::1]:443=127.0.0.1:8080": {"a.cn", asked6, true},
		"[2400:da00::1]:443=[::1]:8080":     {"a.cn", asked6, true},
		"[2400:da00::2]:443=127.0.0.1:8080": {"a.cn", asked6, false},
		"2400:da00::1:443 = not a rule":     {},
		"*:80=localhost:8080":               {},
		"*:80=127.0.0.1":                    {},
		"*:0=127.0.0.1:80":                  {},
		"*:http=127.0.0.1:80":               {},
		":80=127.0.0.1:80":                  {},
		"*:80":                              {},
		"*=127.0.0.1:80":                    {},
	} {
		rule, err := parseDetour(text)
		if (err == nil) != (c.host != "") {
			t.Errorf("%q: error %v", text, err)
			continue
		}
		if err == nil && rule.matches(c.host, c.addr) != c.want {
			t.Errorf("%q matches %s at %s: %v", text, c.host, c.addr, !c.want)
		}
		if err == nil && rule.to.Port() != to.Port() {
			t.Errorf("%q leads to %s", text, rule.to)
		}
	}
}

func TestDialTriesEveryAddress(t *testing.T) {
	n := newNet(t)
	n.name("a.cn", "203.119.1.1", "203.119.1.2", "2400:da00::1")
	n.raw("203.119.1.2:43", func(c net.Conn) { _, _ = c.Write([]byte("hello")) })
	conn, err := n.dialer().DialContext(t.Context(), "tcp", "a.cn:43")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	buf := make([]byte, 5)
	if _, err := conn.Read(buf); err != nil || string(buf) != "hello" {
		t.Errorf("read %q, %v", buf, err)
	}
	if _, err := n.dialer().DialContext(t.Context(), "tcp", "a.cn:44"); kindOf(err) != observe.FaultRefused {
		t.Errorf("error %v, want %s", err, observe.FaultRefused)
	}
	if _, err := n.dialer().DialContext(t.Context(), "tcp", "gone.cn:43"); faultOf(err, "").Kind != observe.FaultUnresolved {
		t.Errorf("error %v, want %s", err, observe.FaultUnresolved)
	}
	for _, bad := range []string{"a.cn", "a.cn:http", "a.cn:99999"} {
		if _, err := n.dialer().DialContext(t.Context(), "tcp", bad); err == nil {
			t.Errorf("%q was dialled", bad)
		}
	}
}

func TestInOrder(t *testing.T) {
	var addrs []netip.Addr
	for _, text := range strings.Fields("240e::1 1.0.0.1 240e::2 1.0.0.2 1.0.0.3 240e::3 1.0.0.4") {
		addrs = append(addrs, netip.MustParseAddr(text))
	}
	var got []string
	for _, a := range inOrder(addrs) {
		got = append(got, a.String())
	}
	if want := "1.0.0.1 1.0.0.2 1.0.0.3 240e::1 240e::2"; strings.Join(got, " ") != want {
		t.Errorf("order %v, want %s", got, want)
	}
}

func TestDialOptions(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "roots.pem")
	if err := os.WriteFile(empty, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]DialOptions{
		"range":   {Allow: []string{"x"}},
		"detour":  {ConnectTo: []string{"x"}},
		"missing": {CAFile: empty + "x"},
		"empty":   {CAFile: empty},
	} {
		if _, err := newDialer(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	bad := DialOptions{Allow: []string{"loopback", "x"}, ConnectTo: []string{"x"}}.Validate()
	for _, key := range []string{"allow[1]", "connect_to[0]", "connect_timeout"} {
		if bad[key] == nil {
			t.Errorf("Validate does not name %s", key)
		}
	}
	if bad := defaultDial().Validate(); len(bad) != 0 {
		t.Errorf("the default is refused: %v", bad)
	}
}

func TestSaysMore(t *testing.T) {
	refused, route := error(syscall.ECONNREFUSED), error(syscall.ENETUNREACH)
	full := &net.OpError{Op: "dial", Err: os.NewSyscallError("socket", syscall.EMFILE)}
	for _, c := range []struct {
		err, known error
		want       bool
	}{
		{refused, nil, true}, {refused, route, true}, {route, refused, false}, {full, refused, true}, {refused, full, false},
		{errors.Join(refused), refused, false},
	} {
		if got := saysMore(c.err, c.known); got != c.want {
			t.Errorf("%v against %v: %v", c.err, c.known, got)
		}
	}
}
