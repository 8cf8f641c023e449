package filing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"math/bits"
	"path/filepath"
	"slices"
	"sync/atomic"
)

// feed is one feed: its good rows on disk and, in memory, 16 bytes a row and 16
// a name by which a row is found (a registry row has three and more).
type feed struct {
	kind    EvidenceKind
	path    string
	file    Feed
	digest  string
	table   *columnTable
	names   []string
	unknown []string
	limits  Limits
	rows    rowFile
	log     *mistakeLog
	seed    maphash.Seed
	places  []feedRow
	keys    []feedKey       // sorted, once read
	matched []atomic.Uint32 // a bit a row
	totals  FeedTotals
}

// feedRow is where a good row lies.
type feedRow struct {
	at        int64
	row, size int32
}

// feedKey is a name by which a row is found, and the row's place.
type feedKey struct {
	hash  uint64
	place int32
}

func readFeed(ctx context.Context, kind EvidenceKind, file FeedFile, o FeedOptions) (*feed, error) {
	table, err := feedTables()[kind].withAliases(file.Aliases)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", feedWhat(kind), err)
	}
	f := &feed{
		kind: kind, path: file.File, table: table, limits: o.Limits.filled(), seed: maphash.MakeSeed(),
		file: Feed{File: filepath.Base(file.File), AsOf: file.AsOf},
	}
	err = f.read(ctx, o.TempDir)
	var refusal *Refusal
	if errors.As(err, &refusal) {
		refusal.Mistake.File, refusal.Mistake.Feed, refusal.what = file.File, kind, table.what
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// read reads all rows into the spool.
func (f *feed) read(ctx context.Context, tempDir string) error {
	src, err := openSource(f.path, f.table, f.limits)
	if err != nil {
		return err
	}
	defer src.file.Close()
	f.digest = src.digest
	rows, done, err := src.rows(f.path, f.limits, tempDir)
	if err != nil {
		return err
	}
	defer done()
	if f.rows.blob, err = newBlob(tempDir); err != nil {
		return err
	}
	if f.log, err = newMistakeLog(tempDir); err != nil {
		return errors.Join(err, f.rows.blob.close())
	}
	if err := f.load(ctx, rows); err != nil {
		return errors.Join(err, f.close())
	}
	return nil
}

func (f *feed) load(ctx context.Context, rows rowReader) error {
	parser := newFeedParser(f.kind, f.table, f.limits)
	parser.format = rows.format()
	rec := f.record()
	err := eachRow(ctx, rows, rec, f.limits, func() error { return f.add(parser, rec, rows.heads()) })
	if err != nil {
		return err
	}
	f.names, f.unknown = rows.heads(), rows.unknown()
	slices.SortFunc(f.keys, func(a, b feedKey) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.place, b.place))
	})
	f.keys = slices.Clip(slices.Compact(f.keys))
	f.places = slices.Clip(f.places)
	f.matched = make([]atomic.Uint32, len(f.places)/32+1)
	if _, err := f.rows.blob.flush(); err != nil {
		return err
	}
	return f.log.sort()
}

// add takes one row.
func (f *feed) add(parser *feedParser, rec *record, heads []string) error {
	f.totals.Rows++
	mistakes, good := parser.parse(rec)
	for _, m := range mistakes {
		if m.Warning {
			f.totals.Warnings++
		}
		if err := f.log.addEarly(f.table.place(m, rec, heads)); err != nil {
			return err
		}
	}
	if !good {
		f.totals.Bad++
		return nil
	}
	if f.file.AsOf.IsZero() && parser.cell(rec, "as_of") == "" {
		f.totals.Undated++
	}
	at, size, err := f.rows.put(rec)
	if err != nil {
		return err
	}
	place := int32(len(f.places))
	if len(f.places) == cap(f.places) { // a quarter more, not twice as much
		f.places = slices.Grow(f.places, len(f.places)/4+1024)
	}
	f.places = append(f.places, feedRow{at: at, row: int32(rec.row), size: int32(size)})
	names := f.keysOf(rec)
	if len(f.keys)+len(names) > maxFeedNames {
		return inRow(rec, refuse(codeTooManyRows, "", fmt.Sprintf("at most %d names and numbers of bodies", maxFeedNames)))
	}
	for _, key := range names {
		if len(f.keys) == cap(f.keys) {
			f.keys = slices.Grow(f.keys, len(f.keys)/4+1024)
		}
		f.keys = append(f.keys, feedKey{maphash.String(f.seed, key), place})
	}
	return nil
}

func (f *feed) record() *record { return &record{cells: make([]string, len(f.table.list))} }

// mark notes that a row is evidence of a subject.
func (f *feed) mark(place int32) { f.matched[place/32].Or(1 << (place % 32)) }

func (f *feed) sums() FeedTotals {
	t := f.totals
	t.FeedInfo, t.Unknown = FeedInfo{Kind: f.kind, File: f.file.File, Digest: f.digest, AsOf: f.file.AsOf}, f.unknown
	for i := range f.matched {
		t.Matched += bits.OnesCount32(f.matched[i].Load())
	}
	t.Unmatched = len(f.places) - t.Matched
	return t
}

// unmatched yields the rows that no subject asked for.
func (f *feed) unmatched(yield func(Mistake, error) bool) {
	rec := f.record()
	var buf []byte
	for i, p := range f.places {
		if f.matched[i/32].Load()&(1<<(i%32)) != 0 {
			continue
		}
		if err := f.rows.take(p.at, int(p.size), int(p.row), &buf, rec); err != nil {
			yield(Mistake{}, err)
			return
		}
		m := Mistake{Code: noteFeedUnmatched, Warning: true}
		for _, key := range []string{"subject_number", "uscc", "name", "subject_name", "domain", "app_package"} {
			if c, ok := f.table.byKey[key]; ok && rec.cells[c] != "" {
				m.Key, m.Value = key, f.table.list[c].hide(rec.cells[c])
				break
			}
		}
		if i, ok := f.table.byKey["service_number"]; ok && rec.cells[i] != "" {
			m.Key, m.Value = "service_number", shown(rec.cells[i])
		}
		if !yield(f.table.place(m, rec, f.names), nil) {
			return
		}
	}
}

func (f *feed) close() error { return errors.Join(f.rows.blob.close(), f.log.close()) }
