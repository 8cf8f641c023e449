package scanner

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// How much of what a page calls itself is kept.
const (
	maxTitle    = 300 // bytes
	maxName     = 200 // bytes of a heading, a site name, a logo's text
	maxCalled   = 12  // headings, and logos
	maxLogoText = 90  // bytes of text in an element that calls itself logo: more is no name
	maxFeet     = 32
)

// names is what a page calls itself.
type names struct {
	title    string
	siteName string
	appName  string
	headings []string
	logos    []string

	keywords, description string // of the meta elements
	refresh               string // content of the refresh
}

// titleText takes in the text of a title; the first one counts.
func (s *sheet) titleText(t string) {
	if s.nested {
		return
	}
	if s.title == "" {
		s.title = tidy(t, maxTitle)
	}
	if mayHold(t) {
		s.aside(t)
	}
}

// called notes what an element says about the page's name and parts.
func (s *sheet) called(name atom.Atom, tag string, a *attributes, f *frame) {
	switch name {
	case atom.Meta:
		switch {
		case strings.EqualFold(a.property, "og:site_name") || strings.EqualFold(a.name, "og:site_name"):
			s.siteName = a.content
		case strings.EqualFold(a.name, "application-name"):
			s.appName = a.content
		case s.keywords == "" && strings.EqualFold(a.name, "keywords"):
			s.keywords = a.content
		case s.description == "" && strings.EqualFold(a.name, "description"):
			s.description = a.content
		case s.refresh == "" && strings.EqualFold(a.equiv, "refresh"):
			s.refresh = a.content
		}
		return
	case atom.H1, atom.H2:
		if f.ground == shown {
			f.is |= isHeading
		}
	case atom.Img, atom.A:
		if f.is&isLogo != 0 || s.inLogo() {
			s.logo(a.alt)
			s.logo(a.title)
		}
	case atom.Footer:
		f.is |= isFoot
	case atom.Script, atom.Style, atom.Link, atom.Html, atom.Body, atom.Input:
		return
	}
	if a.calls("foot") || a.calls("copyright") {
		f.is |= isFoot
	}
	if isMountName(a.id) || tag == "app-root" {
		f.is |= isMount
	}
}

// isMountName says whether an id is one that front-end frameworks render into.
func isMountName(id string) bool {
	switch id {
	case "app", "root", "__next", "__nuxt", "___gatsby", "q-app", "svelte", "react-root", "main-app":
		return true
	}
	return false
}

func (s *sheet) inLogo() bool {
	for i := len(s.stack) - 1; i >= max(0, len(s.stack)-3); i-- {
		if s.stack[i].is&isLogo != 0 {
			return true
		}
	}
	return false
}

func (s *sheet) logo(t string) {
	if t = tidy(t, maxName); t == "" || len(s.logos) >= maxCalled {
		return
	}
	for _, known := range s.logos {
		if known == t {
			return
		}
	}
	s.logos = append(s.logos, t)
}

// closed does what an element asks for at its end.
func (s *sheet) closed(f *frame) {
	if f.is&isSVG != 0 {
		s.svg--
	}
	if f.ground != shown || s.nested {
		return
	}
	v := &s.strips[shown]
	inside := v.buf[min(f.start, len(v.buf)):]
	if f.is&isHeading != 0 && len(s.headings) < maxCalled {
		if t := tidy(string(inside[:min(len(inside), 2*maxName)]), maxName); t != "" {
			s.headings = append(s.headings, t)
		}
	}
	if f.is&isTucked != 0 {
		s.tuck(f.start, len(v.buf))
	}
	if f.is&isLogo != 0 && len(inside) <= maxLogoText {
		s.logo(string(inside))
	}
	if f.is&isFoot != 0 {
		s.foot(f.start, len(v.buf))
	}
	if f.is&isMount != 0 && len(inside) <= 40 {
		s.emptyMount = true
	}
}

// foot notes a part of the page that calls itself foot; one with next to no
// text is filled by script, frame or picture.
func (s *sheet) foot(start, end int) {
	if end-start <= 10 {
		s.emptyFoot = true
		return
	}
	if len(s.feet) < maxFeet {
		s.feet = append(s.feet, [2]int{start, end})
	}
}

// tidy makes one line of a text, bounded.
func tidy(t string, n int) string {
	return strings.TrimSpace(bounded(strings.Join(strings.Fields(strings.ToValidUTF8(t, "")), " "), n))
}

// attributes is those of an element that a page is read by.
type attributes struct {
	href, src, kind, id, class, style   string
	alt, title, content, name, property string
	code                                string // of a click handler
	width, height, equiv                string
	hasHref, hidden, shadow, open       bool
}

func readAttributes(attrs []html.Attribute) (a attributes) {
	for i := range attrs {
		v := attrs[i].Val
		switch attrs[i].Key {
		case "href":
			if !a.hasHref {
				a.href, a.hasHref = v, true
			}
		case "src":
			a.src = v
		case "type":
			a.kind = v
		case "id":
			a.id = v
		case "class":
			a.class = v
		case "style":
			a.style = v
		case "alt":
			a.alt = v
		case "title":
			a.title = v
		case "content":
			a.content = v
		case "name":
			a.name = v
		case "property":
			a.property = v
		case "width":
			a.width = v
		case "height":
			a.height = v
		case "http-equiv":
			a.equiv = v
		case "hidden":
			a.hidden = true
		case "open":
			a.open = true
		case "shadowrootmode":
			a.shadow = true
		case "onclick", "@click", "v-on:click", "@tap", "bindtap", "ng-click", "(click)", "@click.native", "@click.prevent":
			a.code = v
		}
	}
	return a
}

// hides says whether the element is not shown by its own markup. What style
// sheets and scripts hide is not known.
func (a *attributes) hides() bool {
	if a.hidden {
		return true
	}
	if a.style == "" || !strings.Contains(a.style, "one") && !strings.Contains(a.style, "ONE") && !strings.Contains(a.style, "idden") {
		return false
	}
	style := strings.ToLower(strings.Join(strings.Fields(a.style), ""))
	return strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden")
}

// calls says whether id or class hold a word, in any of the usual cases.
func (a *attributes) calls(word string) bool {
	if a.id == "" && a.class == "" {
		return false
	}
	return holdsFold(a.id, word) || holdsFold(a.class, word)
}

// holdsFold says whether t holds the lower-case word, in any ASCII case.
func holdsFold(t, word string) bool {
	for i := 0; i+len(word) <= len(t); i++ {
		if t[i]|0x20 == word[0] && strings.EqualFold(t[i:i+len(word)], word) {
			return true
		}
	}
	return false
}
