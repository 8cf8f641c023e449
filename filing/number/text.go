package number

import (
	"strings"
	"unicode/utf8"
)

// letter is one rune of a text as grammars read it, and where it stands.
type letter struct {
	r        rune // folded: ASCII for full-width, upper case, simplified, plain blank and hyphen
	at, next int  // byte offsets of the rune in the text
}

// Break separates blocks in a text that is searched: no number runs across it.
// SoftBreak is a line break inside a block (<br>), which a number may run across.
const (
	Break     = '\n'
	SoftBreak = '\v'
)

// letters folds the runes of text[from:to], without those that nobody sees.
func letters(text string, from, to int) []letter {
	out := make([]letter, 0, to-from)
	for at := from; at < to; {
		r, size := utf8.DecodeRuneInString(text[at:])
		if f, seen := foldRune(r); seen {
			out = append(out, letter{f, at, at + size})
		}
		at += size
	}
	return out
}

// foldRune is the plain form of a rune; seen is false for what has no width.
func foldRune(r rune) (folded rune, seen bool) {
	switch {
	case r >= 'a' && r <= 'z':
		return r - 'a' + 'A', true
	case r < 0x80 && r != '\t' && r != '\r' && r != '\f':
		return r, true
	case r >= 0xFF01 && r <= 0xFF5E:
		return foldRune(r - 0xFEE0)
	case r == '\t', r == '\r', r == '\f', r == 0xA0, r == 0x3000, r >= 0x2000 && r <= 0x200A, r == 0x202F, r == 0x205F:
		return ' ', true
	case r == 0xAD, r >= 0x200B && r <= 0x200F, r == 0x2060, r == 0xFEFF, r >= 0x202A && r <= 0x202E:
		return 0, false
	case r >= 0x2010 && r <= 0x2015, r == 0x2212, r == 0xFE63, r == 0x2500:
		return '-', true
	case r >= 0x4E00:
		return simplify(r), true
	}
	return r, true
}

// simplify maps the traditional characters that occur in filing numbers.
func simplify(r rune) rune {
	const traditional, simplified = "備號証證粵滬贛閩魯蘇遼陝隴貴雲瓊寧網編經營", "备号证证粤沪赣闽鲁苏辽陕陇贵云琼宁网编经营"
	if i := strings.IndexRune(traditional, r); i >= 0 {
		s, _ := utf8.DecodeRuneInString(simplified[i:])
		return s
	}
	return r
}

// reader walks over letters.
type reader struct {
	l []letter
	i int
}

// peek is the rune at the cursor; 0 at the end.
func (r *reader) peek() rune {
	if r.i < len(r.l) {
		return r.l[r.i].r
	}
	return 0
}

// blanks skips blanks and soft breaks and says how many.
func (r *reader) blanks() int {
	n := 0
	for r.peek() == ' ' || r.peek() == SoftBreak {
		r.i++
		n++
	}
	return n
}

// word skips a word where it stands, blanks between its runes allowed.
func (r *reader) word(word string) bool {
	start := r.i
	for _, want := range word {
		r.blanks()
		if r.peek() != want {
			r.i = start
			return false
		}
		r.i++
	}
	return true
}

// digits reads the digits at the cursor.
func (r *reader) digits() string {
	var b strings.Builder
	for c := r.peek(); c >= '0' && c <= '9'; c = r.peek() {
		b.WriteRune(c)
		r.i++
	}
	return b.String()
}

func isASCIILetter(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' }

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isHan(r rune) bool { return r >= 0x4E00 && r <= 0x9FFF }
