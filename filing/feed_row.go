package filing

import (
	"slices"
	"strconv"
	"strings"

	"github.com/icpaudit/icpaudit/filing/number"
)

// feedParser turns the rows of a feed into canonical cells, and says all that
// is wrong with them.
type feedParser struct {
	cellParser
	kind EvidenceKind
}

func newFeedParser(kind EvidenceKind, t *columnTable, limits Limits) *feedParser {
	return &feedParser{cellParser: cellParser{table: t, limits: limits}, kind: kind}
}

// cell is the canonical text of a column; "" where the feed has no such column.
func (p *feedParser) cell(r *record, key string) string {
	if i, ok := p.table.byKey[key]; ok {
		return r.cells[i]
	}
	return ""
}

// parse makes the cells canonical in place. The mistakes are valid until the
// next call; good says that the row is evidence.
func (p *feedParser) parse(r *record) (mistakes []Mistake, good bool) {
	if !p.begin(r) {
		return p.mistakes, false
	}
	var subject, service number.ICP
	for i, raw := range r.cells {
		if raw == "" {
			continue
		}
		r.cells[i] = p.read(i, raw)
		if r.cells[i] == "" {
			continue
		}
		switch p.table.list[i].Key {
		case "subject_number":
			subject = p.number
		case "service_number":
			service = p.number
		}
	}
	p.numbers(r, subject, service)
	p.whose(r)
	switch p.kind {
	case EvidenceContacts:
		p.contact(r)
	case EvidenceDocuments:
		p.document(r)
	}
	return p.mistakes, !p.bad
}

// numbers holds the subject's number and the service's together, and fills the
// subject's in where only the service's is given. A service number without its
// suffix is the subject's.
func (p *feedParser) numbers(r *record, subject, service number.ICP) {
	if p.cell(r, "service_number") == "" {
		return
	}
	at := p.table.byKey["subject_number"]
	p.column = p.table.byKey["service_number"]
	if r.cells[at] != "" {
		if same, _ := number.SameSubject(subject, service); !same {
			p.wrong(codeServiceForeign, r.cells[p.column], r.cells[at])
		}
	} else {
		r.cells[at] = service.Subject().String()
	}
	if service.Service == 0 {
		r.cells[p.column] = ""
	}
}

// whose holds a row to naming whose evidence it is.
func (p *feedParser) whose(r *record) {
	for _, key := range []string{"subject_number", "subject_name", "name", "uscc", "domain", "app_package"} {
		if p.cell(r, key) != "" {
			return
		}
		if slices.ContainsFunc(p.mistakes, func(m Mistake) bool { return m.Key == key && !m.Warning }) {
			return // that has been said
		}
	}
	p.column = -1
	p.wrong(codeFeedSubject, "", p.table.list[0].ZH+" / "+p.table.list[0].Key)
}

// needs refuses a row that lacks a cell.
func (p *feedParser) needs(r *record, key, want string) {
	i := p.table.byKey[key]
	if r.cells[i] != "" || slices.ContainsFunc(p.mistakes, func(m Mistake) bool { return m.Key == key && !m.Warning }) {
		return
	}
	p.column = i
	p.wrong(codeCellBlank, "", want)
}

// contact holds a row of the contacts feed to saying something.
func (p *feedParser) contact(r *record) {
	result := p.cell(r, "call_result") != ""
	if !result && p.cell(r, "statement") == "" {
		p.needs(r, "call_result", p.table.list[p.table.byKey["call_result"]].Note.ZH)
		return
	}
	if result {
		p.needs(r, "role", p.table.values("role"))
	}
}

// document holds a row of the documents feed to what its kind needs.
func (p *feedParser) document(r *record) {
	switch DocumentKind(p.cell(r, "document")) {
	case DocumentIdentity:
		p.needs(r, "role", p.table.values("role"))
		p.needs(r, "valid_to", wantDate)
	case DocumentCertificate:
		p.needs(r, "domain", "example.com")
		p.needs(r, "holder", p.table.list[p.table.byKey["holder"]].Example)
	case DocumentAppDisplay:
		p.needs(r, "app_package", "com.example.app")
	case "":
		p.needs(r, "document", p.table.values("document"))
	}
}

// uscc reads a credit code, or one of the numbers that came before it. A check
// character that doesn't fit is the feed's and stays as it is.
func (p *cellParser) uscc(text string) string {
	code := strings.ReplaceAll(p.digits(text), " ", "")
	if code == "" {
		return ""
	}
	known, err := number.ParseUSCC(code)
	if err == nil {
		return string(known)
	}
	if number.IsOldRegistration(code) || number.IsOrganisationCode(code) {
		return code
	}
	if bad, ok := err.(*number.SyntaxError); ok && bad.Code == number.CodeCheckDigit {
		p.odd(noteUSCCCheck, code, bad.Want)
		return code
	}
	p.wrong(codeUSCCBad, text, "91110000600037341L")
	return ""
}

// maxCount bounds what is counted in a feed.
const maxCount = 10_000

// count reads a small number, with 次 behind it or not.
func (p *cellParser) count(text string) string {
	plain := strings.TrimSpace(strings.TrimSuffix(p.digits(text), "次"))
	n, err := strconv.Atoi(plain)
	if err != nil || n < 0 || n > maxCount {
		p.wrong(codeCountBad, text, "3")
		return ""
	}
	return strconv.Itoa(n)
}

// wantTerm is an example of a right term, for mistakes.
const wantTerm = "2010-01-02至2030-01-01"

// term reads a licence's term, from – to; the canonical text has a slash
// between the two, either of which may be missing. 2010-01-02至 is how some
// exports write a term without end, and others one whose end they don't know.
func (p *cellParser) term(text string) string {
	text = never.ReplaceAllString(strings.TrimSpace(strings.TrimPrefix(text, "自")), "长期")
	days, whole := p.days(text)
	from, to := "", ""
	switch {
	case slices.ContainsFunc(days, Day.IsZero):
	case whole && len(days) == 2 && days[1].Before(days[0]):
		p.wrong(codeDateBad, text, days[1].String()+"至"+days[0].String())
		return ""
	case whole && len(days) == 2:
		from, to = days[0].String(), days[1].String()
	case whole && len(days) == 1 && strings.HasPrefix(text, "至"):
		to = days[0].String()
	case whole && len(days) == 1:
		from = days[0].String()
	case len(days) <= 1 && p.endless(foldHeader(text)):
		to = longTermText
		if len(days) == 1 {
			from = days[0].String()
		}
	}
	if from+to == "" {
		p.wrong(codeDateBad, text, wantTerm)
		return ""
	}
	return from + "/" + to
}
