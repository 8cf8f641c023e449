// Package iptable is the form in which address data are embedded: which
// autonomous system announces an address, and where the registries placed it.
package iptable

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"time"
)

// Range is all addresses from Start to the next range's start.
type Range struct {
	Start   uint64  // the IPv4 address, or the upper half of the IPv6 address
	ASN     uint32  // 0: not announced, or not known
	Country [2]byte // ISO 3166; zeros: not given out
}

// Table is the ranges of both families, sorted, without gaps.
type Table struct {
	Date   time.Time
	V4, V6 []Range
}

const magic = "icpaudit addresses 1\n"

// most bounds what is read: a table has some hundred thousand ranges.
const most = 4 << 20

// Lookup finds the range of an address.
func (t *Table) Lookup(addr netip.Addr) Range {
	ranges, key := t.V6, uint64(0)
	if addr = addr.Unmap(); addr.Is4() {
		b := addr.As4()
		ranges, key = t.V4, uint64(binary.BigEndian.Uint32(b[:]))
	} else {
		b := addr.As16()
		key = binary.BigEndian.Uint64(b[:8])
	}
	i, found := slices.BinarySearchFunc(ranges, key, func(r Range, key uint64) int {
		switch {
		case r.Start < key:
			return -1
		case r.Start > key:
			return 1
		}
		return 0
	})
	if !found {
		i--
	}
	if i < 0 {
		return Range{}
	}
	return ranges[i]
}

// Write writes a table, compressed; the same table always gives the same bytes.
func (t *Table) Write(w io.Writer) error {
	zw, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	buf := []byte(magic)
	buf = append(buf, t.Date.Format(time.DateOnly)...)
	for _, ranges := range [][]Range{t.V4, t.V6} {
		buf = binary.AppendUvarint(buf, uint64(len(ranges)))
		last := uint64(0)
		for _, r := range ranges {
			buf = binary.AppendUvarint(buf, r.Start-last)
			buf = binary.AppendUvarint(buf, uint64(r.ASN))
			buf = append(buf, r.Country[:]...)
			last = r.Start
		}
	}
	if _, err := zw.Write(buf); err != nil {
		return err
	}
	return zw.Close()
}

// ReadDate reads only the date of a table.
func ReadDate(r io.Reader) (time.Time, error) {
	_, date, err := open(r)
	return date, err
}

func open(r io.Reader) (*bufio.Reader, time.Time, error) {
	zr, err := gzip.NewReader(r)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("unpack the address table: %w", err)
	}
	in := bufio.NewReaderSize(zr, 64<<10)
	head := make([]byte, len(magic)+len(time.DateOnly))
	if _, err := io.ReadFull(in, head); err != nil {
		return nil, time.Time{}, fmt.Errorf("read the head of the address table: %w", err)
	}
	if string(head[:len(magic)]) != magic {
		return nil, time.Time{}, errors.New("read the address table: it is not one, or of another version")
	}
	date, err := time.Parse(time.DateOnly, string(head[len(magic):]))
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("read the date of the address table: %w", err)
	}
	return in, date, nil
}

// Read reads a table.
func Read(r io.Reader) (*Table, error) {
	in, date, err := open(r)
	if err != nil {
		return nil, err
	}
	t := &Table{Date: date}
	if t.V4, err = readRanges(in); err != nil {
		return nil, fmt.Errorf("read the IPv4 ranges: %w", err)
	}
	if t.V6, err = readRanges(in); err != nil {
		return nil, fmt.Errorf("read the IPv6 ranges: %w", err)
	}
	return t, nil
}

func readRanges(in *bufio.Reader) ([]Range, error) {
	n, err := binary.ReadUvarint(in)
	if err != nil {
		return nil, err
	}
	if n > most {
		return nil, fmt.Errorf("%d ranges are too many", n)
	}
	ranges := make([]Range, 0, n)
	start := uint64(0)
	for range n {
		delta, err := binary.ReadUvarint(in)
		if err != nil {
			return nil, err
		}
		asn, err := binary.ReadUvarint(in)
		if err != nil {
			return nil, err
		}
		r := Range{Start: start + delta, ASN: uint32(asn)}
		if _, err := io.ReadFull(in, r.Country[:]); err != nil {
			return nil, err
		}
		start = r.Start
		ranges = append(ranges, r)
	}
	return ranges, nil
}
