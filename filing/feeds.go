package filing

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"
)

// FeedOptions says which evidence feeds are read, and how. The zero value, which
// is also the default, reads none.
type FeedOptions struct {
	Registry  FeedFile `yaml:"registry"`
	Contacts  FeedFile `yaml:"contacts"`
	Documents FeedFile `yaml:"documents"`
	TempDir   string   `yaml:"-"` // for the spools; default os.TempDir
	Limits    Limits   `yaml:"-"`
}

// FeedFile is one feed.
type FeedFile struct {
	File    string              `yaml:"file"`    // CSV, XLSX or JSON; empty: not given
	AsOf    Day                 `yaml:"as_of"`   // of rows that don't say how old they are; zero: not known
	Aliases map[string][]string `yaml:"aliases"` // further headers, by the column's key
}

// DefaultFeeds is the default of the options: no feed.
func DefaultFeeds() FeedOptions { return FeedOptions{} }

// Of is the options of one feed.
func (o *FeedOptions) Of(kind EvidenceKind) *FeedFile {
	switch kind {
	case EvidenceRegistry:
		return &o.Registry
	case EvidenceContacts:
		return &o.Contacts
	}
	return &o.Documents
}

// Validate names every value that can't be used, by its key.
func (o FeedOptions) Validate() map[string]error {
	bad := map[string]error{}
	for _, kind := range FeedKinds() {
		if _, err := feedTables()[kind].withAliases(o.Of(kind).Aliases); err != nil {
			bad[string(kind)+".aliases"] = err
		}
	}
	return bad
}

// FeedInfo says which feed it was.
type FeedInfo struct {
	Kind   EvidenceKind `json:"kind"`
	File   string       `json:"file"` // base name
	Digest string       `json:"sha256"`
	AsOf   Day          `json:"as_of,omitzero"` // of rows that don't say it
}

// FeedTotals is what a feed holds. Rows = Bad + the good ones, and those =
// Matched + Unmatched.
type FeedTotals struct {
	FeedInfo
	Rows      int      `json:"rows"`
	Bad       int      `json:"bad"` // refused, and no evidence
	Warnings  int      `json:"warnings"`
	Matched   int      `json:"matched"`                   // evidence of a subject that was asked for
	Unmatched int      `json:"unmatched"`                 // of none so far
	Undated   int      `json:"undated"`                   // good rows of which nothing says how old they are
	Unknown   []string `json:"unknown_columns,omitempty"` // headers that no column has
}

// Feeds are evidence feeds that were read, their good rows on disk. Of may be
// called by several goroutines; everything else is for one caller. A nil *Feeds
// has no evidence.
type Feeds struct {
	feeds []*feed
	mu    sync.Mutex
	err   error
}

// ReadFeeds reads the feeds that are given. One that can't be read at all is an
// error, of type *Refusal where the file is to blame; what is wrong with single
// rows is in Mistakes. Close removes the spools.
func ReadFeeds(ctx context.Context, o FeedOptions) (*Feeds, error) {
	v := &Feeds{}
	for _, kind := range FeedKinds() {
		file := o.Of(kind)
		if file.File == "" {
			continue
		}
		f, err := readFeed(ctx, kind, *file, o)
		if err != nil {
			return nil, errors.Join(err, v.Close())
		}
		v.feeds = append(v.feeds, f)
	}
	return v, nil
}

// Of is the evidence of a subject and of what is under it, each kind in the
// order of its file, and marks its rows as matched. A feed whose rows can't be
// read back counts as not given, and Err says why.
func (v *Feeds) Of(s *Subject) Evidence {
	var e Evidence
	if v == nil {
		return e
	}
	for _, f := range v.feeds {
		if err := f.evidence(s, &e); err != nil {
			v.fail(err)
			continue
		}
		if e.Given == nil {
			e.Given = make(map[EvidenceKind]Feed, len(v.feeds))
		}
		e.Given[f.kind] = f.file
	}
	return e
}

func (v *Feeds) fail(err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.err = errors.Join(v.err, err)
	if len(v.err.Error()) > 1000 {
		v.err = err
	}
}

// Err is why rows could not be read back; nil where all could.
func (v *Feeds) Err() error {
	if v == nil {
		return nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.err
}

// Mistakes yields all that is wrong or odd in the rows, feed by feed, in row order.
func (v *Feeds) Mistakes() iter.Seq[Mistake] {
	return v.each(func(f *feed, yield func(Mistake, error) bool) { f.log.all(yield) })
}

// Unmatched yields a warning for every good row that is evidence of no subject
// that Of was asked about: ask it after the whole inventory was dealt.
func (v *Feeds) Unmatched() iter.Seq[Mistake] {
	return v.each(func(f *feed, yield func(Mistake, error) bool) { f.unmatched(yield) })
}

// each yields what the feeds yield, and where they stand.
func (v *Feeds) each(of func(*feed, func(Mistake, error) bool)) iter.Seq[Mistake] {
	return func(yield func(Mistake) bool) {
		if v == nil {
			return
		}
		stopped := false
		for _, f := range v.feeds {
			of(f, func(m Mistake, err error) bool {
				if err != nil {
					v.fail(err)
					return false
				}
				m.File, m.Feed = f.path, f.kind
				stopped = !yield(m)
				return !stopped
			})
			if stopped {
				return
			}
		}
	}
}

// Totals is what the feeds that were given hold.
func (v *Feeds) Totals() []FeedTotals {
	if v == nil {
		return nil
	}
	var all []FeedTotals
	for _, f := range v.feeds {
		all = append(all, f.sums())
	}
	return all
}

// Infos says which feeds were given.
func (v *Feeds) Infos() []FeedInfo {
	var all []FeedInfo
	for _, t := range v.Totals() {
		all = append(all, t.FeedInfo)
	}
	return all
}

// Digest is a SHA-256, in hex, of the feeds' files and dates; empty where no
// feed was given.
func (v *Feeds) Digest() string {
	if v == nil || len(v.feeds) == 0 {
		return ""
	}
	hash := sha256.New()
	for _, f := range v.feeds {
		io.WriteString(hash, fmt.Sprintln(f.kind, f.digest, f.file.AsOf))
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// Close removes the spools.
func (v *Feeds) Close() error {
	if v == nil {
		return nil
	}
	var err error
	for _, f := range v.feeds {
		err = errors.Join(err, f.close())
	}
	v.feeds = nil
	return err
}
