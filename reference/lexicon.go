package reference

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"sync"
)

// ownLexicon is the operator's list, which the embedded data don't have.
const ownLexicon = "lexicon_own.yaml"

// Lexicon is the words that speak for unlawful content and for content beyond
// a subject's scope, with what they weigh, and those that take weight away. It
// is safe for concurrent use.
type Lexicon struct {
	Violations []Category // of content-violation, in order
	Scopes     []Category // of content-out-of-scope, in order

	Organisations Organisations
	matcher       func() *matcher // built when it is asked first: that takes longer than to read all else
}

// Organisations is how names of organisations are found in titles.
type Organisations struct {
	Tails []string `yaml:"tails"` // what the names end with
	Heads []string `yaml:"heads"` // what stands before a name and is no part of it
}

// Category is one kind of content.
type Category struct {
	ID    string
	Name  Text
	Own   bool    // the operator's, from lexicon_own.yaml
	Least float64 // score from which a page is suspected; a word of weight 1 in the text counts 1
	Sure  float64 // and one word must weigh as much as this by itself: it says what nobody says by chance; 0: no such word is asked for
}

// WordRole says what a word does.
type WordRole byte

// The roles.
const (
	RoleTerm    WordRole = iota // speaks for its category
	RoleAgainst                 // speaks against its category, wherever it stands on the page
	RoleContext                 // shows that a page speaks about a thing and doesn't offer it: news, law, warnings
	RoleNeutral                 // holds a term and means something else; it weighs nothing
)

// Word is an entry of the lexicon.
type Word struct {
	Text     string // in lower case, full-width signs as plain ones
	Role     WordRole
	Category string // of a term or what is against one; empty: of all
	Weight   float64
}

// Hit is a word in a text.
type Hit struct {
	Word
	Start, End int // bytes
}

// group is words of one weight.
type group struct {
	Weight float64  `yaml:"weight"`
	Words  []string `yaml:"words"`
}

type categoryFile struct {
	ID      string   `yaml:"id"`
	Name    Text     `yaml:"name"`
	Least   float64  `yaml:"least"`
	Sure    float64  `yaml:"sure"`
	Terms   []group  `yaml:"terms"`
	Against []group  `yaml:"against"`
	Drop    []string `yaml:"drop"` // words of ours that an operator does without
}

type lexiconFile struct {
	Heading    heading        `yaml:",inline"`
	Violations []categoryFile `yaml:"violations"`
	Scopes     []categoryFile `yaml:"scopes"`
	Context    []group        `yaml:"context"`
	Neutral    []string       `yaml:"neutral"`

	Organisations Organisations `yaml:"organisations"`
}

// Bounds of the lexicon's figures.
const (
	mostWeight = 20
	mostLeast  = 500
)

// readLexicon reads our lexicon, and the operator's own words on top of it.
func readLexicon(fsys fs.FS) (*Lexicon, error) {
	b := lexiconBuilder{lexicon: &Lexicon{}, words: map[string][]Word{}}
	for _, name := range []string{"lexicon.yaml", ownLexicon} {
		var file lexiconFile
		if err := readYAML(fsys, name, &file, &file.Heading); err != nil {
			return nil, err
		}
		b.m = mistakes{file: name}
		b.add(&file, name == ownLexicon)
		if err := b.m.err(); err != nil {
			return nil, err
		}
	}
	if len(b.words) == 0 {
		return nil, errors.New("lexicon.yaml: it holds no word")
	}
	b.lexicon.matcher = sync.OnceValue(func() *matcher { return newMatcher(b.words) })
	return b.lexicon, nil
}

// lexiconBuilder puts the files of a lexicon together.
type lexiconBuilder struct {
	lexicon *Lexicon
	words   map[string][]Word // by text; a word may speak for several categories
	m       mistakes
}

func (b *lexiconBuilder) add(file *lexiconFile, own bool) {
	for _, c := range file.Violations {
		b.category(c, &b.lexicon.Violations, own, false)
	}
	for _, c := range file.Scopes {
		b.category(c, &b.lexicon.Scopes, own, true)
	}
	for _, g := range file.Context {
		b.group("context", g, Word{Role: RoleContext})
	}
	b.lexicon.Organisations.Tails = append(b.lexicon.Organisations.Tails, file.Organisations.Tails...)
	b.lexicon.Organisations.Heads = append(b.lexicon.Organisations.Heads, file.Organisations.Heads...)
	b.group("neutral", group{Weight: 1, Words: file.Neutral}, Word{Role: RoleNeutral})
}

// category adds a category, or an operator's words to one of ours. Scopes are
// known to the rules by name, so that an operator can't add one.
func (b *lexiconBuilder) category(c categoryFile, to *[]Category, own, fixed bool) {
	at := slices.IndexFunc(*to, func(known Category) bool { return known.ID == c.ID })
	switch {
	case at >= 0 && !own:
		b.m.add("category %s comes twice", c.ID)
	case at >= 0:
		if c.Least != 0 {
			(*to)[at].Least = c.Least
		}
		if c.Sure != 0 {
			(*to)[at].Sure = c.Sure
		}
	case fixed && own:
		b.m.add("scope %q: an own lexicon can add words to a scope, but no scope", c.ID)
		return
	case !b.m.id("category", c.ID, map[string]bool{}):
		return
	default:
		b.m.text("category "+c.ID, c.Name)
		*to = append(*to, Category{ID: c.ID, Name: c.Name, Own: own, Least: c.Least, Sure: c.Sure})
		at = len(*to) - 1
	}
	if at >= 0 && ((*to)[at].Least <= 0 || (*to)[at].Least > mostLeast) {
		b.m.add("category %s: least is %v, want above 0 and up to %d", c.ID, (*to)[at].Least, mostLeast)
	}
	if at >= 0 && ((*to)[at].Sure < 0 || (*to)[at].Sure > mostWeight) {
		b.m.add("category %s: sure is %v, want 0 to %d", c.ID, (*to)[at].Sure, mostWeight)
	}
	for _, word := range c.Drop {
		text := Fold(word)
		b.words[text] = slices.DeleteFunc(b.words[text], func(w Word) bool { return w.Category == c.ID })
	}
	for _, g := range c.Terms {
		b.group("category "+c.ID, g, Word{Role: RoleTerm, Category: c.ID})
	}
	for _, g := range c.Against {
		b.group("against "+c.ID, g, Word{Role: RoleAgainst, Category: c.ID})
	}
}

// group adds words of one weight, and names those that can't be used.
func (b *lexiconBuilder) group(at string, g group, like Word) {
	if len(g.Words) > 0 && (g.Weight <= 0 || g.Weight > mostWeight) {
		b.m.add("%s: weight %v, want above 0 and up to %d", at, g.Weight, mostWeight)
	}
	for _, text := range g.Words {
		like.Text, like.Weight = Fold(strings.TrimSpace(text)), g.Weight
		if len(like.Text) < 2 {
			b.m.add("%s: %q is too short to tell anything", at, text)
			continue
		}
		if slices.ContainsFunc(b.words[like.Text], func(w Word) bool { return w.Category == like.Category && w.Role == like.Role }) {
			b.m.add("%s: %q comes twice", at, text)
			continue
		}
		b.words[like.Text] = append(b.words[like.Text], like)
	}
}

// Category finds a category of violations or scopes.
func (l *Lexicon) Category(id string) (Category, bool) {
	for _, list := range [][]Category{l.Violations, l.Scopes} {
		for _, c := range list {
			if c.ID == id {
				return c, true
			}
		}
	}
	return Category{}, false
}

// Find returns the words of the lexicon in a text that Fold has made, in
// their order. Of words that overlap the leftmost counts, and of those the
// longest: 戒赌 is no 赌.
func (l *Lexicon) Find(folded string) []Hit { return l.matcher().find(folded) }
