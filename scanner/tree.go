package scanner

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// listener takes in a page event by event. It is fed from the tree, or, where
// the parser refuses to make one, from the tokenizer: one reader, two feeders.
type listener interface {
	open(name atom.Atom, tag string, attrs []html.Attribute)
	text(t string)
	comment(t string)
	close(name atom.Atom, tag string)
}

// longestParse is the time that making a tree may take: hundreds of times what
// an honest page needs. Over it the tokenizer reads the page.
const longestParse = 2 * time.Second

var errSlow = errors.New("making the tree takes too long")

// feedTree parses a page and feeds its tree. It fails where the parser refuses
// the page (elements nested over 512 deep) before anything was fed.
func feedTree(page []byte, to listener) error {
	doc, err := parseTree(page)
	if err != nil {
		return err
	}
	root := doc.Nodes[0]
	for n := root; n != nil; {
		enter(n, to)
		if n.FirstChild != nil {
			n = n.FirstChild
			continue
		}
		for n != nil {
			leave(n, to)
			if n == root {
				return nil
			}
			if n.NextSibling != nil {
				n = n.NextSibling
				break
			}
			n = n.Parent
		}
	}
	return nil
}

func enter(n *html.Node, to listener) {
	switch n.Type {
	case html.ElementNode:
		to.open(n.DataAtom, n.Data, n.Attr)
	case html.TextNode:
		to.text(n.Data)
	case html.CommentNode:
		to.comment(n.Data)
	}
}

func leave(n *html.Node, to listener) {
	if n.Type == html.ElementNode {
		to.close(n.DataAtom, n.Data)
	}
}

func parseTree(page []byte) (doc *goquery.Document, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("parse the page: %v", p)
		}
	}()
	return goquery.NewDocumentFromReader(&impatient{r: bytes.NewReader(page), until: time.Now().Add(longestParse)})
}

// impatient is a reader that fails when its time is over, which ends a parser
// that reads as it goes.
type impatient struct {
	r     io.Reader
	until time.Time
}

func (i *impatient) Read(p []byte) (int, error) {
	if time.Now().After(i.until) {
		return 0, errSlow
	}
	return i.r.Read(p)
}

// feedTokens feeds the tokens of a page without making a tree. Elements are
// closed by their end tags, and by what can't stand in them.
func feedTokens(page []byte, to listener) error {
	z := html.NewTokenizer(bytes.NewReader(page))
	stack := openTags{count: make(map[string]int), to: to}
	for {
		switch z.Next() {
		case html.ErrorToken:
			stack.closeAll()
			if err := z.Err(); err != io.EOF {
				return err
			}
			return nil
		case html.TextToken:
			to.text(string(z.Text()))
		case html.CommentToken:
			to.comment(string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			stack.open(t)
		case html.EndTagToken:
			name, _ := z.TagName()
			stack.close(string(name))
		}
	}
}

// openTags is the elements that are open while tokens are fed.
type openTags struct {
	tags  []string
	count map[string]int // of each tag among tags, so that a stray end tag costs nothing
	to    listener
}

func (s *openTags) open(t html.Token) {
	if closesItsLike(t.DataAtom) && len(s.tags) > 0 && s.tags[len(s.tags)-1] == t.Data {
		s.pop()
	}
	if isBlock(t.DataAtom) && len(s.tags) > 0 && s.tags[len(s.tags)-1] == "p" {
		s.pop()
	}
	if t.DataAtom == atom.A && s.count["a"] > 0 {
		s.close("a")
	}
	s.to.open(t.DataAtom, t.Data, t.Attr)
	if isVoid(t.DataAtom) || t.Type == html.SelfClosingTagToken && s.count["svg"]+s.count["math"] > 0 {
		s.to.close(t.DataAtom, t.Data)
		return
	}
	s.tags = append(s.tags, t.Data)
	s.count[t.Data]++
}

// close ends an element and what is open in it. The end tag of an inline
// element does not reach out of the block that it stands in.
func (s *openTags) close(tag string) {
	if s.count[tag] == 0 || !isBlock(atom.Lookup([]byte(tag))) && !s.inReach(tag) {
		return
	}
	for s.pop() != tag {
	}
}

func (s *openTags) inReach(tag string) bool {
	const reach = 200 // more inline elements round a text do not occur
	for i := len(s.tags) - 1; i >= max(0, len(s.tags)-reach); i-- {
		if s.tags[i] == tag {
			return true
		}
		if tag != "a" && isBlock(atom.Lookup([]byte(s.tags[i]))) {
			return false
		}
	}
	return false
}

func (s *openTags) pop() string {
	tag := s.tags[len(s.tags)-1]
	s.tags = s.tags[:len(s.tags)-1]
	s.count[tag]--
	s.to.close(atom.Lookup([]byte(tag)), tag)
	return tag
}

func (s *openTags) closeAll() {
	for len(s.tags) > 0 {
		s.pop()
	}
}

// closesItsLike says whether an element ends an open one of the same name.
func closesItsLike(a atom.Atom) bool {
	switch a {
	case atom.Li, atom.P, atom.Td, atom.Th, atom.Tr, atom.Dt, atom.Dd, atom.Option:
		return true
	}
	return false
}

func isVoid(a atom.Atom) bool {
	switch a {
	case atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Link, atom.Meta, atom.Param,
		atom.Source, atom.Track, atom.Wbr, atom.Keygen, atom.Frame:
		return true
	}
	return false
}

// isBlock says whether browsers set an element apart from the text round it.
func isBlock(a atom.Atom) bool {
	switch a {
	case atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Body, atom.Caption, atom.Center, atom.Dd, atom.Details,
		atom.Dialog, atom.Dir, atom.Div, atom.Dl, atom.Dt, atom.Fieldset, atom.Figcaption, atom.Figure, atom.Footer, atom.Form,
		atom.Frameset, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Head, atom.Header, atom.Hgroup, atom.Hr,
		atom.Html, atom.Iframe, atom.Legend, atom.Li, atom.Main, atom.Menu, atom.Nav, atom.Object, atom.Ol, atom.Optgroup,
		atom.Option, atom.P, atom.Pre, atom.Section, atom.Select, atom.Summary, atom.Table, atom.Tbody, atom.Td, atom.Textarea,
		atom.Tfoot, atom.Th, atom.Thead, atom.Tr, atom.Ul, atom.Video, atom.Audio, atom.Canvas, atom.Plaintext, atom.Xmp, atom.Marquee:
		return true
	}
	return false
}
