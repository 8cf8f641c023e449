package checks

import (
	"strings"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/filing/number"
	"github.com/icpaudit/icpaudit/observe"
)

// icpNumberWrong: the home page shows the filed number at its bottom (measures
// on the filing of non-commercial services, article 13; guide section 2.2).
var icpNumberWrong = Check{
	ID: "icp-number-wrong", Level: LevelItem,
	For:     []filing.ServiceKind{filing.Website},
	Blind:   []filing.ServiceKind{filing.AppService, filing.MiniProgram, filing.QuickApp},
	Needs:   observe.WantPage,
	Reasons: icpNumberReasons(),
	Causes:  []ID{"domain-expired", "dns-not-at-provider", "site-unreachable"},
	Judge:   judgeNumber,
}

func judgeNumber(c Case) Verdict {
	filed, ok := filedNumber(c)
	documents := c.Page.Value.Documents
	if !ok {
		return unverifiable(Note{Code: "number-not-filed"}, seenNumbers(c, documents)...)
	}
	var good, elsewhere, bad []Verdict
	var open *Verdict
	for _, d := range documents {
		v := numberOn(c, filed, d)
		switch {
		case v.outcome == Pass && home(d):
			good = append(good, v)
		case v.outcome == Pass:
			elsewhere = append(elsewhere, v)
		case v.outcome == Unverifiable && open == nil:
			open = &v
		case v.outcome == Deficient && home(d):
			bad = append(bad, v)
		}
	}
	switch {
	case len(good) > 0:
		if len(bad) > 0 {
			good[0] = good[0].advise(Note{Code: "page-without-number", Detail: bad[0].proofs[0].Where})
		}
		return good[0].advise(offsite(c, documents)...)
	case open != nil:
		return *open
	case len(elsewhere) > 0 && len(bad) > 0:
		return deficient("off-home", bad[0].proofs[0], elsewhere[0].proofs...)
	case len(elsewhere) > 0:
		return elsewhere[0]
	case len(bad) == 0:
		return unverifiable(Note{Code: "no-home-page"})
	}
	return worst(icpNumberReasons(), bad).advise(offsite(c, documents)...)
}

// icpNumberReasons are the reasons in order of precedence. They stand apart
// from the check, whose judgement needs them.
func icpNumberReasons() []Reason {
	return []Reason{
		{ID: "other-subject"}, {ID: "other-service"}, {ID: "malformed"},
		{ID: "hidden-only", Absence: true}, {ID: "off-home", Absence: true}, {ID: "absent", Absence: true},
	}
}

// worst is the verdict whose reason comes first, with the proofs of all.
func worst(order []Reason, all []Verdict) Verdict {
	for _, reason := range order {
		for i, v := range all {
			if v.reason != reason.ID {
				continue
			}
			for k, other := range all {
				if k != i {
					v.proofs = append(v.proofs[:len(v.proofs):len(v.proofs)], other.proofs...)
				}
			}
			return v
		}
	}
	return all[0]
}

// numberOn judges one document by itself.
func numberOn(c Case, filed number.ICP, d observe.Document) Verdict {
	all := shownOn(filed, d)
	seen, ok := best(all, observe.ChannelHTML)
	if ok && seen.likeness >= bareSubject {
		v := pass(numberProof(c, filed, seen.NumberSeen, d.URL))
		if seen.likeness == bareSubject && filed.Province != "粤" {
			v = v.advise(Note{Code: "subject-number-only", Detail: seen.Number})
		}
		for _, s := range all {
			if s.Channel == observe.ChannelHTML && s.likeness == otherSubject {
				v = v.advise(Note{Code: "other-number-too", Detail: s.Number})
			}
		}
		return v
	}
	if script, ok := best(all, observe.ChannelScript); ok && script.likeness >= bareSubject {
		return unverifiable(Note{Code: whyRendering}, numberProof(c, filed, script.NumberSeen, d.URL))
	}
	if why := incomplete(d); why != "" {
		return unverifiable(Note{Code: why, Detail: d.URL})
	}
	if ok && seen.likeness == otherService {
		return deficient("other-service", numberProof(c, filed, seen.NumberSeen, d.URL))
	}
	if s, ok := wrongAtBottom(all); ok {
		return deficient("other-subject", numberProof(c, filed, s.NumberSeen, d.URL))
	}
	return numberMissing(c, filed, d, all)
}

// wrongAtBottom finds another subject's number where the own one should hang;
// further up it may be part of what the page tells.
func wrongAtBottom(all []shown) (shown, bool) {
	for _, s := range all {
		if s.Channel == observe.ChannelHTML && s.Bottom && s.likeness == otherSubject {
			return s, true
		}
	}
	return shown{}, false
}

// numberMissing says what stands on a complete page in place of the number.
func numberMissing(c Case, filed number.ICP, d observe.Document, all []shown) Verdict {
	for _, s := range d.Lookalikes {
		if s.Channel == observe.ChannelHTML && (s.Note == number.CodeTypo || s.Note == number.CodeDigits || s.Note == number.CodeNoProvince || s.Note == number.CodePlaceholder) {
			return deficient("malformed", numberProof(c, filed, s, d.URL))
		}
	}
	for _, s := range d.Licences {
		if s.Channel == observe.ChannelHTML && strings.Contains(s.Number, "ICP证") {
			return unverifiable(Note{Code: "licence-shown", Detail: s.Number}, numberProof(c, filed, s, d.URL))
		}
	}
	if s, ok := best(all, observe.ChannelHidden); ok && s.likeness >= bareSubject {
		return deficient("hidden-only", numberProof(c, filed, s.NumberSeen, d.URL))
	}
	proof := Proof{What: "icp-number", Want: filed.String(), Where: d.URL, Excerpt: d.Footer, At: c.Page.At}
	if s, ok := best(all, observe.ChannelHTML); ok {
		proof.Got, proof.Excerpt = s.Number, s.Excerpt
	}
	return deficient("absent", proof)
}

// seenNumbers tells what was seen where nothing can be compared.
func seenNumbers(c Case, documents []observe.Document) []Proof {
	var proofs []Proof
	for _, d := range documents {
		for _, s := range d.Numbers {
			if s.Channel == observe.ChannelHTML {
				proofs = append(proofs, Proof{What: "icp-number", Got: s.Number, Where: d.URL, Excerpt: s.Excerpt, At: c.Page.At})
			}
		}
	}
	return proofs
}
