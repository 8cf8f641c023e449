package filing

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// DomainName is a domain read from what people write.
type DomainName struct {
	Name        string   // A-labels, lower case, at least one dot
	Label       string   // U-labels
	Registrable string   // A-labels of the registered domain, by the public suffix list
	URL         string   // the URL, where one was given that says more than the host
	Notes       []string // codes of what was put right
}

// DomainError says why a text names no domain that can be filed.
type DomainError struct {
	Code string // one of Codes
	Text string // what was read, fit to be shown
}

func (e *DomainError) Error() string { return fmt.Sprintf("domain %q: %s", e.Text, e.Code) }

// maxDomainText bounds a text that is tried as a domain or URL.
const maxDomainText = 2048

// privateTLDs are names that no registry will ever sell, and that answer only
// inside somebody's own network (RFC 6761, RFC 6762, RFC 7686, ICANN's name
// collision list).
const privateTLDs = " local localhost localdomain internal intranet private lan home corp mail onion arpa invalid "

// maxSuffixLabels is more than any public suffix has that ICANN's registries keep.
const maxSuffixLabels = 6

// strictIDNA maps as browsers do, then holds to UTS 46's strict rules.
var strictIDNA = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.BidiRule(), idna.CheckHyphens(true),
	idna.CheckJoiners(true), idna.StrictDomainName(true), idna.VerifyDNSLength(true))

// ParseDomain reads a domain as people write it: an internationalised name in
// either form, with full-width signs, blanks at its ends or round its dots, a
// trailing dot, a scheme, port or path, a leading "*." or "www.". What was put
// right is noted. An IP address, a public suffix and what can't be registered
// are errors of type *DomainError. The Name of a result, read again, is itself.
func ParseDomain(text string) (DomainName, error) {
	d, code := parseDomain(text)
	if code != "" {
		return DomainName{}, &DomainError{Code: code, Text: shown(text)}
	}
	return d, nil
}

func parseDomain(text string) (d DomainName, code string) {
	if len(text) > maxDomainText {
		return d, codeDomainLong
	}
	host, code := d.trim(text)
	if code != "" {
		return d, code
	}
	if d.Name, d.Label, code = parseHost(host); code != "" {
		return d, code
	}
	if d.Registrable, code = registrable(d.Name); code != "" {
		return d, code
	}
	for strings.HasPrefix(d.Name, "www.") && len(d.Name)-len("www.") >= len(d.Registrable) {
		d.Name, d.Label = d.Name[4:], d.Label[4:]
		d.note(noteDomainWWW)
	}
	if d.Name != d.Registrable {
		d.note(noteDomainSub)
	}
	tld := d.Name[strings.LastIndexByte(d.Name, '.')+1:]
	if _, icann := publicsuffix.PublicSuffix(tld); !icann {
		d.note(noteDomainTLD)
	}
	return d, ""
}

func (d *DomainName) note(code string) {
	for _, n := range d.Notes {
		if n == code {
			return
		}
	}
	d.Notes = append(d.Notes, code)
}

// trim takes away all that isn't the host.
func (d *DomainName) trim(text string) (host, code string) {
	flat := strings.Trim(foldSigns(text), " ,;")
	if flat != strings.TrimSpace(text) || strings.ContainsAny(flat, " ") {
		d.note(noteDomainCleaned)
	}
	if flat == "" {
		return "", codeDomainBlank
	}
	if strings.ContainsAny(flat, " ,;") {
		if flat, code = joinDots(flat); code != "" {
			return "", code
		}
	}
	host, whole, scheme := flat, flat, ""
	if i := strings.Index(host, "//"); i >= 0 && (i == 0 || host[i-1] == ':') {
		scheme, host = strings.ToLower(strings.TrimSuffix(host[:i], ":")), host[i+2:]
		d.note(noteDomainURL)
	}
	path := ""
	if i := strings.IndexAny(host, "/?#\\"); i >= 0 {
		host, path = host[:i], host[i:]
		d.note(noteDomainURL)
	}
	if strings.ContainsAny(host, "@%") {
		return "", codeDomainBad
	}
	host, port, code := d.cutPort(host)
	if code != "" {
		return "", code
	}
	if (scheme == "http" || scheme == "https") && (port != "" || strings.Trim(path, "/") != "") {
		if u, _, bad := parseURL(whole); bad == "" {
			d.URL = u
		}
	}
	for strings.HasPrefix(host, "*.") {
		host = host[2:]
		d.note(noteDomainWildcard)
	}
	if h, ok := strings.CutSuffix(host, "."); ok && h != "" {
		host = h
		d.note(noteDomainCleaned)
	}
	return host, ""
}

// cutPort parts a host from its port; an address in brackets is no domain.
func (d *DomainName) cutPort(host string) (string, string, string) {
	if strings.HasPrefix(host, "[") {
		return "", "", codeDomainIP
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return "", "", codeDomainIP
	}
	host, port, has := strings.Cut(host, ":")
	if !has {
		return host, "", ""
	}
	if len(port) > 5 || strings.Trim(port, "0123456789") != "" {
		return "", "", codeDomainBad
	}
	d.note(noteDomainPort)
	return host, port, ""
}

// joinDots closes the blanks round dots. Blanks elsewhere part two domains, or
// nobody knows what was meant.
func joinDots(text string) (string, string) {
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,;", r) })
	named := 0
	for _, p := range parts {
		if strings.Contains(strings.Trim(p, "."), ".") {
			named++
		}
	}
	if named > 1 {
		return "", codeDomainMany
	}
	joined := text
	for _, old := range []string{" .", ". "} {
		for strings.Contains(joined, old) {
			joined = strings.ReplaceAll(joined, old, ".")
		}
	}
	if strings.ContainsAny(joined, " ,;") {
		return "", codeDomainBad
	}
	return joined, ""
}

// foldSigns makes full-width signs plain, every dot a dot, every blank a
// blank, and drops what nobody sees.
func foldSigns(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '。', r == '．', r == '｡':
			return '.'
		case r == '、':
			return ','
		case r >= 0xFF01 && r <= 0xFF5E:
			return r - 0xFEE0
		case unicode.IsSpace(r):
			return ' '
		case r == 0x200B, r == 0x2060, r == 0xFEFF, r == 0xAD:
			return -1
		}
		return r
	}, text)
}

// parseHost reads a bare host into A-labels and U-labels.
func parseHost(host string) (name, label, code string) {
	switch {
	case host == "":
		return "", "", codeDomainBlank
	case looksLikeIP(host):
		return "", "", codeDomainIP
	case strings.HasPrefix(host, "."), strings.HasSuffix(host, "."), strings.Contains(host, ".."):
		return "", "", codeDomainLabel
	}
	name, label = host, host
	if !plainHost(host) {
		var err error
		if name, err = strictIDNA.ToASCII(host); err != nil {
			return "", "", hostFault(host, name)
		}
		if label, err = strictIDNA.ToUnicode(name); err != nil {
			return "", "", codeDomainBad
		}
		if again, err := strictIDNA.ToASCII(label); err != nil || again != name {
			return "", "", codeDomainBad
		}
	}
	if code := hostFault(host, name); code != codeDomainBad {
		return "", "", code
	}
	switch {
	case !ldh(name):
		return "", "", codeDomainBad
	case !strings.Contains(name, "."):
		return "", "", codeDomainDotless
	case looksLikeIP(name):
		return "", "", codeDomainIP
	}
	return name, label, ""
}

// hostFault is what is wrong with the lengths of a host; else it is just bad.
func hostFault(host, name string) string {
	if len(name) > 253 {
		return codeDomainLong
	}
	for l := range strings.SplitSeq(name, ".") {
		if len(l) > 63 {
			return codeDomainLong
		}
		if l == "" && host != "" {
			return codeDomainLabel
		}
	}
	return codeDomainBad
}

// looksLikeIP says whether a host is an address, also as browsers read one:
// 127.1, 0x7f.1, 2130706433.
func looksLikeIP(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	for l := range strings.SplitSeq(strings.ToLower(host), ".") {
		hex, isHex := strings.CutPrefix(l, "0x")
		if l == "" || !isHex && strings.Trim(l, "0123456789") != "" || isHex && strings.Trim(hex, "0123456789abcdef") != "" {
			return false
		}
	}
	return host != ""
}

// plainHost says whether a host needs no mapping: lower-case ASCII letters,
// digits and single hyphens inside.
func plainHost(host string) bool { return ldh(host) && !strings.Contains(host, "--") }

// ldh says whether all labels are of letters, digits and inner hyphens.
func ldh(name string) bool {
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
		case c == '.':
			if i == 0 || i == len(name)-1 || name[i-1] == '.' || name[i-1] == '-' {
				return false
			}
		case c == '-':
			if i == 0 || i == len(name)-1 || name[i-1] == '.' {
				return false
			}
		default:
			return false
		}
	}
	return name != ""
}

// Registrable is the registered domain of a name in A-labels by the ICANN part
// of the public suffix list; false where the name is itself a suffix.
func Registrable(name string) (string, bool) {
	r, code := registrable(name)
	return r, code == ""
}

func registrable(name string) (string, string) {
	tld := name[strings.LastIndexByte(name, '.')+1:]
	switch {
	case tld == name:
		return "", codeDomainDotless
	case strings.Trim(tld, "0123456789") == "":
		return "", codeDomainTLD
	case strings.Contains(privateTLDs, " "+tld+" "):
		return "", codeDomainPrivate
	}
	suffix := icannSuffix(name, tld)
	if len(suffix) >= len(name) {
		return "", codeDomainSuffix
	}
	rest := name[:len(name)-len(suffix)-1]
	return name[strings.LastIndexByte(rest, '.')+1:], ""
}

// icannSuffix is the longest public suffix of a name that no private owner
// listed: where one did (github.io), its own domain is registered all the
// same. An unknown TLD is a suffix.
func icannSuffix(name, tld string) string {
	suffix := tld
	for at, labels := len(name)-len(tld), 1; labels < maxSuffixLabels; labels++ {
		at = strings.LastIndexByte(name[:max(at-1, 0)], '.') + 1
		if s, icann := publicsuffix.PublicSuffix(name[at:]); icann && s == name[at:] {
			suffix = s
		}
		if at == 0 {
			break
		}
	}
	return suffix
}

// parseURL reads one filed web address; a scheme is added where none is given.
func parseURL(text string) (canonical, host, code string) {
	flat := strings.TrimSpace(foldSigns(text))
	if !strings.Contains(flat, "://") {
		flat = "http://" + strings.TrimPrefix(flat, "//")
	}
	if len(flat) > maxDomainText {
		return "", "", codeURLBad
	}
	u, err := url.Parse(flat)
	if err != nil || u.User != nil || u.Opaque != "" {
		return "", "", codeURLBad
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme != "http" && u.Scheme != "https" {
		return "", "", codeURLBad
	}
	name, _, code := parseHost(strings.TrimSuffix(u.Hostname(), "."))
	if code != "" {
		return "", "", codeURLBad
	}
	port := u.Port()
	u.Host = name
	if port != "" {
		u.Host += ":" + port
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String(), name, ""
}
