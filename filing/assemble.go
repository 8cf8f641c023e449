package filing

import (
	"errors"
	"strings"
)

// assembler brings the rows of one subject together, and names what they
// contradict each other in and what is there twice.
type assembler struct {
	*rowParser
	names    []string // headers as the file has them
	subject  draft
	services []*serviceDraft
	byKey    map[string]*serviceDraft
	notes    []Mistake // of the subject so far
}

// draft is what rows agree on, by slot, and the rows that first said it.
type draft struct {
	cells []string
	rows  []int32
}

func (a *assembler) newDraft(of level) draft {
	n := a.table.slots[of.owner()]
	return draft{cells: make([]string, n), rows: make([]int32, n)}
}

// serviceDraft is a service with its items.
type serviceDraft struct {
	draft
	domains, apps []*itemDraft
	byName        map[string]*itemDraft
}

// itemDraft is a domain or an App.
type itemDraft struct {
	draft
	row int
}

func newAssembler(limits Limits, names []string) *assembler {
	return &assembler{rowParser: newRowParser(limits), names: names}
}

// begin starts a subject.
func (a *assembler) begin() {
	a.subject = a.newDraft(ofSubject)
	a.services, a.byKey, a.notes = nil, map[string]*serviceDraft{}, nil
}

// subjectKey is what rows of one subject have in common.
func (p *rowParser) subjectKey(r *record) string {
	if n := r.cells[p.at.subjectNumber]; n != "" {
		return numberKey(n)
	}
	if name := r.cells[p.at.subjectName]; name != "" {
		return foldHeader(name)
	}
	return loneKey(r.row)
}

// serviceKey is what rows of one service of a subject have in common.
func (p *rowParser) serviceKey(r *record) string {
	if n := r.cells[p.at.serviceNumber]; n != "" {
		return numberKey(n)
	}
	if name := r.cells[p.at.serviceName]; name != "" {
		return r.cells[p.at.serviceKind] + "\x00" + foldHeader(name)
	}
	return loneKey(r.row)
}

// itemKeys are the names of the row's domain and App within its service.
func (p *rowParser) itemKeys(r *record) (domain, app string, hasApp bool) {
	domain = r.cells[p.at.domain]
	hasApp = domain == "" || p.hasApp(r)
	return domain, "\x00" + foldHeader(r.cells[p.at.platform]) + "\x00" + r.cells[p.at.pkg], hasApp
}

// add takes a row's cells, unless they contradict an earlier row's.
func (a *assembler) add(r *record) (good bool, err error) {
	if len(a.services) > 0 && a.subjectKey(r) != a.keyOfSubject() {
		return false, errors.New("sort inventory: two subjects fell together; run again")
	}
	key := a.serviceKey(r)
	service, known := a.byKey[key]
	if !known {
		service = &serviceDraft{draft: a.newDraft(ofService), byName: map[string]*itemDraft{}}
	}
	domainKey, appKey, hasApp := a.itemKeys(r)
	before := len(a.notes)
	a.compare(&a.subject, r, ofSubject)
	a.compare(&service.draft, r, ofService)
	domain, app := service.byName[domainKey], service.byName[appKey]
	if domainKey != "" && domain != nil {
		a.compare(&domain.draft, r, ofDomain)
	}
	if hasApp && app != nil {
		a.compare(&app.draft, r, ofApp)
	}
	if len(a.notes) > before {
		return false, nil
	}
	if !known {
		a.byKey[key] = service
		a.services = append(a.services, service)
	}
	a.merge(&a.subject, r, ofSubject)
	a.merge(&service.draft, r, ofService)
	if domainKey != "" {
		a.item(service, domainKey, domain, r, false)
	}
	if hasApp {
		a.item(service, appKey, app, r, true)
	}
	return true, nil
}

// keyOfSubject is the key of the subject in hand, which has more than one row.
func (a *assembler) keyOfSubject() string {
	said := func(column int) string { return a.subject.cells[a.table.slot[column]] }
	if n := said(a.at.subjectNumber); n != "" {
		return numberKey(n)
	}
	return foldHeader(said(a.at.subjectName))
}

// item adds a domain or App, or joins the row to the one that is there.
func (a *assembler) item(s *serviceDraft, key string, d *itemDraft, r *record, app bool) {
	of, note, column := ofDomain, noteDomainTwice, a.at.domain
	if app {
		of, note, column = ofApp, noteAppTwice, a.at.pkg
	}
	if d == nil {
		d = &itemDraft{draft: a.newDraft(ofItem), row: r.row}
		s.byName[key] = d
		if app {
			s.apps = append(s.apps, d)
		} else {
			s.domains = append(s.domains, d)
		}
	} else {
		a.note(r, column, Mistake{Code: note, Value: r.cells[column], See: d.row, Warning: true})
	}
	a.merge(&d.draft, r, of)
}

// compare notes every cell of a level that says something else than before.
func (a *assembler) compare(d *draft, r *record, of level) {
	for i, cell := range r.cells {
		if cell == "" || a.table.level[i]&of == 0 {
			continue
		}
		c, before := &a.table.list[i], d.cells[a.table.slot[i]]
		if before == "" || cell == before || isList(c.Kind) || sameCell(c.Kind, cell, before) {
			continue
		}
		a.note(r, i, Mistake{Code: codeContradiction, Value: c.hide(cell), Want: c.hide(before), See: int(d.rows[a.table.slot[i]])})
	}
}

// sameCell says whether two cells differ in writing only.
func sameCell(kind, a, b string) bool {
	switch kind {
	case "icp-subject", "icp-service":
		return numberKey(a) == numberKey(b)
	case "name", "text", "email":
		return foldHeader(a) == foldHeader(b)
	}
	return a == b
}

// note keeps a mistake of a row.
func (a *assembler) note(r *record, column int, m Mistake) {
	m.Row, m.Line, m.Key = r.row, r.line, a.table.list[column].Key
	m.Column = a.header(column)
	a.notes = append(a.notes, m)
}

// header is a column's header in the file, or its key where it has none.
func (a *assembler) header(column int) string {
	if column < len(a.names) && a.names[column] != "" {
		return a.names[column]
	}
	return a.table.list[column].Key
}

// merge takes over the cells of a level.
func (a *assembler) merge(d *draft, r *record, of level) {
	for i, cell := range r.cells {
		if cell == "" || a.table.level[i]&of == 0 {
			continue
		}
		slot := a.table.slot[i]
		switch {
		case d.cells[slot] == "":
			d.cells[slot], d.rows[slot] = cell, int32(r.row)
		case isList(a.table.list[i].Kind):
			d.cells[slot] = unionLists(d.cells[slot], cell)
		}
	}
}

// counts are the services, domains and Apps of the subject in hand.
func (a *assembler) counts() (services, domains, apps int) {
	for _, s := range a.services {
		domains += len(s.domains)
		apps += len(s.apps)
	}
	return len(a.services), domains, apps
}

// splitList is the entries of a canonical list.
func splitList(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, "\n")
}
