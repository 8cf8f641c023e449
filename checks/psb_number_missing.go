package checks

import (
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/filing/number"
	"github.com/icpaudit/icpaudit/observe"
)

// psbNumberMissing: the bottom of the page shows the filed public-security
// number, and its link leads to the same code (guide section 2.2).
var psbNumberMissing = Check{
	ID: "psb-number-missing", Level: LevelItem,
	For:     []filing.ServiceKind{filing.Website},
	Blind:   []filing.ServiceKind{filing.AppService, filing.MiniProgram, filing.QuickApp},
	Needs:   observe.WantPage,
	Reasons: psbReasons(),
	Causes:  []ID{"domain-expired", "site-unreachable"},
	Judge:   judgePSB,
}

// psbReasons are the reasons in order of precedence.
func psbReasons() []Reason {
	return []Reason{{ID: "other-number"}, {ID: "link-code-differs"}, {ID: "absent", Absence: true}}
}

func judgePSB(c Case) Verdict {
	documents := c.Page.Value.Documents
	filed, _, err := number.ParsePSB(c.Domain.PSB)
	if err != nil {
		var proofs []Proof
		for _, d := range documents {
			for _, s := range d.PSB {
				proofs = append(proofs, Proof{What: "psb-number", Got: s.Number, Where: d.URL, At: c.Page.At})
			}
		}
		return unverifiable(Note{Code: "psb-not-filed"}, proofs...)
	}
	var bad []Verdict
	var open *Verdict
	for _, d := range documents {
		v := psbOn(c, filed, d)
		switch {
		case v.outcome == Pass:
			return v
		case v.outcome == Unverifiable && open == nil:
			open = &v
		case v.outcome == Deficient:
			bad = append(bad, v)
		}
	}
	if open != nil || len(bad) == 0 {
		if open == nil {
			return unverifiable(Note{Code: "no-home-page"})
		}
		return *open
	}
	return worst(psbReasons(), bad)
}

func psbOn(c Case, filed number.PSB, d observe.Document) Verdict {
	var other *observe.NumberSeen
	for i, s := range d.PSB {
		proof := Proof{What: "psb-number", Want: filed.String(), Got: s.Number, Where: d.URL, Excerpt: s.Excerpt, At: c.Page.At}
		switch {
		case s.Code == filed.Code && s.Channel == observe.ChannelScript:
			return unverifiable(Note{Code: whyRendering}, proof)
		case s.Channel != observe.ChannelHTML:
		case s.Code != filed.Code:
			other = &d.PSB[i]
		case s.LinkCode != "" && s.LinkCode != s.Code:
			return deficient("link-code-differs", proof, Proof{What: "psb-link-code", Want: filed.Code, Got: s.LinkCode, Where: s.Href, At: c.Page.At})
		case !s.Linked:
			return pass(proof).advise(Note{Code: "psb-unlinked"})
		default:
			return pass(proof)
		}
	}
	if why := incomplete(d); why != "" {
		return unverifiable(Note{Code: why, Detail: d.URL})
	}
	proof := Proof{What: "psb-number", Want: filed.String(), Where: d.URL, Excerpt: d.Footer, At: c.Page.At}
	if other != nil {
		proof.Got, proof.Excerpt = other.Number, other.Excerpt
		return deficient("other-number", proof)
	}
	return deficient("absent", proof)
}
