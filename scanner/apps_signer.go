package scanner

import (
	"crypto/ecdsa"
	"crypto/md5"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"slices"

	"github.com/icpaudit/icpaudit/observe"
)

// signerOf is a certificate in the forms that filing forms ask for.
func signerOf(scheme string, cert *x509.Certificate) observe.Signer {
	short, middle, long := md5.Sum(cert.Raw), sha1.Sum(cert.Raw), sha256.Sum256(cert.Raw)
	s := observe.Signer{
		Scheme: scheme, Subject: bounded(cert.Subject.String(), 300),
		MD5: hex.EncodeToString(short[:]), SHA1: hex.EncodeToString(middle[:]), SHA256: hex.EncodeToString(long[:]),
		Key: observe.PublicKey{Algorithm: cert.PublicKeyAlgorithm.String(), SPKI: hex.EncodeToString(cert.RawSubjectPublicKeyInfo)},
	}
	switch key := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		s.Key.ModulusHex, s.Key.ModulusDec = key.N.Text(16), key.N.Text(10)
	case *ecdsa.PublicKey:
		if point, err := key.Bytes(); err == nil {
			s.Key.Point = hex.EncodeToString(point)
		}
	}
	return s
}

// addSigner puts a signer in where its certificate isn't there yet.
func addSigner(app *observe.App, s observe.Signer) {
	same := func(other observe.Signer) bool { return other.SHA256 == s.SHA256 }
	if len(app.Signers) < maxSigners && !slices.ContainsFunc(app.Signers, same) {
		app.Signers = append(app.Signers, s)
	}
}

// maxSigners is how many certificates are kept of one package.
const maxSigners = 32
