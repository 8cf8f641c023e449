package checks

import (
	"net/url"
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

// Codes of why pages don't settle a rule on their content.
const (
	whyTruncated = "page-truncated"
	whyRendering = "needs-rendering"
	whyUnread    = "page-unreadable"
	whyNoPage    = "no-home-page"
)

// onPages is a rule on the pages of a site: its home pages, and the other ones
// that filed URLs lead to. Where no root of a host was seen, the filed URLs are
// where the site begins. A page on another registrable domain is judged like
// the others, and named.
func onPages(judge func(c Case, homes, others []observe.Document) Verdict) func(Case) Verdict {
	return func(c Case) Verdict {
		var homes, others []observe.Document
		for _, d := range c.Page.Value.Documents {
			switch {
			case d.Kind != "" && d.Kind != observe.KindSite && d.Fault == nil: // stands in the site's place
			case home(d):
				homes = append(homes, d)
			default:
				others = append(others, d)
			}
		}
		if len(homes) == 0 {
			homes, others = others, nil
		}
		if len(homes) == 0 {
			return unverifiable(Note{Code: whyNoPage})
		}
		return judge(c, homes, others).advise(offsite(c)...)
	}
}

// home says whether a document is a home page: one of its starts is the root of a host.
func home(d observe.Document) bool {
	return len(d.Starts) == 0 || slices.ContainsFunc(d.Starts, func(start string) bool {
		u, err := url.Parse(start)
		return err == nil && (u.Path == "" || u.Path == "/")
	})
}

// offsite advises of documents on another registrable domain.
func offsite(c Case) []Note {
	var notes []Note
	for _, d := range c.Page.Value.Documents {
		u, err := url.Parse(d.URL)
		if err != nil || u.Hostname() == "" || c.Domain == nil {
			continue
		}
		own, okOwn := filing.Registrable(c.Domain.Name)
		its, okIts := filing.Registrable(u.Hostname())
		if host := u.Hostname(); host != c.Domain.Name && !strings.HasSuffix(host, "."+c.Domain.Name) && !(okOwn && okIts && own == its) {
			notes = append(notes, Note{Code: "offsite", Detail: d.URL})
		}
	}
	return notes
}

// incomplete says why something that is missing on a document may be there all
// the same; empty means that the document was seen whole.
func incomplete(d observe.Document) string {
	switch {
	case d.Fault != nil:
		return whyUnread
	case d.Truncated:
		return whyTruncated
	case d.Shell, d.Deferred:
		return whyRendering
	}
	return ""
}

// sifted are the verdicts on several documents, by what they are worth.
type sifted struct {
	passed, open, bad []Verdict
}

func sift(documents []observe.Document, judge func(observe.Document) Verdict) sifted {
	var s sifted
	for _, d := range documents {
		switch v := judge(d); v.outcome {
		case Pass:
			s.passed = append(s.passed, v)
		case Unverifiable:
			s.open = append(s.open, v)
		default:
			s.bad = append(s.bad, v)
		}
	}
	return s
}

// verdict is that of a site whose pages differ: one page that conforms is
// enough, a page that tells nothing may conform, and of the others the gravest
// reason counts. The last is false where there is no page.
func (s sifted) verdict(order []Reason, beside string) Verdict {
	switch {
	case len(s.passed) > 0 && len(s.bad) > 0:
		return s.passed[0].advise(Note{Code: beside, Detail: s.bad[0].proofs[0].Where})
	case len(s.passed) > 0:
		return s.passed[0]
	case len(s.open) > 0:
		v := s.open[0]
		for _, bad := range s.bad {
			v.proofs = append(slices.Clip(v.proofs), bad.proofs...)
		}
		return v
	}
	return worst(order, s.bad)
}

// worst is the verdict whose reason comes first, with the proofs of all. There
// is at least one.
func worst(order []Reason, all []Verdict) Verdict {
	at := 0
	rank := func(v Verdict) int {
		if i := slices.IndexFunc(order, func(r Reason) bool { return r.ID == v.reason }); i >= 0 {
			return i
		}
		return len(order)
	}
	for i, v := range all {
		if rank(v) < rank(all[at]) {
			at = i
		}
	}
	v := all[at]
	for i, other := range all {
		if i != at {
			v.proofs = append(slices.Clip(v.proofs), other.proofs...)
		}
	}
	return v
}
