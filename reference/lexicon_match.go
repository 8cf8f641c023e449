package reference

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	ahocorasick "github.com/petar-dambovaliev/aho-corasick"
)

// matcher finds all words of a lexicon in one pass.
type matcher struct {
	automaton ahocorasick.AhoCorasick
	words     [][]Word // by pattern
}

func newMatcher(words map[string][]Word) *matcher {
	var m matcher
	var patterns []string
	for _, text := range slices.Sorted(maps.Keys(words)) {
		if len(words[text]) > 0 {
			patterns = append(patterns, text)
			m.words = append(m.words, words[text])
		}
	}
	builder := ahocorasick.NewAhoCorasickBuilder(ahocorasick.Opts{MatchKind: ahocorasick.LeftMostLongestMatch, DFA: true})
	m.automaton = builder.Build(patterns)
	return &m
}

func (m *matcher) find(text string) []Hit {
	var hits []Hit
	taken := 0
	for it := m.automaton.Iter(text); ; {
		at := it.Next()
		if at == nil {
			return hits
		}
		// The library goes on one byte behind the start of a match, not behind its end.
		if at.Start() < taken || !wholeWord(text, at.Start(), at.End()) {
			continue
		}
		taken = at.End()
		for _, w := range m.words[at.Pattern()] {
			hits = append(hits, Hit{Word: w, Start: at.Start(), End: at.End()})
		}
	}
}

// wholeWord says whether a match does not cut a word of Latin letters in two.
// Chinese has no such words, and a numeral may stand beside anything.
func wholeWord(text string, start, end int) bool {
	cut := func(a, b byte) bool { return isLetter(a) && isLetter(b) }
	return (start == 0 || !cut(text[start-1], text[start])) && (end == len(text) || !cut(text[end-1], text[end]))
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' }

// Fold brings a text into the form that the lexicon is compared in: lower
// case, full-width signs as plain ones, and without the signs of no width that
// are put between characters to hide words.
func Fold(text string) string {
	plain := true
	for i := range len(text) {
		if c := text[i]; c >= 'A' && c <= 'Z' || c == 0xE2 || c == 0xEF || c == 0xC2 || c == ' ' {
			plain = false
			break
		}
	}
	if plain {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	apart := apartness{}
	for i, r := range text {
		if apart.drops(text, i, r) {
			continue
		}
		switch {
		case r < utf8.RuneSelf:
			if r >= 'A' && r <= 'Z' {
				r |= 0x20
			}
			b.WriteByte(byte(r))
		case r >= 0xFF01 && r <= 0xFF5E:
			b.WriteRune(unicode.ToLower(r - 0xFEE0))
		case r >= 0x200B && r <= 0x200F, r == 0x2060, r == 0xFEFF, r == 0xAD:
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// apartness finds the blanks in 百 家 乐: between two characters that both stand alone.
type apartness struct {
	last, before rune // the two runes before the present one
}

func (a *apartness) drops(text string, i int, r rune) bool {
	alone := r == ' ' && isHan(a.last) && (a.before == 0 || a.before == ' ' || a.before == '\n' || !isHan(a.before))
	drop := false
	if alone {
		next, size := utf8.DecodeRuneInString(text[i+1:])
		behind, _ := utf8.DecodeRuneInString(text[i+1+size:])
		drop = isHan(next) && !isHan(behind)
	}
	a.before, a.last = a.last, r
	return drop
}

// isHan says so of the characters that texts are mostly written in (U+3400 to U+9FFF).
func isHan(r rune) bool { return r >= 0x3400 && r <= 0x9FFF }
