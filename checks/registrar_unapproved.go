package checks

import (
	"strings"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

// registrarUnapproved: the ministry has approved the registrar for the domain's
// TLD (guide section 2.2). Only an official list that was imported can prove
// the contrary; the seed list is evidence of sponsoring, not of a licence.
var registrarUnapproved = Check{
	ID: "registrar-unapproved", Level: LevelItem,
	For:     []filing.ServiceKind{filing.Website},
	Needs:   observe.WantRegistration,
	Reasons: []Reason{{ID: "not-on-list"}, {ID: "foreign-registrar"}},
	Causes:  []ID{"domain-expired"},
	Judge:   registered(judgeRegistrar),
}

func judgeRegistrar(c Case, r observe.Registration) Verdict {
	if r.Registrar == "" && r.IANAID == "" {
		return unverifiable(Note{Code: "no-registrar"})
	}
	tld := r.Domain[strings.LastIndexByte(r.Domain, '.')+1:]
	got := r.Registrar
	if r.IANAID != "" {
		got += " (IANA " + r.IANAID + ")"
	}
	list := c.Reference.Registrars
	imported, covered, approved, date := list.Official(r.Registrar, r.IANAID, tld)
	proof := c.registrationProof("registrar", "."+tld, got, r)
	switch {
	case approved:
		proof.Excerpt = date
		return pass(proof)
	case covered:
		proof.Excerpt = date
		return deficient("not-on-list", proof)
	case imported:
		return unverifiable(Note{Code: "tld-not-on-list", Detail: tld}, proof)
	}
	seed, known := list.Seed(r.Registrar, r.IANAID)
	switch {
	case known && seed.Foreign:
		return suspected("foreign-registrar", proof).because(Note{Code: "no-official-list"})
	case known:
		return pass(proof).advise(Note{Code: "registrar-by-seed", Detail: seed.Date})
	}
	return unverifiable(Note{Code: "no-official-list", Detail: got}, proof)
}
