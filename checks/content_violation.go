package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
)

// contentViolation: the site shows pornography, gambling, drugs or fraud, or
// something was planted in it (guide section 2.2). A machine can't tell a
// casino from a film about one, so that it never says more than suspected.
var contentViolation = Check{
	ID: "content-violation", Level: LevelItem,
	For:     []filing.ServiceKind{filing.Website},
	Blind:   []filing.ServiceKind{filing.AppService, filing.MiniProgram, filing.QuickApp},
	Needs:   observe.WantPage,
	Asks:    []filing.EvidenceKind{filing.EvidenceDocuments},
	Reasons: violationReasons(),
	Causes:  []Cause{"domain-expired", "domain-registered-after-filing"},
	Judge:   onPages(judgeViolation),

	Registration: true,
}

// violationReasons are the reasons in order of precedence.
func violationReasons() []Reason {
	return []Reason{{ID: "pornography"}, {ID: "gambling"}, {ID: "drugs"}, {ID: "fraud"}, {ID: "own-list"}, {ID: "cloaking"}, {ID: "compromise"}, {ID: "reregistered"}}
}

func judgeViolation(c Case, homes, others []observe.Document) Verdict {
	documents := slices.Concat(homes, others)
	s := sift(documents, func(d observe.Document) Verdict { return violationOn(c, d) })
	for _, v := range c.Page.Value.Variants {
		if verdict, found := cloakedBy(c, v, documents); found {
			s.bad = append(s.bad, verdict)
		}
	}
	if verdict, found := takenOver(c, homes, others); found {
		s.bad = append(s.bad, verdict)
	}
	advice := aboutLeading(c, documents)
	switch {
	case len(s.bad) > 0:
		v := worst(violationReasons(), s.bad)
		return v.because(Note{Code: "person-decides"}).advise(Note{Code: decideOf(v.reason)}).advise(advice...)
	case len(s.open) > 0:
		return s.open[0].advise(advice...)
	}
	return s.passed[0].advise(advice...)
}

// decideOf is the advice on what a person has to find out.
func decideOf(reason string) string {
	if reason == "compromise" || reason == "cloaking" {
		return "check-break-in"
	}
	return "check-whose-site"
}

// violationOn judges one document by itself.
func violationOn(c Case, d observe.Document) Verdict {
	lexicon := c.Reference.Lexicon
	planted := plantedIn(c, d)
	if v, found := spokenFor(c, readings(lexicon, d), d.URL); found {
		v.proofs = append(slices.Clip(v.proofs), planted...)
		return v
	}
	if len(planted) > 0 {
		return suspected("compromise", planted[0], planted[1:]...)
	}
	seen := Proof{What: "content-title", Got: d.Title, Where: d.URL, At: c.Page.At}
	if why := unseen(d); why != "" {
		return unverifiable(Note{Code: why, Detail: d.URL}, seen)
	}
	return pass(seen)
}

// spokenFor is the suspicion of the category that a page speaks for most, with
// the proofs of all that it speaks for enough.
func spokenFor(c Case, all []reading, where string) (Verdict, bool) {
	var best score
	var proofs []Proof
	for _, category := range c.Reference.Lexicon.Violations {
		s := scoreOf(all, category)
		if !s.reached() {
			continue
		}
		if first := best.points*s.category.Least < s.points*best.category.Least || len(proofs) == 0; first {
			best, proofs = s, append([]Proof{s.proof(c, where)}, proofs...)
		} else {
			proofs = append(proofs, s.proof(c, where))
		}
	}
	if len(proofs) == 0 {
		return Verdict{}, false
	}
	reason := best.category.ID
	if best.category.Own {
		reason = "own-list"
	}
	return suspected(reason, proofs[0], proofs[1:]...), true
}

// Signs of a break-in: how much hidden links have to say, from how many hosts,
// and how much a title in character references.
const (
	leastHidden = 8
	leastHosts  = 2
	leastCoded  = 6
)

// plantedIn are the signs that somebody put something into a page.
func plantedIn(c Case, d observe.Document) []Proof {
	if d.Content == nil {
		return nil
	}
	var proofs []Proof
	hidden := hiddenReading(c.Reference.Lexicon, d)
	title := readings(c.Reference.Lexicon, observe.Document{Title: d.Title})
	for _, category := range c.Reference.Lexicon.Violations {
		if s := scoreOf(hidden, category); s.points >= leastHidden && len(d.Content.Hidden) >= leastHosts {
			p := s.proof(c, d.URL)
			p.What, p.Excerpt = "content-hidden", hostsOf(d.Content.Hidden)
			proofs = append(proofs, p)
		}
		if s := scoreOf(title, category); d.Content.CodedTitle && s.points >= leastCoded {
			p := s.proof(c, d.URL)
			p.What = "content-coded-title"
			proofs = append(proofs, p)
		}
	}
	for _, sent := range d.Content.Sends {
		if strings.Contains(sent.On, "referrer") {
			proofs = append(proofs, Proof{What: "content-redirect", Got: sent.Host, Where: d.URL, Excerpt: sent.Excerpt, At: c.Page.At})
		}
	}
	return proofs
}

func hostsOf(links []observe.SiteLink) string {
	const most = 8
	var hosts []string
	for _, l := range links[:min(len(links), most)] {
		hosts = append(hosts, fmt.Sprintf("%s (%s)", l.Host, l.Text))
	}
	return strings.Join(hosts, ", ")
}

// cloakedBy finds what only another visitor gets to see: a category that no
// page speaks for to us, or another site.
func cloakedBy(c Case, v observe.Variant, documents []observe.Document) (Verdict, bool) {
	if v.Sent != "" {
		return suspected("cloaking", Proof{What: "content-crawler", Want: v.Asked, Got: v.Sent, Where: v.Asked, At: c.Page.At}), true
	}
	if v.Document == nil || v.Document.Kind != observe.KindSite {
		return Verdict{}, false
	}
	all := readings(c.Reference.Lexicon, *v.Document)
	for _, category := range c.Reference.Lexicon.Violations {
		s := scoreOf(all, category)
		open := func(d observe.Document) bool { return reachedBy(c.Reference.Lexicon, d, category) }
		if s.reached() && !slices.ContainsFunc(documents, open) {
			p := s.proof(c, v.Document.URL)
			p.What, p.Want = "content-crawler", documents[0].Title
			return suspected("cloaking", p), true
		}
	}
	return Verdict{}, false
}

func reachedBy(lexicon *reference.Lexicon, d observe.Document, category reference.Category) bool {
	return scoreOf(readings(lexicon, d), category).reached()
}

// aboutLeading is the advice on pages that send visitors to other sites, and
// on a crawler that could not be passed for.
func aboutLeading(c Case, documents []observe.Document) []Note {
	var notes []Note
	for _, d := range documents {
		if d.Content == nil {
			continue
		}
		for _, sent := range d.Content.Sends {
			if !strings.Contains(sent.On, "referrer") {
				notes = append(notes, Note{Code: "sent-elsewhere", Detail: sent.Host})
			}
		}
	}
	for _, v := range c.Page.Value.Variants {
		if v.Fault != nil {
			notes = append(notes, Note{Code: "crawler-unseen", Detail: string(v.Fault.Kind)})
		}
	}
	return notes
}
