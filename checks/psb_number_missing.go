package checks

import (
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/filing/number"
	"github.com/icpaudit/icpaudit/observe"
)

// psbNumberMissing: the bottom of the page shows the filed public-security
// number, and its link leads to the same code (guide section 2.2). A number's
// code identifies it; the letters before it are written in many ways.
var psbNumberMissing = Check{
	ID: "psb-number-missing", Level: LevelItem,
	For:     []filing.ServiceKind{filing.Website},
	Blind:   []filing.ServiceKind{filing.AppService, filing.MiniProgram, filing.QuickApp},
	Inside:  judgePSBInside,
	Needs:   observe.WantPage,
	Asks:    []filing.EvidenceKind{filing.EvidenceDocuments},
	Reasons: psbReasons(),
	Causes:  []Cause{"domain-expired", "dns-not-at-provider", "site-unreachable"},
	Judge:   onPages(judgePSB),
}

// psbReasons are the reasons in order of precedence.
func psbReasons() []Reason {
	return []Reason{{ID: "other-number"}, {ID: "link-code-differs"}, {ID: "absent", Absence: true}}
}

func judgePSB(c Case, homes, others []observe.Document) Verdict {
	filed, _, err := number.ParsePSB(c.Domain.PSB)
	if err != nil {
		var proofs []Proof
		for _, d := range append(homes, others...) {
			for _, s := range d.PSB {
				if s.Channel == observe.ChannelHTML {
					proofs = append(proofs, Proof{What: "psb-number", Got: s.Number, Where: d.URL, Excerpt: s.Excerpt, At: c.Page.At})
				}
			}
		}
		return unverifiable(Note{Code: "psb-not-filed"}, proofs...)
	}
	judge := func(d observe.Document) Verdict { return psbOn(c, filed, d) }
	return sift(homes, judge).verdict(psbReasons(), "page-without-psb")
}

// psbOn judges one document by itself.
func psbOn(c Case, filed number.PSB, d observe.Document) Verdict {
	var hanging, other, scripted, linked *observe.NumberSeen
	for i := range d.PSB {
		switch s := &d.PSB[i]; {
		case s.Channel == observe.ChannelScript && (scripted == nil || s.Code == filed.Code):
			scripted = s
		case s.Channel != observe.ChannelHTML:
		case s.Code == filed.Code && (hanging == nil || hanging.LinkCode != "" && s.LinkCode == s.Code):
			hanging = s
		case s.Code != filed.Code && (other == nil || s.Bottom):
			other = s
		}
	}
	for i := range d.Lookalikes {
		if s := &d.Lookalikes[i]; s.Code == filed.Code {
			linked = s
		}
	}
	proof := func(s *observe.NumberSeen) Proof {
		return Proof{What: "psb-number", Want: filed.String(), Got: s.Number, Where: d.URL, Excerpt: s.Excerpt, At: c.Page.At}
	}
	switch why := incomplete(d); {
	case hanging != nil && (hanging.LinkCode == "" || hanging.LinkCode == filed.Code):
		return pass(proof(hanging)).advise(aboutPSB(hanging)...)
	case scripted != nil && (scripted.Code == filed.Code || hanging == nil && other == nil):
		return unverifiable(Note{Code: whyRendering, Detail: d.URL}, proof(scripted))
	case why != "":
		return unverifiable(Note{Code: why, Detail: d.URL})
	case hanging != nil:
		return deficient("link-code-differs", proof(hanging), Proof{What: "psb-link-code", Want: filed.Code, Got: hanging.LinkCode, Where: hanging.Href, At: c.Page.At})
	case other != nil && other.Bottom:
		return deficient("other-number", proof(other))
	case linked != nil:
		// The badge leads to the right record; whether the number is part of its picture, only an eye tells.
		return suspected("absent", proof(linked)).because(Note{Code: "code-in-link-only", Detail: linked.Href})
	case other != nil:
		return deficient("absent", proof(other))
	}
	return deficient("absent", Proof{What: "psb-number", Want: filed.String(), Where: d.URL, Excerpt: d.Footer, At: c.Page.At})
}

// aboutPSB is the advice on a number that conforms.
func aboutPSB(s *observe.NumberSeen) []Note {
	if s.Linked {
		return nil
	}
	return []Note{{Code: "psb-unlinked", Detail: s.Href}}
}
