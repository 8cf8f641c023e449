package filing

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"github.com/icpaudit/icpaudit/filing/number"
)

// cellParser turns the cells of one row into canonical text and collects what
// is wrong with them.
type cellParser struct {
	table    *columnTable
	limits   Limits
	format   format
	column   int        // in hand; -1 for the row as a whole
	number   number.ICP // read last
	mistakes []Mistake  // of the row so far, without File, Row, Line and Column
	bad      bool       // one of them refuses the row
}

// format is what the rows of a file have in common.
type format struct {
	serials  bool // a bare number in a date cell is a spreadsheet's day number
	date1904 bool // which the workbook counts from 1904
}

// begin takes a row in hand, with what its reader already found broken. It says
// whether anything of the row could be read.
func (p *cellParser) begin(r *record) bool {
	p.mistakes, p.bad, p.column = p.mistakes[:0], false, -1
	for _, m := range r.broken {
		p.add(m)
	}
	return !p.bad || slices.ContainsFunc(r.cells, func(c string) bool { return c != "" })
}

// wrong notes a mistake of the cell in hand that refuses the row.
func (p *cellParser) wrong(code, value, want string) {
	p.add(Mistake{Code: code, Value: value, Want: want})
}

// odd notes what was accepted all the same.
func (p *cellParser) odd(code, value, want string) {
	p.add(Mistake{Code: code, Value: value, Want: want, Warning: true})
}

func (p *cellParser) add(m Mistake) {
	if p.column >= 0 {
		c := &p.table.list[p.column]
		m.Key = c.Key
		m.Value, m.Want = c.hide(m.Value), shown(m.Want)
	}
	p.bad = p.bad || !m.Warning
	p.mistakes = append(p.mistakes, m)
}

// read is the canonical text of a cell; "" where it is empty or wrong.
func (p *cellParser) read(column int, raw string) string {
	p.column = column
	text, ok := p.clean(raw)
	if !ok || text == "" {
		return ""
	}
	switch kind := p.table.list[column].Kind; kind {
	case "text", "name", "person", "email":
		return strings.Join(strings.Fields(text), " ")
	case "names":
		return p.list(text, "；;、，|\n\t")
	case "list":
		return p.list(text, "；;、，,|\n\t")
	case "id", "phone":
		return p.digits(text)
	case "date":
		return p.date(text)
	case "valid-to":
		return p.validTo(text)
	case "icp-subject", "icp-service":
		return p.icp(text)
	case "psb":
		return p.psb(text)
	case "ips":
		return p.ips(text)
	case "urls":
		return p.urls(text)
	case "hosts":
		return p.list(strings.ToLower(foldSigns(text)), ";, |\n\t")
	case "domain":
		return text // read with its neighbours
	case "feed-domain":
		return p.domain(text).Name
	case "uscc":
		return p.uscc(text)
	case "count":
		return p.count(text)
	case "term":
		return p.term(text)
	default:
		return p.word(kind, text)
	}
}

// clean takes the blanks and wrappings off a cell, and refuses what is no text.
func (p *cellParser) clean(raw string) (string, bool) {
	if len(raw) > p.limits.CellBytes {
		p.wrong(codeCellTooLong, raw[:min(len(raw), 4*shownRunes)], "")
		return "", false
	}
	if code := foreignBytes(raw); code != "" {
		p.wrong(code, raw, "")
		return "", false
	}
	text := strings.TrimFunc(raw, func(r rune) bool {
		return unicode.IsSpace(r) || r == 0x200B || r == 0xFEFF || r == 0x2060
	})
	if inner, ok := strings.CutPrefix(text, `="`); ok && strings.HasSuffix(inner, `"`) && !strings.Contains(inner[:len(inner)-1], `"`) {
		text = strings.TrimSpace(inner[:len(inner)-1]) // how people keep a spreadsheet from reading a number
	}
	text = strings.TrimPrefix(text, "'")
	if len(text) <= 8 && p.table.blanks[strings.ToUpper(text)] {
		return "", true
	}
	switch text {
	case "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!":
		p.wrong(codeCellFormula, text, "")
		return "", false
	}
	return text, true
}

// foreignBytes says what makes bytes no text of a cell.
func foreignBytes(s string) string {
	for _, r := range s {
		switch {
		case r == utf8.RuneError:
			return codeCellEncoding
		case r < 0x20 && r != '\n' && r != '\r' && r != '\t' && r != '\v', r >= 0x7F && r < 0xA0:
			return codeCellControl
		}
	}
	return ""
}

// list parts a cell at any of the separators; entries are joined by newlines,
// each once.
func (p *cellParser) list(text, separators string) string {
	if !strings.ContainsAny(text, separators) {
		return strings.Join(strings.Fields(text), " ")
	}
	return p.joined(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(separators, r) }))
}

// joined is the canonical text of a list.
func (p *cellParser) joined(entries []string) string {
	if len(entries) > maxListEntries {
		p.wrong(codeListLong, "", "")
		return ""
	}
	var b strings.Builder
	seen := make(map[string]bool, len(entries))
	for _, e := range entries {
		e = strings.Join(strings.Fields(e), " ")
		if e == "" || seen[e] {
			continue
		}
		seen[e] = true
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(e)
	}
	return b.String()
}

// scientific is how a spreadsheet writes a number whose last digits it has lost.
var scientific = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?[eE]\+?[0-9]+$`)

// digits reads a number that is text: an identity, a phone.
func (p *cellParser) digits(text string) string {
	text = strings.ToUpper(strings.Join(strings.Fields(width.Fold.String(text)), " "))
	if scientific.MatchString(text) {
		p.wrong(codeDigitsLost, text, "")
		return ""
	}
	if whole, ok := strings.CutSuffix(text, ".0"); ok && strings.Trim(whole, "0123456789") == "" {
		text = whole // a column of numbers that a program read as fractions
	}
	if p.table.list[p.column].Kind == "id" {
		text = strings.ReplaceAll(text, " ", "")
	}
	return text
}

// word reads a cell of a column that chooses.
func (p *cellParser) word(kind, text string) string {
	if v, ok := p.table.words[kind][foldHeader(text)]; ok {
		return v
	}
	switch kind {
	case "province":
		return p.province(text)
	case "service-kind":
		p.wrong(codeKindUnknown, text, p.table.choices[kind])
		return ""
	case "call-result", "statement", "document", "role", "yes-no":
		p.unknown(text, p.table.values(kind))
		return ""
	default:
		p.odd(noteWordUnknown, text, p.table.choices[kind])
		return "other"
	}
}

// unknown refuses a word, and names the words that are known, all of them.
func (p *cellParser) unknown(text, values string) {
	p.wrong(codeWordBad, text, "")
	p.mistakes[len(p.mistakes)-1].Want = values
}

// province reads a name or letter into the letter of filing numbers.
func (p *cellParser) province(text string) string {
	if found, ok := number.ProvinceOf(text); ok {
		return found.Letter
	}
	for _, known := range number.Provinces() {
		if strings.HasPrefix(text, known.Name) { // 广东省, 广东省深圳市
			return known.Letter
		}
	}
	p.wrong(codeProvince, text, "北京")
	return ""
}
