package scanner

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
)

// Body is a fetched body, before anybody has read it.
type Body struct {
	URL         *url.URL // of the page; nil where it is not known
	ContentType string   // header
	Status      int
	Data        []byte // decompressed
	Truncated   bool
}

// reader reads pages and scripts. It is safe for concurrent use.
type reader struct {
	marks  *reference.Marks
	sheets sync.Pool // *sheet
}

func newReader(marks *reference.Marks) *reader { return &reader{marks: marks} }

// ReadPage reads one page as the scanner does; pageURL may be nil.
func ReadPage(ref *reference.Set, data []byte, contentType string, pageURL *url.URL, truncated bool) observe.Document {
	doc, _ := newReader(ref.Marks).Document(Body{URL: pageURL, ContentType: contentType, Status: 200, Data: data, Truncated: truncated})
	return doc
}

// Document reads a page. Of a shell, and of a page whose foot is filled by
// script, it also names the scripts of the same site that are worth reading.
// Nothing of the result shares memory with the body.
func (r *reader) Document(in Body) (doc observe.Document, scripts []*url.URL) {
	base := in.URL
	if base == nil {
		base = new(url.URL)
	}
	sum := sha256.Sum256(in.Data)
	doc = observe.Document{URL: base.String(), Bytes: len(in.Data), Truncated: in.Truncated, Hash: hex.EncodeToString(sum[:])}
	if len(in.Data) == 0 {
		doc.Kind = observe.KindEmpty
		return doc, nil
	}
	if !isPage(in.ContentType, in.Data) {
		doc.Kind = observe.KindOther
		return doc, nil
	}
	page, charset := decode(in.Data, in.ContentType)
	doc.Charset = charset
	s := r.sheet()
	defer r.release(s)
	if err := s.read(page, &doc); err != nil {
		doc.Kind = observe.KindOther
		doc.Fault = &observe.Fault{Kind: observe.FaultUnparsable, Where: bounded(doc.URL, maxHref), Detail: bounded(err.Error(), maxDetail)}
		return doc, nil
	}
	r.fill(&doc, s, base)
	doc.Content = s.content(page, base)
	doc.Kind, doc.Mark = r.kind(in, page, s, &doc)
	if doc.Shell || doc.Deferred {
		scripts = s.sources(s.resolved(base), r.counts)
	}
	detach(&doc)
	return doc, scripts
}

// read feeds the page to the sheet: from its tree, or where no tree can be
// made from its tokens.
func (s *sheet) read(page []byte, doc *observe.Document) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("read the page: panic: %v", p)
		}
	}()
	if err := feedTree(page, s); err != nil {
		s.reset()
		doc.Tokenized = true
		if err := feedTokens(page, s); err != nil {
			return fmt.Errorf("read the page by tokens: %w", err)
		}
	}
	s.readInline()
	s.finish()
	return nil
}

// fill puts on record what the sheet has taken in.
func (r *reader) fill(doc *observe.Document, s *sheet, base *url.URL) {
	v := &s.strips[shown]
	doc.Text, doc.Han = countRunes(v.buf)
	doc.Title, doc.Headings, doc.Logos = s.title, s.headings, s.logos
	doc.SiteName = tidy(s.siteName, maxName)
	if doc.SiteName == "" {
		doc.SiteName = tidy(s.appName, maxName)
	}
	doc.Footer = lastText(v.buf)
	doc.Shell = s.isShell(doc.Text, r.counts)
	doc.Deferred = s.deferred(doc.Text)
	at := place{host: strings.ToLower(base.Hostname()), base: strings.ToLower(s.resolved(base).Hostname())}
	at.feet, at.tail = s.feet, tailOf(v.buf)
	l := openLedger(doc)
	l.read(v, observe.ChannelHTML, at)
	l.read(&s.strips[scripted], observe.ChannelScript, at)
	l.read(&s.strips[veiled], observe.ChannelHidden, at)
}

// resolved is the address that relative links start from.
func (s *sheet) resolved(page *url.URL) *url.URL {
	if s.base == "" {
		return page
	}
	if u, err := page.Parse(strings.TrimSpace(s.base)); err == nil && u.Host != "" {
		return u
	}
	return page
}

func (r *reader) sheet() *sheet {
	if s, ok := r.sheets.Get().(*sheet); ok {
		return s
	}
	return new(sheet)
}

// release gives a sheet back, unless a giant page has made it one.
func (r *reader) release(s *sheet) {
	if cap(s.strips[shown].buf)+cap(s.strips[veiled].buf)+cap(s.strips[scripted].buf) > 1<<20 {
		return
	}
	s.reset()
	r.sheets.Put(s)
}

// countRunes counts the runes of a text that can be seen, and those of them
// that are Han.
func countRunes(text []byte) (seen, han int) {
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			if c > ' ' {
				seen++
			}
			i++
			continue
		}
		if c >= 0xE5 && c <= 0xE8 && i+2 < len(text) && text[i+1]&0xC0 == 0x80 && text[i+2]&0xC0 == 0x80 {
			i += 3 // U+5000 to U+8FFF: most of a Chinese text, without decoding it
			seen++
			han++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		i += size
		switch {
		case r >= 0x4E00 && r <= 0x9FFF || r >= 0x3400 && r <= 0x4DBF || r >= 0x20000 && r <= 0x323AF:
			seen++
			han++
		case r == 0xA0 || r == 0x3000 || r == 0xFEFF || r >= 0x2000 && r <= 0x200F || unicode.IsSpace(r):
		default:
			seen++
		}
	}
	return seen, han
}

// The last part of a page: its last fifth, and never less than this.
const (
	tailRunes  = 2000
	footerText = 1800 // bytes of the last visible text that are kept
)

// tailOf is where the last part of a text begins.
func tailOf(text []byte) int {
	i := len(text)
	for n := 0; i > 0 && n < tailRunes; n++ {
		_, size := utf8.DecodeLastRune(text[:i])
		i -= size
	}
	return min(i, len(text)*4/5)
}

func lastText(text []byte) string {
	from := max(0, len(text)-footerText)
	for from < len(text) && !utf8.RuneStart(text[from]) {
		from++
	}
	return tidy(string(text[from:]), footerText)
}
