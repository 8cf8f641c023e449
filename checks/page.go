package checks

import (
	"net/url"
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/filing/number"
	"github.com/icpaudit/icpaudit/observe"
)

// Codes of why pages don't settle a rule on their content.
const (
	whyTruncated = "page-truncated"
	whyRendering = "needs-rendering"
	whyUnread    = "page-unreadable"
)

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

// home says whether a document is a home page: one of its starts is the root of a host.
func home(d observe.Document) bool {
	return len(d.Starts) == 0 || slices.ContainsFunc(d.Starts, func(start string) bool {
		u, err := url.Parse(start)
		return err == nil && (u.Path == "" || u.Path == "/")
	})
}

// filedNumber is the number that has to hang: the service's, else the subject's.
func filedNumber(c Case) (number.ICP, bool) {
	for _, text := range []string{c.Service.Number, c.Subject.Number} {
		if n, _, err := number.ParseInventory(text); text != "" && err == nil {
			return n, true
		}
	}
	return number.ICP{}, false
}

// likeness is how near a number on a page comes to the filed one.
type likeness int

const (
	otherSubject likeness = iota
	otherService
	bareSubject // the subject's number, where the service's is filed
	exact
)

func compare(filed, seen number.ICP) likeness {
	same, _ := number.SameSubject(filed, seen)
	service, _ := number.SameService(filed, seen)
	switch {
	case !same:
		return otherSubject
	case service, filed.Service == 0:
		return exact
	case seen.Service == 0:
		return bareSubject
	}
	return otherService
}

// shown is one number on a document, compared with the filed one.
type shown struct {
	observe.NumberSeen
	likeness likeness
	url      string
}

// shownOn compares all numbers of a document, filing numbers of licensed
// operators among them, with the filed one.
func shownOn(filed number.ICP, d observe.Document) []shown {
	var all []shown
	for _, seen := range d.Numbers {
		if n, _, err := number.ParseICP(seen.Number); err == nil {
			all = append(all, shown{seen, compare(filed, n), d.URL})
		}
	}
	for _, seen := range d.Licences {
		n, _, err := number.ParseInventory(seen.Number)
		if err == nil && compare(filed, n) != otherSubject {
			all = append(all, shown{seen, compare(filed, n), d.URL})
		}
	}
	return all
}

// best is the number of a channel that comes nearest to the filed one.
func best(all []shown, channel observe.Channel) (shown, bool) {
	var found shown
	ok := false
	for _, s := range all {
		if s.Channel == channel && (!ok || s.likeness > found.likeness) {
			found, ok = s, true
		}
	}
	return found, ok
}

// numberProof compares the filed number with one that was seen.
func numberProof(c Case, filed number.ICP, s observe.NumberSeen, where string) Proof {
	return Proof{What: "icp-number", Want: filed.String(), Got: s.Number, Where: where, Excerpt: s.Excerpt, At: c.Page.At}
}

// offsite advises of documents on another registrable domain.
func offsite(c Case, documents []observe.Document) []Note {
	var notes []Note
	for _, d := range documents {
		u, err := url.Parse(d.URL)
		if err != nil || c.Domain == nil {
			continue
		}
		if host := u.Hostname(); host != c.Domain.Name && !strings.HasSuffix(host, "."+c.Domain.Name) && !related(c.Domain, host) {
			notes = append(notes, Note{Code: "offsite", Detail: d.URL})
		}
	}
	return notes
}

// related says whether both names have the same registrable domain.
func related(d *filing.Domain, host string) bool {
	a, okA := filing.Registrable(d.Name)
	b, okB := filing.Registrable(host)
	return okA && okB && a == b
}
