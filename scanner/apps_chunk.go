package scanner

import (
	"encoding/binary"
	"errors"
	"unicode/utf16"
)

// Android's binary XML and its table of resources are made of chunks: a type,
// the size of the header, the size of the whole. All integers are little-endian.

// The types of chunk that are read.
const (
	chunkStrings     = 0x0001
	chunkTable       = 0x0002
	chunkElement     = 0x0102 // a start tag
	chunkElementEnd  = 0x0103
	chunkResourceMap = 0x0180
	chunkPackage     = 0x0200
	chunkType        = 0x0201
)

// Bounds of the chunks of one file.
const (
	maxChunks = 200_000
	maxText   = 4096 // bytes of one string
)

var errCutChunk = errors.New("a chunk is cut off or lies about its size")

// chunk is one chunk with its header; body is what comes after the header.
type chunk struct {
	kind         uint16
	header, body []byte
}

// at is the chunk from an offset on that counts from its first byte; nil within its header.
func (c chunk) at(offset int) []byte {
	if offset < len(c.header) {
		return nil
	}
	if offset -= len(c.header); offset <= len(c.body) {
		return c.body[offset:]
	}
	return nil
}

// chunksIn walks the chunks of a byte range. What is too short for a chunk at
// the end counts as padding.
func chunksIn(data []byte, each func(chunk) error) error {
	for range maxChunks {
		if len(data) < 8 {
			return nil
		}
		header, size := int(binary.LittleEndian.Uint16(data[2:])), int64(binary.LittleEndian.Uint32(data[4:]))
		if header < 8 || int64(header) > size || size > int64(len(data)) {
			return errCutChunk
		}
		c := chunk{kind: binary.LittleEndian.Uint16(data), header: data[:header], body: data[header:size]}
		if err := each(c); err != nil {
			return err
		}
		data = data[size:]
	}
	return errors.New("there are too many chunks")
}

// word is the i-th 32-bit word of a byte range; all ones where it is too short.
func word(data []byte, i int) uint32 {
	if i < 0 || i >= len(data)/4 {
		return 0xffffffff
	}
	return binary.LittleEndian.Uint32(data[4*i:])
}

// stringPool gives the strings of a pool as they are asked for.
type stringPool struct {
	offsets, strings []byte
	count            int
	utf8             bool
}

func poolOf(c chunk) stringPool {
	if len(c.header) < 28 {
		return stringPool{}
	}
	count, flags, start := word(c.header, 2), word(c.header, 4), word(c.header, 5)
	p := stringPool{offsets: c.body, utf8: flags&(1<<8) != 0}
	p.count = int(min(int64(count), int64(len(c.body)/4)))
	if int64(start) <= int64(len(c.header)+len(c.body)) {
		p.strings = c.at(int(start))
	}
	return p
}

// text is the string of an index, cut to a bound; empty where there is none.
func (p stringPool) text(index uint32) string {
	if int64(index) >= int64(p.count) {
		return ""
	}
	offset := word(p.offsets, int(index))
	if int64(offset) >= int64(len(p.strings)) {
		return ""
	}
	data := p.strings[offset:]
	if p.utf8 {
		_, data = poolLength8(data) // in characters
		n, data := poolLength8(data)
		return string(data[:min(n, len(data), maxText)])
	}
	n, data := poolLength16(data)
	units := make([]uint16, 0, min(n, len(data)/2, maxText/2))
	for len(units) < cap(units) {
		units = append(units, binary.LittleEndian.Uint16(data[2*len(units):]))
	}
	return string(utf16.Decode(units))
}

// poolLength8 reads the length in front of a UTF-8 string: one byte, or two.
func poolLength8(data []byte) (int, []byte) {
	switch {
	case len(data) >= 2 && data[0]&0x80 != 0:
		return int(data[0]&0x7f)<<8 | int(data[1]), data[2:]
	case len(data) >= 1:
		return int(data[0]), data[1:]
	}
	return 0, nil
}

// poolLength16 reads the length in front of a UTF-16 string: one unit, or two.
func poolLength16(data []byte) (int, []byte) {
	if len(data) < 2 {
		return 0, nil
	}
	n := int(binary.LittleEndian.Uint16(data))
	if n&0x8000 != 0 && len(data) >= 4 {
		return (n&0x7fff)<<16 | int(binary.LittleEndian.Uint16(data[2:])), data[4:]
	}
	return n, data[2:]
}
