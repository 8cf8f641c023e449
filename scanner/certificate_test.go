package scanner

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

func TestCertificates(t *testing.T) {
	root := certificate(t, nil, nil, func(c *x509.Certificate) { c.Subject.CommonName = "root" })
	names := []string{"a.cn"}
	for want, cert := range map[string]*tls.Certificate{
		"":                certificate(t, root, names, nil),
		certExpired:       certificate(t, root, names, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }),
		certNotYet:        certificate(t, root, names, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Minute) }),
		certWrongName:     certificate(t, root, []string{"b.cn"}, nil),
		certSelfSigned:    certificate(t, nil, names, nil),
		certUnknown:       certificate(t, certificate(t, nil, nil, nil), names, nil),
		certInvalid + "?": certificate(t, root, names, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning} }),
	} {
		t.Run("why "+want, func(t *testing.T) {
			n := newNet(t, "a.cn")
			n.web("*:443", servePage, cert)
			v := n.visitor(quickVisit())
			v.dialer.roots = x509.NewCertPool()
			leaf, err := x509.ParseCertificate(root.Certificate[0])
			if err != nil {
				t.Fatal(err)
			}
			v.dialer.roots.AddCert(leaf)
			visit, page := v.Visit(t.Context(), Target{Domain: "a.cn"}, &n.dns)
			if page.Value == nil {
				t.Fatalf("page fault %v", page.Fault)
			}
			for _, a := range visit.Value.Attempts {
				if a.Start == "https://a.cn/" && a.Hops[0].TLS != strings.TrimSuffix(want, "?") {
					t.Errorf("why %q, want %q", a.Hops[0].TLS, want)
				}
			}
		})
	}
}

func TestOldTLSIsRead(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12, tls.VersionTLS13} {
		n := newNet(t, "a.cn")
		l := n.listen("*:443")
		server := &http.Server{Handler: http.HandlerFunc(servePage)}
		go func() {
			_ = server.Serve(tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{*certificate(t, nil, []string{"a.cn"}, nil)}, MinVersion: version, MaxVersion: version}))
		}()
		t.Cleanup(func() { server.Close() })
		if a, _ := n.attempt(quickVisit(), "https://a.cn/"); a.End != observe.EndPage || a.Hops[0].TLS != certSelfSigned {
			t.Errorf("%s: end %s, fault %v", tls.VersionName(version), a.End, a.Fault)
		}
	}
}
