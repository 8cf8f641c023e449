package filing

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// csvReader reads comma-, semicolon- or tab-separated text.
type csvReader struct {
	guard  *rowGuard
	csv    *csv.Reader
	header *header
	limits Limits
	row    int
}

// delimiters are those that are tried, the commonest first.
const delimiters = ",;\t|"

// newCSVReader finds the delimiter and the header in UTF-8 text.
func newCSVReader(text io.Reader, table *columnTable, limits Limits) (*csvReader, error) {
	guard := newRowGuard(text, limits.RowBytes)
	buffered := bufio.NewReaderSize(guard, 64<<10)
	start, err := buffered.Peek(64 << 10)
	if err != nil && err != io.EOF {
		return nil, err
	}
	comma := table.sniffDelimiter(string(start))
	r := &csvReader{guard: guard, csv: csv.NewReader(buffered), limits: limits}
	r.csv.Comma, r.csv.FieldsPerRecord, r.csv.ReuseRecord = comma, -1, true
	var nearest []string
	best := -1
	for range headerRows {
		cells, err := r.cells()
		if err == io.EOF {
			break
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			continue
		}
		if err != nil {
			return nil, err
		}
		n, item := table.known(cells)
		if item {
			r.header, err = table.newHeader(cells)
			return r, err
		}
		if n > best && strings.TrimSpace(strings.Join(cells, "")) != "" {
			best, nearest = n, slices.Clone(cells)
		}
	}
	if nearest == nil {
		return nil, refuse(codeEmptyFile, "", "")
	}
	return nil, table.noHeader(nearest)
}

// sniffDelimiter is the delimiter by which the first lines have most headers.
func (t *columnTable) sniffDelimiter(start string) rune {
	best, most := ',', 0
	for _, d := range delimiters {
		r := csv.NewReader(strings.NewReader(start))
		r.Comma, r.FieldsPerRecord, r.LazyQuotes = d, -1, true
		for range headerRows {
			cells, err := r.Read()
			if err != nil {
				break
			}
			n, item := t.known(cells)
			if item && n > most {
				best, most = d, n
			}
		}
	}
	return best
}

// cells reads the next row within its bounds.
func (r *csvReader) cells() ([]string, error) {
	r.guard.reset()
	cells, err := r.csv.Read()
	if len(cells) > r.limits.Columns {
		line, _ := r.csv.FieldPos(0)
		bad := refuse(codeTooManyCols, fmt.Sprint(len(cells)), fmt.Sprintf("at most %d", r.limits.Columns))
		bad.Mistake.Line = line
		return nil, bad
	}
	return cells, err
}

func (r *csvReader) next(rec *record) error {
	rec.reset()
	r.row++
	rec.row = r.row
	cells, err := r.cells()
	var broken *csv.ParseError
	if errors.As(err, &broken) {
		rec.line = broken.StartLine
		rec.broken = append(rec.broken, Mistake{Code: codeRowQuotes, Want: `"…""…"`})
		return nil
	}
	if err != nil {
		return err
	}
	rec.line, _ = r.csv.FieldPos(0)
	r.header.fillIn(cells, rec, r.limits)
	return nil
}

func (r *csvReader) heads() []string   { return r.header.names }
func (r *csvReader) unknown() []string { return r.header.unheaded }
func (r *csvReader) format() format    { return format{} }
