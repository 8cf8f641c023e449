package filing

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// jsonReader reads an array of objects, or objects one after another, whose
// keys are headers. Where each object has a line of its own (JSON lines), a
// broken line is a bad row; else a broken object ends the reading.
type jsonReader struct {
	guard  *rowGuard
	text   *bufio.Reader
	dec    *json.Decoder
	array  bool
	lines  bool
	open   bool // the kind was told
	header *header
	limits Limits
	row    int
	line   int
	marked bool // a key that marks a file of this kind was seen
	keys   map[string]int
}

// newJSONReader reads UTF-8 text. lines says that the file's name promises JSON lines.
func newJSONReader(text io.Reader, t *columnTable, lines bool, limits Limits) *jsonReader {
	guard := newRowGuard(text, limits.RowBytes)
	buffered := bufio.NewReaderSize(guard, 64<<10)
	return &jsonReader{
		guard: guard, text: buffered, dec: newDecoder(buffered), lines: lines, limits: limits,
		header: &header{table: t, names: make([]string, len(t.list))}, keys: map[string]int{},
	}
}

func newDecoder(r io.Reader) *json.Decoder {
	dec := json.NewDecoder(r)
	dec.UseNumber()
	return dec
}

func (r *jsonReader) heads() []string   { return r.header.names }
func (r *jsonReader) unknown() []string { return r.header.unheaded }
func (r *jsonReader) format() format    { return format{} }

func (r *jsonReader) next(rec *record) error {
	rec.reset()
	r.guard.reset()
	if !r.open {
		if err := r.begin(); err != nil {
			return err
		}
	}
	if r.lines {
		return r.nextLine(rec)
	}
	if r.array && !r.dec.More() {
		return r.finish()
	}
	r.row++
	rec.row = r.row
	err := r.object(rec)
	if err == io.EOF && !r.array {
		return r.nothing(err)
	}
	return r.broke(err)
}

// begin tells an array from objects one after another, and whether each of
// those has its line.
func (r *jsonReader) begin() error {
	r.open = true
	for {
		start, err := r.text.Peek(1)
		if err == io.EOF {
			return refuse(codeEmptyFile, "", "")
		}
		if err != nil {
			return err
		}
		if !bytes.ContainsAny(start, " \t\r\n") {
			break
		}
		if start[0] == '\n' {
			r.line++
		}
		if _, err := r.text.Discard(1); err != nil {
			return err
		}
	}
	start, err := r.text.Peek(32 << 10)
	if err != nil && err != io.EOF {
		return err
	}
	if r.array = start[0] == '['; r.array {
		r.lines = false
		_, err := r.dec.Token()
		return err
	}
	line, _, _ := bytes.Cut(start, []byte("\n"))
	r.lines = r.lines || json.Valid(line)
	return nil
}

// nextLine reads the object of the next line that is not blank.
func (r *jsonReader) nextLine(rec *record) error {
	var line []byte
	for len(line) == 0 {
		text, err := r.text.ReadBytes('\n')
		if err != nil && (err != io.EOF || len(text) == 0) {
			return r.nothing(err)
		}
		r.line++
		line = bytes.TrimSpace(text)
	}
	r.row++
	rec.row, rec.line = r.row, r.line
	r.dec = newDecoder(bytes.NewReader(line))
	err := r.object(rec)
	if err == nil {
		if _, end := r.dec.Token(); end != io.EOF {
			err = errors.New("more behind the object")
		}
	}
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return refusal
	}
	if err != nil {
		clear(rec.cells)
		rec.broken = append(rec.broken[:0], Mistake{Code: codeRowJSON, Value: shown(err.Error()), Want: r.header.table.sample()})
	}
	return nil
}

// finish reads the array's end: nothing may follow it.
func (r *jsonReader) finish() error {
	if _, err := r.dec.Token(); err != nil {
		return r.broke(err)
	}
	if _, err := r.dec.Token(); err != io.EOF {
		return r.broke(errors.New("more behind the array"))
	}
	return r.nothing(io.EOF)
}

// nothing is the end of the file, if its rows had a header that marks them.
func (r *jsonReader) nothing(end error) error {
	if end == io.EOF && r.row > 0 && !r.marked {
		return r.header.table.noHeader(r.header.unheaded)
	}
	return end
}

// object reads one object's cells.
func (r *jsonReader) object(rec *record) error {
	t, err := r.dec.Token()
	if err != nil {
		return err
	}
	if t != json.Delim('{') {
		rec.broken = append(rec.broken, Mistake{Code: codeRowJSON, Value: shown(fmt.Sprint(t)), Want: r.header.table.sample()})
		return r.skip(t)
	}
	for n := 0; ; n++ {
		t, err := r.dec.Token()
		if err != nil {
			return noEOF(err)
		}
		key, ok := t.(string)
		if !ok {
			return nil // the closing brace
		}
		if n == r.limits.Columns {
			return refuse(codeTooManyCols, "", fmt.Sprintf("at most %d", r.limits.Columns))
		}
		if err := r.member(key, rec); err != nil {
			return noEOF(err)
		}
	}
}

// noEOF says that the text ended inside an object.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// member reads a key's value: a scalar, or a list of them.
func (r *jsonReader) member(key string, rec *record) error {
	column := r.column(key)
	t, err := r.dec.Token()
	if err != nil {
		return err
	}
	text, nested := scalar(t)
	if t == json.Delim('[') && column >= 0 && isList(r.header.table.list[column].Kind) {
		if text, nested, err = r.entries(); err != nil {
			return err
		}
	} else if err := r.skip(t); err != nil {
		return err
	}
	switch {
	case column < 0:
	case nested:
		rec.broken = append(rec.broken, r.broken(codeCellNested, column, key))
	case rec.cells[column] != "" && text != "" && !isList(r.header.table.list[column].Kind):
		rec.broken = append(rec.broken, r.broken(codeCellTwice, column, key))
	case text != "":
		r.header.put(column, text, rec, r.limits)
	}
	return nil
}

func (r *jsonReader) broken(code string, column int, key string) Mistake {
	return Mistake{Code: code, Key: r.header.table.list[column].Key, Value: shown(key)}
}

// maxKeys bounds the keys that are remembered.
const maxKeys = 2000

// column finds a key's column, -1 for none.
func (r *jsonReader) column(key string) int {
	if i, ok := r.keys[key]; ok {
		return i
	}
	i, ok := r.header.table.find(key)
	if !ok {
		i = -1
		if !r.header.table.ignored[foldHeader(key)] {
			r.header.addUnknown(shown(key))
		}
	} else if r.header.names[i] == "" {
		r.header.names[i] = shown(key)
	}
	r.marked = r.marked || slices.Contains(r.header.table.marks, i)
	if len(r.keys) < maxKeys {
		r.keys[strings.Clone(key)] = i
	}
	return i
}

// entries reads a list of scalars up to its end.
func (r *jsonReader) entries() (text string, nested bool, err error) {
	var b strings.Builder
	for {
		t, err := r.dec.Token()
		if err != nil || t == json.Delim(']') {
			return b.String(), nested, err
		}
		entry, deep := scalar(t)
		nested = nested || deep
		if err := r.skip(t); err != nil {
			return "", true, err
		}
		b.WriteString(entry + "\n")
	}
}

// scalar is the text of a value that is no list and no object.
func scalar(t json.Token) (text string, nested bool) {
	switch v := t.(type) {
	case string:
		return v, false
	case json.Number:
		return v.String(), false
	case bool:
		return fmt.Sprint(v), false
	case nil:
		return "", false
	}
	return "", true
}

// skip passes over what a bracket opened.
func (r *jsonReader) skip(t json.Token) error {
	if t != json.Delim('[') && t != json.Delim('{') {
		return nil
	}
	for depth := 1; depth > 0; {
		t, err := r.dec.Token()
		if err != nil {
			return noEOF(err)
		}
		switch t {
		case json.Delim('['), json.Delim('{'):
			depth++
		case json.Delim(']'), json.Delim('}'):
			depth--
		}
	}
	return nil
}

// broke refuses a file whose text is no JSON from here on.
func (r *jsonReader) broke(err error) error {
	var refusal *Refusal
	if err == nil || errors.As(err, &refusal) {
		return err
	}
	bad := refuse(codeBadJSON, err.Error(), "")
	bad.Mistake.Row = r.row
	return bad
}
