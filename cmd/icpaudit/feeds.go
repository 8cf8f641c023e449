package main

import (
	"context"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/spf13/pflag"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/report"
)

// feedFlags are the flags that give evidence feeds; each beats the configuration.
type feedFlags struct {
	registry, contacts, documents             string
	registryAsOf, contactsAsOf, documentsAsOf string
}

func (f *feedFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.registry, "registry", "", "evidence: export of the business registry (CSV, XLSX or JSON)")
	flags.StringVar(&f.contacts, "contacts", "", "evidence: results of calls, and what was said about use")
	flags.StringVar(&f.documents, "documents", "", "evidence: documents on file")
	flags.StringVar(&f.registryAsOf, "registry-as-of", "", "day of the registry rows that have none, such as 2024-01-31")
	flags.StringVar(&f.contactsAsOf, "contacts-as-of", "", "day of the contacts rows that have none")
	flags.StringVar(&f.documentsAsOf, "documents-as-of", "", "day of the documents rows that have none")
}

// apply puts the flags over the configuration.
func (f *feedFlags) apply(o *filing.FeedOptions) error {
	for _, flag := range []struct {
		kind       filing.EvidenceKind
		file, asOf string
	}{
		{filing.EvidenceRegistry, f.registry, f.registryAsOf}, {filing.EvidenceContacts, f.contacts, f.contactsAsOf},
		{filing.EvidenceDocuments, f.documents, f.documentsAsOf},
	} {
		feed := o.Of(flag.kind)
		if flag.file != "" {
			feed.File = flag.file
		}
		if flag.asOf == "" {
			continue
		}
		if err := feed.AsOf.UnmarshalText([]byte(flag.asOf)); err != nil {
			return fmt.Errorf("--%s-as-of %q: it is a day such as 2024-01-31", flag.kind, flag.asOf)
		}
	}
	return nil
}

// openFeeds reads the feeds that are given, and says what they hold.
func (p *program) openFeeds(ctx context.Context, c config, w io.Writer) (*filing.Feeds, error) {
	c.Feeds.TempDir = c.Audit.TempDir
	feeds, err := filing.ReadFeeds(ctx, c.Feeds)
	if err != nil {
		return nil, usage(err)
	}
	say := report.In(c.Lang)
	for _, t := range feeds.Totals() {
		fmt.Fprintf(w, say.Say("feed")+"\n", say.Say("feed-"+string(t.Kind)), report.Clean(t.File, 200), t.Rows, t.Bad, t.Warnings)
		if t.Undated > 0 {
			fmt.Fprintf(w, say.Say("feed-undated")+"\n", t.Undated, t.Kind, t.Kind)
		}
		if len(t.Unknown) > 0 {
			fmt.Fprintf(w, say.Say("feed-unknown")+"\n", say.Say("feed-"+string(t.Kind)), report.Clean(strings.Join(t.Unknown, say.Say("list-comma")), 2000))
		}
	}
	return feeds, nil
}

// badRows counts the refused rows of all feeds.
func badRows(feeds *filing.Feeds) (n int) {
	for _, t := range feeds.Totals() {
		n += t.Bad
	}
	return n
}

// maxUnmatched bounds the rows of one run that are listed as of no filing: the
// export of a whole register has little else. Their number is always told.
const maxUnmatched = 10_000

// rowsSaid is all that is wrong with the rows of the inventory and the feeds,
// and the feed rows that are of no filing.
func rowsSaid(inv *filing.Inventory, feeds *filing.Feeds) iter.Seq[filing.Mistake] {
	return func(yield func(filing.Mistake) bool) {
		for _, list := range []iter.Seq[filing.Mistake]{inv.Mistakes(), feeds.Mistakes(), first(maxUnmatched, feeds.Unmatched())} {
			for m := range list {
				if !yield(m) {
					return
				}
			}
		}
	}
}

// first is a listing cut after n.
func first(n int, list iter.Seq[filing.Mistake]) iter.Seq[filing.Mistake] {
	return func(yield func(filing.Mistake) bool) {
		left := n
		for m := range list {
			if left--; left < 0 || !yield(m) {
				return
			}
		}
	}
}

// maxTold bounds the rows of a kind that a summary shows.
const maxTold = 10

// tellFeeds says how the feeds' rows fared: what was refused, what is of no filing.
func (p *program) tellFeeds(s *session) {
	totals := s.feeds.Totals()
	if len(totals) == 0 {
		return
	}
	tellRefused(p.out, s, "feed-more")
	unmatched := 0
	for _, t := range totals {
		fmt.Fprintf(p.out, s.teller.Say("feed-matched")+"\n", s.teller.Say("feed-"+string(t.Kind)), report.Clean(t.File, 200), t.Matched, t.Unmatched)
		unmatched += t.Unmatched
	}
	for m := range first(maxTold, s.feeds.Unmatched()) {
		fmt.Fprintln(p.out, "  "+s.teller.Mistake(m))
	}
	tellRest(p.out, s, "feed-more", unmatched)
	if unmatched > maxUnmatched {
		fmt.Fprintf(p.out, s.teller.Say("feed-cut")+"\n", maxUnmatched)
	}
}

// tellRefused names the first rows of feeds that were refused; rest is the
// phrase that says where the others are named.
func tellRefused(w io.Writer, s *session, rest string) {
	told := 0
	for m := range s.feeds.Mistakes() {
		if m.Warning {
			continue
		}
		if told++; told <= maxTold {
			fmt.Fprintln(w, "  "+s.teller.Mistake(m))
		}
	}
	tellRest(w, s, rest, told)
}

func tellRest(w io.Writer, s *session, rest string, n int) {
	if n > maxTold {
		fmt.Fprintf(w, s.teller.Say(rest)+"\n", n-maxTold)
	}
}
