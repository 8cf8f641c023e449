package filing

import (
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/filing/number"
)

// rowParser turns a row as it stands in the file into canonical cells, and
// says all that is wrong with it. What a row alone can't show (contradictions,
// duplicates) is the assembler's.
type rowParser struct {
	cellParser
	at rowColumns
}

// rowColumns are the places of the columns that depend on each other.
type rowColumns struct {
	subjectNumber, subjectName, province        int
	serviceNumber, serviceKind, serviceName     int
	domain, urls, subDomains                    int
	platform, pkg, certHash, publicKey, appPath int
}

func newRowParser(limits Limits) *rowParser {
	t := columns()
	at := func(key string) int { return t.byKey[key] }
	return &rowParser{
		cellParser: cellParser{table: t, limits: limits},
		at: rowColumns{
			subjectNumber: at("subject_number"), subjectName: at("subject_name"), province: at("province"),
			serviceNumber: at("service_number"), serviceKind: at("service_kind"), serviceName: at("service_name"),
			domain: at("domain"), urls: at("urls"), subDomains: at("sub_domains"),
			platform: at("app_platform"), pkg: at("app_package"), certHash: at("app_cert_hash"),
			publicKey: at("app_public_key"), appPath: at("app_path"),
		},
	}
}

// parse makes the cells canonical in place. The mistakes are valid until the
// next call; good says that the row can be audited.
func (p *rowParser) parse(r *record) (mistakes []Mistake, good bool) {
	if !p.begin(r) {
		return p.mistakes, false
	}
	var subject, service number.ICP
	for i, raw := range r.cells {
		if raw == "" {
			continue
		}
		r.cells[i] = p.read(i, raw)
		switch i {
		case p.at.subjectNumber:
			subject = p.taken(r.cells[i])
		case p.at.serviceNumber:
			service = p.taken(r.cells[i])
		}
	}
	d := p.domainCells(r)
	p.numbers(r, subject, service)
	p.kind(r, service.Kind)
	p.items(r, d.Name != "" || p.faulty("domain"))
	p.unused(r)
	return p.mistakes, !p.bad
}

// taken is the number read last, where the cell was one.
func (p *rowParser) taken(cell string) number.ICP {
	if cell == "" {
		return number.ICP{}
	}
	return p.number
}

// domainCells reads the domain with what hangs on it.
func (p *rowParser) domainCells(r *record) DomainName {
	text := r.cells[p.at.domain]
	if text == "" {
		return DomainName{}
	}
	p.column = p.at.domain
	d := p.domain(text)
	r.cells[p.at.domain] = d.Name
	if d.Name == "" {
		return d
	}
	if d.URL != "" {
		r.cells[p.at.urls] = unionLists(r.cells[p.at.urls], d.URL)
	}
	p.column = p.at.urls
	p.foreignURLs(r.cells[p.at.urls], d)
	p.column = p.at.subDomains
	r.cells[p.at.subDomains] = p.hosts(r.cells[p.at.subDomains], d)
	return d
}

// numbers holds the subject's number, the service's and the province together,
// and fills the subject's in where only the service's is given.
func (p *rowParser) numbers(r *record, subject, service number.ICP) {
	sn, vn := &r.cells[p.at.subjectNumber], &r.cells[p.at.serviceNumber]
	if *vn != "" {
		p.column = p.at.serviceNumber
		if *sn != "" {
			if same, _ := number.SameSubject(subject, service); !same {
				p.wrong(codeServiceForeign, *vn, *sn)
			}
		} else {
			*sn, subject = service.Subject().String(), service
		}
		if service.Service == 0 {
			p.odd(noteServiceBare, *vn, service.String()+"-1")
			*vn = ""
		}
	}
	if letter := r.cells[p.at.province]; letter != "" && subject.Province != "" {
		if known, ok := number.ProvinceOf(subject.Province); ok && known.Letter != letter {
			p.column = p.at.province
			p.odd(noteProvinceNumber, letter, known.Letter)
			r.cells[p.at.province] = known.Letter
		}
	}
}

// kindOfSuffix is the kind of service that a number's suffix tells.
func kindOfSuffix(k number.Kind) ServiceKind {
	switch k {
	case number.KindApp:
		return AppService
	case number.KindMiniProgram:
		return MiniProgram
	case number.KindQuickApp:
		return QuickApp
	}
	return Website
}

// kind settles the kind of service: as filled in, by the number's suffix, by
// what is filled in else.
func (p *rowParser) kind(r *record, suffix number.Kind) {
	cell := &r.cells[p.at.serviceKind]
	told := ServiceKind("")
	if r.cells[p.at.serviceNumber] != "" {
		told = kindOfSuffix(suffix)
	}
	p.column = p.at.serviceKind
	switch {
	case *cell != "" && told != "" && ServiceKind(*cell) != told:
		p.wrong(codeKindSuffix, *cell, string(told))
	case *cell != "":
	case told != "":
		*cell = string(told)
	case p.hasApp(r):
		*cell = string(AppService)
	default:
		*cell = string(Website)
	}
}

// faulty says whether a column's cell was refused.
func (p *rowParser) faulty(key string) bool {
	return slices.ContainsFunc(p.mistakes, func(m Mistake) bool { return m.Key == key && !m.Warning })
}

func (p *rowParser) hasApp(r *record) bool {
	for _, i := range [...]int{p.at.platform, p.at.pkg, p.at.certHash, p.at.publicKey, p.at.appPath} {
		if r.cells[i] != "" {
			return true
		}
	}
	return false
}

// items holds a row to what it must name: a domain, or an App.
func (p *rowParser) items(r *record, domainSeen bool) {
	kind, app := ServiceKind(r.cells[p.at.serviceKind]), p.hasApp(r)
	switch {
	case kind == Website && app:
		p.column = p.at.serviceKind
		p.wrong(codeKindItem, string(kind), string(AppService))
	case app || domainSeen:
	case kind == Website:
		p.column = p.at.domain
		p.wrong(codeDomainBlank, "", "example.com")
	case r.cells[p.at.serviceNumber] == "" && r.cells[p.at.serviceName] == "":
		p.column = -1
		p.wrong(codeNoItem, "", "")
	default:
		p.column = p.at.pkg
		p.odd(noteAppBlank, "", "com.example.app")
	}
}

// unused names what is filled in about a domain in a row that has none.
func (p *rowParser) unused(r *record) {
	if r.cells[p.at.domain] != "" || p.bad {
		return
	}
	for i := range p.table.list {
		if p.table.list[i].Level == "domain" && i != p.at.domain && r.cells[i] != "" {
			p.column = i
			p.odd(noteCellUnused, r.cells[i], "")
		}
	}
}

// unionLists is the canonical list of two, each entry once.
func unionLists(a, b string) string {
	if b == "" || a == b {
		return a
	}
	if a == "" {
		return b
	}
	out := a
	for e := range strings.SplitSeq(b, "\n") {
		if !hasEntry(out, e) {
			out += "\n" + e
		}
	}
	return out
}

// hasEntry says whether a canonical list has an entry.
func hasEntry(list, entry string) bool {
	for e := range strings.SplitSeq(list, "\n") {
		if e == entry {
			return true
		}
	}
	return false
}
