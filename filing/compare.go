package filing

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// SameName says whether two names of bodies or persons are one name in two
// writings: width, case, blanks, kinds of brackets, dots, dashes and quotes,
// and traditional or simplified characters make no difference. Everything else
// does: 有限公司 and 有限责任公司 are two names. Two empty names are the same.
func SameName(a, b string) bool { return a == b || FoldName(a) == FoldName(b) }

// FoldName is a name in the writing in which names are compared and looked up;
// it is not for showing.
func FoldName(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune("([{<〔【〖《〈「『﹝", r):
			return '('
		case strings.ContainsRune(")]}>〕】〗》〉」』﹞", r):
			return ')'
		case strings.ContainsRune("\"'“”‘’`´", r):
			return -1
		}
		return r
	}, foldWriting(name))
}

// foldWriting is a text without what only the writing changes: compatibility
// forms (full width, ligatures), case, blanks, unseen characters, the kind of
// dots and dashes, and traditional characters.
func foldWriting(text string) string {
	simple := traditional()
	return strings.Map(func(r rune) rune {
		switch {
		case r < 0x80:
			if r <= ' ' {
				return -1
			}
			return unicode.ToLower(r)
		case unicode.IsSpace(r), unicode.Is(unicode.C, r):
			return -1
		case strings.ContainsRune("•‧∙⋅・●", r):
			return '·'
		case strings.ContainsRune("‐‑‒–—―−─", r):
			return '-'
		}
		if s, ok := simple[r]; ok {
			return s
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(text))
}

//go:embed traditional.txt
var traditionalText string

// traditional is the simplified character of each traditional one.
var traditional = sync.OnceValue(func() map[rune]rune {
	simple := make(map[rune]rune, 3000)
	for line := range strings.Lines(traditionalText) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		pair := []rune(strings.TrimSpace(line))
		for i := 0; i+1 < len(pair); i += 2 {
			simple[pair[i]] = pair[i+1]
		}
	}
	return simple
})
