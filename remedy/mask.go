package remedy

import (
	"fmt"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/filing/number"
)

// Masked is a copy of a filing that holds what a plan needs and no personal
// data: names of persons and numbers of documents are hidden, contacts left
// out. Two persons never get the same name, so that it still shows whether the
// principal manages a service.
func Masked(s *filing.Subject) *filing.Subject {
	m := &masker{names: map[string]string{}, taken: map[string]int{}}
	c := &filing.Subject{
		Number: s.Number, Name: s.Name, Nature: s.Nature, Province: s.Province, Principal: m.person(s.Principal), Account: s.Account,
		Order: s.Order, Owner: s.Owner, Row: s.Row, Approved: s.Approved, Licence: s.Licence,
	}
	c.Licence.Number = number.MaskID(s.Licence.Number)
	if s.Nature == filing.NatureIndividual {
		c.Licence.Address = ""
	}
	for _, v := range s.Services {
		k := &filing.Service{
			Number: v.Number, Kind: v.Kind, Name: v.Name, Manager: m.person(v.Manager), Approved: v.Approved,
			Provider: v.Provider, OtherProvider: v.OtherProvider,
		}
		for _, d := range v.Domains {
			k.Domains = append(k.Domains, &filing.Domain{Name: d.Name, Label: d.Label, Row: d.Row})
		}
		for _, a := range v.Apps {
			k.Apps = append(k.Apps, &filing.App{Platform: a.Platform, Package: a.Package, Row: a.Row})
		}
		c.Services = append(c.Services, k)
	}
	return c
}

type masker struct {
	names map[string]string // by name and document number
	taken map[string]int
}

// person hides a person but for the first character of the name.
func (m *masker) person(p filing.Person) filing.Person {
	if p.Name == "" {
		return filing.Person{}
	}
	// One without a document number counts as the one of that name.
	key := p.Name + "\x00" + p.ID.Number
	if name, ok := m.names[key]; ok {
		return filing.Person{Name: name}
	}
	if name, ok := m.names[p.Name]; ok && p.ID.Number == "" {
		return filing.Person{Name: name}
	}
	name := number.MaskName(p.Name)
	if other, ok := m.names[p.Name+"\x00"]; ok && p.ID.Number != "" {
		name = other
	} else if m.taken[name]++; m.taken[name] > 1 {
		name = fmt.Sprintf("%s(%d)", name, m.taken[name])
	}
	m.names[key] = name
	if _, ok := m.names[p.Name]; !ok {
		m.names[p.Name] = name
	}
	return filing.Person{Name: name}
}
