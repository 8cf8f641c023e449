package checks

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/icpaudit/icpaudit/observe"
)

// seenKey is a key as the reader of packages tells it.
func seenKey(t *testing.T, public any) observe.PublicKey {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	k := observe.PublicKey{SPKI: hex.EncodeToString(der)}
	switch key := public.(type) {
	case *rsa.PublicKey:
		k.ModulusHex, k.ModulusDec = key.N.Text(16), key.N.Text(10)
	case *ecdsa.PublicKey:
		point, err := key.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		k.Point = hex.EncodeToString(point)
	}
	return k
}

// colons writes hexadecimal digits as certificate viewers do.
func colons(text string) string {
	var b strings.Builder
	for i := 0; i+2 <= len(text); i += 2 {
		b.WriteString(strings.ToUpper(text[i:i+2]) + ":")
		if i%32 == 30 {
			b.WriteString("\n   ")
		}
	}
	return strings.TrimSuffix(strings.TrimSpace(b.String()), ":")
}

func TestReadKey(t *testing.T) {
	long, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, point, wrong := seenKey(t, &long.PublicKey), seenKey(t, &curve.PublicKey), seenKey(t, &other.PublicKey)
	spki, err := hex.DecodeString(key.SPKI)
	if err != nil {
		t.Fatal(err)
	}
	pkcs1 := x509.MarshalPKCS1PublicKey(&long.PublicKey)
	for name, c := range map[string]struct {
		text string
		key  observe.PublicKey
	}{
		"modulus":          {key.ModulusHex, key},
		"with its zero":    {"00" + strings.ToUpper(key.ModulusHex), key},
		"colons and lines": {"Modulus=\n" + colons("00"+key.ModulusHex), key},
		"full-width":       {"０ｘ" + key.ModulusHex, key},
		"decimal":          {key.ModulusDec, key},
		"SPKI":             {key.SPKI, key},
		"SPKI in base64":   {base64.StdEncoding.EncodeToString(spki), key},
		"SPKI in PEM":      {string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki})), key},
		"PKCS #1":          {colons(hex.EncodeToString(pkcs1)), key},
		"point":            {strings.ToUpper(point.Point), point},
		"curve as SPKI":    {point.SPKI, point},
	} {
		k, ok := readKey(c.text)
		if !ok || !k.is(c.key) || k.is(wrong) {
			t.Errorf("%s: read %v, is the key %v, is another %v", name, ok, k.is(c.key), k.is(wrong))
		}
	}
	for _, text := range []string{"65537", "9E107D9D372BB6826BD81D3542A419D6", strings.Repeat("0", 600), strings.Repeat("ab", 128) + "zz", "some words", "MIIB", key.ModulusHex + "0"} {
		if k, ok := readKey(text); ok {
			t.Errorf("%.40q is read as the key %+v", text, k)
		}
	}
}

func TestReadDigest(t *testing.T) {
	const md5 = "9e107d9d372bb6826bd81d3542a419d6"
	for text, want := range map[string]bool{
		md5: true, strings.ToUpper(md5): true, colons(md5): true, "MD5: " + colons(md5): true, " 9e10 7d9d372bb6826bd81d3542a419d6 ": true,
		md5 + "00": false, md5[:31]: false, md5[:31] + "g": false, "": false, strings.Repeat("f", 32): false, md5 + md5[:8]: false,
	} {
		digest, ok := readDigest(text, []string{"md5"})
		if ok != want || want && digest != md5 {
			t.Errorf("%q is read as %q, %v", text, digest, ok)
		}
	}
	if _, ok := readDigest(md5+md5[:8], nil); !ok {
		t.Error("where the platform is not known, a SHA-1 is well written")
	}
}

// Whatever was filed, reading it ends.
func FuzzReadKey(f *testing.F) {
	f.Add("9E:10", "md5")
	f.Add("MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A", "")
	f.Fuzz(func(t *testing.T, text, kind string) {
		readKey(text)
		readDigest(text, []string{kind})
	})
}
