package number

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Class is what a find is worth.
type Class byte

// The classes of a find.
const (
	ClassFiling    Class = iota // an ICP filing number (ICP备)
	ClassLicence                // a licence, or a filing number of the licence kind
	ClassMalformed              // meant as a filing number, but written so that it is none
	ClassLookalike              // not a filing number at all
)

// Match is a number found in a text.
type Match struct {
	Start, End int // byte offsets in the text
	DigitsAt   int // byte offset of the body's first digit
	Number     ICP // of a malformed one: what it seems to mean; may be zero
	Class      Class
	Code       string // of a malformed one or a lookalike: a code of SyntaxError
	Notes      []Note
}

// FindICP finds all ICP numbers, licences and what looks like them, in the
// order of the text. Blocks of the text are separated by Break, which no number
// runs across; within a block text stands as a visitor sees it.
func FindICP(text string) []Match { return findICP(text, false) }

// A number reaches at most so many bytes before and after its anchor.
const before, after = 48, 160

func findICP(text string, inventory bool) []Match {
	var found []Match
	end := 0
	for at := 0; at < len(text); at++ {
		if !anchor(text, at) {
			continue
		}
		m, ok := match(text, at, max(end, at-before), inventory)
		if !ok || m.End <= at || m.Start < end {
			continue
		}
		found = append(found, m)
		end = m.End
		at = m.End - 1
	}
	return found
}

// anchor says whether a number may have its I of ICP, its 备, or the letter of
// its licence here. It is asked at every byte, so it only looks close by.
func anchor(text string, at int) bool {
	switch c := text[at]; {
	case c == 'I' || c == 'i':
		next := following(text, at+1)
		return next == 'C' || next == 'P'
	case c == 'A' || c == 'B' || c == 'D':
		return at+2 < len(text) && text[at+1] >= '1' && text[at+1] <= '4' && !isASCIILetter(rune(text[at+2])) && !isDigit(rune(text[at+2]))
	case c == 0xEF: // full-width Ｉ, ｉ, Ａ, Ｂ
		return strings.HasPrefix(text[at:], "Ｉ") || strings.HasPrefix(text[at:], "ｉ") || strings.HasPrefix(text[at:], "Ａ") || strings.HasPrefix(text[at:], "Ｂ")
	case c == 0xE5:
		if !strings.HasPrefix(text[at:], "备") && !strings.HasPrefix(text[at:], "備") {
			return false
		}
		r, _ := utf8.DecodeLastRuneInString(text[:at])
		return isProvince(simplify(r))
	}
	return false
}

// following is the first rune from a place on that is seen and no blank, folded.
func following(text string, at int) rune {
	for end := min(len(text), at+after); at < end; {
		r, size := utf8.DecodeRuneInString(text[at:])
		if f, seen := foldRune(r); seen && f != ' ' && f != SoftBreak {
			return f
		}
		at += size
	}
	return 0
}

// match reads the number whose anchor stands at a place; nothing before floor
// belongs to it.
func match(text string, at, floor int, inventory bool) (Match, bool) {
	from, to := window(text, at, floor)
	l := letters(text, from, to)
	i := slices.IndexFunc(l, func(x letter) bool { return x.at == at })
	if i < 0 {
		return Match{}, false
	}
	p := parse{reader: reader{l: l, i: i}, anchor: i, text: text, inventory: inventory}
	switch l[i].r {
	case 'I':
		return p.icp()
	case '备':
		return p.bare()
	}
	return p.licence(i)
}

// parse is the reading of one number.
type parse struct {
	reader
	anchor    int
	text      string
	inventory bool
	notes     []Note
}

func (p *parse) note(n Note) {
	if !slices.Contains(p.notes, n) {
		p.notes = append(p.notes, n)
	}
}

// icp reads a number from the I of its ICP.
func (p *parse) icp() (Match, bool) {
	typo := p.word("IPC")
	if !typo && !p.word("ICP") {
		return Match{}, false
	}
	p.skipBlanks()
	kind := p.peek()
	if kind != '备' && kind != '证' && !isDigit(kind) {
		return Match{}, false
	}
	province, start, vanity := p.province(p.anchor)
	n := ICP{Province: province}
	if isDigit(kind) {
		typo = true // 备 is missing: 渝ICP16…
	} else {
		p.i++
	}
	if kind == '证' {
		n.Licence = "ICP证"
	}
	typo = p.between() || typo
	if m, ok := p.licenceBehind(start, province); ok {
		return m, true
	}
	m, ok := p.body(n, start)
	if !ok {
		return m, false
	}
	switch {
	case vanity:
		m.Class, m.Code = ClassLookalike, CodeVanity
	case m.Class == ClassFiling && province == "":
		m.Class, m.Code = ClassMalformed, CodeNoProvince
	case m.Class == ClassFiling && typo:
		m.Class, m.Code = ClassMalformed, CodeTypo
	}
	return m, true
}

// bare reads 冀备12345678号, where ICP was forgotten; anything else before 备
// makes it another kind of number.
func (p *parse) bare() (Match, bool) {
	province, start, _ := p.province(p.anchor)
	if province == "" || start != p.anchor-1 || start > 0 && isHan(p.l[start-1].r) {
		return Match{}, false
	}
	p.i++
	p.between()
	m, ok := p.body(ICP{Province: province}, start)
	if !ok || m.Class != ClassFiling {
		return Match{}, false
	}
	m.Class, m.Code = ClassMalformed, CodeTypo
	return m, true
}

func (p *parse) skipBlanks() {
	if p.blanks() > 0 {
		p.note(NoteBlanks)
	}
}

// province reads the letter before a place, over blanks and a separator.
// Vanity says that a made-up prefix stands there instead.
func (p *parse) province(i int) (letter string, start int, vanity bool) {
	k := i - 1
	for k >= 0 && i-k <= 4 && strings.ContainsRune(" \v|:()\"'·.,-", p.l[k].r) {
		k--
	}
	if k < 0 {
		return "", i, false
	}
	r := p.l[k].r
	switch {
	case isProvince(r) && !(r == '云' && k > 0 && p.l[k-1].r == '星'):
		if strings.ContainsRune("川贵云甘", r) {
			p.note(NoteEveryday)
		}
		return string(r), k, false
	case k == i-1 && p.madeUp(k):
		return "", k, true
	}
	return "", i, false
}

// madeUp says whether the rune before ICP makes the number one of a joke
// register: a Latin letter, a character that such registers are known to use,
// or any other that stands alone. The last character of a sentence or label
// does not, nor one that people take for a province's.
func (p *parse) madeUp(k int) bool {
	r := p.l[k].r
	if isASCIILetter(r) || strings.ContainsRune("萌喵茶团图龙龍云", r) {
		return true
	}
	if !isHan(r) || strings.ContainsRune("号案的为是证及和与站港澳台秦申楚", r) {
		return false
	}
	return k == 0 || !isHan(p.l[k-1].r)
}

// between skips the words and signs that people put between 备 and the digits.
// It says whether something stood there that makes the number unreadable to others.
func (p *parse) between() (typo bool) {
	for {
		p.skipBlanks()
		switch {
		case p.word("ICP备"), p.word("ICP证"):
			p.note(NoteDoubled)
		case p.word("案"), p.word("登记"), p.word("编号"), p.word("序号"), p.word("号"), p.word("第"), p.word("字"), p.word("许可"):
			p.note(NoteExtraWord)
		case strings.ContainsRune(":;.", p.peek()) && p.peek() != 0:
			p.note(NoteExtraWord)
			p.i++
		case p.peek() == '(':
			end := slices.IndexFunc(p.l[p.i:], func(x letter) bool { return x.r == ')' })
			if end < 0 || end > 40 {
				return typo
			}
			p.i += end + 1
			typo = true
		default:
			return typo
		}
	}
}

// body reads digits, 号 and suffix, and settles the class.
func (p *parse) body(n ICP, start int) (Match, bool) {
	digits := p.i
	if p.placeholder() {
		return p.done(Match{Class: ClassLookalike, Code: CodePlaceholder}, start, digits), true
	}
	n.Body = p.digits()
	if n.Body == "" || isASCIILetter(p.peek()) {
		return Match{}, false
	}
	p.suffix(&n)
	m := Match{Number: n}
	sane, odd := saneBody(n.Body)
	if odd {
		p.note(NoteOddYear)
	}
	switch six := len(n.Body) == 6; {
	case n.Licence != "" && six:
		m.Class = ClassLicence
	case n.Licence != "" && sane:
		m.Class, m.Code = ClassMalformed, CodeTypo
	case n.Licence != "":
		m.Class, m.Code = ClassLookalike, CodeDigits
	case six && p.inventory:
		p.note(NoteSixDigits)
	case !sane:
		m.Class, m.Code = ClassMalformed, CodeDigits
	}
	return p.done(m, start, digits), true
}

// placeholder skips xxxx, **** or nothing but zeros in place of digits.
func (p *parse) placeholder() bool {
	n := 0
	for p.i+n < len(p.l) && p.l[p.i+n].r == '0' {
		n++
	}
	if n >= 6 && (p.i+n == len(p.l) || !isDigit(p.l[p.i+n].r)) {
		p.i += n
		return true
	}
	n = 0
	for p.peek() == 'X' || p.peek() == '*' || p.peek() == '×' {
		p.i++
		n++
	}
	return n >= 4
}

// suffix reads 号 and -N with its kind letter, in either order. A suffix ends
// where its digits end: what follows of another text never lengthens it.
func (p *parse) suffix(n *ICP) {
	if p.dash(n) {
		p.blanks()
		if p.peek() == '号' {
			p.i++
			p.note(NoteSuffixFirst)
			return
		}
		p.note(NoteNoHao)
		return
	}
	here := p.i
	p.blanks()
	if p.peek() != '号' {
		p.i = here
		p.note(NoteNoHao)
		return
	}
	p.i++
	p.dash(n)
}

// dash reads -N, and the cursor stays where it was if there is none.
func (p *parse) dash(n *ICP) bool {
	here := p.i
	blanks := p.blanks()
	if p.peek() != '-' && p.peek() != '_' {
		p.i = here
		return false
	}
	underscore := p.peek() == '_'
	p.i++
	blanks += p.blanks()
	digits := p.digits()
	if len(digits) == 0 || len(digits) > 3 || strings.Trim(digits, "0") == "" {
		p.i = here
		return false
	}
	n.Service, _ = strconv.Atoi(digits)
	if k := p.peek(); (k == 'A' || k == 'X' || k == 'K') && p.standsAlone(p.i) {
		n.Kind = Kind(k)
		p.i++
	}
	if blanks > 0 {
		p.note(NoteBlanks)
	}
	if underscore {
		p.note(NoteHyphen)
	}
	return true
}

// standsAlone says whether the letter at a place belongs to no longer word.
func (p *parse) standsAlone(i int) bool {
	return i+1 >= len(p.l) || !isASCIILetter(p.l[i+1].r) && !isDigit(p.l[i+1].r)
}

// done completes a match from its first letter to the cursor.
func (p *parse) done(m Match, start, digits int) Match {
	m.Start, m.End = p.l[start].at, p.l[p.i-1].next
	m.DigitsAt = m.Start
	if digits < len(p.l) {
		m.DigitsAt = p.l[digits].at
	}
	p.writing(m.Start, m.End)
	m.Notes = p.notes
	return m
}

// writing notes what folding has hidden.
func (p *parse) writing(from, to int) {
	for _, r := range p.text[from:to] {
		switch {
		case r >= 0xFF10 && r <= 0xFF19, r >= 0xFF21 && r <= 0xFF5A, r == 0xFF0D, r == 0xFF5C:
			p.note(NoteFullWidth)
		case r >= 0x2010 && r <= 0x2015:
			p.note(NoteHyphen)
		case r >= 'a' && r <= 'z':
			p.note(NoteLowerCase)
		case r >= 0x4E00 && simplify(r) != r:
			p.note(NoteTraditional)
		}
	}
}
