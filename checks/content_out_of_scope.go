package checks

import (
	"slices"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

// contentOutOfScope: what the site shows fits the subject (guide section 2.2):
// no company, shop, payment, recruitment or forum matters under a personal
// filing, and no other organisation's site under anybody's. Never more than
// suspected, for whose site it is only a person can find out.
var contentOutOfScope = Check{
	ID: "content-out-of-scope", Level: LevelItem,
	For:     []filing.ServiceKind{filing.Website},
	Blind:   []filing.ServiceKind{filing.AppService, filing.MiniProgram, filing.QuickApp},
	Needs:   observe.WantPage,
	Reasons: scopeReasons(),
	Causes:  []Cause{"domain-expired", "domain-registered-after-filing", "content-violation"},
	Judge:   onPages(judgeScope),
}

// scopeReasons are the reasons in order of precedence: what needs a licence first.
func scopeReasons() []Reason {
	return []Reason{{ID: "payment"}, {ID: "recruitment"}, {ID: "forum"}, {ID: "shop"}, {ID: "company"}, {ID: "other-organisation"}}
}

func judgeScope(c Case, homes, others []observe.Document) Verdict {
	s := sift(slices.Concat(homes, others), func(d observe.Document) Verdict { return scopeOn(c, d) })
	switch {
	case len(s.bad) > 0:
		v := worst(scopeReasons(), s.bad)
		advice := Note{Code: "check-scope"}
		if v.reason == "other-organisation" {
			advice.Code = "check-whose-site"
		}
		return v.because(Note{Code: "person-decides"}).advise(advice)
	case len(s.open) > 0:
		return s.open[0]
	}
	return s.passed[0]
}

// scopeOn judges one document by itself.
func scopeOn(c Case, d observe.Document) Verdict {
	if c.Subject.Nature == filing.NatureIndividual {
		if v, found := beyondPerson(c, d); found {
			return v
		}
	}
	if other, found := otherOrganisation(c, d); found {
		return suspected("other-organisation", Proof{What: "organisation", Want: c.Subject.Name, Got: other, Where: d.URL, Excerpt: d.Title, At: c.Page.At})
	}
	seen := Proof{What: "content-title", Want: c.Subject.Name, Got: d.Title, Where: d.URL, At: c.Page.At}
	switch why := unseen(d); {
	case why != "":
		return unverifiable(Note{Code: why, Detail: d.URL}, seen)
	case c.Subject.Name == "":
		return unverifiable(Note{Code: "subject-name-not-filed"}, seen)
	case c.Subject.Nature == "":
		return unverifiable(Note{Code: "nature-not-filed"}, seen)
	}
	return pass(seen)
}

// beyondPerson is the suspicion of the scope that a page speaks for most.
func beyondPerson(c Case, d observe.Document) (Verdict, bool) {
	all := readings(c.Reference.Lexicon, d)
	var best score
	var proofs []Proof
	for _, category := range c.Reference.Lexicon.Scopes {
		s := scoreOf(all, category)
		if !s.reached() {
			continue
		}
		if len(proofs) == 0 || s.points/s.category.Least > best.points/best.category.Least {
			best, proofs = s, append([]Proof{s.proof(c, d.URL)}, proofs...)
		} else {
			proofs = append(proofs, s.proof(c, d.URL))
		}
	}
	if len(proofs) == 0 {
		return Verdict{}, false
	}
	return suspected(best.category.ID, proofs[0], proofs[1:]...), true
}
