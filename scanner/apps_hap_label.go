package scanner

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
)

// Bounds of a HAP's compiled resources.
const (
	maxHAPIndex       = 64 << 20  // bytes
	maxHAPEntriesSeen = 4_000_000 // entries of all lists
)

// errHAPIndex says that the compiled resources are of a form that is not read:
// newer tools write another one.
var errHAPIndex = errors.New("the index of resources is of a form that is not read")

// hapLabel finds a text in resources.index by its id, or where that is not
// known by its name: by default, and in simplified Chinese. The index begins
// with 136 bytes, the last four of which count the sets of qualifiers. Each
// set says where its resources are listed by id, and each of those where its
// text stands, with its name behind (OpenHarmony, global_resource_management).
func hapLabel(index []byte, id uint32, name string) (label, chinese string, err error) {
	const header = 136
	if len(index) < header+4 || string(index[header:header+4]) != "KEYS" {
		return "", "", errHAPIndex
	}
	left := maxHAPEntriesSeen
	best := map[bool]int{} // rank of the text found by default, and in Chinese
	at := header
	for range min(int(word(index, header/4-1)), maxChunks) {
		if at+12 > len(index) || string(index[at:at+4]) != "KEYS" {
			return "", "", errHAPIndex
		}
		place, params := int(binary.LittleEndian.Uint32(index[at+4:])), int(binary.LittleEndian.Uint32(index[at+8:]))
		at += 12
		if params > (len(index)-at)/8 {
			return "", "", errHAPIndex
		}
		rank := hapRank(index[at : at+8*params])
		at += 8 * params
		zh := rank >= rankZH
		if rank == rankOther || rank <= best[zh] {
			continue
		}
		text, ok := hapText(index, place, id, name, &left)
		switch {
		case !ok:
		case zh:
			best[zh], chinese = rank, text
		default:
			best[zh], label = rank, text
		}
	}
	return label, chinese, nil
}

// hapRank ranks a set of qualifiers. Those that are letters are parts of a
// locale, written from the last byte on; the others are of screens and devices.
func hapRank(params []byte) int {
	language, rest, plain := "", "", true
	for ; len(params) >= 8; params = params[8:] {
		plain = false
		value := []byte{params[7], params[6], params[5], params[4]}
		text := string(bytes.TrimLeft(value, "\x00"))
		switch {
		case len(text) < 2 || strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != "":
		case text == strings.ToLower(text):
			language = text
		default:
			rest += text + " "
		}
	}
	switch {
	case plain:
		return rankPlain
	case language == "" && rest == "":
		return rankDefault
	case language != "zh", strings.Contains(rest, "Hant"):
		return rankOther
	case strings.Contains(rest, "Hans"), strings.Contains(rest, "CN"):
		return rankHans
	case rest == "":
		return rankZH
	}
	return rankOther
}

// hapText finds a text in the list of one set of qualifiers. All lists together
// may have no more entries than are left: many sets may share one.
func hapText(index []byte, place int, id uint32, name string, left *int) (string, bool) {
	if place < 0 || place > len(index)-8 || string(index[place:place+4]) != "IDSS" {
		return "", false
	}
	list := index[place+8:]
	count := min(int(binary.LittleEndian.Uint32(index[place+4:])), len(list)/8, *left)
	*left -= count
	for i := range count {
		if id != 0 && word(list, 2*i) != id {
			continue
		}
		const head = 12 // size, type and id
		start := int(word(list, 2*i+1)) + head
		if start > len(index) {
			continue
		}
		text, rest := hapString(index[start:])
		if called, _ := hapString(rest); id != 0 || called == name {
			return text, text != ""
		}
	}
	return "", false
}

// hapString takes a text behind its length, which counts the zero at its end.
func hapString(data []byte) (string, []byte) {
	if len(data) < 2 {
		return "", nil
	}
	n := int(binary.LittleEndian.Uint16(data))
	if n == 0 || n > len(data)-2 {
		return "", nil
	}
	return string(data[2 : 2+n-1]), data[2+n:]
}
