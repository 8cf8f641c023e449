package scanner

import (
	"bytes"
	"cmp"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/icpaudit/icpaudit/observe"
)

// How much of what a page says is kept.
const (
	headText     = 40 << 10 // bytes of the beginning of the visible text
	tailText     = 8 << 10  // bytes of its end
	maxMeta      = 600      // bytes of keywords, and of a description
	maxSiteLinks = 48       // hosts, each of seen and of hidden links
	maxAnchor    = 120      // bytes of an anchor's text
	maxTucked    = 64       // parts of a page that are out of a visitor's sight
)

// content puts on record what the sheet's text says and where its links lead.
func (s *sheet) content(page []byte, base *url.URL) *observe.Content {
	c := &observe.Content{Keywords: tidy(s.keywords, maxMeta), Description: tidy(s.description, maxMeta), CodedTitle: codedTitle(page)}
	v := &s.strips[shown]
	c.Text, c.Tail, c.Left = headAndTail(s.inSight())
	out := outlinks{own: siteOf(strings.ToLower(base.Hostname())), sites: map[string]string{}}
	for i := range v.clicks {
		k := &v.clicks[i]
		if s.isTucked(k.start) {
			out.take(&c.Hidden, k, v.buf)
		} else {
			out.take(&c.Links, k, v.buf)
		}
	}
	for i := range s.strips[veiled].clicks {
		out.take(&c.Hidden, &s.strips[veiled].clicks[i], s.strips[veiled].buf)
	}
	c.Sends = s.sends(out.own)
	return c
}

// headAndTail keeps the beginning and the end of a text, cut between runes,
// and tells how many bytes were left out between them.
func headAndTail(text []byte) (head, tail string, left int) {
	if len(text) <= headText+tailText {
		return strings.ToValidUTF8(string(text), ""), "", 0
	}
	end, from := headText, len(text)-tailText
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	for from < len(text) && !utf8.RuneStart(text[from]) {
		from++
	}
	return strings.ToValidUTF8(string(text[:end]), ""), strings.ToValidUTF8(string(text[from:]), ""), from - end
}

// outlinks sorts links to other sites by host.
type outlinks struct {
	own   string            // registrable domain of the page
	sites map[string]string // registrable domain of a host
}

// take adds a link to a list where it leads to another site. Links to the
// filing systems are on record elsewhere.
func (o *outlinks) take(list *[]observe.SiteLink, k *click, text []byte) {
	if !k.anchor || !k.hasHref {
		return
	}
	t := parseHref(k.href)
	if !t.web() || t.host == "" || !strings.Contains(t.host, ".") || within(t.host, "gov.cn") || o.siteOf(t.host) == o.own {
		return
	}
	label := ""
	if k.end > k.start && k.end <= len(text) {
		label = tidy(string(text[k.start:min(k.end, k.start+2*maxAnchor)]), maxAnchor)
	}
	for i := range *list {
		if known := &(*list)[i]; known.Host == t.host {
			known.Count++
			if known.Text == "" {
				known.Text = label
			}
			return
		}
	}
	if len(*list) < maxSiteLinks {
		*list = append(*list, observe.SiteLink{Host: bounded(t.host, maxHost), Text: label, Count: 1})
	}
}

func (o *outlinks) siteOf(host string) string {
	site, known := o.sites[host]
	if !known {
		site = siteOf(host)
		o.sites[host] = site
	}
	return site
}

// tuck notes a part of the shown text that its own markup puts out of sight.
// It still counts as shown where filing numbers are looked for: pictures
// replace footers that way.
func (s *sheet) tuck(start, end int) {
	if end > start && len(s.tucked) < maxTucked {
		s.tucked = append(s.tucked, [2]int{start, end})
	}
}

// inSight is the shown text without what is tucked away.
func (s *sheet) inSight() []byte {
	text := s.strips[shown].buf
	if len(s.tucked) == 0 {
		return text
	}
	var out []byte
	from := 0
	for _, part := range slices.SortedFunc(slices.Values(s.tucked), func(a, b [2]int) int { return cmp.Compare(a[0], b[0]) }) {
		if part[0] > from {
			out = append(out, text[from:part[0]]...)
		}
		from = max(from, part[1])
	}
	return append(out, text[min(from, len(text)):]...)
}

func (s *sheet) isTucked(at int) bool {
	for _, part := range s.tucked {
		if part[0] <= at && at < part[1] {
			return true
		}
	}
	return false
}

// tucks says whether an element is put out of sight without being hidden: far
// off the screen, or without any size.
func (a *attributes) tucks() bool {
	if tiny(a.width) && tiny(a.height) {
		return true
	}
	if len(a.style) < 8 || !strings.ContainsAny(a.style, "-0") {
		return false
	}
	style := strings.ToLower(strings.Join(strings.Fields(a.style), ""))
	for _, out := range [...]string{"left:-9", "top:-9", "right:-9", "text-indent:-9", "left:-5000", "top:-5000", "left:-1000", "top:-1000"} {
		if strings.Contains(style, out) && (strings.Contains(out, "indent") || strings.Contains(style, "position:")) {
			return true
		}
	}
	if strings.Contains(style, "font-size:0px") || strings.HasSuffix(style, "font-size:0") || strings.Contains(style, "font-size:0;") {
		return true
	}
	flat := strings.Contains(style, "overflow:hidden") && !strings.Contains(style, "line-height:0") &&
		(strings.Contains(style, "height:0") || strings.Contains(style, "height:1px") || strings.Contains(style, "width:0") || strings.Contains(style, "width:1px"))
	return flat && !strings.Contains(style, "max-") && !strings.Contains(style, "min-")
}

func tiny(size string) bool {
	switch strings.TrimSuffix(strings.TrimSpace(size), "px") {
	case "0", "1", "2":
		return true
	}
	return false
}

// titleReach is how far into a page its title is looked for.
const titleReach = 16 << 10

// codedTitle says whether the source of the title writes most of its signs as
// character references of letters that no page has to write so.
func codedTitle(page []byte) bool {
	head := page[:min(len(page), titleReach)]
	i := bytes.Index(head, []byte("<title"))
	if i < 0 {
		if i = bytes.Index(head, []byte("<TITLE")); i < 0 {
			return false
		}
	}
	source := head[i:min(len(head), i+4096)]
	if end := bytes.Index(source, []byte("</")); end >= 0 {
		source = source[:end]
	}
	if n := bytes.Count(source, []byte("&#")); n < 4 {
		return false
	}
	coded := 0
	for _, part := range bytes.Split(source, []byte("&#"))[1:] {
		end := bytes.IndexByte(part, ';')
		if end < 0 || end > 8 {
			continue
		}
		for _, r := range html.UnescapeString("&#" + string(part[:end+1])) {
			if r >= 0x2E80 { // below are signs and punctuation that editors write so
				coded++
			}
			break
		}
	}
	return coded >= 4
}
