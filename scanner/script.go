package scanner

import (
	"bytes"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/icpaudit/icpaudit/observe"
)

// scriptKind says what a script element is by its type.
type scriptKind byte

const (
	kindCode     scriptKind = iota // runs, or is data for what runs
	kindTemplate                   // markup for script to show
	kindMeta                       // about the page: never shown
)

func (s *script) class() scriptKind {
	switch t := strings.ToLower(strings.TrimSpace(s.kind)); {
	case t == "application/ld+json", t == "speculationrules", t == "importmap":
		return kindMeta
	case strings.HasPrefix(t, "text/") && (strings.HasSuffix(t, "html") || strings.Contains(t, "template") || strings.Contains(t, "handlebars") || strings.Contains(t, "tmpl")):
		return kindTemplate
	}
	return kindCode
}

// readInline puts the numbers of inline scripts on their ground: as template
// text, or as the part of code round each.
func (s *sheet) readInline() {
	for i := range s.scripts {
		sc := &s.scripts[i]
		switch sc.class() {
		case kindMeta:
			if mayHold(sc.text) {
				s.aside(sc.text)
			}
		case kindTemplate:
			s.markup(sc.text, scripted)
		case kindCode:
			s.code(sc.text)
		}
	}
	// Escapes that stand in the text itself are code that lost its script.
	if text := s.strips[shown].buf; bytes.Contains(text, []byte(`\u`)) {
		s.code(string(text))
	}
}

// code puts the parts of a script that may hold a number on their ground.
func (s *sheet) code(text string) {
	for _, part := range codeParts(text) {
		plain := unescapeScript(part)
		for line := range strings.SplitSeq(plain, "\n") {
			on := scripted
			if t := strings.TrimSpace(line); strings.HasPrefix(t, "//") || strings.HasPrefix(t, "/*") || strings.HasPrefix(t, "* ") {
				on = veiled
			}
			if mayHold(line) {
				s.codeLine(line, on)
			}
		}
	}
}

// codeLine reads a line of code as the markup that it may hold in its strings:
// document.write('<a href="…">京ICP备…</a>'). Comparisons are no tags.
func (s *sheet) codeLine(line string, on ground) {
	var b strings.Builder
	last := strings.LastIndexByte(line, '>')
	for i := range len(line) {
		if c := line[i]; c != '<' || i < last && beginsTag(line[i+1:]) {
			b.WriteByte(c)
		} else {
			b.WriteString("&lt;")
		}
	}
	s.markup(b.String(), on)
}

func beginsTag(rest string) bool {
	return rest[0] == '/' || rest[0] == '!' || rest[0]|0x20 >= 'a' && rest[0]|0x20 <= 'z'
}

// codeParts cuts out of a script the parts round everything that looks like
// the sign of a number, with escapes still in them. Parts do not overlap.
func codeParts(text string) []string {
	const before, after, most = 400, 300, 200
	var parts []string
	for from, done := 0, 0; len(parts) < most; {
		i := nextSign(text[from:])
		if i < 0 {
			break
		}
		i += from
		start, end := max(done, i-before), min(len(text), i+after)
		for k := nextSign(text[min(i+1, len(text)):end]); k >= 0; k = nextSign(text[min(i+1, len(text)):end]) {
			i += 1 + k
			end = min(len(text), i+after)
		}
		for start > done && !utf8.RuneStart(text[start]) {
			start--
		}
		for end < len(text) && !utf8.RuneStart(text[end]) {
			end++
		}
		parts = append(parts, text[start:end])
		from, done = end, end
	}
	return parts
}

// nextSign finds ICP with what can follow it in a number, or the sign of a
// public-security number or licence, plain or escaped.
func nextSign(text string) int {
	best := -1
	for _, sign := range [...]string{"ICP备", "ICP证", "ICP\\u", "ICP ", "ICP&", "网安备", "\\u5b89\\u5907", "\\u5B89\\u5907", "B2-20"} {
		if best >= 0 { // only what begins before it can be nearer
			text = text[:min(len(text), best+len(sign)-1)]
		}
		if i := strings.Index(text, sign); i >= 0 {
			best = i
		}
	}
	return best
}

// unescapeScript resolves the escapes of string literals in a piece of code.
func unescapeScript(code string) string {
	if strings.IndexByte(code, '\\') < 0 {
		return code
	}
	out := make([]byte, 0, len(code))
	for i := 0; i < len(code); i++ {
		if code[i] != '\\' || i+1 >= len(code) {
			out = append(out, code[i])
			continue
		}
		i++
		switch c := code[i]; c {
		case 'u', 'x':
			r, n := escapedRune(code[i:])
			if n == 0 {
				out = append(out, c)
				continue
			}
			out = utf8.AppendRune(out, r)
			i += n - 1
		case 'n', 'r', 't', '\n', '\r':
			out = append(out, ' ')
		default:
			out = append(out, c)
		}
	}
	return string(out)
}

// escapedRune reads uXXXX, u{X…} or xXX and says how many bytes it took; 0
// where it is none.
func escapedRune(code string) (rune, int) {
	from, to := 1, 5
	switch {
	case code[0] == 'x':
		to = 3
	case strings.HasPrefix(code, "u{"):
		from, to = 2, strings.IndexByte(code[:min(len(code), 10)], '}')
	}
	if to < from || to > len(code) {
		return 0, 0
	}
	v, err := strconv.ParseUint(code[from:to], 16, 32)
	if err != nil || v > utf8.MaxRune || utf16.IsSurrogate(rune(v)) {
		return utf8.RuneError, 0
	}
	if code[0] == 'u' && from == 2 {
		to++
	}
	return rune(v), to
}

// Script adds the numbers of a script that the document loads, as seen in
// script.
func (r *reader) Script(doc *observe.Document, u *url.URL, data []byte) {
	s := r.sheet()
	defer r.release(s)
	text, _ := decode(data, "")
	s.code(string(text))
	s.finish()
	l := openLedger(doc)
	l.read(&s.strips[scripted], observe.ChannelScript, place{})
	l.read(&s.strips[veiled], observe.ChannelHidden, place{})
}

// isShell says whether the page has next to no text but scripts that make it.
func (s *sheet) isShell(runes int, counts func(host string) bool) bool {
	const nextToNone, little = 100, 400
	if runes >= little || runes >= nextToNone && !s.emptyMount {
		return false
	}
	for i := range s.scripts {
		sc := &s.scripts[i]
		if sc.class() != kindCode {
			continue
		}
		inline := len(sc.text) > 2000 || strings.Contains(sc.text, "location")
		if sc.src == "" && inline || sc.src != "" && !counts(parseHref(sc.src).host) {
			return true
		}
	}
	return false
}

// deferred says whether the foot of the page is filled by script or frame: its
// place is there and empty, a script or a frame is named after it, or the page
// is nothing but a frame.
func (s *sheet) deferred(runes int) bool {
	switch {
	case len(s.frames) > 0 && runes < 100:
		return true
	case len(s.feet) > 0:
		return false
	case s.emptyFoot && len(s.scripts) > 0:
		return true
	}
	return slices.ContainsFunc(s.frames, namesFoot) || slices.ContainsFunc(s.scripts, func(sc script) bool { return namesFoot(sc.src) })
}

func namesFoot(src string) bool {
	return holdsFold(src, "foot") || holdsFold(src, "bottom") || holdsFold(src, "copyright") || holdsFold(src, "beian")
}

// maxSources bounds the scripts of one page that are named for reading.
const maxSources = 24

// sources lists the external scripts of the page's own site, those that are
// libraries by their name last.
func (s *sheet) sources(base *url.URL, counts func(host string) bool) []*url.URL {
	var out, libraries []*url.URL
	seen := make(map[string]bool)
	for i := range s.scripts {
		src := strings.TrimSpace(s.scripts[i].src)
		if src == "" || s.scripts[i].class() != kindCode || len(out)+len(libraries) >= maxSources {
			continue
		}
		u, err := base.Parse(src)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || siteOf(u.Hostname()) != siteOf(base.Hostname()) || counts(u.Hostname()) {
			continue
		}
		u.Fragment = ""
		if seen[u.String()] {
			continue
		}
		seen[u.String()] = true
		if isLibrary(u.Path) {
			libraries = append(libraries, u)
		} else {
			out = append(out, u)
		}
	}
	return append(out, libraries...)
}

func isLibrary(path string) bool {
	path = strings.ToLower(path)
	for _, word := range [...]string{"jquery", "vendor", "polyfill", "bootstrap", "swiper", "vue.", "react.", "react-dom", "modernizr", "axios", "echarts"} {
		if strings.Contains(path, word) {
			return true
		}
	}
	return false
}
