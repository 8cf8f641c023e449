package scanner

import (
	"bytes"
	"mime"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// prescan is how much of a page is searched for its declared charset: four
// times what the HTML standard asks for, because Chinese pages carry long
// comments and scripts before it.
const prescan = 4 << 10

// The charsets that are told apart by more than their label.
const (
	charsetUTF8  = "utf-8"
	charsetGB    = "gb18030"
	charsetLatin = "windows-1252"
)

// decode turns a body into UTF-8 and names the charset it was read in. The
// order is BOM, validity as UTF-8, header, meta. Validity beats the labels:
// text of any length that is valid UTF-8 by accident does not occur, false
// labels do. What is neither UTF-8 nor of a believable label is GB18030.
func decode(data []byte, contentType string) (text []byte, charset string) {
	if text, charset, ok := decodeUTF16(data, contentType); ok {
		return text, charset
	}
	if rest, ok := bytes.CutPrefix(data, []byte("\xEF\xBB\xBF")); ok {
		return rest, charsetUTF8
	}
	valid := utf8.Valid(data)
	if valid && bytes.IndexByte(data, 0x1B) < 0 {
		return data, charsetUTF8
	}
	label := declaredCharset(data, contentType)
	switch {
	case valid && strings.HasPrefix(label, "iso-2022-"): // a seven-bit charset is valid UTF-8 too
		return decodeAs(data, label)
	case valid:
		return data, charsetUTF8
	}
	utf8Share, gbShare := shares(data)
	switch {
	case utf8Share > 0.95: // damaged or cut UTF-8
		return data, charsetUTF8
	case label == "" || label == charsetUTF8:
		return decodeAs(data, charsetGB)
	case label == charsetLatin && gbShare > 0.9: // the default label of many servers
		return decodeAs(data, charsetGB)
	}
	return decodeAs(data, label)
}

// declaredCharset is the label of the header, or else of the page itself, as a
// canonical name; gb2312 and gbk are read as their superset gb18030.
func declaredCharset(data []byte, contentType string) string {
	label := ""
	if _, params, err := mime.ParseMediaType(contentType); err == nil {
		label = params["charset"]
	} else if _, after, ok := strings.Cut(strings.ToLower(contentType), "charset="); ok {
		label, _, _ = strings.Cut(after, ";")
	}
	for _, l := range []string{label, metaCharset(data[:min(len(data), prescan)])} {
		enc, err := htmlindex.Get(strings.Trim(strings.TrimSpace(l), `"';`))
		if err != nil {
			continue
		}
		name, err := htmlindex.Name(enc)
		switch {
		case err != nil, name == "replacement", name == "x-user-defined", strings.HasPrefix(name, "utf-16"):
		case name == "gbk":
			return charsetGB
		default:
			return name
		}
	}
	return ""
}

// metaCharset finds the charset of a meta element (either form, any case, any
// quotes) or of an XML declaration.
func metaCharset(head []byte) string {
	head = bytes.ToLower(head)
	if rest, ok := bytes.CutPrefix(bytes.TrimSpace(head), []byte("<?xml")); ok {
		decl, _, _ := bytes.Cut(rest, []byte("?>"))
		if label := valueAfter(decl, "encoding"); label != "" {
			return label
		}
	}
	for {
		_, rest, ok := bytes.Cut(head, []byte("<meta"))
		if !ok {
			return ""
		}
		tag, _, _ := bytes.Cut(rest, []byte(">"))
		if label := valueAfter(tag, "charset"); label != "" {
			return label
		}
		head = rest
	}
}

// valueAfter is the word after name and an equals sign.
func valueAfter(tag []byte, name string) string {
	_, rest, ok := bytes.Cut(tag, []byte(name))
	if !ok {
		return ""
	}
	rest, ok = bytes.CutPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte("="))
	if !ok {
		return ""
	}
	rest = bytes.TrimLeft(rest, " \t\r\n\"'")
	end := bytes.IndexAny(rest, " \t\r\n\"';,/>")
	if end < 0 {
		end = len(rest)
	}
	return string(rest[:end])
}

// decodeUTF16 reads UTF-16 by its BOM, or by the NUL in each pair where a
// header or nothing at all tells it.
func decodeUTF16(data []byte, contentType string) ([]byte, string, bool) {
	order := unicode.LittleEndian
	switch {
	case bytes.HasPrefix(data, []byte("\xFF\xFE")):
	case bytes.HasPrefix(data, []byte("\xFE\xFF")):
		order = unicode.BigEndian
	case len(data) < 4:
		return nil, "", false
	case data[0] == 0 && data[1] != 0 && data[2] == 0 && data[3] != 0:
		order = unicode.BigEndian
	case data[0] != 0 && data[1] == 0 && data[2] != 0 && data[3] == 0:
	case strings.Contains(strings.ToLower(contentType), "utf-16be") && bytes.IndexByte(data, 0) >= 0:
		order = unicode.BigEndian
	default:
		return nil, "", false
	}
	name := "utf-16le"
	if order == unicode.BigEndian {
		name = "utf-16be"
	}
	text, err := unicode.UTF16(order, unicode.UseBOM).NewDecoder().Bytes(data)
	return text, name, err == nil
}

// decodeAs decodes by canonical name; what can't be decoded becomes U+FFFD.
func decodeAs(data []byte, name string) ([]byte, string) {
	var enc encoding.Encoding = simplifiedchinese.GB18030
	if name != charsetGB {
		var err error
		if enc, err = htmlindex.Get(name); err != nil {
			return data, charsetUTF8
		}
	}
	text, err := enc.NewDecoder().Bytes(data)
	if err != nil {
		return bytes.ToValidUTF8(data, []byte("\uFFFD")), charsetUTF8
	}
	return text, name
}

// shares says how much of the non-ASCII bytes are parts of valid UTF-8
// sequences, and how much are pairs of the GB 2312 range.
func shares(data []byte) (utf8Share, gbShare float64) {
	high, inUTF8, inGB := 0, 0, 0
	for i := 0; i < len(data); {
		if data[i] < utf8.RuneSelf {
			i++
			continue
		}
		if r, size := utf8.DecodeRune(data[i:]); r != utf8.RuneError || size > 1 {
			inUTF8 += size
			high += size
			i += size
			continue
		}
		high++
		i++
	}
	for i := 0; i < len(data); i++ {
		if data[i] >= 0xA1 && i+1 < len(data) && data[i+1] >= 0xA1 {
			inGB += 2
			i++
		}
	}
	if high == 0 {
		return 1, 0
	}
	return float64(inUTF8) / float64(high), float64(inGB) / float64(high)
}
