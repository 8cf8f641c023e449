package filing

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// rowReader yields the rows of an inventory or feed one by one, cells by column.
type rowReader interface {
	// next fills the record, or returns io.EOF, a *Refusal, or a read error. A
	// row that can't be read is in the record's broken.
	next(r *record) error
	// heads are the headers that columns have in the file, by column.
	heads() []string
	// unknown are the headers that no column has.
	unknown() []string
	format() format
}

// source is a file of rows that was looked over once.
type source struct {
	table  *columnTable
	file   *os.File
	size   int64
	digest string // SHA-256, hex
	census census
	head   []byte // its first bytes
}

// openSource opens a file and looks over all its bytes.
func openSource(path string, table *columnTable, limits Limits) (*source, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", table.what, err)
	}
	s := &source{table: table, file: file}
	if err := s.survey(path, limits); err != nil {
		file.Close()
		return nil, err
	}
	return s, nil
}

func (s *source) survey(path string, limits Limits) error {
	info, err := s.file.Stat()
	if err != nil {
		return fmt.Errorf("read %s: %w", s.table.what, err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("read %s %q: not a file", s.table.what, path)
	}
	if s.size = info.Size(); s.size > limits.FileBytes {
		return refuse(codeFileTooLarge, fmt.Sprintf("%d bytes", s.size), fmt.Sprintf("at most %d bytes", limits.FileBytes))
	}
	hash := sha256.New()
	if _, err := io.Copy(io.MultiWriter(hash, &s.census), s.reader()); err != nil {
		return fmt.Errorf("read %s %q: %w", s.table.what, path, err)
	}
	s.digest = hex.EncodeToString(hash.Sum(nil))
	s.head = make([]byte, min(s.size, 4096))
	if _, err := io.ReadFull(s.reader(), s.head); err != nil {
		return fmt.Errorf("read %s %q: %w", s.table.what, path, err)
	}
	return nil
}

// reader reads the file from its beginning.
func (s *source) reader() io.Reader { return io.NewSectionReader(s.file, 0, s.size) }

// rows opens the reader of the file's format, which its bytes tell, and where
// they leave room its name.
func (s *source) rows(path string, limits Limits, tempDir string) (rowReader, func(), error) {
	text := bytes.TrimLeft(bytes.TrimPrefix(s.head, []byte("\xEF\xBB\xBF")), " \t\r\n")
	ext := strings.ToLower(filepath.Ext(path))
	nothing := func() {}
	switch {
	case len(text) == 0 && len(s.head) == len(bytes.TrimLeft(s.head, " \t\r\n")) && s.size <= int64(len(s.head)), s.size == 0:
		return nil, nothing, refuse(codeEmptyFile, "", "")
	case bytes.HasPrefix(s.head, []byte("PK\x03\x04")):
		return newXLSXReader(s, limits, tempDir)
	case bytes.HasPrefix(s.head, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		return nil, nothing, refuse(codeOldExcel, "", "xlsx, csv, json")
	case bytes.HasPrefix(s.head, []byte("\x1F\x8B")), bytes.HasPrefix(s.head, []byte("BZh")), bytes.HasPrefix(s.head, []byte("7z\xBC\xAF")), bytes.HasPrefix(s.head, []byte("Rar!")):
		return nil, nothing, refuse(codePacked, "", "xlsx, csv, json")
	case len(text) > 0 && text[0] == '<':
		return nil, nothing, refuse(codeHTML, "", "xlsx, csv, json")
	}
	decoded, err := s.decoded()
	if err != nil {
		return nil, nothing, err
	}
	isJSON := len(text) > 0 && (text[0] == '[' || text[0] == '{') && ext != ".csv" && ext != ".txt" && ext != ".tsv"
	if isJSON || ext == ".json" || ext == ".jsonl" || ext == ".ndjson" {
		return newJSONReader(decoded, s.table, ext == ".jsonl" || ext == ".ndjson", limits), nothing, nil
	}
	r, err := newCSVReader(decoded, s.table, limits)
	return r, nothing, err
}

// decoded is the file's text in UTF-8. Without a mark at its beginning it is
// UTF-8 where its bytes are (but for a few broken ones), else GB18030, which
// GBK and GB 2312 are part of.
func (s *source) decoded() (io.Reader, error) {
	r := s.reader()
	switch {
	case bytes.HasPrefix(s.head, []byte("\xEF\xBB\xBF")):
		_, err := io.CopyN(io.Discard, r, 3)
		return r, err
	case bytes.HasPrefix(s.head, []byte("\xFF\xFE")), bytes.HasPrefix(s.head, []byte("\xFE\xFF")):
		return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Reader(r), nil
	case s.census.nuls > s.size/50:
		return nil, refuse(codeNotText, "", "xlsx, csv, json")
	case s.census.broken*4 > s.census.wide:
		return simplifiedchinese.GB18030.NewDecoder().Reader(r), nil
	}
	return r, nil
}

// census counts what the bytes of a file are as UTF-8.
type census struct {
	nuls, wide, broken int64 // NUL bytes; characters beyond ASCII; bytes that are none
	tail               []byte
}

// Write takes the next bytes; it never fails.
func (c *census) Write(data []byte) (int, error) {
	n := len(data)
	if len(c.tail) > 0 {
		data = append(c.tail, data...)
		c.tail = nil
	}
	for i := 0; i < len(data); {
		if b := data[i]; b < utf8.RuneSelf {
			if b == 0 {
				c.nuls++
			}
			i++
			continue
		}
		if !utf8.FullRune(data[i:]) {
			c.tail = bytes.Clone(data[i:])
			break
		}
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			c.broken++
		} else {
			c.wide++
		}
		i += size
	}
	return n, nil
}

// rowGuard lets through so many bytes between two resets, so that no parser
// behind it gathers a row without end.
type rowGuard struct {
	r         io.Reader
	left, max int
}

func newRowGuard(r io.Reader, max int) *rowGuard { return &rowGuard{r: r, left: max, max: max} }

// reset begins a row.
func (g *rowGuard) reset() { g.left = g.max }

// Read reads on, or refuses a row that is too long.
func (g *rowGuard) Read(p []byte) (int, error) {
	if g.left <= 0 {
		return 0, refuse(codeRowTooLong, "", fmt.Sprintf("at most %d bytes", g.max))
	}
	n, err := g.r.Read(p[:min(len(p), g.left)])
	g.left -= n
	return n, err
}
