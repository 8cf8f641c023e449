package checks

import (
	"cmp"
	"slices"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/filing/number"
	"github.com/icpaudit/icpaudit/observe"
)

// icpNumberWrong: the home page shows the filed number at its bottom (measures
// on the filing of non-commercial services, article 13; guide section 2.2).
// Provinces differ on the suffix, so the subject's number by itself passes.
var icpNumberWrong = Check{
	ID: "icp-number-wrong", Level: LevelItem,
	For:     []filing.ServiceKind{filing.Website},
	Blind:   []filing.ServiceKind{filing.AppService, filing.MiniProgram, filing.QuickApp},
	Inside:  judgeNumberInside,
	Needs:   observe.WantPage,
	Asks:    []filing.EvidenceKind{filing.EvidenceDocuments},
	Reasons: icpNumberReasons(),
	Causes:  []Cause{"domain-expired", "dns-not-at-provider", "site-unreachable"},
	Judge:   onPages(judgeNumber),
}

// icpNumberReasons are the reasons in order of precedence.
func icpNumberReasons() []Reason {
	return []Reason{
		{ID: "other-subject"}, {ID: "other-service"}, {ID: "malformed"},
		{ID: "hidden-only", Absence: true}, {ID: "off-home", Absence: true}, {ID: "absent", Absence: true},
	}
}

func judgeNumber(c Case, homes, others []observe.Document) Verdict {
	filed, ok := filedNumber(c)
	if !ok {
		return unverifiable(Note{Code: "number-not-filed"}, seenNumbers(c, append(homes, others...))...)
	}
	judge := func(d observe.Document) Verdict { return numberOn(c, filed, d) }
	v := sift(homes, judge).verdict(icpNumberReasons(), "page-without-number")
	if elsewhere := sift(others, judge).passed; v.reason == "absent" && len(elsewhere) > 0 {
		return deficient("off-home", v.proofs[0], append(v.proofs[1:], elsewhere[0].proofs...)...)
	}
	return v
}

// numberOn judges one document by itself.
func numberOn(c Case, filed number.ICP, d observe.Document) Verdict {
	all := shownOn(filed, d, observe.ChannelHTML)
	seen, ok := nearest(all)
	proof := Proof{What: "icp-number", Want: filed.String(), Where: d.URL, Excerpt: d.Footer, At: c.Page.At}
	if ok {
		proof = numberProof(c, filed, seen.NumberSeen, d.URL)
	}
	if ok && seen.own() {
		return pass(proof).advise(aboutNumber(c, filed, seen, all, d)...)
	}
	if script, ok := nearest(shownOn(filed, d, observe.ChannelScript)); ok && (script.own() || len(all) == 0) {
		return unverifiable(Note{Code: whyRendering, Detail: d.URL}, numberProof(c, filed, script.NumberSeen, d.URL))
	}
	if why := incomplete(d); why != "" {
		return unverifiable(Note{Code: why, Detail: d.URL}, proof)
	}
	// What stands further up may be part of what the page tells.
	hanging := slices.DeleteFunc(all, func(s shown) bool { return !s.Bottom })
	switch seen, ok := nearest(hanging); {
	case ok && seen.likeness == otherService:
		return deficient("other-service", proof)
	case ok:
		return deficient("other-subject", numberProof(c, filed, seen.NumberSeen, d.URL))
	}
	return numberMissing(c, filed, d, proof)
}

// numberMissing says what stands on a complete page in place of the number.
func numberMissing(c Case, filed number.ICP, d observe.Document, proof Proof) Verdict {
	for _, s := range d.Lookalikes {
		if s.Channel != observe.ChannelHTML || !s.Bottom {
			continue
		}
		s.Number = cmp.Or(s.Raw, s.Number) // as it stands there, not as it may be meant
		if slices.Contains([]string{number.CodeTypo, number.CodeDigits, number.CodeNoProvince, number.CodePlaceholder}, s.Note) {
			return deficient("malformed", numberProof(c, filed, s, d.URL))
		}
		if proof.Got == "" {
			proof = numberProof(c, filed, s, d.URL)
		}
	}
	if s, ok := licenceRecord(d); ok {
		return unverifiable(Note{Code: "licence-shown", Detail: s.Number}, numberProof(c, filed, s, d.URL))
	}
	if s, ok := nearest(shownOn(filed, d, observe.ChannelHidden)); ok && s.own() {
		return deficient("hidden-only", numberProof(c, filed, s.NumberSeen, d.URL))
	}
	return deficient("absent", proof)
}
