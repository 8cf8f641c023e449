package filing

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// jsonReader reads an array of objects, or objects one after another (JSON
// lines), whose keys are headers.
type jsonReader struct {
	guard  *rowGuard
	text   *backReader
	dec    *json.Decoder
	array  bool
	open   bool // the array's bracket was read
	header *header
	limits Limits
	row    int
	items  bool // a key that names a domain or an App was seen
	keys   map[string]int
}

func newJSONReader(text io.Reader, limits Limits) *jsonReader {
	guard := newRowGuard(text, limits.RowBytes)
	buffered := &backReader{r: guard}
	t := columns()
	return &jsonReader{
		guard: guard, text: buffered, dec: newDecoder(buffered), limits: limits,
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
	if r.array && !r.dec.More() {
		return r.finish()
	}
	r.row++
	rec.row = r.row
	err := r.object(rec)
	if err == io.EOF && !r.array {
		return r.nothing(err)
	}
	return r.fault(rec, err)
}

// begin tells an array from objects one after another.
func (r *jsonReader) begin() error {
	r.open = true
	for {
		if err := r.text.more(); err == io.EOF {
			return refuse(codeEmptyFile, "", "")
		} else if err != nil {
			return err
		}
		text := bytes.TrimLeft(r.text.back, " \t\r\n")
		if len(text) == 0 {
			continue
		}
		if r.array = text[0] == '['; r.array {
			_, err := r.dec.Token()
			return err
		}
		return nil
	}
}

// finish reads the array's end: nothing may follow it.
func (r *jsonReader) finish() error {
	if _, err := r.dec.Token(); err != nil {
		return r.fault(nil, err)
	}
	if _, err := r.dec.Token(); err != io.EOF {
		return r.fault(nil, errors.New("more behind the array"))
	}
	return r.nothing(io.EOF)
}

// nothing is the end of the file, if it was an inventory at all.
func (r *jsonReader) nothing(end error) error {
	if r.row > 0 && !r.items {
		return noHeader(r.header.unheaded)
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
		rec.broken = append(rec.broken, Mistake{Code: codeRowJSON, Value: shown(fmt.Sprint(t)), Want: `{"domain": …}`})
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
		r.header.addUnknown(shown(key))
	} else if r.header.names[i] == "" {
		r.header.names[i] = shown(key)
	}
	for _, item := range r.header.table.itemColumns() {
		r.items = r.items || i == item
	}
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

// fault tells a broken line, after which reading goes on, from a broken file.
func (r *jsonReader) fault(rec *record, err error) error {
	var refusal *Refusal
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refusal):
		if rec != nil {
			refusal.Mistake.Row = rec.row
		}
		return refusal
	case r.array || rec == nil:
		bad := refuse(codeBadJSON, err.Error(), "")
		bad.Mistake.Row = r.row
		return bad
	}
	clear(rec.cells)
	rec.broken = append(rec.broken[:0], Mistake{Code: codeRowJSON, Value: shown(err.Error())})
	return r.resync()
}

// resync goes on behind the next line break.
func (r *jsonReader) resync() error {
	rest, err := io.ReadAll(r.dec.Buffered())
	if err != nil {
		return err
	}
	r.text.back = append(rest, r.text.back...)
	r.dec = newDecoder(r.text)
	for {
		if i := bytes.IndexByte(r.text.back, '\n'); i >= 0 {
			r.text.back = r.text.back[i+1:]
			return nil
		}
		if err := r.text.more(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// backReader reads what was put back, then on.
type backReader struct {
	back []byte
	r    io.Reader
}

func (b *backReader) Read(p []byte) (int, error) {
	if len(b.back) == 0 {
		return b.r.Read(p)
	}
	n := copy(p, b.back)
	b.back = b.back[n:]
	return n, nil
}

// more replaces what was put back by the next bytes, or returns io.EOF.
func (b *backReader) more() error {
	buf := make([]byte, 4096)
	n, err := b.r.Read(buf)
	b.back = buf[:n]
	if n > 0 {
		return nil
	}
	return err
}
