package filing

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"slices"
	"strconv"
)

// spool keeps the good rows of an inventory on disk and, in memory, 32 bytes
// a row by which they are dealt as whole subjects.
type spool struct {
	rowFile
	seed  maphash.Seed
	index []entry
	order []int32 // places in index, by group, rows in file order
	group []group // subjects, in the order of their first rows
}

// rowFile keeps canonical rows on disk. Its rows may be read by several at a time.
type rowFile struct {
	blob *blob
	buf  []byte
}

// entry is where a row lies, and what it belongs to.
type entry struct {
	subject, domain uint64 // hashes; domain 0: none
	at              int64
	row, size       int32
}

// group is a subject's stretch of the order.
type group struct{ first, start, size int32 }

func newSpool(dir string) (*spool, error) {
	b, err := newBlob(dir)
	if err != nil {
		return nil, err
	}
	return &spool{rowFile: rowFile{blob: b}, seed: maphash.MakeSeed()}, nil
}

// put writes a row's canonical cells, and says where they lie.
func (f *rowFile) put(r *record) (at int64, size int, err error) {
	buf := binary.AppendUvarint(f.buf[:0], uint64(r.line))
	for i, c := range r.cells {
		if c != "" {
			buf = binary.AppendUvarint(buf, uint64(i))
			buf = binary.AppendUvarint(buf, uint64(len(c)))
			buf = append(buf, c...)
		}
	}
	f.buf = buf
	at, err = f.blob.add(buf)
	return at, len(buf), err
}

// add writes a row and notes what it belongs to.
func (s *spool) add(r *record, subject, domain string) error {
	at, size, err := s.put(r)
	if err != nil {
		return err
	}
	e := entry{subject: maphash.String(s.seed, subject), at: at, row: int32(r.row), size: int32(size)}
	if domain != "" {
		e.domain = maphash.String(s.seed, domain) | 1
	}
	if len(s.index) == cap(s.index) { // a quarter more, not twice as much
		s.index = slices.Grow(s.index, len(s.index)/4+4096)
	}
	s.index = append(s.index, e)
	return nil
}

// sort ends the writing and brings the rows of each subject together.
func (s *spool) sort() error {
	if _, err := s.blob.flush(); err != nil {
		return err
	}
	s.order = s.permutation(func(e *entry) uint64 { return e.subject }, func(*entry) bool { return true })
	for i := 0; i < len(s.order); {
		end := i + 1
		for end < len(s.order) && s.index[s.order[end]].subject == s.index[s.order[i]].subject {
			end++
		}
		s.group = append(s.group, group{first: s.index[s.order[i]].row, start: int32(i), size: int32(end - i)})
		i = end
	}
	slices.SortFunc(s.group, func(a, b group) int { return cmp.Compare(a.first, b.first) })
	return nil
}

// permutation is the places of the wanted rows by a key, then by row.
func (s *spool) permutation(key func(*entry) uint64, want func(*entry) bool) []int32 {
	order := make([]int32, 0, len(s.index))
	for i := range s.index {
		if want(&s.index[i]) {
			order = append(order, int32(i))
		}
	}
	slices.SortFunc(order, func(a, b int32) int {
		x, y := &s.index[a], &s.index[b]
		if c := cmp.Compare(key(x), key(y)); c != 0 {
			return c
		}
		return cmp.Compare(x.row, y.row)
	})
	return order
}

// get reads a row back into a record.
func (s *spool) get(place int32, buf *[]byte, r *record) error {
	e := s.index[place]
	return s.take(e.at, int(e.size), int(e.row), buf, r)
}

// take reads the row that lies somewhere.
func (f *rowFile) take(offset int64, length, row int, buf *[]byte, r *record) error {
	r.reset()
	var err error
	if *buf, err = f.blob.get(*buf, offset, length); err != nil {
		return err
	}
	text, at := string(*buf), 0
	number := func() int {
		n, size := binary.Uvarint((*buf)[at:])
		at += max(size, 1)
		return int(n)
	}
	r.row, r.line = row, number()
	for at < len(text) {
		column, size := number(), number()
		if column >= len(r.cells) || size > len(text)-at {
			return errors.New("read the spooled rows: a row is damaged")
		}
		r.cells[column] = text[at : at+size]
		at += size
	}
	return nil
}

// mistakeLog keeps mistakes on disk: those found while reading, in row order,
// and those found later, with an index to put them in between.
type mistakeLog struct {
	early, late *blob
	index       []lateEntry
	buf         []byte
}

type lateEntry struct {
	at        int64
	row, size int32
}

func newMistakeLog(dir string) (*mistakeLog, error) {
	early, err := newBlob(dir)
	if err != nil {
		return nil, err
	}
	late, err := newBlob(dir)
	if err != nil {
		return nil, errors.Join(err, early.close())
	}
	return &mistakeLog{early: early, late: late}, nil
}

// addEarly takes a mistake of the row that is being read.
func (l *mistakeLog) addEarly(m Mistake) error {
	data, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("spool mistakes: %w", err)
	}
	l.buf = append(binary.AppendUvarint(l.buf[:0], uint64(len(data))), data...)
	_, err = l.early.add(l.buf)
	return err
}

// addLate takes a mistake of any row.
func (l *mistakeLog) addLate(m Mistake) error {
	data, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("spool mistakes: %w", err)
	}
	at, err := l.late.add(data)
	l.index = append(l.index, lateEntry{at, int32(m.Row), int32(len(data))})
	return err
}

// sort ends the writing.
func (l *mistakeLog) sort() error {
	slices.SortStableFunc(l.index, func(a, b lateEntry) int { return cmp.Compare(a.row, b.row) })
	_, err := l.early.flush()
	_, err2 := l.late.flush()
	return errors.Join(err, err2)
}

// all yields the mistakes in row order.
func (l *mistakeLog) all(yield func(Mistake, error) bool) {
	var buf []byte
	next := 0
	late := func(before int) bool {
		for ; next < len(l.index) && int(l.index[next].row) < before; next++ {
			e := l.index[next]
			var m Mistake
			var err error
			if buf, err = l.late.get(buf, e.at, int(e.size)); err == nil {
				err = json.Unmarshal(buf, &m)
			}
			if !yield(m, err) || err != nil {
				return false
			}
		}
		return true
	}
	for r := l.early.reader(); ; {
		m, err := readMistake(r)
		if err == io.EOF {
			late(maxRow)
			return
		}
		if err == nil && !late(m.Row) || !yield(m, err) || err != nil {
			return
		}
	}
}

// maxRow is behind every row.
const maxRow = 1<<31 - 1

func readMistake(r *bufio.Reader) (m Mistake, err error) {
	size, err := binary.ReadUvarint(r)
	if err != nil {
		return m, err
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(r, data); err != nil {
		return m, fmt.Errorf("read the spooled mistakes: %w", err)
	}
	return m, json.Unmarshal(data, &m)
}

func (l *mistakeLog) close() error { return errors.Join(l.early.close(), l.late.close()) }

// loneKey is what stands for the subject or service of a row that names none.
func loneKey(row int) string { return "\x00" + strconv.Itoa(row) }
