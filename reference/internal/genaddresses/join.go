package main

import (
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/icpaudit/icpaudit/reference/internal/iptable"
)

// span is one row of a source: first and last address, and what is said of them.
type span struct {
	from, to netip.Addr
	value    string // ASN or country
	name     string // of the AS
}

// readSpans reads a CSV file, in order of the addresses. Where two rows
// overlap, the earlier one keeps what it has.
func readSpans(dir, name string) ([]span, error) {
	file, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	r := csv.NewReader(file)
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	var all []span
	for line := 1; ; line++ {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read %q: %w", name, err)
		}
		s, err := parseSpan(row)
		if err != nil {
			return nil, fmt.Errorf("read %q: line %d: %w", name, line, err)
		}
		all = append(all, s)
	}
	slices.SortStableFunc(all, func(a, b span) int { return a.from.Compare(b.from) })
	clear := all[:0]
	for _, s := range all {
		if n := len(clear); n > 0 && s.from.Compare(clear[n-1].to) <= 0 {
			if s.from = clear[n-1].to.Next(); s.to.Less(s.from) || !s.from.IsValid() {
				continue
			}
		}
		clear = append(clear, s)
	}
	return clear, nil
}

func parseSpan(row []string) (span, error) {
	if len(row) < 3 {
		return span{}, fmt.Errorf("%d columns, want at least 3", len(row))
	}
	from, err := netip.ParseAddr(row[0])
	if err != nil {
		return span{}, err
	}
	to, err := netip.ParseAddr(row[1])
	if err != nil {
		return span{}, err
	}
	if from.Is4() != to.Is4() || to.Less(from) {
		return span{}, fmt.Errorf("%s to %s is no range", from, to)
	}
	s := span{from: from, to: to, value: strings.Clone(row[2])}
	if len(row) > 3 {
		s.name = strings.Clone(row[3])
	}
	return s, nil
}

// step is a value from an address on; an empty one where nothing is said.
type step struct {
	from  netip.Addr
	value string
}

// steps turns spans into steps without gaps, from the first address on.
func steps(spans []span, first netip.Addr) []step {
	all := []step{{from: first}}
	add := func(from netip.Addr, value string) {
		last := &all[len(all)-1]
		switch {
		case !from.IsValid(): // behind the last address of all
		case last.from == from && len(all) > 1 && all[len(all)-2].value == value:
			all = all[:len(all)-1]
		case last.from == from:
			last.value = value
		case last.value != value:
			all = append(all, step{from, value})
		}
	}
	for _, s := range spans {
		add(s.from, s.value)
		add(s.to.Next(), "")
	}
	return all
}

// joined lays origins and countries over each other.
func joined(origins, places []span) ([]iptable.Range4, error) {
	first := netip.AddrFrom4([4]byte{})
	as, cc := steps(origins, first), steps(places, first)
	var all []iptable.Range4
	for i, k := 0, 0; ; {
		from := as[i].from
		if from.Less(cc[k].from) {
			from = cc[k].from
		}
		r, err := range4(from, as[i].value, cc[k].value)
		if err != nil {
			return nil, err
		}
		if n := len(all); n == 0 || all[n-1].Origin != r.Origin {
			all = append(all, r)
		}
		// On to whichever changes next; to both where they change together.
		moreAS, moreCC := i+1 < len(as), k+1 < len(cc)
		switch {
		case !moreAS && !moreCC:
			return all, nil
		case moreAS && moreCC && as[i+1].from == cc[k+1].from:
			i, k = i+1, k+1
		case moreAS && (!moreCC || as[i+1].from.Less(cc[k+1].from)):
			i++
		default:
			k++
		}
	}
}

func range4(from netip.Addr, asn, country string) (iptable.Range4, error) {
	if !from.Is4() {
		return iptable.Range4{}, fmt.Errorf("%s is not an IPv4 address", from)
	}
	b := from.As4()
	r := iptable.Range4{From: binary.BigEndian.Uint32(b[:]), Origin: iptable.Origin{Country: country}}
	if asn != "" {
		n, err := strconv.ParseUint(asn, 10, 32)
		if err != nil {
			return iptable.Range4{}, fmt.Errorf("ASN at %s: %w", from, err)
		}
		r.ASN = uint32(n)
	}
	return r, nil
}

// countries makes the ranges of IPv6. What is finer than a network of 64 bits
// belongs to the network's first part.
func countries(places []span) ([]iptable.Range6, error) {
	var all []iptable.Range6
	for _, s := range steps(places, netip.IPv6Unspecified()) {
		if !s.from.Is6() {
			return nil, fmt.Errorf("%s is not an IPv6 address", s.from)
		}
		b := s.from.As16()
		from := binary.BigEndian.Uint64(b[:])
		if n := len(all); n == 0 || all[n-1].From != from {
			all = append(all, iptable.Range6{From: from, Country: s.value})
		}
	}
	return all, nil
}

// leastNamed is how many addresses an AS outside the places below announces at
// least for its name to be kept, in addresses; together they are 98 % of what is announced.
const leastNamed = 4096

// longestName bounds a name, in bytes.
const longestName = 80

// names keeps the names of the larger ASes, and of all that announce addresses
// registered in mainland China, Hong Kong, Macao or Taiwan.
func names(origins []span, v4 []iptable.Range4) map[uint32]string {
	size := map[uint32]uint64{}
	kept := map[uint32]bool{}
	for i, r := range v4 {
		end := uint64(1) << 32
		if i+1 < len(v4) {
			end = uint64(v4[i+1].From)
		}
		size[r.ASN] += end - uint64(r.From)
		if slices.Contains([]string{"CN", "HK", "MO", "TW"}, r.Country) || size[r.ASN] >= leastNamed {
			kept[r.ASN] = r.ASN != 0
		}
	}
	all := map[uint32]string{}
	for _, s := range origins {
		n, err := strconv.ParseUint(s.value, 10, 32)
		if name := shortened(s.name); err == nil && name != "" && kept[uint32(n)] && all[uint32(n)] == "" {
			all[uint32(n)] = name
		}
	}
	return all
}

// shortened cuts a name between two characters.
func shortened(name string) string {
	name = strings.Join(strings.Fields(strings.ToValidUTF8(name, "")), " ")
	if len(name) <= longestName {
		return name
	}
	cut := longestName
	for !utf8.RuneStart(name[cut]) {
		cut--
	}
	return strings.TrimSpace(name[:cut])
}
