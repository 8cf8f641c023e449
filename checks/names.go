package checks

import (
	"strings"
	"unicode"

	"github.com/icpaudit/icpaudit/filing"
)

// normalName is a name as comparing goes by: as filing folds it, and without
// the signs that titles and registries set or leave out at will.
func normalName(name string) string {
	return without("·.。,，、-_|", filing.FoldName(without("《》「」『』", name)))
}

func without(signs, text string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(signs, r) {
			return -1
		}
		return r
	}, text)
}

// sameName says whether two names of bodies or persons are one name.
func sameName(a, b string) bool { return normalName(a) == normalName(b) }

// hasHan says whether a name holds Chinese characters.
func hasHan(name string) bool {
	return strings.ContainsFunc(name, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}
