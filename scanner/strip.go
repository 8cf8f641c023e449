package scanner

import (
	"bytes"
	"sort"

	"github.com/icpaudit/icpaudit/filing/number"
)

// strip is the text of a page as one string: blanks run together, blocks
// separated by number.Break, line breaks inside a block as number.SoftBreak,
// and the places that can be clicked on.
type strip struct {
	buf    []byte
	clicks []click
	inner  []int // clicks that are still open
	seam   bool  // an anchor began or ended since the last text
}

// click is a part of a strip that something answers to when it is clicked.
type click struct {
	start, end int
	href       string
	hasHref    bool
	anchor     bool   // an anchor, or a component that carries an href
	code       string // of a click handler
}

// longestClick is how much text a click handler on something else than an
// anchor may span and still be taken for the number's link: handlers on whole
// sections are there for other things.
const longestClick = 600

func (s *strip) reset() {
	clear(s.clicks)
	s.buf, s.clicks, s.inner, s.seam = s.buf[:0], s.clicks[:0], s.inner[:0], false
}

// text appends inline text.
func (s *strip) text(t string) {
	if t == "" {
		return
	}
	if s.seam {
		s.keepApart(t[0])
	}
	start := 0
	for i := 0; i < len(t); i++ {
		if c := t[i]; c > ' ' || c != ' ' && c != '\n' && c != '\t' && c != '\r' && c != '\f' && c != '\v' {
			continue
		}
		s.buf = append(s.buf, t[start:i]...)
		s.blank()
		start = i + 1
	}
	s.buf = append(s.buf, t[start:]...)
}

// keepApart puts a blank between two words that only an anchor's edge
// separates: …号-1</a><a>360… is no suffix of four digits.
func (s *strip) keepApart(next byte) {
	s.seam = false
	if n := len(s.buf); n > 0 && isWordByte(s.buf[n-1]) && isWordByte(next) {
		s.buf = append(s.buf, ' ')
	}
}

func isWordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

func (s *strip) blank() {
	if n := len(s.buf); n > 0 && s.buf[n-1] != ' ' && s.buf[n-1] != number.Break && s.buf[n-1] != number.SoftBreak {
		s.buf = append(s.buf, ' ')
	}
}

// line ends a line inside a block.
func (s *strip) line() {
	if n := len(s.buf); n > 0 && s.buf[n-1] != number.Break {
		s.buf = append(s.buf, number.SoftBreak)
	}
}

// block ends a block.
func (s *strip) block() {
	if n := len(s.buf); n > 0 && s.buf[n-1] != number.Break {
		s.buf = append(s.buf, number.Break)
	}
}

// begin opens a click and returns its place among them.
func (s *strip) begin(c click) int {
	c.start, c.end = len(s.buf), -1
	s.clicks = append(s.clicks, c)
	s.inner = append(s.inner, len(s.clicks)-1)
	s.seam = true
	return len(s.clicks) - 1
}

// finish closes a click and those that were opened in it.
func (s *strip) finish(i int) {
	if i >= len(s.clicks) || s.clicks[i].end >= 0 {
		return
	}
	for n := len(s.inner) - 1; n >= 0; n-- {
		open := s.inner[n]
		s.inner = s.inner[:n]
		s.clicks[open].end = len(s.buf)
		if open == i {
			break
		}
	}
	s.seam = true
}

// finishAll closes what is still open at the end of the page.
func (s *strip) finishAll() {
	for _, i := range s.inner {
		s.clicks[i].end = len(s.buf)
	}
	s.inner = s.inner[:0]
}

// none is the place of no click.
const none = -1

// at finds the place of the click round a part of the strip: the anchor, or
// else the innermost handler.
func (s *strip) at(place int) int {
	// Clicks stand in the order of their beginnings. Anchors do not nest, and
	// handlers seldom do, so that few steps back suffice.
	last := sort.Search(len(s.clicks), func(i int) bool { return s.clicks[i].start > place })
	handler := none
	for i := last - 1; i >= max(0, last-8); i-- {
		k := &s.clicks[i]
		if place >= k.end {
			continue
		}
		if k.anchor {
			return i
		}
		if handler == none && k.end-k.start <= longestClick {
			handler = i
		}
	}
	return handler
}

// beside finds the place of an anchor that ends before the digits of a number
// or begins behind it, in the same block and with nothing but a few signs
// between.
func (s *strip) beside(start, digits, end int) int {
	const gap = 12
	last := sort.Search(len(s.clicks), func(i int) bool { return s.clicks[i].start >= end })
	for i := last - 1; i >= max(0, last-3); i-- {
		if k := &s.clicks[i]; k.anchor && k.hasHref && k.end <= digits && start-k.end <= gap && s.sameBlock(k.end, digits) {
			return i
		}
	}
	if last < len(s.clicks) {
		if k := &s.clicks[last]; k.anchor && k.hasHref && k.start-end <= gap && s.sameBlock(end, k.start) {
			return last
		}
	}
	return none
}

func (s *strip) sameBlock(from, to int) bool {
	return bytes.IndexByte(s.buf[from:to], number.Break) < 0
}
