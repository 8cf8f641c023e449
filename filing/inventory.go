package filing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"iter"
	"maps"
	"strings"
)

// ReadOptions is how an inventory is read. The zero value is usable.
type ReadOptions struct {
	TempDir string // for the spool; default os.TempDir
	Limits  Limits
}

// Totals counts what an inventory holds. Rows = Good + Bad.
type Totals struct {
	Rows       int `json:"rows"`
	Good       int `json:"good"`
	Bad        int `json:"bad"`        // not audited
	Duplicates int `json:"duplicates"` // good rows that repeat an earlier one's domain or App
	Subjects   int `json:"subjects"`
	Services   int `json:"services"`
	Domains    int `json:"domains"`
	Apps       int `json:"apps"`
	Mistakes   int `json:"mistakes"` // that refuse a row
	Warnings   int `json:"warnings"`
}

// Inventory is an inventory that was read, its rows on disk. Several iterators
// over Subjects may run at once; Close and Mistakes are for one caller.
type Inventory struct {
	spool   *spool
	log     *mistakeLog
	limits  Limits
	path    string
	digest  string
	names   []string
	unknown []string
	totals  Totals
	tlds    map[string]int
	closed  bool
	err     error
}

// ReadInventory reads an inventory of any format (CSV, XLSX, JSON), which the
// file's bytes tell and where they leave room its name, and spools its rows. An
// inventory that can't be read at all is an error of type *Refusal; what is
// wrong with single rows is in Mistakes. Close removes the spool.
func ReadInventory(ctx context.Context, path string, opts ReadOptions) (*Inventory, error) {
	inv, err := readInventory(ctx, path, opts)
	var refusal *Refusal
	if errors.As(err, &refusal) {
		refusal.Mistake.File = path
	}
	return inv, err
}

func readInventory(ctx context.Context, path string, opts ReadOptions) (*Inventory, error) {
	limits := opts.Limits.filled()
	src, err := openSource(path, columns(), limits)
	if err != nil {
		return nil, err
	}
	defer src.file.Close()
	rows, done, err := src.rows(path, limits, opts.TempDir)
	if err != nil {
		return nil, err
	}
	defer done()
	inv := &Inventory{limits: limits, path: path, digest: src.digest, tlds: map[string]int{}}
	if inv.spool, err = newSpool(opts.TempDir); err != nil {
		return nil, err
	}
	if inv.log, err = newMistakeLog(opts.TempDir); err != nil {
		return nil, errors.Join(err, inv.spool.blob.close())
	}
	if err := inv.load(ctx, rows); err != nil {
		return nil, errors.Join(err, inv.Close())
	}
	return inv, nil
}

// load reads all rows, then looks at each subject as a whole.
func (v *Inventory) load(ctx context.Context, rows rowReader) error {
	if err := v.readRows(ctx, rows); err != nil {
		return err
	}
	v.names, v.unknown = rows.heads(), rows.unknown()
	if err := v.spool.sort(); err != nil {
		return err
	}
	refused, err := v.judgeSubjects(ctx)
	if err != nil {
		return err
	}
	if err := v.findElsewhere(ctx, refused); err != nil {
		return err
	}
	return v.log.sort()
}

// checkEvery is how many rows pass between two looks at the context.
const checkEvery = 1 << 10

func (v *Inventory) readRows(ctx context.Context, rows rowReader) error {
	parser := newRowParser(v.limits)
	parser.format = rows.format()
	rec := &record{cells: make([]string, len(parser.table.list))}
	return eachRow(ctx, rows, rec, v.limits, func() error {
		v.totals.Rows++
		mistakes, good := parser.parse(rec)
		for _, m := range mistakes {
			if err := v.log.addEarly(v.place(m, rec, rows.heads())); err != nil {
				return err
			}
		}
		if !good {
			v.totals.Bad++
			return nil
		}
		return v.spool.add(rec, parser.subjectKey(rec), rec.cells[parser.at.domain])
	})
}

// eachRow reads one row after the other into rec, without the empty ones, and
// hands each over; more rows than the limit are refused.
func eachRow(ctx context.Context, rows rowReader, rec *record, limits Limits, take func() error) error {
	taken := 0
	for n := 0; ; n++ {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		err := rows.next(rec)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return inRow(rec, err)
		}
		if rec.empty() {
			continue
		}
		if taken == limits.Rows || rec.row >= maxRow {
			return inRow(rec, refuse(codeTooManyRows, "", fmt.Sprintf("at most %d", limits.Rows)))
		}
		taken++
		if err := take(); err != nil {
			return err
		}
	}
}

// inRow says in which row a refusal came.
func inRow(rec *record, err error) error {
	var refusal *Refusal
	if errors.As(err, &refusal) && refusal.Mistake.Row == 0 {
		refusal.Mistake.Row = rec.row
	}
	return err
}

// place says where a mistake of a row is, and counts it.
func (v *Inventory) place(m Mistake, rec *record, heads []string) Mistake {
	m = columns().place(m, rec, heads)
	v.count(m)
	return m
}

// place says where a mistake of a row is.
func (t *columnTable) place(m Mistake, rec *record, heads []string) Mistake {
	m.Row, m.Line = rec.row, rec.line
	if m.Key != "" {
		m.Column = cmp.Or(heads[t.byKey[m.Key]], m.Key)
	}
	return m
}

func (v *Inventory) count(m Mistake) {
	if m.Warning {
		v.totals.Warnings++
	} else {
		v.totals.Mistakes++
	}
}

// late logs a mistake that was found when rows were held together.
func (v *Inventory) late(m Mistake) error {
	v.count(m)
	return v.log.addLate(m)
}

// judgeSubjects looks at each subject as a whole, and says which rows that
// refuses (by place in the spool's index).
func (v *Inventory) judgeSubjects(ctx context.Context) (refused map[int32]bool, err error) {
	refused = map[int32]bool{}
	err = v.assemble(ctx, func(a *assembler, g group, good []bool) error {
		for i, ok := range good {
			if !ok {
				refused[v.spool.order[int(g.start)+i]] = true
				v.totals.Bad++
			} else {
				v.totals.Good++
			}
		}
		twice := 0
		for _, m := range a.notes {
			if (m.Code == noteDomainTwice || m.Code == noteAppTwice) && m.Row != twice {
				twice = m.Row
				v.totals.Duplicates++
			}
			if err := v.late(m); err != nil {
				return err
			}
		}
		if len(a.services) == 0 {
			return nil
		}
		services, domains, apps := a.counts()
		v.totals.Subjects++
		v.totals.Services += services
		v.totals.Domains += domains
		v.totals.Apps += apps
		v.countTLDs(a)
		return nil
	})
	return refused, err
}

// maxTLDs bounds the TLDs that are counted apart: more than there are.
const maxTLDs = 5000

func (v *Inventory) countTLDs(a *assembler) {
	for _, s := range a.services {
		for _, d := range s.domains {
			name := d.cells[a.table.slot[a.at.domain]]
			tld := name[strings.LastIndexByte(name, '.')+1:]
			if len(v.tlds) < maxTLDs || v.tlds[tld] > 0 {
				v.tlds[strings.Clone(tld)]++
			}
		}
	}
}

// assemble brings the rows of each subject together, in order.
func (v *Inventory) assemble(ctx context.Context, done func(a *assembler, g group, good []bool) error) error {
	a := newAssembler(v.limits, v.names)
	rec := &record{cells: make([]string, len(a.table.list))}
	var buf []byte
	var good []bool
	for n, g := range v.spool.group {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		a.begin()
		good = good[:0]
		for i := range g.size {
			if err := v.spool.get(v.spool.order[g.start+i], &buf, rec); err != nil {
				return err
			}
			if int(i) >= v.limits.SubjectItems {
				a.note(rec, a.at.subjectNumber, Mistake{Code: codeSubjectLarge, Want: fmt.Sprintf("at most %d", v.limits.SubjectItems)})
				good = append(good, false)
				continue
			}
			ok, err := a.add(rec)
			if err != nil {
				return err
			}
			good = append(good, ok)
		}
		if err := done(a, g, good); err != nil {
			return err
		}
	}
	return nil
}

// findElsewhere notes domains that stand under more than one service.
func (v *Inventory) findElsewhere(ctx context.Context, refused map[int32]bool) error {
	s := v.spool
	order := s.permutation(func(e *entry) uint64 { return e.domain }, func(e *entry) bool { return e.domain != 0 })
	a := newAssembler(v.limits, v.names)
	rec := &record{cells: make([]string, len(a.table.list))}
	var buf []byte
	for i := 0; i < len(order); {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		end := i + 1
		for end < len(order) && s.index[order[end]].domain == s.index[order[i]].domain {
			end++
		}
		first, services := 0, map[uint64]bool{}
		for _, place := range order[i:end] {
			if end == i+1 || refused[place] {
				continue
			}
			if err := s.get(place, &buf, rec); err != nil {
				return err
			}
			id := maphash.String(s.seed, a.subjectKey(rec)+"\x00"+a.serviceKey(rec))
			if first == 0 {
				first = rec.row
			} else if !services[id] {
				m := Mistake{Code: noteDomainElsewhere, Value: rec.cells[a.at.domain], See: first, Warning: true}
				m.Row, m.Line, m.Key, m.Column = rec.row, rec.line, "domain", a.header(a.at.domain)
				if err := v.late(m); err != nil {
					return err
				}
			}
			services[id] = true
		}
		i = end
	}
	return nil
}

// Subjects deals whole subjects, in the order of each one's first row, their
// items in the order of the file. It may be called again. An error ends it.
func (v *Inventory) Subjects(ctx context.Context) iter.Seq2[*Subject, error] {
	return func(yield func(*Subject, error) bool) {
		if v.closed {
			yield(nil, errors.New("read inventory: it was closed"))
			return
		}
		stopped := errors.New("stopped")
		err := v.assemble(ctx, func(a *assembler, g group, _ []bool) error {
			if len(a.services) > 0 && !yield(a.build(int(g.first)), nil) {
				return stopped
			}
			return nil
		})
		if err != nil && err != stopped {
			yield(nil, err)
		}
	}
}

// Mistakes yields all that is wrong or odd, in row order. Err says afterwards
// whether the spool could be read to its end.
func (v *Inventory) Mistakes() iter.Seq[Mistake] {
	return func(yield func(Mistake) bool) {
		v.err = nil
		if v.closed {
			v.err = errors.New("read inventory: it was closed")
			return
		}
		v.log.all(func(m Mistake, err error) bool {
			if err != nil {
				v.err = err
				return false
			}
			m.File = v.path
			return yield(m)
		})
	}
}

// Err is why the last listing of Mistakes ended early; nil where it did not.
func (v *Inventory) Err() error { return v.err }

// Totals counts what the inventory holds.
func (v *Inventory) Totals() Totals { return v.totals }

// UnknownColumns are the headers that no column has, in the file's order.
func (v *Inventory) UnknownColumns() []string { return v.unknown }

// Digest is the SHA-256 of the file, in hex.
func (v *Inventory) Digest() string { return v.digest }

// CountByTLD counts the domains to be audited by top-level domain (A-label).
func (v *Inventory) CountByTLD() map[string]int { return maps.Clone(v.tlds) }

// Close removes the spool.
func (v *Inventory) Close() error {
	if v.closed {
		return nil
	}
	v.closed = true
	return errors.Join(v.spool.blob.close(), v.log.close())
}
