package filing

import (
	"strings"
)

// wantURL is an example of a right web address, for mistakes.
const wantURL = "https://www.example.com/"

// urls reads web addresses; the canonical text has one a line.
func (p *cellParser) urls(text string) string {
	flat := foldSigns(text)
	for _, next := range []string{"http://", "https://", " "} { // a comma may be part of an address
		flat = strings.ReplaceAll(flat, ","+next, ";"+next)
	}
	var out []string
	wrong := 0
	for _, e := range strings.FieldsFunc(flat, func(r rune) bool { return r == ';' || r == ' ' || r == '|' }) {
		u, _, code := parseURL(e)
		if code != "" {
			p.wrong(code, e, wantURL)
			if wrong++; wrong == maxShownEntries {
				break
			}
			continue
		}
		if !strings.Contains(e, "://") {
			p.odd(noteURLScheme, e, u)
		}
		out = append(out, u)
	}
	return p.joined(out)
}

// domain reads the row's domain, and the URL that its cell may have been.
func (p *cellParser) domain(text string) (d DomainName) {
	d, code := parseDomain(text)
	if code != "" {
		want := "example.com"
		p.wrong(code, text, want)
		return DomainName{}
	}
	for _, n := range d.Notes {
		p.odd(n, text, d.Label)
	}
	return d
}

// hosts reads the sub-domains of the row's domain from a canonical list; a bare
// label is one of the domain's.
func (p *cellParser) hosts(list string, d DomainName) string {
	var out []string
	wrong := 0
	for e := range strings.SplitSeq(list, "\n") {
		if e == "" || e == "@" || e == "*" || wrong == maxShownEntries {
			continue
		}
		host := strings.TrimSuffix(strings.TrimPrefix(e, "*."), ".")
		if i := strings.Index(host, "://"); i >= 0 {
			host, _, _ = strings.Cut(host[i+3:], "/")
		}
		if !strings.Contains(host, ".") {
			host += "." + d.Name
			p.odd(noteHostRelative, e, host)
		}
		name, _, code := parseHost(host)
		switch {
		case code != "":
			p.wrong(codeHostBad, e, "www."+d.Name)
			wrong++
		case name != d.Registrable && !strings.HasSuffix(name, "."+d.Registrable):
			p.wrong(codeHostForeign, e, "www."+d.Name)
			wrong++
		case name != d.Name:
			out = append(out, name)
		}
	}
	return p.joined(out)
}

// foreignURLs notes filed addresses that lie elsewhere than the row's domain.
func (p *cellParser) foreignURLs(list string, d DomainName) {
	for u := range strings.SplitSeq(list, "\n") {
		_, host, code := parseURL(u)
		if u == "" || code != "" {
			continue
		}
		if host != d.Registrable && !strings.HasSuffix(host, "."+d.Registrable) {
			p.odd(noteURLForeign, u, d.Label)
		}
	}
}
