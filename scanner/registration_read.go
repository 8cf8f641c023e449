package scanner

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/icpaudit/icpaudit/observe"
)

// ReadRegistration reads one answer of a registry or registrar to a question
// for a domain, RDAP (JSON) or else WHOIS (text). A refusal is a fault of kind
// rate-limited or denied; an answer that is not understood, or is about
// another domain, is unparsable: neither is ever an absence. Without a domain
// the one that the answer names is taken.
func ReadRegistration(domain string, raw []byte) (r observe.Registration, fault *observe.Fault) {
	domain = asciiName(domain)
	var err error
	defer func() {
		if err != nil {
			r, fault = observe.Registration{Domain: domain}, &observe.Fault{Kind: observe.FaultUnparsable, Where: domain, Detail: err.Error()}
		}
	}()
	defer recovered("read the registration of "+domain, &err)
	if text := bytes.TrimSpace(bytes.TrimPrefix(raw, []byte("\ufeff"))); len(text) > 0 && text[0] == '{' {
		r, fault = readRDAP(domain, text)
	} else {
		r, fault = readWHOIS(domain, decodeWHOIS(raw))
	}
	return r, fault
}

// asciiName is a domain as A-labels in lower case, as far as it can be.
func asciiName(name string) string {
	name = strings.Trim(strings.TrimSpace(name), ".")
	if a, err := idna.Lookup.ToASCII(name); err == nil {
		return a
	}
	return strings.ToLower(name)
}

// wholeRunes is a text without the beginning of a UTF-8 sequence at its end,
// where the connection broke off: it makes the rest no other charset.
func wholeRunes(raw []byte) []byte {
	for back := 1; back < utf8.UTFMax && back <= len(raw); back++ {
		if rest := raw[len(raw)-back:]; utf8.RuneStart(rest[0]) {
			if rest[0] >= utf8.RuneSelf && !utf8.FullRune(rest) && utf8.Valid(raw[:len(raw)-back]) {
				return raw[:len(raw)-back]
			}
			break
		}
	}
	return raw
}

// decodeWHOIS reads UTF-8 where it is valid, else GB18030, else Latin-1:
// RFC 3912 has no way to say which.
func decodeWHOIS(raw []byte) string {
	raw = wholeRunes(raw)
	if utf8.Valid(raw) {
		return string(raw)
	}
	if text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(raw); err == nil && !bytes.ContainsRune(text, utf8.RuneError) {
		return string(text)
	}
	text, err := charmap.ISO8859_1.NewDecoder().Bytes(raw)
	if err != nil {
		return strings.ToValidUTF8(string(raw), "")
	}
	return string(text)
}

// notRead is the fault of an answer that says nothing that is understood.
func notRead(domain, why, text string) *observe.Fault {
	return &observe.Fault{Kind: observe.FaultUnparsable, Where: domain, Detail: bounded(why+": "+strings.Join(strings.Fields(text), " "), maxDetail)}
}
