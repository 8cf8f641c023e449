package filing

import (
	"cmp"
	"hash/maphash"
	"slices"
)

// The names by which rows are found; the first four are also RegistryRecord's
// MatchedBy.
const (
	bySubjectNumber = "subject-number"
	byUSCC          = "uscc"
	byName          = "name"
	byFormerName    = "former-name"
	byDomain        = "domain"
	byPackage       = "package"
)

// key is a name with its kind; empty where there is no name.
func key(by, name string) string {
	if name == "" {
		return ""
	}
	return by + "\x00" + name
}

// keysOf are the names by which a row is found. A registry row has all of its
// own; another row the first that decides whose it is.
func (f *feed) keysOf(r *record) []string {
	c := cellsOf{f.table, r.cells}
	if f.kind != EvidenceRegistry {
		return []string{cmp.Or(
			key(bySubjectNumber, numberKey(c.text("subject_number"))), key(byName, FoldName(c.text("subject_name"))),
			key(byDomain, c.text("domain")), key(byPackage, c.text("app_package")))}
	}
	keys := []string{
		key(bySubjectNumber, numberKey(c.text("subject_number"))), key(byUSCC, c.text("uscc")), key(byName, FoldName(c.text("name"))),
	}
	for _, name := range splitList(c.text("former_names")) {
		keys = append(keys, key(byFormerName, FoldName(name)))
	}
	return slices.DeleteFunc(keys, func(k string) bool { return k == "" })
}

// keysOfSubject are the names of a subject, in the order in which they decide.
func (f *feed) keysOfSubject(s *Subject) []string {
	name := FoldName(s.Name)
	if f.kind == EvidenceRegistry {
		return []string{
			key(bySubjectNumber, numberKey(s.Number)), key(byUSCC, usccOf(s.Licence.Number)), key(byName, name), key(byFormerName, name),
		}
	}
	keys := []string{key(bySubjectNumber, numberKey(s.Number)), key(byName, name)}
	for _, service := range s.Services {
		for _, d := range service.Domains {
			keys = append(keys, key(byDomain, d.Name))
		}
		for _, a := range service.Apps {
			keys = append(keys, key(byPackage, a.Package))
		}
	}
	return keys
}

// find lists the places of the rows that may have a name: all that have it, and
// by a chance of their hashes others.
func (f *feed) find(key string) []feedKey {
	if key == "" {
		return nil
	}
	hash := maphash.String(f.seed, key)
	from, ok := slices.BinarySearchFunc(f.keys, hash, func(k feedKey, h uint64) int { return cmp.Compare(k.hash, h) })
	to := from
	for ok && to < len(f.keys) && f.keys[to].hash == hash {
		to++
	}
	return f.keys[from:to]
}

// evidence adds what the feed says of a subject, in row order. At most
// SubjectItems rows count; the others stay unmatched, and are reported so.
func (f *feed) evidence(s *Subject, e *Evidence) error {
	found := map[int32]string{} // place: the first name that found it
	var order []int32
	for _, name := range f.keysOfSubject(s) {
		for _, k := range f.find(name) {
			if _, known := found[k.place]; !known && len(order) < f.limits.SubjectItems {
				found[k.place] = name
				order = append(order, k.place)
			}
		}
	}
	if len(order) == 0 {
		return nil
	}
	slices.Sort(order)
	rec := f.record()
	var buf []byte
	var records []RegistryRecord
	var calls []Call
	var statements []Statement
	var documents []Document
	for _, place := range order {
		p := f.places[place]
		if err := f.rows.take(p.at, int(p.size), int(p.row), &buf, rec); err != nil {
			return err
		}
		if !slices.Contains(f.keysOf(rec), found[place]) {
			continue
		}
		row := builder{cellsOf: cellsOf{f.table, rec.cells}, origin: f.origin(rec)}
		if f.kind == EvidenceRegistry {
			f.mark(place)
			records = append(records, row.registry(found[place]))
			continue
		}
		spots := row.spots(s)
		if len(spots) == 0 {
			continue
		}
		f.mark(place)
		if f.kind == EvidenceContacts {
			calls = append(calls, row.calls(spots)...)
			statements = append(statements, row.statements(spots)...)
		} else {
			documents = append(documents, row.documents(spots)...)
		}
	}
	e.Registry = append(e.Registry, strongest(records)...)
	e.Calls, e.Statements, e.Documents = append(e.Calls, calls...), append(e.Statements, statements...), append(e.Documents, documents...)
	return nil
}

// strongest keeps the records that the strongest name found: what a name found
// beside a row with the subject's number or code may be a namesake.
func strongest(records []RegistryRecord) []RegistryRecord {
	for _, by := range []string{bySubjectNumber, byUSCC, byName} {
		if slices.ContainsFunc(records, func(r RegistryRecord) bool { return r.MatchedBy == by }) {
			return slices.DeleteFunc(records, func(r RegistryRecord) bool { return r.MatchedBy != by })
		}
	}
	return records
}

// origin says where a row stands and how old it is.
func (f *feed) origin(r *record) Origin {
	o := Origin{File: f.file.File, Row: r.row, AsOf: cellsOf{f.table, r.cells}.day("as_of")}
	if o.AsOf.IsZero() {
		o.AsOf = f.file.AsOf
	}
	return o
}
