package scanner

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// ground is where text of a page ends up.
type ground byte

// The grounds. What is not shown stays so for everything in it.
const (
	shown    ground = iota // a visitor sees it
	scripted               // template: script may show it
	veiled                 // comment, hidden element, attribute: nobody sees it
	grounds
)

// sheet takes in one page: its text by ground, its scripts, and what it calls
// itself. It is the one listener of both feeders.
type sheet struct {
	strips [grounds]strip
	stack  []frame
	nested bool // inside a comment or another raw text that is read as markup

	scripts []script
	frames  []string // sources of frames
	base    string   // of the base element

	names               // what the page calls itself
	tucked     [][2]int // parts of the shown strip that are out of sight
	feet       [][2]int // parts of the shown strip that call themselves foot
	emptyFoot  bool     // such a part holds no text
	emptyMount bool     // the element that scripts render into holds no text
	svg        int      // open svg elements, whose title is a tooltip
}

// script is a script of the page.
type script struct{ kind, src, text string }

// frame is an open element.
type frame struct {
	ground ground
	role   role
	block  bool
	click  int // its place among the clicks of its ground
	start  int // length of the shown strip when it was opened
	is     traits
}

// role says what the text right inside an element is.
type role byte

const (
	roleText role = iota
	roleTitle
	roleScript
	roleDropped // style and the like
	roleMarkup  // raw text that is markup of its own: noscript, iframe
)

// traits of an element that are looked at when it is closed.
type traits byte

const (
	isHeading traits = 1 << iota
	isLogo
	isFoot
	isMount
	isSVG
	isTucked
)

// open takes in a start tag.
func (s *sheet) open(name atom.Atom, tag string, attrs []html.Attribute) {
	a := readAttributes(attrs)
	f := frame{ground: s.ground(), click: none, block: isBlock(name)}
	if f.block {
		s.strips[f.ground].block()
	}
	s.element(name, tag, &a, &f)
	if name != atom.Html && name != atom.Body && a.hides() {
		f.ground = veiled
	}
	if f.ground == shown && (name == atom.Div || name == atom.P || name == atom.Span || name == atom.Ul || name == atom.Marquee || name == atom.Section) && a.tucks() {
		f.is |= isTucked
	}
	if f.ground == shown && (f.is&isLogo == 0) && a.calls("logo") {
		f.is |= isLogo
	}
	if !s.nested {
		s.called(name, tag, &a, &f)
	}
	s.attributes(&a)
	if name == atom.A || a.hasHref && isComponent(name, tag) || a.code != "" {
		anchor := name == atom.A || a.hasHref && isComponent(name, tag)
		f.click = s.strips[f.ground].begin(click{href: a.href, hasHref: a.hasHref, anchor: anchor, code: a.code})
	}
	f.start = len(s.strips[shown].buf)
	s.stack = append(s.stack, f)
}

// isComponent says whether a tag is one of a front-end framework, which
// renders <el-link href> as an anchor.
func isComponent(name atom.Atom, tag string) bool { return name == 0 && strings.Contains(tag, "-") }

// element does what single elements ask for.
func (s *sheet) element(name atom.Atom, tag string, a *attributes, f *frame) {
	switch name {
	case atom.Br:
		s.strips[f.ground].line()
	case atom.Script:
		f.role = roleScript
		if !s.nested {
			s.scripts = append(s.scripts, script{kind: a.kind, src: a.src})
		}
	case atom.Style:
		f.role = roleDropped
	case atom.Title:
		if s.svg > 0 {
			f.ground = veiled
		} else {
			f.role = roleTitle
		}
	case atom.Svg:
		f.is |= isSVG
		s.svg++
	case atom.Noscript, atom.Noembed, atom.Noframes, atom.Iframe:
		f.role, f.ground = roleMarkup, veiled
		if name == atom.Iframe && !s.nested && a.src != "" && len(s.frames) < 50 {
			s.frames = append(s.frames, a.src)
		}
	case atom.Frame:
		if !s.nested && a.src != "" && len(s.frames) < 50 {
			s.frames = append(s.frames, a.src)
		}
	case atom.Template:
		// A declarative shadow root is shown without any script.
		if f.ground == shown && !a.shadow {
			f.ground = scripted
		}
	case atom.Textarea, atom.Audio, atom.Video, atom.Canvas, atom.Datalist, atom.Desc:
		f.ground = veiled
	case atom.Dialog:
		if !a.open {
			f.ground = veiled
		}
	case atom.Base:
		if s.base == "" && a.hasHref && !s.nested {
			s.base = a.href
		}
	}
}

// text takes in text.
func (s *sheet) text(t string) {
	role := roleText
	if n := len(s.stack); n > 0 {
		role = s.stack[n-1].role
	}
	switch role {
	case roleText:
		s.strips[s.ground()].text(t)
	case roleTitle:
		s.titleText(t)
	case roleScript:
		if n := len(s.scripts); n > 0 && !s.nested {
			s.scripts[n-1].text += t
		} else {
			s.strips[veiled].text(t)
		}
	case roleMarkup:
		s.comment(t)
	}
}

// comment takes in what nobody sees, and reads it as markup where it may hold
// a number: commented-out footers are kept in many pages.
func (s *sheet) comment(t string) { s.markup(t, veiled) }

// markup reads a text as markup that stands on a ground.
func (s *sheet) markup(t string, on ground) {
	if !mayHold(t) {
		return
	}
	s.strips[on].block()
	if s.nested {
		s.strips[on].text(t)
		s.strips[on].block()
		return
	}
	s.nested = true
	s.stack = append(s.stack, frame{ground: on, click: none, block: true})
	// An error here is the end of this text only, and what was read counts.
	_ = feedTokens([]byte(t), s)
	s.close(0, "")
	s.nested = false
}

// close takes in the end of the innermost element.
func (s *sheet) close(atom.Atom, string) {
	n := len(s.stack) - 1
	if n < 0 {
		return
	}
	f := s.stack[n]
	s.stack = s.stack[:n]
	on := &s.strips[f.ground]
	if f.click != none {
		on.finish(f.click)
	}
	if f.is != 0 {
		s.closed(&f)
	}
	if f.block {
		on.block()
		s.strips[s.ground()].block()
	}
}

func (s *sheet) ground() ground {
	if n := len(s.stack); n > 0 {
		return s.stack[n-1].ground
	}
	return shown
}

// attributes keeps attribute texts that may hold a number.
func (s *sheet) attributes(a *attributes) {
	for _, t := range [...]string{a.alt, a.title, a.content} {
		if t != "" && mayHold(t) {
			s.aside(t)
		}
	}
}

// aside keeps a text of its own that nobody sees.
func (s *sheet) aside(t string) {
	v := &s.strips[veiled]
	v.block()
	v.text(t)
	v.block()
}

// mayHold says cheaply whether a text may hold a filing number.
func mayHold(t string) bool {
	return strings.Contains(t, "ICP") || strings.Contains(t, "备") || strings.Contains(t, "備") || strings.Contains(t, "icp") ||
		strings.Contains(t, "&#") || strings.Contains(t, "Ｉ") || strings.Contains(t, "B2-")
}

// reset makes a sheet ready for the next page.
func (s *sheet) reset() {
	for i := range s.strips {
		s.strips[i].reset()
	}
	clear(s.scripts)
	*s = sheet{strips: s.strips, stack: s.stack[:0], scripts: s.scripts[:0]}
}

// finish ends the page.
func (s *sheet) finish() {
	for i := range s.strips {
		s.strips[i].finishAll()
	}
}

var _ listener = (*sheet)(nil)
