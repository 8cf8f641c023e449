// Package iptable is a compact table of where addresses come from: the origin
// AS and the registry's country of every IPv4 address, and the country of every
// IPv6 address by its first 64 bits.
package iptable

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"sort"
	"strings"
	"time"
)

// Table answers look-ups. It is never changed, and safe for concurrent use.
type Table struct {
	Date time.Time // of the data, a day in UTC
	Note string    // where the data come from, and their licences; Latin-1, one line

	v4        []uint32 // first address of each range; a range ends where the next begins
	as4       []uint32 // origin AS of each range; 0: not announced
	country4  []uint8  // place in countries
	index     []uint32 // by the upper 16 bits of an address: the range that holds the first such one
	v6        []uint64 // first 64 bits of each range
	country6  []uint8
	countries []string // ISO 3166 codes; "" for none

	named []uint32 // the ASes that have a name, in order
	ends  []uint32 // end of each one's name in names
	names string
}

// Origin is where an address comes from.
type Origin struct {
	ASN     uint32 // 0: not announced, or IPv6
	Country string // of the registry, ISO 3166; empty: not given out
}

// Range4 is the IPv4 addresses from From to the next range's.
type Range4 struct {
	From uint32
	Origin
}

// Range6 is the IPv6 networks of 64 bits from From to the next range's.
type Range6 struct {
	From    uint64
	Country string
}

// maxCountries is how many countries a table can tell apart.
const maxCountries = 256

// New makes a table. Ranges are in order, and the first of each kind begins at 0.
func New(date time.Time, note string, v4 []Range4, v6 []Range6, names map[uint32]string) (*Table, error) {
	t := &Table{Date: date, Note: note}
	at, err := t.putCountries(v4, v6)
	if err != nil {
		return nil, fmt.Errorf("make an address table: %w", err)
	}
	for _, r := range v4 {
		t.v4, t.as4, t.country4 = append(t.v4, r.From), append(t.as4, r.ASN), append(t.country4, at[r.Country])
	}
	for _, r := range v6 {
		t.v6, t.country6 = append(t.v6, r.From), append(t.country6, at[r.Country])
	}
	var all strings.Builder
	for _, asn := range slices.Sorted(maps.Keys(names)) {
		if name := names[asn]; len(name) > maxName {
			return nil, fmt.Errorf("make an address table: the name of AS%d has %d bytes, at most %d fit", asn, len(name), maxName)
		}
		all.WriteString(names[asn])
		t.named, t.ends = append(t.named, asn), append(t.ends, uint32(all.Len()))
	}
	t.names = all.String()
	if err := t.finish(); err != nil {
		return nil, fmt.Errorf("make an address table: %w", err)
	}
	return t, nil
}

// putCountries numbers the countries in the order of their codes.
func (t *Table) putCountries(v4 []Range4, v6 []Range6) (map[string]uint8, error) {
	seen := map[string]bool{}
	for _, r := range v4 {
		seen[r.Country] = true
	}
	for _, r := range v6 {
		seen[r.Country] = true
	}
	t.countries = slices.Sorted(maps.Keys(seen))
	if len(t.countries) > maxCountries {
		return nil, fmt.Errorf("%d countries, at most %d fit", len(t.countries), maxCountries)
	}
	at := make(map[string]uint8, len(t.countries))
	for i, c := range t.countries {
		at[c] = uint8(i)
	}
	return at, nil
}

// finish checks what look-ups rely on and builds the index.
func (t *Table) finish() error {
	if len(t.v4) == 0 || t.v4[0] != 0 || len(t.v6) == 0 || t.v6[0] != 0 {
		return errors.New("the ranges don't begin at the first address")
	}
	if !increasing(t.v4) || !increasing(t.v6) || !increasing(t.named) {
		return errors.New("ranges or names are not in order")
	}
	for _, list := range [][]uint8{t.country4, t.country6} {
		for _, c := range list {
			if int(c) >= len(t.countries) {
				return errors.New("a range has a country that is not listed")
			}
		}
	}
	t.index = make([]uint32, 1<<16)
	r := 0
	for upper := range t.index {
		for r+1 < len(t.v4) && t.v4[r+1] <= uint32(upper)<<16 {
			r++
		}
		t.index[upper] = uint32(r)
	}
	return nil
}

func increasing[T cmp.Ordered](list []T) bool {
	for i := 1; i < len(list); i++ {
		if list[i] <= list[i-1] {
			return false
		}
	}
	return true
}

// Lookup says where an address comes from.
func (t *Table) Lookup(addr netip.Addr) Origin {
	addr = addr.Unmap()
	switch {
	case addr.Is4():
		b := addr.As4()
		n := binary.BigEndian.Uint32(b[:])
		from, to := int(t.index[n>>16]), len(t.v4)
		if next := int(n>>16) + 1; next < len(t.index) {
			to = int(t.index[next]) + 1
		}
		i := from + sort.Search(to-from, func(i int) bool { return t.v4[from+i] > n }) - 1
		return Origin{ASN: t.as4[i], Country: t.countries[t.country4[i]]}
	case addr.Is6():
		b := addr.As16()
		n := binary.BigEndian.Uint64(b[:])
		i := sort.Search(len(t.v6), func(i int) bool { return t.v6[i] > n }) - 1
		return Origin{Country: t.countries[t.country6[i]]}
	}
	return Origin{}
}

// Name is the registered name of an AS, or empty where the table has none.
func (t *Table) Name(asn uint32) string {
	i, ok := slices.BinarySearch(t.named, asn)
	if !ok {
		return ""
	}
	from := uint32(0)
	if i > 0 {
		from = t.ends[i-1]
	}
	return t.names[from:t.ends[i]]
}

// Ranges is how many ranges of each kind the table has, and how many names.
func (t *Table) Ranges() (v4, v6, names int) { return len(t.v4), len(t.v6), len(t.named) }
