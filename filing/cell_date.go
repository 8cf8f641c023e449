package filing

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/width"
)

// wantDate is an example of a right date, for mistakes.
const wantDate = "2024-01-31"

// longTermText is the canonical text of a document that never runs out.
const longTermText = "long-term"

// writtenDate finds a day as people write it; a time of day may follow.
var writtenDate = regexp.MustCompile(`([0-9]{4})(?:\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})(?:\s*日)?|([0-9]{2})([0-9]{2}))` +
	`(?:[T\s]+[0-9]{1,2}[:时][0-9]{1,2}(?:[:分][0-9]{1,2})?(?:\.[0-9]+)?秒?\s*(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?`)

// serialDay is a spreadsheet's day number of the years 1927 to 2173, with a fraction for the time.
var serialDay = regexp.MustCompile(`^[1-9][0-9]{4}(\.[0-9]+)?$`)

// date reads a day into 2006-01-02.
func (p *cellParser) date(text string) string {
	days, whole := p.days(text)
	if len(days) != 1 || !whole || days[0].IsZero() {
		p.wrong(codeDateBad, text, wantDate)
		return ""
	}
	return days[0].String()
}

// validTo reads the last day of a document, from a day, from the range that a
// card shows (the end counts), or from a word that says that there is none.
func (p *cellParser) validTo(text string) string {
	text = never.ReplaceAllString(text, "长期")
	folded := foldHeader(text)
	if p.table.longTerm[folded] {
		return longTermText
	}
	days, whole := p.days(text)
	if whole && len(days) > 0 && len(days) <= 2 && !days[len(days)-1].IsZero() {
		return days[len(days)-1].String()
	}
	if strings.ContainsAny(text, "-至~—～ 到") && len(days) == 1 && p.endless(folded) {
		return longTermText
	}
	p.wrong(codeDateBad, text, wantDate)
	return ""
}

// endless says whether a folded text closes with a word for what never runs out.
func (p *cellParser) endless(folded string) bool {
	for word := range p.table.longTerm {
		if strings.HasSuffix(folded, word) {
			return true
		}
	}
	return false
}

// days finds the days in a text. whole says that nothing else stands there but
// the signs of a range. A day that no calendar has is the zero Day.
func (p *cellParser) days(text string) (days []Day, whole bool) {
	if len(text) == len(wantDate) && text[4] == '-' && text[7] == '-' {
		if t, err := time.ParseInLocation(time.DateOnly, text, beijing); err == nil && saneYear(t.Year()) {
			return []Day{{t}}, true
		}
	}
	text = width.Fold.String(text)
	if p.format.serials && serialDay.MatchString(text) {
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			if t, err := excelize.ExcelDateToTime(n, p.format.date1904); err == nil {
				return []Day{NewDay(t.Date())}, true
			}
		}
	}
	rest, at := "", 0
	for _, m := range writtenDate.FindAllStringSubmatchIndex(text, 3) {
		part := func(i, j int) int {
			if m[2*i] < 0 {
				i = j
			}
			n, _ := strconv.Atoi(text[m[2*i]:m[2*i+1]])
			return n
		}
		days = append(days, realDay(part(1, 1), part(2, 4), part(3, 5)))
		rest += text[at:m[0]]
		at = m[1]
	}
	rest += text[at:]
	return days, strings.Trim(rest, " -~—–至到起止") == ""
}

// never is how exports write the end of what has none.
var never = regexp.MustCompile(`9999[-/.年]?[0-9]{1,2}[-/.月]?[0-9]{1,2}日?`)

// realDay is a day, or the zero Day where no calendar has it.
func realDay(year, month, day int) Day {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, beijing)
	if t.Year() != year || int(t.Month()) != month || t.Day() != day || !saneYear(year) {
		return Day{}
	}
	return Day{t}
}

// saneYear bounds the years that a filing can speak of.
func saneYear(year int) bool { return year >= 1900 && year < 2200 }
