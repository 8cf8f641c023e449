package filing

import (
	"archive/zip"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// sharedStrings are the texts that cells name by number, in a temporary file
// with the hottest in memory.
type sharedStrings struct {
	blob  *blob
	ends  []uint32 // of each text in the blob
	cache []cachedString
	buf   []byte
}

type cachedString struct {
	index int // plus one
	text  string
}

// cachedStrings is how many texts are kept, by the low bits of their number.
const cachedStrings = 1 << 13

func openSharedStrings(part *zip.File, limits Limits, tempDir string) (*sharedStrings, error) {
	s := &sharedStrings{cache: make([]cachedString, cachedStrings)}
	if part == nil {
		return s, nil
	}
	var err error
	if s.blob, err = newBlob(tempDir); err != nil {
		return nil, err
	}
	if err := s.load(part, limits); err != nil {
		s.close()
		return nil, badXML(part.Name, err)
	}
	return s, nil
}

// load reads the texts; how a Chinese or Japanese one is pronounced is no part of it.
func (s *sharedStrings) load(part *zip.File, limits Limits) error {
	r, err := part.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	guard := newRowGuard(r, 2*limits.RowBytes)
	d := newXML(guard)
	var text []byte
	inText, inSound, done := false, false, false
	for {
		t, err := d.RawToken()
		if err == io.EOF && done {
			_, err = s.blob.flush()
			return err
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "si":
				guard.reset()
				text = text[:0]
			case "rPh":
				inSound = true
			case "t":
				inText = !inSound
			}
		case xml.CharData:
			if inText {
				text = append(text, t...)
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "t":
				inText = false
			case "rPh":
				inSound = false
			case "si":
				if err := s.add(text, limits); err != nil {
					return err
				}
			case "sst":
				done = true
			}
		}
	}
}

func (s *sharedStrings) add(text []byte, limits Limits) error {
	if len(s.ends) == limits.Rows*20 {
		return refuse(codeTooManyRows, "sharedStrings", "")
	}
	if len(text) > limits.CellBytes+1 {
		text = text[:limits.CellBytes+1] // the cell that uses it will be found too long
	}
	at, err := s.blob.add(text)
	s.ends = append(s.ends, uint32(at)+uint32(len(text)))
	return err
}

// get is the text of a number.
func (s *sharedStrings) get(index int) (string, error) {
	if index < 0 || index >= len(s.ends) {
		return "", fmt.Errorf("no shared text %d", index)
	}
	slot := &s.cache[index%cachedStrings]
	if slot.index == index+1 {
		return slot.text, nil
	}
	from := uint32(0)
	if index > 0 {
		from = s.ends[index-1]
	}
	var err error
	if s.buf, err = s.blob.get(s.buf, int64(from), int(s.ends[index]-from)); err != nil {
		return "", err
	}
	*slot = cachedString{index + 1, unescapeXLSX(string(s.buf))}
	return slot.text, nil
}

func (s *sharedStrings) close() {
	if s.blob != nil {
		s.blob.close()
	}
}

// unescapeXLSX takes out the carriage returns that the format writes as _x000D_.
func unescapeXLSX(text string) string { return strings.ReplaceAll(text, "_x000D_", "") }
