package scanner

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/icpaudit/icpaudit/filing/number"
	"github.com/icpaudit/icpaudit/observe"
)

// Bounds of what one page may put on record.
const (
	maxNumbers = 200 // different numbers of one kind
	maxOthers  = 8   // further links of one number
	maxBare    = 10
	maxHref    = 500 // bytes
	maxRaw     = 160
	around     = 90 // bytes of text on either side in an excerpt
)

// ledger gathers the numbers of a document: each once, by its canonical text,
// with the best of its occurrences. Shown beats scripted beats veiled, then the
// better link counts.
type ledger struct {
	doc  *observe.Document
	seen map[key]int // index in its list
}

func openLedger(doc *observe.Document) *ledger {
	l := &ledger{doc: doc, seen: make(map[key]int)}
	for b := range books {
		for i, n := range *l.list(b) {
			l.seen[key{b, n.Number}] = i
		}
	}
	return l
}

// book is the list of a document that a number belongs to.
type book byte

const (
	bookICP book = iota
	bookLicence
	bookPSB
	bookLookalike
	books
)

type key struct {
	book   book
	number string
}

func (l *ledger) list(b book) *[]observe.NumberSeen {
	switch b {
	case bookICP:
		return &l.doc.Numbers
	case bookLicence:
		return &l.doc.Licences
	case bookPSB:
		return &l.doc.PSB
	}
	return &l.doc.Lookalikes
}

// found is one occurrence of a number in a strip.
type found struct {
	start, end, digits int
	seen               observe.NumberSeen
	book               book
}

// read takes in the numbers of a strip.
func (l *ledger) read(s *strip, channel observe.Channel, at place) {
	text := string(s.buf)
	if !mayHoldAny(text) && len(s.clicks) == 0 {
		return
	}
	all := findAll(text)
	comments := commentsIn(text)
	numbered := make(map[int]bool, len(all))
	for i := range all {
		if k := s.at(all[i].digits); k != none {
			numbered[k] = true
		}
	}
	for i := range all {
		f := &all[i]
		f.seen.Channel = channel
		if len(comments) > 0 && comments.holds(f.digits) {
			f.seen.Channel = observe.ChannelHidden
		}
		if f.book == bookLookalike && f.seen.Channel != observe.ChannelHTML {
			continue
		}
		f.seen.Raw = bounded(text[f.start:f.end], maxRaw)
		f.seen.Excerpt = excerpt(text, f.start, f.end)
		lk := s.linkOf(f, at, numbered)
		f.seen.Href, f.seen.Link, f.seen.Detail = bounded(lk.href, maxHref), lk.problem, lk.detail
		if f.book == bookPSB {
			l.linkPSB(f, lk)
		}
		if f.seen.Channel == observe.ChannelHTML {
			f.seen.Bottom = at.bottom(f.start)
		}
		l.add(f)
	}
	if channel == observe.ChannelHTML {
		l.links(s, at, numbered)
	}
}

func mayHoldAny(text string) bool {
	return mayHold(text) || strings.Contains(text, "2-") || strings.Contains(text, "1-") || strings.Contains(text, "２－")
}

// findAll finds the numbers of all kinds in a text. Of a giant one only both
// ends are searched.
func findAll(text string) []found {
	const most = 1 << 20
	if len(text) <= 2*most {
		return findIn(text)
	}
	tail := len(text) - most
	tail += strings.IndexByte(text[tail:], number.Break) + 1
	all := findIn(text[:most])
	for _, f := range findIn(text[tail:]) {
		f.start, f.end, f.digits = f.start+tail, f.end+tail, f.digits+tail
		all = append(all, f)
	}
	return all
}

func findIn(text string) []found {
	var all []found
	for _, m := range number.FindICP(text) {
		f := found{start: m.Start, end: m.End, digits: m.DigitsAt}
		f.seen = observe.NumberSeen{Number: m.Number.String(), Note: notes(m.Notes)}
		switch m.Class {
		case number.ClassFiling:
			f.book = bookICP
		case number.ClassLicence:
			f.book = bookLicence
		default:
			f.book = bookLookalike
			f.seen.Note = m.Code
			if m.Number.Body == "" || m.Class == number.ClassLookalike {
				f.seen.Number = bounded(text[m.Start:m.End], maxRaw)
			}
		}
		all = append(all, f)
	}
	for _, m := range number.FindPSB(text) {
		all = append(all, found{start: m.Start, end: m.End, digits: m.DigitsAt, book: bookPSB,
			seen: observe.NumberSeen{Number: m.Number.String(), Code: m.Number.Code, Note: notes(m.Notes)}})
	}
	return all
}

func notes(list []number.Note) string {
	var b strings.Builder
	for i, n := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(string(n))
	}
	return b.String()
}

// linkOf classes the link of an occurrence: the anchor that holds its digits,
// whatever else stands inside or outside of it.
func (s *strip) linkOf(f *found, at place, numbered map[int]bool) link {
	if i := s.at(f.digits); i != none {
		k := &s.clicks[i]
		switch {
		case k.anchor && k.hasHref:
			l := at.judge(k.href)
			if l.detail == "ok" && (f.start < k.start || f.end > k.end) {
				l.detail = "ok_partial"
			}
			return l
		case k.anchor && k.code == "":
			return link{problem: observe.LinkNotAnchor, detail: "a_nohref"}
		}
		return link{href: k.code, problem: observe.LinkNotAnchor, detail: "onclick"}
	}
	if href, ok := markdownLink(s.buf, f.start, f.end); ok {
		return at.judge(href)
	}
	if i := s.beside(f.start, f.digits, f.end); i != none && !numbered[i] {
		k := &s.clicks[i]
		switch l := at.judge(k.href); {
		case l.problem == observe.LinkNone:
			return link{href: k.href, problem: observe.LinkMissing, detail: "adjacent_ok"}
		case l.problem == observe.LinkOldHost:
			return link{href: k.href, problem: observe.LinkMissing, detail: "adjacent_old"}
		case namesFiling(k.href):
			return link{href: k.href, problem: observe.LinkMissing, detail: "adjacent_other"}
		}
	}
	return link{problem: observe.LinkMissing, detail: "plain"}
}

// markdownLink reads the link of a number that stands in Markdown which the
// server did not render: [京ICP备…](https://…). What renders it makes a link.
func markdownLink(buf []byte, start, end int) (string, bool) {
	const label, address = 60, 400
	head := buf[max(0, start-label):start]
	open := bytes.LastIndexByte(head, '[')
	if open < 0 || bytes.ContainsAny(head[open:], "]\n") {
		return "", false
	}
	tail := buf[end:min(len(buf), end+address)]
	shut := bytes.Index(tail, []byte("]("))
	if shut < 0 || shut > label || bytes.ContainsAny(tail[:shut], "[]\n") {
		return "", false
	}
	href, _, ok := bytes.Cut(tail[shut+2:], []byte(")"))
	if !ok || bytes.ContainsAny(href, "\n") {
		return "", false
	}
	fields := strings.Fields(string(href))
	if len(fields) == 0 {
		return "", true
	}
	return strings.Trim(fields[0], "<>"), true
}

// linkPSB settles the link of a public-security number, which leads to a
// system of its own.
func (l *ledger) linkPSB(f *found, lk link) {
	f.seen.LinkCode = psbCode(lk.href)
	host := parseHref(lk.href).host
	f.seen.Linked = lk.problem != observe.LinkMissing && isPSBHost(host)
	switch {
	case f.seen.Linked:
		f.seen.Link, f.seen.Detail = observe.LinkNone, "ok"
	case lk.problem == observe.LinkMissing:
		f.seen.Href, f.seen.LinkCode, f.seen.Detail = "", "", "plain"
	case lk.problem == observe.LinkNone, lk.problem == observe.LinkOldHost:
		f.seen.Link, f.seen.Detail = observe.LinkWrongHost, "miit_host"
	}
}

// add puts an occurrence on record.
func (l *ledger) add(f *found) {
	list, k := l.list(f.book), key{f.book, f.seen.Number}
	i, known := l.seen[k]
	if !known {
		if len(*list) < maxNumbers {
			l.seen[k] = len(*list)
			*list = append(*list, f.seen)
		}
		return
	}
	have := &(*list)[i]
	better, worse := f.seen, *have
	if rank(&f.seen) <= rank(have) {
		better, worse = *have, f.seen
	}
	better.Bottom = better.Bottom || worse.Bottom && worse.Channel == better.Channel
	better.Others = have.Others
	if worse.Channel == better.Channel && len(better.Others) < maxOthers {
		better.Others = append(better.Others, observe.LinkSeen{Href: worse.Href, Link: worse.Link, Detail: worse.Detail})
	}
	*have = better
}

// rank orders the occurrences of one number.
func rank(n *observe.NumberSeen) int {
	r := link{problem: n.Link}.worth()
	if n.Linked {
		r += 5
	}
	switch n.Channel {
	case observe.ChannelHTML:
		r += 200
	case observe.ChannelScript:
		r += 100
	}
	return r
}

// links notes the links that should carry a number and carry none.
func (l *ledger) links(s *strip, at place, numbered map[int]bool) {
	for i := range s.clicks {
		k := &s.clicks[i]
		if !k.hasHref || numbered[i] || len(k.href) < len("//beian.gov.cn") {
			continue
		}
		t := parseHref(k.href)
		switch {
		case t.host == "" || t.relative:
		case isPSBHost(t.host):
			l.onlyInHref(k.href)
		case t.host == hostFiling || t.host == hostWWW || within(t.host, hostMiit) || within(t.host, hostMii):
			if href := bounded(k.href, maxHref); len(l.doc.BareLinks) < maxBare && !slices.Contains(l.doc.BareLinks, href) {
				l.doc.BareLinks = append(l.doc.BareLinks, href)
			}
		}
	}
}

// onlyInHref notes a public-security code that stands in a link and nowhere in
// the text: the visitor sees no number.
func (l *ledger) onlyInHref(href string) {
	code := psbCode(href)
	if code == "" || slices.ContainsFunc(l.doc.PSB, func(n observe.NumberSeen) bool { return n.Code == code && n.Channel == observe.ChannelHTML }) {
		return
	}
	l.add(&found{book: bookLookalike, seen: observe.NumberSeen{Number: "recordcode=" + code, Code: code, Note: "href-only",
		Channel: observe.ChannelHidden, Href: bounded(href, maxHref), Link: observe.LinkNone}})
}

// excerpt is the text round a number, as one line.
func excerpt(text string, start, end int) string {
	from, to := max(0, start-around), min(len(text), end+around)
	for from < start && !utf8.RuneStart(text[from]) {
		from++
	}
	for to < len(text) && to > end && !utf8.RuneStart(text[to]) {
		to--
	}
	return strings.TrimSpace(bounded(text[from:to], maxRaw+2*around))
}
