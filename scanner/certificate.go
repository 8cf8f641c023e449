package scanner

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"time"
)

// Why a certificate does not hold; the codes of observe.Hop.TLS.
const (
	certExpired     = "expired"
	certNotYet      = "not-yet-valid"
	certWrongName   = "wrong-name"
	certSelfSigned  = "self-signed"
	certUnknown     = "unknown-authority"
	certMissing     = "no-certificate"
	certInvalid     = "invalid"
	certNotVerified = "not-verified" // this machine has no roots of trust to judge by
)

// judgeCertificate says why the certificate shown does not hold for the host;
// empty where it holds. Pages are read either way: whether it holds is a fact
// about the site, not about our connection.
func judgeCertificate(state *tls.ConnectionState, host string, roots *x509.CertPool, now time.Time) (why string) {
	if state == nil {
		return ""
	}
	if len(state.PeerCertificates) == 0 {
		return certMissing
	}
	leaf := state.PeerCertificates[0]
	between := x509.NewCertPool()
	for _, c := range state.PeerCertificates[1:] {
		between.AddCert(c)
	}
	_, err := leaf.Verify(x509.VerifyOptions{DNSName: host, Roots: roots, Intermediates: between, CurrentTime: now})
	var invalid x509.CertificateInvalidError
	var name x509.HostnameError
	var unknown x509.UnknownAuthorityError
	var system x509.SystemRootsError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &system):
		return certNotVerified
	case errors.As(err, &name):
		return certWrongName
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		if invalid.Cert != nil && now.Before(invalid.Cert.NotBefore) {
			return certNotYet
		}
		return certExpired
	case errors.As(err, &unknown):
		if len(state.PeerCertificates) == 1 && leaf.CheckSignature(leaf.SignatureAlgorithm, leaf.RawTBSCertificate, leaf.Signature) == nil {
			return certSelfSigned
		}
		return certUnknown
	}
	return certInvalid
}
