package checks

import (
	"slices"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/filing/number"
	"github.com/icpaudit/icpaudit/observe"
)

// icpNumberUnlinked: the number is inside a link to beian.miit.gov.cn, http or
// https, any path on exactly this host; of several links the best counts
// (guide section 2.2). Whether it is the right number, another check says.
var icpNumberUnlinked = Check{
	ID: "icp-number-unlinked", Level: LevelItem,
	For:     []filing.ServiceKind{filing.Website},
	Blind:   []filing.ServiceKind{filing.AppService, filing.MiniProgram, filing.QuickApp},
	Inside:  judgeLinkInside,
	Needs:   observe.WantPage,
	Asks:    []filing.EvidenceKind{filing.EvidenceDocuments},
	Reasons: linkReasons(),
	Causes:  []Cause{"domain-expired", "site-unreachable", "icp-number-wrong"},
	Judge:   onPages(judgeLink),
}

// linkReasons are the reasons in order of precedence.
func linkReasons() []Reason {
	return []Reason{{ID: "dead-link"}, {ID: "wrong-host"}, {ID: "old-host"}, {ID: "no-link"}}
}

// filingSystem is what the number has to be linked to.
const filingSystem = "https://beian.miit.gov.cn/"

// judgeLink asks the home pages, and the others only where those show no number.
func judgeLink(c Case, homes, others []observe.Document) Verdict {
	filed, _ := filedNumber(c)
	for _, documents := range [][]observe.Document{homes, others} {
		s := sift(documents, func(d observe.Document) Verdict { return linkOn(c, filed, d) })
		s.open = slices.DeleteFunc(s.open, func(v Verdict) bool { return v.why.Code == whyNoNumber })
		if len(s.passed)+len(s.open)+len(s.bad) > 0 {
			return s.verdict(linkReasons(), "page-without-link")
		}
	}
	return unverifiable(Note{Code: whyNoNumber, Detail: homes[0].URL})
}

// whyNoNumber says that there is no number whose link could be judged.
const whyNoNumber = "no-number-shown"

// linkOn judges the link of the number that a document shows: the filed one,
// or else whichever hangs there.
func linkOn(c Case, filed number.ICP, d observe.Document) Verdict {
	seen, ok := bestLinked(shownOn(filed, d, observe.ChannelHTML))
	if ok && seen.Link == observe.LinkNone {
		return pass(linkProof(c, seen.NumberSeen, d)).advise(otherLinks(seen)...)
	}
	if why := incomplete(d); why != "" {
		// The same number may stand again, linked, in what was not seen.
		return unverifiable(Note{Code: why, Detail: d.URL})
	}
	if ok {
		reasons := map[observe.LinkProblem]string{
			observe.LinkMissing: "no-link", observe.LinkOldHost: "old-host", observe.LinkWrongHost: "wrong-host", observe.LinkNotAnchor: "dead-link",
		}
		return deficient(reasons[seen.Link], linkProof(c, seen.NumberSeen, d))
	}
	if script := shownOn(filed, d, observe.ChannelScript); len(script) > 0 {
		return unverifiable(Note{Code: whyRendering, Detail: d.URL}, linkProof(c, script[0].NumberSeen, d))
	}
	return unverifiable(Note{Code: whyNoNumber, Detail: d.URL})
}

func linkProof(c Case, seen observe.NumberSeen, d observe.Document) Proof {
	return Proof{What: "icp-link", Want: filingSystem, Got: seen.Href, Where: d.URL, Excerpt: seen.Excerpt, At: c.Page.At}
}

// otherLinks is the advice on further occurrences of a number that are linked wrongly.
func otherLinks(seen shown) []Note {
	i := slices.IndexFunc(seen.Others, func(l observe.LinkSeen) bool { return l.Link != observe.LinkNone })
	if i < 0 {
		return nil
	}
	return []Note{{Code: "other-link-too", Detail: seen.Others[i].Href}}
}
