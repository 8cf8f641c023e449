package number

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// PSB is a public-security filing number (公安联网备案号). Only its code counts
// in comparing; labels are written in many ways.
type PSB struct {
	Label string // letter or city letter before 公网安备; may be empty
	Code  string // 12 to 15 digits, 14 in new ones
}

// String is the canonical text, such as 京公网安备11010502030143号.
func (n PSB) String() string { return n.Label + "公网安备" + n.Code + "号" }

// NoteOldCode says that a public-security code has not the 14 digits of today's.
const NoteOldCode Note = "old-code"

// PSBMatch is a public-security number found in a text.
type PSBMatch struct {
	Start, End int
	DigitsAt   int
	Number     PSB
	Notes      []Note
}

// wantPSB is an example of a right number, for error texts.
const wantPSB = "京公网安备11010502030143号"

// ParsePSB reads one public-security number that is the whole text. Digits
// alone are accepted. Errors are of type *SyntaxError.
func ParsePSB(text string) (PSB, []Note, error) {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" {
		return PSB{}, nil, &SyntaxError{Code: CodeEmpty, Text: text, Want: wantPSB}
	}
	if m := FindPSB(trimmed); len(m) == 1 && m[0].Start == 0 && strings.TrimSpace(trimmed[m[0].End:]) == "" {
		return m[0].Number, m[0].Notes, nil
	}
	if code := strings.TrimSuffix(trimmed, "号"); saneCode(code) && strings.Trim(code, "0123456789") == "" {
		return PSB{Code: code}, codeNotes(code), nil
	}
	if utf8.RuneCountInString(trimmed) > 60 {
		trimmed = string([]rune(trimmed)[:60])
	}
	return PSB{}, nil, &SyntaxError{Code: CodeUnknown, Text: trimmed, Want: wantPSB}
}

func saneCode(code string) bool { return len(code) >= 12 && len(code) <= 15 }

func codeNotes(code string) []Note {
	if len(code) != 14 {
		return []Note{NoteOldCode}
	}
	return nil
}

// FindPSB finds all public-security numbers, in the order of the text. The
// text is as in FindICP.
func FindPSB(text string) []PSBMatch {
	var found []PSBMatch
	end := 0
	for at := 0; at+3 <= len(text); at++ {
		if text[at] != 0xE5 || !strings.HasPrefix(text[at:], "备") && !strings.HasPrefix(text[at:], "備") {
			continue
		}
		if !strings.ContainsRune("网部安按公", preceding(text, at)) || !strings.Contains(text[max(0, at-before):at], "公") {
			continue
		}
		if m, ok := matchPSB(text, at, max(end, at-before)); ok && m.Start >= end {
			found = append(found, m)
			end = m.End
			at = m.End - 1
		}
	}
	return found
}

func matchPSB(text string, at, floor int) (PSBMatch, bool) {
	from, to := window(text, at, floor)
	l := letters(text, from, to)
	i := slices.IndexFunc(l, func(x letter) bool { return x.at == at })
	if i < 0 {
		return PSBMatch{}, false
	}
	label, start, ok := psbLabel(l, i)
	if !ok {
		return PSBMatch{}, false
	}
	p := parse{reader: reader{l: l, i: i + 1}, text: text}
	p.between()
	digits := p.i
	code := p.digits()
	if !saneCode(code) || isASCIILetter(p.peek()) {
		return PSBMatch{}, false
	}
	here := p.i
	p.blanks()
	if p.peek() == '号' {
		p.i++
	} else {
		p.i = here
		p.note(NoteNoHao)
	}
	m := p.done(Match{}, start, digits)
	return PSBMatch{Start: m.Start, End: m.End, DigitsAt: m.DigitsAt, Number: PSB{Label: label, Code: code}, Notes: append(m.Notes, codeNotes(code)...)}, true
}

// psbLabel reads backwards from 备 what makes it a public-security number: 公
// with 安 or the frequent slip 按, 网 in any place, and before them the letter of
// a province, or of a city where it stands alone.
func psbLabel(l []letter, i int) (label string, start int, ok bool) {
	k, an := i-1, false
	for ; k >= 0 && i-k <= 12 && strings.ContainsRune(" \v网部安按", l[k].r); k-- {
		an = an || l[k].r == '安' || l[k].r == '按'
	}
	if k < 0 || l[k].r != '公' || !an {
		return "", 0, false
	}
	start = k
	for k--; k >= 0 && start-k <= 3 && l[k].r == ' '; k-- {
	}
	if k < 0 {
		return "", start, true
	}
	r := l[k].r
	if isProvince(r) || isHan(r) && (k == 0 || !isHan(l[k-1].r)) && !strings.ContainsRune("号的和与及", r) {
		return string(r), k, true // a city's letter, such as 穗, stands alone
	}
	return "", start, true
}

// preceding is the last rune before a place that is seen and no blank, folded;
// 0 where there is none near by.
func preceding(text string, at int) rune {
	for floor := max(0, at-before); at > floor; {
		r, size := utf8.DecodeLastRuneInString(text[:at])
		if f, seen := foldRune(r); seen && f != ' ' && f != SoftBreak {
			return f
		}
		at -= size
	}
	return 0
}

// window cuts the part of the text round an anchor that a number may take: not
// over a Break, and not before floor.
func window(text string, at, floor int) (from, to int) {
	from, to = max(floor, at-before), min(len(text), at+after)
	for from < at && !utf8.RuneStart(text[from]) {
		from++
	}
	if i := strings.LastIndexByte(text[from:at], Break); i >= 0 {
		from += i + 1
	}
	for to < len(text) && !utf8.RuneStart(text[to]) {
		to--
	}
	if i := strings.IndexByte(text[at:to], Break); i >= 0 {
		to = at + i
	}
	return from, to
}
