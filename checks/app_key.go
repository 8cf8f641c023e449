package checks

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/icpaudit/icpaudit/observe"
)

// digestLength is how many hexadecimal digits a digest has.
func digestLength(name string) int {
	return map[string]int{"md5": 32, "sha1": 40, "sha256": 64}[name]
}

// digestOf is the digest of a signer's certificate that has so many digits.
func digestOf(s observe.Signer, length int) string {
	switch length {
	case 32:
		return s.MD5
	case 40:
		return s.SHA1
	case 64:
		return s.SHA256
	}
	return ""
}

// readDigest reads a filed digest: without separators, in lower case, of one of
// the kinds that the platform's forms take; any kind where that is not known.
func readDigest(text string, kinds []string) (string, bool) {
	digest := strings.ToLower(compact(text))
	for _, label := range []string{"md5", "sha256", "sha1"} {
		digest = strings.TrimPrefix(digest, label)
	}
	if len(kinds) == 0 {
		kinds = []string{"md5", "sha1", "sha256"}
	}
	fits := slices.ContainsFunc(kinds, func(k string) bool { return digestLength(k) == len(digest) })
	return digest, fits && isHex(digest) && strings.Trim(digest, digest[:1]) != ""
}

// compact folds width and leaves out blanks and separators.
func compact(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(":-_.,;", r) {
			return -1
		}
		return r
	}, norm.NFKC.String(text))
}

func isHex(text string) bool {
	return text != "" && strings.Trim(text, "0123456789abcdefABCDEF") == ""
}

// appKey is a filed public key in whichever of the forms it was written.
type appKey struct {
	moduli []*big.Int // of RSA: digits alone may be decimal or hexadecimal
	spki   string     // lower-case hexadecimal
	point  string     // of an elliptic curve
}

// is says whether it is the signer's key.
func (k appKey) is(key observe.PublicKey) bool {
	if n, ok := new(big.Int).SetString(key.ModulusHex, 16); ok {
		return slices.ContainsFunc(k.moduli, func(m *big.Int) bool { return m.Cmp(n) == 0 })
	}
	return k.spki != "" && k.spki == key.SPKI || k.point != "" && k.point == key.Point
}

// keyText is a key in the form that filing forms ask for first.
func keyText(k observe.PublicKey) string {
	for _, text := range []string{k.ModulusHex, k.Point} {
		if text != "" {
			return text
		}
	}
	return k.SPKI
}

// leastModulus is the fewest bits of an RSA modulus that is one and no digest.
const leastModulus = 512

// readKey reads a filed public key: an RSA modulus in hexadecimal or decimal, a
// point of an elliptic curve, or a whole key (SubjectPublicKeyInfo, RSAPublicKey)
// as DER in hexadecimal, base64 or PEM.
func readKey(text string) (appKey, bool) {
	if block, _ := pem.Decode([]byte(strings.TrimSpace(text))); block != nil {
		return keyOfDER(block.Bytes)
	}
	plain := compact(text)
	lower := strings.ToLower(plain)
	for _, label := range []string{"rsa", "modulus=", "modulus", "0x"} {
		lower = strings.TrimPrefix(lower, label)
	}
	if !isHex(lower) {
		der, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(plain, "="))
		if err != nil {
			return appKey{}, false
		}
		return keyOfDER(der)
	}
	if der, err := hex.DecodeString(lower); err == nil {
		if k, ok := keyOfDER(der); ok {
			return k, true
		}
		if (len(der) == 65 || len(der) == 97 || len(der) == 133) && der[0] == 4 {
			return appKey{point: lower, moduli: modulus(nil, lower, 16)}, true
		}
	}
	k := appKey{moduli: modulus(nil, lower, 16)}
	if isDigits(lower) {
		k.moduli = modulus(k.moduli, lower, 10)
	}
	return k, len(k.moduli) > 0
}

// modulus adds a number where it is long enough for a modulus, and odd as each is.
func modulus(all []*big.Int, text string, base int) []*big.Int {
	if n, ok := new(big.Int).SetString(text, base); ok && n.BitLen() >= leastModulus && n.BitLen() <= 16384 && n.Bit(0) == 1 {
		all = append(all, n)
	}
	return all
}

// keyOfDER reads a whole key, or that of a certificate.
func keyOfDER(der []byte) (appKey, bool) {
	if cert, err := x509.ParseCertificate(der); err == nil {
		der = cert.RawSubjectPublicKeyInfo
	}
	if key, err := x509.ParsePKCS1PublicKey(der); err == nil {
		return appKey{moduli: []*big.Int{key.N}}, true
	}
	parsed, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return appKey{}, false
	}
	k := appKey{spki: hex.EncodeToString(der)}
	switch key := parsed.(type) {
	case *rsa.PublicKey:
		k.moduli = []*big.Int{key.N}
	case *ecdsa.PublicKey:
		if point, err := key.Bytes(); err == nil {
			k.point = hex.EncodeToString(point)
		}
	}
	return k, true
}

// excerptOf is a key short enough for a cell.
func excerptOf(text string) string {
	runes := []rune(strings.TrimSpace(text))
	if len(runes) <= 80 {
		return string(runes)
	}
	return string(runes[:40]) + "…" + string(runes[len(runes)-20:])
}
