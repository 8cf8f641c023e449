//go:build !noapk

package scanner

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"math/big"
	"testing"
)

// Debian's apksigner does not know scheme v3.1, so that the test signs by
// itself, as source.android.com describes the schemes v3 and v3.1.

const (
	rsaWithSHA256    = 0x0103
	attrRotationFrom = 0x559f8b02 // of a v3 signer: from which system on v3.1 holds
)

func u32(n int) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(n)) }

// sized is a value behind its length, as everything in these blocks is.
func sized(parts ...[]byte) []byte {
	whole := bytes.Join(parts, nil)
	return append(u32(len(whole)), whole...)
}

// testSigner is a key with its certificate.
type testSigner struct {
	key  *rsa.PrivateKey
	cert *x509.Certificate
}

func newSigner(t *testing.T, name string) testSigner {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return testSigner{key, cert}
}

// block is a v3 block of one signer for a range of systems.
func (s testSigner) block(t *testing.T, digest []byte, from, to int, attributes ...[]byte) []byte {
	t.Helper()
	data := bytes.Join([][]byte{
		sized(sized(u32(rsaWithSHA256), sized(digest))), sized(sized(s.cert.Raw)), u32(from), u32(to), sized(attributes...),
	}, nil)
	sum := sha256.Sum256(data)
	signature, err := rsa.SignPKCS1v15(rand.Reader, s.key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return sized(sized(sized(data), u32(from), u32(to), sized(sized(u32(rsaWithSHA256), sized(signature))), sized(s.cert.RawSubjectPublicKeyInfo)))
}

// contentDigest is the digest over an unsigned archive in chunks of a megabyte,
// each of its three parts shorter than one.
func contentDigest(archive []byte) []byte {
	end := len(archive) - 22
	directory := int(binary.LittleEndian.Uint32(archive[end+16:]))
	top := append([]byte{0x5a}, u32(3)...)
	for _, part := range [][]byte{archive[:directory], archive[directory:end], archive[end:]} {
		sum := sha256.Sum256(append(append([]byte{0xa5}, u32(len(part))...), part...))
		top = append(top, sum[:]...)
	}
	sum := sha256.Sum256(top)
	return sum[:]
}

// signingBlock wraps blocks of schemes by their ids.
func signingBlock(pairs ...[]byte) []byte {
	whole := bytes.Join(pairs, nil)
	size := binary.LittleEndian.AppendUint64(nil, uint64(len(whole)+24))
	return bytes.Join([][]byte{size, whole, size, []byte("APK Sig Block 42")}, nil)
}

func idValue(id uint32, value []byte) []byte {
	head := binary.LittleEndian.AppendUint64(nil, uint64(len(value)+4))
	return append(binary.LittleEndian.AppendUint32(head, id), value...)
}

// Where v3.1 rotates, its certificate is the present one, and that of v3, which
// older systems see, is of the past.
func TestReadAPKv31(t *testing.T) {
	p := parts(t, "v2.apk")
	entries := []entry{{"AndroidManifest.xml", p["AndroidManifest.xml"]}, {"resources.arsc", p["resources.arsc"]}}
	digest := contentDigest(zipOf(t, nil, entries...))
	old, young := newSigner(t, "old"), newSigner(t, "new")
	block := signingBlock(
		idValue(0xf05368c0, old.block(t, digest, 28, 32, sized(u32(attrRotationFrom), u32(33)))),
		idValue(0x1b93ad61, young.block(t, digest, 33, 0x7fffffff)),
	)
	app := read(t, wrote(t, "v31.apk", zipOf(t, block, entries...)))
	if len(app.Warnings) > 0 || len(app.Signers) != 2 {
		t.Fatalf("signers %+v, warnings %v", app.Signers, app.Warnings)
	}
	present, past := app.Signers[0], app.Signers[1]
	if present != signerOf("v3.1", young.cert) || past.Scheme != "v3" || !past.Past || past.SHA256 != signerOf("", old.cert).SHA256 {
		t.Errorf("signers %+v", app.Signers)
	}
}
