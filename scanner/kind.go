package scanner

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
)

// markedSource is how much of a page's source is searched for marks: what
// stands in a site's place is small.
const markedSource = 64 << 10

// looks is what a mark is held against.
type looks struct {
	in     Body
	title  string // lower case
	text   string // visible, lower case; made when a mark asks for it
	strip  *strip
	source []byte
	runes  int
}

// kind says what kind of page a document is, and by which mark.
func (r *reader) kind(in Body, source []byte, s *sheet, doc *observe.Document) (observe.PageKind, string) {
	l := looks{in: in, title: strings.ToLower(strings.TrimSpace(doc.Title)), strip: &s.strips[shown],
		source: source[:min(len(source), markedSource)], runes: doc.Text}
	for i := range r.marks.Marks {
		if m := &r.marks.Marks[i]; l.runes <= m.Most && slices.ContainsFunc(m.When, l.hold) {
			return observe.PageKind(m.Kind), m.ID
		}
	}
	switch {
	case in.Status >= http.StatusBadRequest:
		return observe.KindError, "status-" + strconv.Itoa(in.Status)
	case doc.Text == 0 && doc.Title == "" && len(s.scripts) == 0 && len(s.frames) == 0 && len(s.strips[shown].clicks) == 0 && !bytes.Contains(l.source, []byte("<img")) &&
		!bytes.Contains(bytes.ToLower(l.source), []byte("refresh")):
		return observe.KindEmpty, ""
	}
	return observe.KindSite, ""
}

// hold says whether everything in a clue holds; the cheap questions first.
func (l *looks) hold(c reference.Clue) bool {
	if len(c.Status) > 0 && !slices.Contains(c.Status, l.in.Status) || len(c.TitleIs) > 0 && !slices.Contains(c.TitleIs, l.title) {
		return false
	}
	if len(c.Host)+len(c.Path) > 0 && !l.stands(c) {
		return false
	}
	if !all(c.Title, func(p string) bool { return strings.Contains(l.title, p) }) {
		return false
	}
	if len(c.Text) > 0 && l.text == "" {
		l.text = strings.ToLower(string(l.strip.buf))
	}
	return all(c.Text, func(p string) bool { return strings.Contains(l.text, p) }) &&
		all(c.Source, func(p string) bool { return bytes.Contains(l.source, []byte(p)) })
}

func (l *looks) stands(c reference.Clue) bool {
	if l.in.URL == nil {
		return false
	}
	host, path := strings.ToLower(l.in.URL.Hostname()), strings.ToLower(l.in.URL.Path)
	return (len(c.Host) == 0 || slices.ContainsFunc(c.Host, func(h string) bool { return within(host, h) })) &&
		all(c.Path, func(p string) bool { return strings.Contains(path, p) })
}

func all(list []string, holds func(string) bool) bool {
	return !slices.ContainsFunc(list, func(p string) bool { return !holds(p) })
}

// counts says whether a host's scripts show a visitor nothing.
func (r *reader) counts(host string) bool {
	return host != "" && slices.ContainsFunc(r.marks.Counters, func(domain string) bool { return within(host, domain) })
}

// isPage says whether a body is HTML, by its label and, where that says
// nothing, by its first bytes.
func isPage(contentType string, data []byte) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	switch kind = strings.ToLower(strings.TrimSpace(kind)); {
	case strings.Contains(kind, "html"):
		return true
	case kind == "", kind == "text/plain", kind == "application/octet-stream", strings.Contains(kind, "xml"), !strings.Contains(kind, "/"):
		return looksLikeMarkup(data, kind == "")
	}
	return false
}

func looksLikeMarkup(data []byte, unlabelled bool) bool {
	sniffed := http.DetectContentType(data)
	if strings.HasPrefix(sniffed, "text/html") {
		return true
	}
	head := bytes.ToLower(data[:min(len(data), 1024)])
	if bytes.Contains(head, []byte("<html")) || bytes.Contains(head, []byte("<body")) || bytes.Contains(head, []byte("<!doctype html")) {
		return true
	}
	return unlabelled && (strings.HasPrefix(sniffed, "text/") || !strings.Contains(sniffed, "/") || sniffed == "application/octet-stream" && bytes.IndexByte(head, '<') >= 0)
}
