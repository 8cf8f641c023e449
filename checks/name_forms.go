package checks

import (
	"strings"
	"unicode/utf8"
)

// nameForms are the forms of a filed name that a page may show: whole, and
// without the words that only say that it is a site or which kind of company.
func nameForms(name string) []string {
	forms := []string{name}
	short := name
	for _, tail := range []string{"官方网站", "官网", "网站", "门户", "首页", "有限责任公司", "股份有限公司", "有限公司"} {
		if cut := strings.TrimSuffix(short, tail); cut != short && utf8.RuneCountInString(cut) >= 3 {
			short = cut
			forms = append(forms, short)
		}
	}
	return forms
}

// near says whether at least half of the name's pairs of characters occur in a text.
func near(name, text string) bool {
	runes := []rune(name)
	if len(runes) < 3 {
		return false
	}
	hits := 0
	for i := range len(runes) - 1 {
		if strings.Contains(text, string(runes[i:i+2])) {
			hits++
		}
	}
	return hits*2 >= len(runes)-1
}
