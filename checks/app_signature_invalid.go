package checks

import (
	"cmp"
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

// appSignatureInvalid: the filed digest of the certificate and the filed public
// key are written as the platform has them, and are those of the certificate
// that signs the package (guide section 2.2).
var appSignatureInvalid = Check{
	ID: "app-signature-invalid", Level: LevelItem,
	For:     []filing.ServiceKind{filing.AppService},
	Package: true,
	Reasons: signatureReasons(),
	Judge:   judgeSignature,
}

// signatureReasons are the reasons in order of precedence.
func signatureReasons() []Reason {
	return []Reason{{ID: "malformed"}, {ID: "file-hash"}, {ID: "other-certificate"}, {ID: "past-certificate"}, {ID: "store-resigned"}}
}

func judgeSignature(c Case) Verdict {
	if c.App.CertHash == "" && c.App.PublicKey == "" {
		return unverifiable(Note{Code: "signature-not-filed"})
	}
	hash, hashOK := readDigest(c.App.CertHash, c.digests())
	key, keyOK := readKey(c.App.PublicKey)
	var bad []Verdict
	if c.App.CertHash != "" && !hashOK {
		bad = append(bad, deficient("malformed", hashProof(c, presentDigest(c))))
	}
	if c.App.PublicKey != "" && !keyOK {
		bad = append(bad, deficient("malformed", Proof{What: "app-key", Got: excerptOf(c.App.PublicKey)}))
	}
	app := c.Package.Value
	why := c.noSigner()
	var good []Proof
	if why == (Note{}) && c.App.CertHash != "" && hashOK {
		v := c.compareSigner(hashProof(c, presentDigest(c)), func(s observe.Signer) bool { return digestOf(s, len(hash)) == hash }, hash)
		good, bad = sorted(v, good, bad)
	}
	if why == (Note{}) && c.App.PublicKey != "" && keyOK {
		proof := Proof{What: "app-key", Want: excerptOf(keyText(app.Signers[0].Key)), Got: excerptOf(c.App.PublicKey), Where: app.File, At: c.Package.At}
		v := c.compareSigner(proof, func(s observe.Signer) bool { return key.is(s.Key) }, "")
		good, bad = sorted(v, good, bad)
	}
	switch {
	case len(bad) > 0:
		return worst(signatureReasons(), bad)
	case why != (Note{}):
		return unverifiable(why)
	}
	return pass(good...)
}

// noSigner says why there is no signer to compare with; empty where there is one.
func (c Case) noSigner() Note {
	app := c.Package.Value
	if app == nil {
		return c.packageFault()
	}
	if note, foreign := c.foreignPackage(app); foreign {
		return note
	}
	if len(app.Signers) == 0 {
		return Note{Code: "signer-unread", Detail: app.File}
	}
	return Note{}
}

// sorted puts a verdict with its kind.
func sorted(v Verdict, good []Proof, bad []Verdict) ([]Proof, []Verdict) {
	if v.outcome == Pass {
		return append(good, v.proofs...), bad
	}
	return good, append(bad, v)
}

// compareSigner judges one filed value against who signed the package.
func (c Case) compareSigner(proof Proof, same func(observe.Signer) bool, hash string) Verdict {
	app := c.Package.Value
	present := slices.DeleteFunc(slices.Clone(app.Signers), func(s observe.Signer) bool { return s.Past })
	past := slices.DeleteFunc(slices.Clone(app.Signers), func(s observe.Signer) bool { return !s.Past })
	switch {
	case slices.ContainsFunc(present, same):
		return pass(proof)
	case slices.ContainsFunc(past, same): // older systems still see this one
		return suspected("past-certificate", proof)
	case hash != "" && slices.Contains([]string{app.MD5, app.SHA1, app.Hash}, hash):
		return deficient("file-hash", proof)
	}
	for _, s := range present {
		if store := c.Reference.Platforms.Resigner(s.Subject); store != "" {
			return suspected("store-resigned", proof).because(Note{Code: "signed-by-store", Detail: store})
		}
	}
	if slices.ContainsFunc(app.Warnings, func(n observe.AppNote) bool { return n.Code == "signature-broken" }) {
		return suspected("other-certificate", proof).because(Note{Code: "signature-broken", Detail: app.File})
	}
	return deficient("other-certificate", proof)
}

func hashProof(c Case, want string) Proof {
	p := Proof{What: "app-certificate", Want: want, Got: c.App.CertHash}
	if c.Package.Value != nil {
		p.Where, p.At = c.Package.Value.File, c.Package.At
	}
	return p
}

// presentDigest is what would be right: the first digest that the platform's
// forms take, of the present signer; or how long it would be.
func presentDigest(c Case) string {
	hashes := c.digests()
	if app := c.Package.Value; app != nil && len(app.Signers) > 0 && len(hashes) > 0 {
		if _, foreign := c.foreignPackage(app); !foreign {
			return digestOf(app.Signers[0], digestLength(hashes[0]))
		}
	}
	return strings.ToUpper(strings.Join(hashes, ", "))
}

// digests are those that the forms of the App's platform take: as it is filed,
// or else as the package says.
func (c Case) digests() []string {
	platform := c.platform()
	if app := c.Package.Value; app != nil {
		platform = cmp.Or(platform, app.Platform)
	}
	return c.Reference.Platforms.Hashes(platform)
}
