package scanner

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/icpaudit/icpaudit/observe"
)

// Bounds of one archive.
const (
	maxDirectory = 16 << 20 // bytes read to learn what an archive holds
	maxRead      = 64 << 20 // bytes that one read may ask for
)

// source is a package's bytes. Reading them ends with the context, and when
// more was read than the budget allows: a reader that goes round and round in
// a hostile archive gets no further.
type source struct {
	ctx    context.Context
	at     io.ReaderAt
	size   int64
	budget int64 // bytes that may still be read
}

func sourceOf(ctx context.Context, data []byte) *source {
	return &source{ctx: ctx, at: bytes.NewReader(data), size: int64(len(data))}
}

// ReadAt reads within the budget.
func (s *source) ReadAt(p []byte, off int64) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	if int64(len(p)) > min(s.budget, maxRead) {
		return 0, tooLarge("more of the archive has to be read than it may hold")
	}
	n, err := s.at.ReadAt(p, off)
	s.budget -= int64(n)
	return n, err
}

// archive is a package's zip with its entries by name.
type archive struct {
	source   *source
	zip      *zip.Reader
	byName   map[string]*zip.File // the first of each name, which is what systems install
	warnings []observe.AppNote
}

// openArchive reads an archive's directory. Bits that call an entry encrypted,
// names that lead elsewhere and entries of the same name are told of and
// change nothing: entries are looked up by name and unpacked in memory only.
func openArchive(s *source) (*archive, error) {
	s.budget = maxDirectory
	r, err := zip.NewReader(s, s.size)
	if err != nil {
		return nil, fmt.Errorf("read the archive's directory: %w", err)
	}
	a := &archive{source: s, zip: r, byName: make(map[string]*zip.File, len(r.File))}
	told := map[string]bool{}
	warn := func(code, name string) {
		if !told[code] {
			told[code] = true
			a.warn(code, name)
		}
	}
	for _, f := range r.File {
		if f.Flags&1 != 0 {
			warn("marked-encrypted", f.Name)
		}
		if !fs.ValidPath(strings.TrimSuffix(f.Name, "/")) || strings.Contains(f.Name, `\`) {
			warn("odd-name", f.Name)
		}
		if a.byName[f.Name] != nil {
			warn("duplicate-entry", f.Name)
			continue
		}
		a.byName[f.Name] = f
	}
	return a, nil
}

func (a *archive) warn(code, detail string) {
	a.warnings = append(a.warnings, observe.AppNote{Code: code, Detail: bounded(detail, 200)})
}

func (a *archive) has(name string) bool { return a.byName[name] != nil }

// suffixed lists the entries whose names end so, in the archive's order.
func (a *archive) suffixed(suffix string) []*zip.File {
	var all []*zip.File
	for _, f := range a.zip.File {
		if strings.HasSuffix(f.Name, suffix) && a.byName[f.Name] == f {
			all = append(all, f)
		}
	}
	return all
}

// entry unpacks the entry of a name; nil and no error where there is none.
func (a *archive) entry(name string, limit int64) ([]byte, error) {
	f := a.byName[name]
	if f == nil {
		return nil, nil
	}
	return a.read(f, limit)
}

// read unpacks an entry of at most limit bytes. What its header calls its size
// is not believed. A method that is no method of zip counts as stored, as
// Android has it.
func (a *archive) read(f *zip.File, limit int64) ([]byte, error) {
	a.source.budget = limit + 1<<20
	open := f.Open
	if f.Method != zip.Store && f.Method != zip.Deflate {
		a.warn("odd-method", f.Name)
		open = func() (io.ReadCloser, error) {
			r, err := f.OpenRaw()
			return io.NopCloser(r), err
		}
	}
	r, err := open()
	if err != nil {
		return nil, fmt.Errorf("unpack %q: %w", f.Name, err)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if int64(len(data)) > limit {
		return nil, tooLarge("%q is larger than %d bytes", f.Name, limit)
	}
	if errors.Is(err, zip.ErrChecksum) {
		a.warn("checksum-differs", f.Name) // systems install it all the same
		err = nil
	}
	if err != nil {
		return nil, fmt.Errorf("unpack %q: %w", f.Name, err)
	}
	return data, nil
}

// unpacked is what all entries together say they unpack to, in bytes.
func (a *archive) unpacked() uint64 {
	var sum uint64
	for _, f := range a.zip.File {
		if sum += f.UncompressedSize64; sum < f.UncompressedSize64 {
			return ^uint64(0)
		}
	}
	return sum
}
