package checks

import (
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/filing/number"
	"github.com/icpaudit/icpaudit/observe"
)

// icpNumberUnlinked: the number is inside a link to beian.miit.gov.cn, http or
// https, any path on exactly this host; of several links the best counts
// (guide section 2.2).
var icpNumberUnlinked = Check{
	ID: "icp-number-unlinked", Level: LevelItem,
	For:     []filing.ServiceKind{filing.Website},
	Blind:   []filing.ServiceKind{filing.AppService, filing.MiniProgram, filing.QuickApp},
	Needs:   observe.WantPage,
	Reasons: linkReasons(),
	Causes:  []ID{"domain-expired", "site-unreachable", "icp-number-wrong"},
	Judge:   judgeLink,
}

// linkReasons are the reasons in order of precedence.
func linkReasons() []Reason {
	return []Reason{{ID: "dead-link"}, {ID: "wrong-host"}, {ID: "old-host"}, {ID: "no-link"}}
}

// filingSystem is what the number has to be linked to.
const filingSystem = "https://beian.miit.gov.cn/"

func judgeLink(c Case) Verdict {
	filed, _ := filedNumber(c)
	var passed, bad []Verdict
	var open *Verdict
	for _, d := range c.Page.Value.Documents {
		v := linkOn(c, filed, d)
		switch v.outcome {
		case Pass:
			passed = append(passed, v)
		case Deficient:
			bad = append(bad, v)
		default:
			if open == nil {
				open = &v
			}
		}
	}
	switch {
	case len(passed) > 0:
		if len(bad) > 0 {
			return passed[0].advise(Note{Code: "page-without-link", Detail: bad[0].proofs[0].Where})
		}
		return passed[0]
	case len(bad) > 0:
		return worst(linkReasons(), bad)
	case open != nil:
		return *open
	}
	return unverifiable(Note{Code: "no-number-shown"})
}

// linkOn judges the link of the number that a document shows: the filed one,
// or else whichever hangs there.
func linkOn(c Case, filed number.ICP, d observe.Document) Verdict {
	seen, ok := best(shownOn(filed, d), observe.ChannelHTML)
	if !ok {
		if why := incomplete(d); why != "" {
			return unverifiable(Note{Code: why, Detail: d.URL})
		}
		return unverifiable(Note{Code: "no-number-shown", Detail: d.URL})
	}
	proof := Proof{What: "icp-link", Want: filingSystem, Got: seen.Href, Where: d.URL, Excerpt: seen.Excerpt, At: c.Page.At}
	if seen.Link == observe.LinkNone {
		v := pass(proof)
		for _, other := range seen.Others {
			if other.Link != observe.LinkNone {
				v = v.advise(Note{Code: "other-link-too", Detail: other.Href})
				break
			}
		}
		return v
	}
	if d.Truncated {
		// The same number may stand again, linked, in what was cut off.
		return unverifiable(Note{Code: whyTruncated, Detail: d.URL}, proof)
	}
	reasons := map[observe.LinkProblem]string{
		observe.LinkMissing: "no-link", observe.LinkOldHost: "old-host", observe.LinkWrongHost: "wrong-host", observe.LinkNotAnchor: "dead-link",
	}
	return deficient(reasons[seen.Link], proof)
}
