package scanner

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/idna"

	"github.com/icpaudit/icpaudit/observe"
)

// The hosts of the filing system through its history, and of the
// public-security system. A host is compared as a whole: beian.gov.cn is a part
// of miitbeian.gov.cn, and beian.miit.gov.cn of many an imitation.
const (
	hostFiling = "beian.miit.gov.cn"     // since 2020
	hostWWW    = "www.beian.miit.gov.cn" // December 2019 to August 2020
	hostMiit   = "miitbeian.gov.cn"      // 2010 to 2019
	hostMii    = "miibeian.gov.cn"       // until 2010
	hostPortal = "miit.gov.cn"           // the ministry itself
)

// link is what a number on the page is linked with.
type link struct {
	href    string
	problem observe.LinkProblem
	detail  string
}

// worth orders links: of several occurrences the best is the number's link.
func (l link) worth() int {
	switch l.problem {
	case observe.LinkNone:
		return 4
	case observe.LinkOldHost:
		return 3
	case observe.LinkWrongHost:
		return 2
	case observe.LinkNotAnchor:
		return 1
	}
	return 0
}

// place is where a page stands, which relative links are resolved against.
type place struct {
	host string   // of the page
	base string   // host of its base element, or else of the page
	feet [][2]int // parts of the shown text that call themselves foot
	tail int      // where the last part of the shown text begins
}

// bottom says whether something at an offset of the shown text stands at the
// bottom of the page.
func (p place) bottom(at int) bool {
	return at >= p.tail || slices.ContainsFunc(p.feet, func(f [2]int) bool { return f[0] <= at && at < f[1] })
}

// judge classes an anchor's href as the link of an ICP number.
func (p place) judge(href string) link {
	t := parseHref(href)
	l := link{href: href, problem: observe.LinkNotAnchor}
	switch {
	case t.empty:
		l.detail = "empty_href"
	case t.fragment:
		l.detail = "hash_href"
	case t.scheme == "javascript" || t.scheme == "vbscript" || t.scheme == "data":
		l.detail = "js_href"
	case t.relative:
		l.problem, l.detail = p.relative(t)
	default:
		l.problem, l.detail = p.absolute(t)
	}
	return l
}

func (p place) absolute(t target) (observe.LinkProblem, string) {
	switch {
	case !t.web():
		return observe.LinkWrongHost, "third_party"
	case t.host == hostFiling:
		return observe.LinkNone, okDetail(t)
	case t.host == hostWWW:
		return observe.LinkOldHost, "www_prefix"
	case within(t.host, hostMiit):
		return observe.LinkOldHost, "old_miitbeian"
	case within(t.host, hostMii):
		return observe.LinkOldHost, "old_miibeian"
	case isPSBHost(t.host):
		return observe.LinkWrongHost, "psb_host"
	case within(t.host, hostPortal):
		return observe.LinkWrongHost, "miit_portal"
	case resembles(t.host):
		return observe.LinkWrongHost, "typo_host"
	case namesFiling(t.rest):
		return observe.LinkWrongHost, "redirector"
	case p.own(t.host):
		return observe.LinkWrongHost, "own_site"
	}
	return observe.LinkWrongHost, "third_party"
}

// relative classes a link without a host: href="beian.miit.gov.cn" leads to a
// page of that name on the own site.
func (p place) relative(t target) (observe.LinkProblem, string) {
	if p.base != p.host {
		if problem, detail := p.absolute(target{scheme: "http", host: p.base, rest: t.rest}); problem != observe.LinkWrongHost {
			return problem, detail
		}
	}
	if namesFiling(t.rest) {
		return observe.LinkWrongHost, "relative_href"
	}
	return observe.LinkWrongHost, "own_site"
}

func okDetail(t target) string {
	switch {
	case t.rest != "" && t.rest != "/":
		return "ok_path"
	case t.scheme == "":
		return "ok_schemeless"
	case t.scheme == "http":
		return "ok_http"
	}
	return "ok"
}

// own says whether a host is of the page's own site.
func (p place) own(host string) bool {
	return p.host != "" && (host == p.host || siteOf(host) == siteOf(p.host))
}

func isPSBHost(host string) bool {
	switch host {
	case "beian.gov.cn", "www.beian.gov.cn", "beian.mps.gov.cn", "www.beian.mps.gov.cn":
		return true
	}
	return false
}

// within says whether a host is a domain or of it.
func within(host, domain string) bool {
	rest, ok := strings.CutSuffix(host, domain)
	return ok && (rest == "" || strings.HasSuffix(rest, "."))
}

// namesFiling says whether a text names a host of the filing system, plain or
// percent-encoded.
func namesFiling(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, hostFiling) || strings.Contains(text, hostMiit) || strings.Contains(text, hostMii)
}

// resembles says whether a host is a slip of the pen for the filing system's.
func resembles(host string) bool {
	for _, right := range []string{hostFiling, hostWWW, hostMiit, "www." + hostMiit} {
		if d := len(host) - len(right); d >= -2 && d <= 2 && distance(host, right) <= 2 {
			return true
		}
	}
	return false
}

// distance is the Levenshtein distance of two short strings.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := last
			if a[i] != b[j] {
				cost++
			}
			last = row[j+1]
			row[j+1] = min(cost, last+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// target is where an href leads.
type target struct {
	scheme   string // lower case; empty: the page's
	host     string // lower case, without port and trailing dot
	rest     string // path, query and fragment
	relative bool   // no host: rest is resolved against the base
	fragment bool   // a place on the page itself
	empty    bool
}

func (t target) web() bool { return t.scheme == "" || t.scheme == "http" || t.scheme == "https" }

// parseHref reads an href as browsers do (WHATWG URL): blanks around it and
// line breaks in it are dropped, backslashes are slashes, and any number of
// slashes may stand before the host. net/url is stricter and would refuse what
// a click follows.
func parseHref(href string) target {
	href = strings.TrimFunc(href, func(r rune) bool { return r <= ' ' || r == 0xA0 || r == 0x3000 })
	if strings.ContainsAny(href, "\t\r\n") {
		href = strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(href)
	}
	if href == "" {
		return target{empty: true}
	}
	if href[0] == '#' {
		return target{fragment: true}
	}
	t := target{rest: href}
	if i := strings.IndexAny(href, ":/\\?#"); i > 0 && href[i] == ':' && isScheme(href[:i]) {
		t.scheme, t.rest = strings.ToLower(href[:i]), href[i+1:]
		if !t.web() {
			return t
		}
	} else if len(href) < 2 || !isSlash(href[0]) || !isSlash(href[1]) {
		t.relative = true
		return t
	}
	t.rest = strings.TrimLeft(t.rest, "/\\")
	t.host = t.rest
	if end := strings.IndexAny(t.rest, "/\\?#"); end >= 0 {
		t.host, t.rest = t.rest[:end], t.rest[end:]
	} else {
		t.rest = ""
	}
	t.host = hostOf(t.host)
	return t
}

func isSlash(c byte) bool { return c == '/' || c == '\\' }

func isScheme(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if (c < 'a' || c > 'z') && (i == 0 || (s[i] < '0' || s[i] > '9') && s[i] != '+' && s[i] != '-' && s[i] != '.') {
			return false
		}
	}
	return true
}

// hostOf is the host of an authority: without user, port and trailing dot,
// in lower case, and as A-label.
func hostOf(authority string) string {
	host := strings.ToLower(authority[strings.LastIndexByte(authority, '@')+1:])
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		host = host[:i]
	}
	host = strings.TrimSuffix(strings.TrimSpace(host), ".")
	for i := range len(host) {
		if host[i] >= 0x80 || host[i] == '%' {
			return foreignHost(host)
		}
	}
	return host
}

func foreignHost(host string) string {
	if plain, err := url.PathUnescape(host); err == nil {
		host = plain
	}
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		return ascii
	}
	return host
}

// psbCode is the code that a link to the public-security system carries:
// recordcode=, code=, or the last part of the path.
func psbCode(href string) string {
	for i := 0; i < len(href); i++ {
		end := i
		for end < len(href) && href[end] >= '0' && href[end] <= '9' {
			end++
		}
		if n := end - i; n >= 12 && n <= 15 {
			return href[i:end]
		}
		i = max(i, end)
	}
	return ""
}
