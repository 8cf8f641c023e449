package scanner

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

// entry is one entry of a zip that a test builds.
type entry struct {
	name string
	data []byte
}

// zipOf builds an archive, with whatever block in front of its directory.
func zipOf(t testing.TB, block []byte, entries ...entry) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, e := range entries {
		f, err := w.Create(e.name)
		if err != nil {
			t.Fatal(err)
		}
		f.Write(e.data)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if block == nil {
		return out.Bytes()
	}
	data := out.Bytes()
	end := len(data) - 22
	at := binary.LittleEndian.Uint32(data[end+16:])
	whole := append(append(bytes.Clone(data[:at]), block...), data[at:]...)
	binary.LittleEndian.PutUint32(whole[len(whole)-6:], at+uint32(len(block)))
	return whole
}

// wrote puts a file into a directory of the test's own.
func wrote(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// read reads a package that has to be readable.
func read(t testing.TB, path string) *observe.App {
	t.Helper()
	app, fault := ReadPackage(context.Background(), path)
	if fault != nil {
		t.Fatal(fault)
	}
	return app
}

func codes(app *observe.App) []string {
	var all []string
	for _, w := range app.Warnings {
		all = append(all, w.Code)
	}
	return all
}

// certificateOf makes a self-signed certificate of the kind of key.
func certificateOf(t testing.TB, name string, elliptical bool) *x509.Certificate {
	t.Helper()
	var key crypto.Signer
	var err error
	if elliptical {
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	} else {
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// tlv is one element of DER, or where indefinite of BER.
func tlv(indefinite bool, tag byte, parts ...[]byte) []byte {
	content := bytes.Join(parts, nil)
	if indefinite && tag&0x20 != 0 {
		return append(append([]byte{tag, 0x80}, content...), 0, 0)
	}
	n := len(content)
	head := []byte{tag, byte(n)}
	if n > 0x7f {
		head = []byte{tag, 0x83, byte(n >> 16), byte(n >> 8), byte(n)}
	}
	return append(head, content...)
}

// signedData is a CMS with two certificates, of which the second one signs.
func signedData(t testing.TB, indefinite bool, content []byte, other, signer *x509.Certificate) []byte {
	t.Helper()
	oid := func(last int) []byte {
		der, err := asn1.Marshal(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, last})
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	serial, err := asn1.Marshal(signer.SerialNumber)
	if err != nil {
		t.Fatal(err)
	}
	in := indefinite
	inner := tlv(in, 0x30, oid(1))
	if content != nil {
		inner = tlv(in, 0x30, oid(1), tlv(in, 0xa0, tlv(false, 0x04, content)))
	}
	return tlv(in, 0x30, oid(2), tlv(in, 0xa0, tlv(in, 0x30,
		tlv(false, 0x02, []byte{1}), tlv(in, 0x31), inner,
		tlv(in, 0xa0, other.Raw, signer.Raw),
		tlv(in, 0x31, tlv(in, 0x30, tlv(false, 0x02, []byte{1}), tlv(false, 0x30, signer.RawIssuer, serial))),
	)))
}

// macho is an executable whose only content is a signature.
func macho(cms []byte) []byte {
	blob := binary.BigEndian.AppendUint32(nil, blobWrapper)
	blob = append(binary.BigEndian.AppendUint32(blob, uint32(8+len(cms))), cms...)
	super := binary.BigEndian.AppendUint32(nil, blobSuper)
	for _, n := range []uint32{uint32(20 + len(blob)), 1, slotSignature, 20} {
		super = binary.BigEndian.AppendUint32(super, n)
	}
	super = append(super, blob...)
	const at = 4096
	head := make([]byte, at)
	for i, n := range []uint32{macho64, 0x100000c, 0, 2, 2, 8 + 16, 0, 0, 0x24, 8, loadSignature, 16, at, uint32(len(super))} {
		binary.LittleEndian.PutUint32(head[4*i:], n)
	}
	return append(head, super...)
}

// fat wraps an executable as the first of one architecture.
func fat(thin []byte) []byte {
	head := make([]byte, 16384)
	for i, n := range []uint32{machoFat, 1, 0x100000c, 0, uint32(len(head)), uint32(len(thin)), 14} {
		binary.BigEndian.PutUint32(head[4*i:], n)
	}
	return append(head, thin...)
}

// hapBlock is a HarmonyOS signing block around a signature.
func hapBlock(mark string, cms []byte) []byte {
	block := make([]byte, 0, len(cms)+64)
	for _, n := range []uint32{0x20000002, 4, 24, 0x20000000, uint32(len(cms)), 28} {
		block = binary.LittleEndian.AppendUint32(block, n)
	}
	block = append(append(block, "prof"...), cms...)
	block = binary.LittleEndian.AppendUint32(block, 2)
	block = binary.LittleEndian.AppendUint64(block, uint64(len(block)-4+32))
	block = append(block, mark...)
	return binary.LittleEndian.AppendUint32(block, 3)
}
