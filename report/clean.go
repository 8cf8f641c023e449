package report

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing/number"
	"github.com/icpaudit/icpaudit/observe"
)

// Longest texts in a cell, in runes; longer ones are cut and say so.
const (
	longestCell    = 2000
	longestExcerpt = 300
)

// cut stands where a text was cut.
const cut = "…[cut]"

// Clean makes foreign text safe to show anywhere: valid UTF-8 on one line,
// without control, bidirectional and invisible characters, personal numbers
// masked, bounded to longest runes with the cut visible.
func Clean(text string, longest int) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	var b strings.Builder
	space := false
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			space = true
			continue
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), r == '\uFFFE', r == '\uFFFF':
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	text = number.MaskAll(b.String())
	if utf8.RuneCountInString(text) <= longest {
		return text
	}
	return string([]rune(text)[:longest]) + cut
}

// formulaSafe keeps spreadsheets from reading a cell as a formula (OWASP ASVS
// 1.2.10): a leading trigger, also a full-width one, gets an apostrophe.
func formulaSafe(cell string) string {
	trimmed := strings.TrimLeftFunc(cell, func(r rune) bool { return unicode.IsSpace(r) || r == '\uFEFF' })
	first, _ := utf8.DecodeRuneInString(trimmed)
	if strings.ContainsRune("=+-@|%＝＋－＠｜％\t\r\n\x00", first) && trimmed != "" {
		return "'" + cell
	}
	return cell
}

func cleanProofs(proofs []checks.Proof) []checks.Proof {
	clean := make([]checks.Proof, len(proofs))
	for i, p := range proofs {
		p.Want, p.Got = Clean(p.Want, longestCell), Clean(p.Got, longestCell)
		p.Where, p.Excerpt = Clean(p.Where, longestCell), Clean(p.Excerpt, longestExcerpt)
		clean[i] = p
	}
	return clean
}

func cleanNotes(notes []checks.Note) []checks.Note {
	clean := make([]checks.Note, len(notes))
	for i, n := range notes {
		clean[i] = checks.Note{Code: n.Code, Detail: Clean(n.Detail, longestCell)}
	}
	return clean
}

func cleanFault(f *observe.Fault) *observe.Fault {
	if f == nil {
		return nil
	}
	clean := *f
	clean.Where, clean.Detail = Clean(f.Where, longestCell), Clean(f.Detail, longestCell)
	return &clean
}
