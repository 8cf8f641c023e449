package scanner

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
)

// siteAddr is where the sites of these tests seem to be. Every connection is
// sent to loopback, and what no test serves to a port that refuses.
const siteAddr = "203.119.1.1"

// net4 maps what seems to be outside to servers on loopback.
type net4 struct {
	t     testing.TB
	rules []string
	dns   observe.DNS
}

func newNet(t testing.TB, names ...string) *net4 {
	n := &net4{t: t}
	for _, name := range names {
		n.name(name, siteAddr)
	}
	return n
}

// name gives a host addresses; without any it does not exist.
func (n *net4) name(host string, addrs ...string) {
	name := observe.Name{Name: host, State: observe.NameAbsent}
	for _, a := range addrs {
		name.State = observe.NameResolved
		name.Addrs = append(name.Addrs, netip.MustParseAddr(a))
	}
	n.dns.Names = append(n.dns.Names, name)
}

// sent sends host-or-address:port to a listener.
func (n *net4) sent(from string, to net.Addr) { n.rules = append(n.rules, from+"="+to.String()) }

// web serves HTTP for everything on port 80, or HTTPS on 443 where a certificate is given.
func (n *net4) web(from string, h http.HandlerFunc, cert *tls.Certificate) {
	n.t.Helper()
	l := n.listen(from)
	server := &http.Server{Handler: h, ErrorLog: log.New(io.Discard, "", 0)}
	if cert != nil {
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{*cert}, MinVersion: tls.VersionTLS10})
	}
	go func() { _ = server.Serve(l) }()
	n.t.Cleanup(func() { server.Close() })
}

func (n *net4) listen(from string) net.Listener {
	n.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() { l.Close() })
	n.sent(from, l.Addr())
	return l
}

// raw serves connections by hand.
func (n *net4) raw(from string, serve func(net.Conn)) {
	l := n.listen(from)
	ctx, cancel := context.WithCancel(context.Background())
	n.t.Cleanup(cancel)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			stop := context.AfterFunc(ctx, func() { c.Close() })
			go func() {
				defer stop()
				defer c.Close()
				serve(c)
			}()
		}
	}()
}

func quickVisit() VisitOptions {
	o := defaultVisit()
	o.HostInterval = 0
	o.HeaderTimeout, o.URLTimeout = 400*time.Millisecond, 800*time.Millisecond
	return o
}

func (n *net4) dialer() *dialer {
	n.t.Helper()
	o := defaultDial()
	o.ConnectTimeout = 400 * time.Millisecond
	o.Allow = []string{"loopback"}
	o.ConnectTo = append(n.rules, "*:*="+closedPort(n.t))
	d, err := newDialer(o)
	if err != nil {
		n.t.Fatal(err)
	}
	d.resolve = func(_ context.Context, host string) ([]netip.Addr, error) {
		for i := range n.dns.Names {
			if n.dns.Names[i].Name == host {
				return n.dns.Names[i].Addrs, addressFault(&n.dns.Names[i])
			}
		}
		return nil, &observe.Fault{Kind: observe.FaultUnresolved, Where: host}
	}
	return d
}

func (n *net4) visitor(o VisitOptions) *visitor {
	n.t.Helper()
	v, err := newVisitor(o, "audit@example.cn", n.dialer(), newReader(&reference.Marks{}), time.Now)
	if err != nil {
		n.t.Fatal(err)
	}
	return v
}

// attempt follows one URL.
func (n *net4) attempt(o VisitOptions, text string) (observe.Attempt, *visit) {
	n.t.Helper()
	w := n.visitor(o).newVisit(Target{Domain: "a.cn"}, &n.dns)
	u, err := parseStart(text)
	a := w.attempt(n.t.Context(), start{text, u, err})
	w.attempts = append(w.attempts, a)
	w.transport.CloseIdleConnections()
	return a, w
}

// closedPort returns an address at which nobody listens.
func closedPort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// sitePage is a page with enough text to be one, and a number at its end.
func sitePage(footer string) string {
	return "<!doctype html><html><head><meta charset=utf-8><title>示例网站</title></head><body><h1>示例网站首页</h1><p>" +
		strings.Repeat("我们的产品与服务介绍，欢迎新老客户来电咨询。", 20) + "</p><footer><a href=\"https://beian.miit.gov.cn/\">" + footer + "</a></footer></body></html>"
}

func servePage(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, sitePage("京ICP备12345678号-1"))
}

// certificate makes one for the names; changed may spoil it. Without a parent it signs itself.
func certificate(t testing.TB, parent *tls.Certificate, names []string, changed func(*x509.Certificate)) *tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "test"}, DNSNames: names,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), BasicConstraintsValid: true,
		IsCA: names == nil, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	if changed != nil {
		changed(c)
	}
	signer, by := c, any(key)
	chain := [][]byte{}
	if parent != nil {
		if signer, err = x509.ParseCertificate(parent.Certificate[0]); err != nil {
			t.Fatal(err)
		}
		by = parent.PrivateKey
		chain = append(chain, parent.Certificate[0])
	}
	der, err := x509.CreateCertificate(rand.Reader, c, signer, &key.PublicKey, by)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: append([][]byte{der}, chain...), PrivateKey: key}
}

func readRequest(c net.Conn) {
	var got bytes.Buffer
	buf := make([]byte, 1024)
	for !bytes.Contains(got.Bytes(), []byte("\r\n\r\n")) {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		got.Write(buf[:n])
	}
}
