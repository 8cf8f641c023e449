package scanner

import (
	"encoding/binary"
	"errors"
)

// resourceTable finds the texts of resources in resources.arsc. It keeps the
// places of the chunks and reads an entry when it is asked for, so that a huge
// table costs what is looked up in it.
type resourceTable struct {
	pool  stringPool
	types []resourceType
}

// resourceType holds the entries of one type in one configuration.
type resourceType struct {
	pkg, kind uint8
	sparse    bool
	short     bool // offsets of 16 bits
	rank      int  // of its configuration, see rankOf
	count     int
	offsets   []byte
	entries   []byte
}

// parseResources reads the places of a table's chunks.
func parseResources(data []byte) (*resourceTable, error) {
	t := &resourceTable{}
	err := chunksIn(data, func(table chunk) error {
		if table.kind != chunkTable {
			return nil
		}
		pooled := false
		return chunksIn(table.body, func(c chunk) error {
			switch {
			case c.kind == chunkStrings && !pooled:
				t.pool, pooled = poolOf(c), true
			case c.kind == chunkPackage:
				return t.addPackage(c)
			}
			return nil
		})
	})
	return t, err
}

func (t *resourceTable) addPackage(p chunk) error {
	pkg := uint8(word(p.header, 2))
	return chunksIn(p.body, func(c chunk) error {
		if c.kind != chunkType || len(c.header) < 20+16 {
			return nil
		}
		if len(t.types) >= maxChunks {
			return errors.New("there are too many chunks")
		}
		rt := resourceType{pkg: pkg, kind: c.header[8], sparse: c.header[9]&1 != 0, short: c.header[9]&2 != 0, rank: rankOf(c.header[20:]), offsets: c.body}
		rt.count = int(min(int64(word(c.header, 3)), int64(len(c.body))))
		if start := word(c.header, 4); int64(start) <= int64(len(c.header)+len(c.body)) {
			rt.entries = c.at(int(start))
		}
		t.types = append(t.types, rt)
		return nil
	})
}

// The ranks of a configuration, the better the higher: as default, and as
// simplified Chinese.
const (
	rankOther   = iota // another language
	rankDefault        // no language, whatever else
	rankPlain          // nothing at all asked for
	rankZH             // Chinese by itself
	rankHans           // simplified, or of mainland China
)

// rankOf ranks a configuration by its locale: language at 8, country at 10,
// script at 36, in a structure that says its size first.
func rankOf(config []byte) int {
	size := int(min(int64(word(config, 0)), int64(len(config))))
	if size < 12 {
		return rankOther
	}
	language, country := string(config[8:10]), string(config[10:12])
	script := ""
	if size >= 40 {
		script = string(config[36:40])
	}
	switch {
	case language == "\x00\x00":
		for _, b := range config[4:size] {
			if b != 0 {
				return rankDefault
			}
		}
		return rankPlain
	case language != "zh", script == "Hant":
		return rankOther
	case script == "Hans", country == "CN", country == "SG":
		return rankHans
	case country == "\x00\x00":
		return rankZH
	}
	return rankOther
}

// value finds the entry of an id in this type and configuration.
func (t resourceType) value(pool stringPool, id uint32) (resourceValue, bool) {
	offset, ok := t.offset(int(id & 0xffff))
	if !ok || offset > len(t.entries)-8 {
		return resourceValue{}, false
	}
	entry := t.entries[offset:]
	size, flags := int(binary.LittleEndian.Uint16(entry)), binary.LittleEndian.Uint16(entry[2:])
	switch {
	case flags&8 != 0: // compact: the type stands in the flags
		return valueOf(pool, byte(flags>>8), word(entry, 1)), true
	case flags&1 != 0, size < 8, size+8 > len(entry): // a bag of values, or cut off
		return resourceValue{}, false
	}
	return valueOf(pool, entry[size+3], binary.LittleEndian.Uint32(entry[size+4:])), true
}

// offset finds where an entry stands.
func (t resourceType) offset(entry int) (int, bool) {
	switch {
	case t.sparse:
		for i := range min(t.count, len(t.offsets)/4) {
			if pair := word(t.offsets, i); int(pair&0xffff) == entry {
				return int(pair>>16) * 4, true
			}
		}
		return 0, false
	case entry >= t.count:
		return 0, false
	case t.short:
		if 2*entry+2 > len(t.offsets) {
			return 0, false
		}
		offset := binary.LittleEndian.Uint16(t.offsets[2*entry:])
		return int(offset) * 4, offset != 0xffff
	}
	offset := word(t.offsets, entry)
	return int(offset), offset != 0xffffffff
}

// maxReferences is how many references one after the other are followed.
const maxReferences = 8

// resolve is the text of a value by default, and in simplified Chinese where
// the table has one of its own.
func (t *resourceTable) resolve(v resourceValue) (label, chinese string) {
	return bounded(t.text(v, false, maxReferences), 200), bounded(t.text(v, true, maxReferences), 200)
}

// text follows references. In Chinese, a reference that has no Chinese entry is
// followed through its default, for what it leads to may have one.
func (t *resourceTable) text(v resourceValue, chinese bool, depth int) string {
	if !v.isReference() || depth == 0 {
		if chinese && depth == maxReferences {
			return ""
		}
		return v.text
	}
	var byDefault, inChinese, other *resourceValue
	best := map[bool]int{}
	for _, rt := range t.types {
		if uint32(rt.pkg) != v.ref>>24 || uint32(rt.kind) != v.ref>>16&0xff {
			continue
		}
		found, ok := rt.value(t.pool, v.ref)
		if !ok {
			continue
		}
		zh := rt.rank >= rankZH
		switch {
		case rt.rank == rankOther:
			if other == nil {
				other = &found
			}
		case rt.rank > best[zh] && zh:
			best[zh], inChinese = rt.rank, &found
		case rt.rank > best[zh]:
			best[zh], byDefault = rt.rank, &found
		}
	}
	switch {
	case chinese && inChinese != nil && !inChinese.isReference():
		return inChinese.text
	case chinese && inChinese != nil:
		return t.text(*inChinese, false, depth-1)
	case byDefault == nil && chinese:
		return ""
	case byDefault == nil && inChinese != nil:
		byDefault = inChinese
	case byDefault == nil && other != nil:
		byDefault = other
	case byDefault == nil, chinese && !byDefault.isReference():
		return ""
	}
	return t.text(*byDefault, chinese, depth-1)
}
