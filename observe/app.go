package observe

// App is what an application package says of itself.
type App struct {
	Platform string    `json:"platform"` // android, ios, harmonyos
	File     string    `json:"file,omitempty"`
	Size     int64     `json:"size,omitempty"` // bytes of the file, of all files of a split set
	Hash     string    `json:"hash,omitempty"` // SHA-256 of the file, hex; of a set in a directory, of its base
	SHA1     string    `json:"sha1,omitempty"` // of the same file, hex: people file these two
	MD5      string    `json:"md5,omitempty"`  // in place of the certificate's
	Package  string    `json:"package"`        // package name, bundle id or bundle name
	Label    string    `json:"label,omitempty"`
	LabelZH  string    `json:"label_zh,omitempty"` // the label in zh-CN where the package has one of its own
	Version  string    `json:"version,omitempty"`  // as users see it
	Signers  []Signer  `json:"signers,omitempty"`  // the present ones first, then those of the past, the latest first
	Warnings []AppNote `json:"warnings,omitempty"` // what is odd, or was left unread
}

// Signer is one certificate that signs a package.
type Signer struct {
	Scheme  string    `json:"scheme"`            // v1, v2, v3, v3.1, apple, harmony
	Past    bool      `json:"past,omitempty"`    // of the rotation's lineage, or of older systems only
	Subject string    `json:"subject,omitempty"` // distinguished name, bounded
	MD5     string    `json:"md5"`               // of the DER certificate, lower-case hex without separators
	SHA1    string    `json:"sha1"`
	SHA256  string    `json:"sha256"`
	Key     PublicKey `json:"key"`
}

// PublicKey is a certificate's key in the forms that filing forms take.
type PublicKey struct {
	Algorithm  string `json:"algorithm"`             // RSA, ECDSA …
	SPKI       string `json:"spki"`                  // DER of SubjectPublicKeyInfo, hex
	ModulusHex string `json:"modulus_hex,omitempty"` // RSA, without leading zeros
	ModulusDec string `json:"modulus_dec,omitempty"` // RSA
	Point      string `json:"point,omitempty"`       // ECDSA, uncompressed, hex
}

// AppNote is something odd about a package that was read all the same.
type AppNote struct {
	Code   string `json:"code"`
	Detail string `json:"detail,omitempty"`
}
