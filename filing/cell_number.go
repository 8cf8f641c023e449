package filing

import (
	"errors"
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/filing/number"
)

// icp reads a filing number into its canonical text.
func (p *cellParser) icp(text string) string {
	n, notes, err := number.ParseInventory(text)
	if err != nil {
		p.badNumber(text, err)
		return ""
	}
	canonical := n.String()
	p.number = n
	if p.table.list[p.column].Kind == "icp-subject" && n.Service > 0 {
		p.wrong(codeSubjectSuffix, text, n.Subject().String())
		return ""
	}
	writing := false
	for _, note := range notes {
		switch note {
		case number.NoteSixDigits:
			p.odd(noteICPSix, text, canonical)
		case number.NoteEveryday:
			letter := numberKey(canonical)
			p.odd(noteICPLetter, text, letter)
		case number.NoteOddYear:
			p.odd(noteICPYear, text, "")
		default:
			writing = true
		}
	}
	if writing {
		p.odd(noteICPWriting, text, canonical)
	}
	return canonical
}

// badNumber notes a text that is no filing number, by the grammar's own code.
func (p *cellParser) badNumber(text string, err error) {
	var bad *number.SyntaxError
	if !errors.As(err, &bad) {
		p.wrong(codeICP+number.CodeUnknown, text, "")
		return
	}
	p.wrong(codeICP+bad.Code, text, bad.Want)
}

// psb reads a public-security number into its canonical text.
func (p *cellParser) psb(text string) string {
	n, notes, err := number.ParsePSB(text)
	if err != nil {
		var bad *number.SyntaxError
		want := ""
		if errors.As(err, &bad) {
			want = bad.Want
		}
		p.wrong(codePSBBad, text, want)
		return ""
	}
	if slices.Contains(notes, number.NoteOldCode) {
		p.odd(notePSBOld, text, "")
	}
	return n.String()
}

// numberKey is a canonical number as it is compared: with the province's
// letter that filing numbers use.
func numberKey(canonical string) string {
	for _, pair := range [...]string{"川蜀", "贵黔", "云滇", "甘陇"} {
		if rest, ok := strings.CutPrefix(canonical, pair[:3]); ok {
			return pair[3:] + rest
		}
	}
	return canonical
}
