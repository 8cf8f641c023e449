package checks

import (
	"strings"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

// registrarUnapproved: the ministry has approved the registrar for the domain's
// suffix (guide section 2.2). Only an official list that was imported and
// covers the suffix can prove the contrary; the seed list is evidence of
// sponsoring, not of a licence.
var registrarUnapproved = Check{
	ID: "registrar-unapproved", Level: LevelItem,
	For:     []filing.ServiceKind{filing.Website},
	Needs:   observe.WantRegistration,
	Reasons: []Reason{{ID: "not-on-list"}, {ID: "foreign-registrar"}},
	Causes:  []Cause{"domain-expired"},
	Judge: whileRegistered(func(c Case, r observe.Registration) Verdict {
		return judgeRegistrar(c, r).advise(c.suffixAdvice(r.Domain)...)
	}),
}

func judgeRegistrar(c Case, r observe.Registration) Verdict {
	got := r.Registrar
	if r.IANAID != "" {
		got = strings.TrimSpace(got + " (IANA " + r.IANAID + ")")
	}
	if got == "" {
		return unverifiable(Note{Code: "no-registrar"})
	}
	_, suffix, _ := strings.Cut(r.Domain, ".")
	list := c.Reference.Registrars
	imported, covered, approved, date := list.Official(r.Registrar, r.IANAID, suffix)
	proof := c.registrationProof("registrar", "."+suffix, got, r)
	if covered {
		proof.Excerpt = date // of the list
		if approved {
			return pass(proof)
		}
		return deficient("not-on-list", proof)
	}
	why := Note{Code: "no-official-list"}
	if imported {
		why = Note{Code: "tld-not-on-list", Detail: suffix}
	}
	seed, known := list.Seed(r.Registrar, r.IANAID)
	switch {
	case known && seed.Foreign:
		return suspected("foreign-registrar", proof).because(why)
	case known && !imported: // who has the list can look the suffix up there
		proof.Excerpt = seed.Date
		return pass(proof).advise(Note{Code: "registrar-by-seed", Detail: seed.Date})
	}
	return unverifiable(why, proof)
}

// suffixAdvice says where bodies of the subject's nature should have a domain
// under other suffixes than this one's.
func (c Case) suffixAdvice(domain string) []Note {
	var notes []Note
	for _, rule := range c.Reference.Provinces.For(c.Subject.Province, string(c.Subject.Nature)) {
		if len(rule.Suffixes) > 0 && !rule.Suits(domain) {
			notes = append(notes, Note{Code: "suffix-of-nature", Detail: "." + strings.Join(rule.Suffixes, " .")})
		}
	}
	return notes
}
