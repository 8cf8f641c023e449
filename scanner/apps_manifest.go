package scanner

import (
	"encoding/binary"
	"errors"
)

// resourceValue is a text, or a reference to a resource.
type resourceValue struct {
	text string
	ref  uint32
}

func (v resourceValue) isReference() bool { return v.ref != 0 }

// The types of value that are read.
const (
	valueReference = 0x01
	valueString    = 0x03
)

// valueOf reads a typed value whose strings are in a pool.
func valueOf(pool stringPool, kind byte, data uint32) resourceValue {
	switch kind {
	case valueReference:
		return resourceValue{ref: data}
	case valueString:
		return resourceValue{text: pool.text(data)}
	}
	return resourceValue{}
}

// manifest is what is read of an AndroidManifest.xml.
type manifest struct {
	packageName string
	split       string // name of the split; empty for a base
	label       resourceValue
	version     resourceValue
	odd         bool // it lies about its sizes further on: other parsers may come to harm
}

// The resource ids of Android's attributes. They count, and not the names,
// which obfuscators take away.
const (
	attrLabel       = 0x01010001
	attrVersionName = 0x0101021c
)

// parseManifest reads the start tags of manifest and application from Android's
// binary XML. Hostile input costs no more than its own length.
func parseManifest(data []byte) (manifest, error) {
	var m manifest
	if len(data) < 8 || data[0] == '<' {
		return m, errors.New("it is no binary XML")
	}
	start := int(binary.LittleEndian.Uint16(data[2:]))
	if start < 8 || start > len(data) {
		return m, errCutChunk
	}
	var pool stringPool
	var ids []byte
	depth := 0
	err := chunksIn(data[start:], func(c chunk) error {
		switch c.kind {
		case chunkStrings:
			pool = poolOf(c)
		case chunkResourceMap:
			ids = c.body
		case chunkElementEnd:
			depth--
		case chunkElement:
			depth++
			switch name := pool.text(word(c.body, 1)); {
			case depth == 1 && name == "manifest":
				m.readRoot(c, pool, ids)
			case depth == 2 && name == "application":
				m.readApplication(c, pool, ids)
			}
		}
		return nil
	})
	m.odd = err != nil || int64(binary.LittleEndian.Uint32(data[4:])) > int64(len(data))
	if m.packageName != "" {
		return m, nil
	}
	return m, err
}

// attribute is one attribute of a start tag.
type attribute struct {
	name  string
	id    uint32 // resource id of the name, 0 where it has none
	value resourceValue
}

// attributesOf lists a start tag's attributes.
func attributesOf(c chunk, pool stringPool, ids []byte) []attribute {
	if len(c.body) < 20 {
		return nil
	}
	start, size, count := int(binary.LittleEndian.Uint16(c.body[8:])), int(binary.LittleEndian.Uint16(c.body[10:])), int(binary.LittleEndian.Uint16(c.body[12:]))
	var all []attribute
	for i := range count {
		at := start + i*size
		if size < 20 || at+20 > len(c.body) {
			break
		}
		raw := c.body[at:]
		a := attribute{name: pool.text(word(raw, 1)), value: valueOf(pool, raw[15], word(raw, 4))}
		if index := word(raw, 1); int64(index) < int64(len(ids)/4) {
			a.id = word(ids, int(index))
		}
		all = append(all, a)
	}
	return all
}

func (m *manifest) readRoot(c chunk, pool stringPool, ids []byte) {
	for _, a := range attributesOf(c, pool, ids) {
		switch {
		case a.id == attrVersionName:
			m.version = a.value
		case a.id == 0 && a.name == "package":
			m.packageName = a.value.text
		case a.id == 0 && a.name == "split":
			m.split = a.value.text
		}
	}
}

func (m *manifest) readApplication(c chunk, pool stringPool, ids []byte) {
	for _, a := range attributesOf(c, pool, ids) {
		if a.id == attrLabel {
			m.label = a.value
		}
	}
}
