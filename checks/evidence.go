package checks

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/icpaudit/icpaudit/filing"
)

// How a check asks a feed: evidence that is missing, too old, undated or
// contradicts itself settles nothing, and says so by one of these codes.
const (
	whyNoFeed       = "no-feed"            // no feed of this kind was given
	whyNotInFeed    = "not-in-feed"        // it has no row for this
	whyNoColumn     = "column-not-in-feed" // it has a row that leaves this open
	whyFeedStale    = "feed-stale"
	whyFeedUndated  = "feed-undated" // no as-of date, or one to come
	whyContradicts  = "feed-contradicts"
	whyUnusable     = "feed-value-unusable" // masked, or no value of its kind
	whyNotForPeople = "individual"          // an individual is in no business registry
)

// row is one row of evidence with the day that it speaks of.
type row[T any] struct {
	value  T
	origin filing.Origin
	day    filing.Day
}

// rowsOf gives rows of a feed their days: their own, else the row's as-of date,
// else the feed's.
func rowsOf[T any](c Case, kind filing.EvidenceKind, values []T, of func(T) (filing.Origin, filing.Day)) []row[T] {
	rows := make([]row[T], 0, len(values))
	for _, v := range values {
		origin, day := of(v)
		for _, next := range []filing.Day{origin.AsOf, c.Evidence.Given[kind].AsOf} {
			if day.IsZero() {
				day = next
			}
		}
		rows = append(rows, row[T]{v, origin, day})
	}
	return rows
}

// fresh keeps the rows that are young enough to count, the newest first; where
// there is none it says why.
func fresh[T any](c Case, kind filing.EvidenceKind, rows []row[T]) ([]row[T], Note) {
	feed, given := c.Evidence.Given[kind]
	switch {
	case !given:
		return nil, Note{Code: whyNoFeed, Detail: string(kind)}
	case len(rows) == 0:
		return nil, Note{Code: whyNotInFeed, Detail: feed.File}
	}
	var why Note
	kept := slices.DeleteFunc(slices.Clone(rows), func(r row[T]) bool {
		age := c.feedAge(kind, r.day, r.origin.File)
		if age.Code != "" && (why.Code != whyFeedStale || age.Code == whyFeedStale && age.Detail > why.Detail) {
			why = age
		}
		return age.Code != ""
	})
	if len(kept) == 0 {
		return nil, why
	}
	slices.SortStableFunc(kept, func(a, b row[T]) int {
		return cmp.Or(b.day.Time().Compare(a.day.Time()), cmp.Compare(a.origin.File, b.origin.File), cmp.Compare(a.origin.Row, b.origin.Row))
	})
	return kept, Note{}
}

// feedAge says why evidence of a day can't count today; the zero Note where it can.
func (c Case) feedAge(kind filing.EvidenceKind, day filing.Day, file string) Note {
	limit := map[filing.EvidenceKind]time.Duration{
		filing.EvidenceRegistry: c.Policy.RegistryAge, filing.EvidenceContacts: c.Policy.ContactsAge, filing.EvidenceDocuments: c.Policy.DocumentsAge,
	}[kind]
	switch {
	case day.IsZero():
		return Note{Code: whyFeedUndated, Detail: file}
	case c.Today().Before(day):
		return Note{Code: whyFeedUndated, Detail: day.String()}
	case c.Today().Time().Sub(day.Time()) > limit:
		return Note{Code: whyFeedStale, Detail: day.String()}
	}
	return Note{}
}

// newest is the first of fresh rows, unless another of the same day says
// something else.
func newest[T any](rows []row[T], same func(a, b T) bool) (row[T], Note) {
	for _, r := range rows[1:] {
		if r.day == rows[0].day && !same(rows[0].value, r.value) {
			return row[T]{}, Note{Code: whyContradicts, Detail: fmt.Sprintf("%s / %s", rows[0].where(), r.where())}
		}
	}
	return rows[0], Note{}
}

// where is the place of a row, as editors write it.
func (r row[T]) where() string { return fmt.Sprintf("%s:%d", r.origin.File, r.origin.Row) }

// proof is what a row shows.
func (r row[T]) proof(what, want, got string) Proof {
	return Proof{What: what, Want: want, Got: got, Where: r.where(), At: r.day.Time()}
}

// registered is the newest row of the business registry that fills a column. A
// row with another credit code than the filed one may be another body's of the
// same name: of that, subject-id-mismatch speaks.
func registered[V comparable](c Case, column func(filing.RegistryRecord) V, same func(a, b V) bool) (row[filing.RegistryRecord], Note) {
	found, why := inRegistry(c, column, same)
	if why.Code == "" && !c.ofSubject(found.value) {
		why = Note{Code: "other-body-perhaps", Detail: found.where()}
	}
	return found, why
}

// inRegistry is the newest row that fills a column, whosever code it has.
func inRegistry[V comparable](c Case, column func(filing.RegistryRecord) V, same func(a, b V) bool) (row[filing.RegistryRecord], Note) {
	kind := filing.EvidenceRegistry
	rows := rowsOf(c, kind, c.Evidence.Registry, func(r filing.RegistryRecord) (filing.Origin, filing.Day) { return r.Origin, filing.Day{} })
	rows, why := fresh(c, kind, rows)
	if why.Code != "" {
		return row[filing.RegistryRecord]{}, why
	}
	var none V
	rows = slices.DeleteFunc(rows, func(r row[filing.RegistryRecord]) bool { return column(r.value) == none })
	if len(rows) == 0 {
		return row[filing.RegistryRecord]{}, Note{Code: whyNoColumn, Detail: c.Evidence.Given[kind].File}
	}
	return newest(rows, func(a, b filing.RegistryRecord) bool { return same(column(a), column(b)) })
}

func sameText(a, b string) bool { return a == b }

// documents are the fresh documents on file of one kind that are about
// something, newest first.
func documents(c Case, kind filing.DocumentKind, about func(filing.Document) bool) ([]row[filing.Document], Note) {
	var wanted []filing.Document
	for _, d := range c.Evidence.Documents {
		if d.Kind == kind && about(d) {
			wanted = append(wanted, d)
		}
	}
	return fresh(c, filing.EvidenceDocuments, rowsOf(c, filing.EvidenceDocuments, wanted, func(d filing.Document) (filing.Origin, filing.Day) { return d.Origin, filing.Day{} }))
}
