package iptable

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
)

// A file is gzip. Its header carries the date and the note, so that they can be
// read without unpacking. The content is columns, each preceded by its length:
// the countries; the ASes in use; of IPv4 the distances between ranges, each
// one's place in the list of ASes, and its country; the same of IPv6 without
// ASes; the ASes that have names, and those. Numbers are unsigned varints.

// maxUnpacked bounds what a file may unpack to, in bytes.
const maxUnpacked = 64 << 20

// maxName bounds the name of an AS and the code of a country, in bytes.
const maxName = 100

// Encode writes the table. The same table always gives the same bytes.
func (t *Table) Encode(w io.Writer) error {
	zip, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return fmt.Errorf("write an address table: %w", err)
	}
	zip.ModTime, zip.Comment = t.Date, t.Note
	e := encoder{w: bufio.NewWriter(zip)}
	e.texts(t.countries)
	ases := slices.Compact(slices.Sorted(slices.Values(t.as4)))
	distances(&e, ases)
	distances(&e, t.v4)
	e.length(len(t.as4))
	for _, asn := range t.as4 {
		place, _ := slices.BinarySearch(ases, asn)
		e.length(place)
	}
	e.bytes(t.country4)
	distances(&e, t.v6)
	e.bytes(t.country6)
	distances(&e, t.named)
	names := make([]string, len(t.named))
	for i, asn := range t.named {
		names[i] = t.Name(asn)
	}
	e.texts(names)
	if err := errors.Join(e.w.Flush(), zip.Close()); err != nil {
		return fmt.Errorf("write an address table: %w", err)
	}
	return nil
}

// encoder puts columns behind each other; its writer keeps the first error for Flush.
type encoder struct {
	w   *bufio.Writer
	buf [binary.MaxVarintLen64]byte
}

func (e *encoder) number(n uint64) { e.w.Write(binary.AppendUvarint(e.buf[:0], n)) }
func (e *encoder) length(n int)    { e.number(uint64(n)) }

func (e *encoder) bytes(b []byte) {
	e.length(len(b))
	e.w.Write(b)
}

func (e *encoder) texts(list []string) {
	e.length(len(list))
	for _, s := range list {
		e.bytes([]byte(s))
	}
}

// distances writes numbers that grow.
func distances[T uint32 | uint64](e *encoder, list []T) {
	e.length(len(list))
	last := T(0)
	for _, n := range list {
		e.number(uint64(n - last))
		last = n
	}
}

// ReadDate reads the date of a table without unpacking it.
func ReadDate(r io.Reader) (time.Time, error) {
	zip, err := gzip.NewReader(r)
	if err != nil {
		return time.Time{}, fmt.Errorf("read an address table: %w", err)
	}
	if zip.ModTime.Unix() <= 0 {
		return time.Time{}, errors.New("read an address table: it has no date")
	}
	return zip.ModTime.UTC(), nil
}

// Decode reads a table; what does not fit together is an error.
func Decode(r io.Reader) (*Table, error) {
	zip, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("read an address table: %w", err)
	}
	t := &Table{Date: zip.ModTime.UTC(), Note: zip.Comment}
	data, err := io.ReadAll(io.LimitReader(zip, maxUnpacked+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read an address table: %w", err)
	case len(data) > maxUnpacked:
		return nil, fmt.Errorf("read an address table: it unpacks to more than %d bytes", maxUnpacked)
	}
	d := decoder{rest: data}
	d.table(t)
	switch {
	case d.bad, len(d.rest) > 0, len(t.countries) > maxCountries:
		return nil, errors.New("read an address table: its content is malformed")
	case len(t.v4) != len(t.as4), len(t.v4) != len(t.country4), len(t.v6) != len(t.country6), len(t.named) != len(t.ends):
		return nil, errors.New("read an address table: its columns differ in length")
	}
	if err := t.finish(); err != nil {
		return nil, fmt.Errorf("read an address table: %w", err)
	}
	return t, nil
}

// decoder takes columns off the front of the data. Once something is wrong it
// gives empty ones.
type decoder struct {
	rest []byte
	bad  bool
}

func (d *decoder) table(t *Table) {
	t.countries = d.texts()
	ases := grown[uint32](d)
	t.v4 = grown[uint32](d)
	t.as4 = d.places(ases)
	t.country4 = d.bytes()
	t.v6 = grown[uint64](d)
	t.country6 = d.bytes()
	t.named = grown[uint32](d)
	var names strings.Builder
	for _, name := range d.texts() {
		names.WriteString(name)
		t.ends = append(t.ends, uint32(names.Len()))
	}
	t.names = names.String()
}

func (d *decoder) number() uint64 {
	n, size := binary.Uvarint(d.rest)
	if size <= 0 {
		d.bad, d.rest = true, nil
		return 0
	}
	d.rest = d.rest[size:]
	return n
}

// length reads a length; each entry takes at least one byte of what is left.
func (d *decoder) length() int {
	n := d.number()
	if n > uint64(len(d.rest)) {
		d.bad, d.rest = true, nil
		return 0
	}
	return int(n)
}

func (d *decoder) take() []byte {
	n := d.length()
	b := d.rest[:n]
	d.rest = d.rest[n:]
	return b
}

func (d *decoder) bytes() []byte { return slices.Clone(d.take()) }

func (d *decoder) texts() []string {
	list := make([]string, d.length())
	for i := range list {
		b := d.take()
		d.bad = d.bad || len(b) > maxName
		list[i] = string(b)
	}
	return list
}

func (d *decoder) places(of []uint32) []uint32 {
	list := make([]uint32, d.length())
	for i := range list {
		n := d.number()
		if n >= uint64(len(of)) {
			d.bad, d.rest = true, nil
			return nil
		}
		list[i] = of[n]
	}
	return list
}

func grown[T uint32 | uint64](d *decoder) []T {
	list := make([]T, d.length())
	last := T(0)
	for i := range list {
		n := d.number()
		d.bad = d.bad || n > uint64(^T(0)-last)
		last += T(n)
		list[i] = last
	}
	return list
}
