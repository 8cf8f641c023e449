package filing

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/icpaudit/icpaudit/filing/number"
)

// sheet streams the rows of one sheet.
type sheet struct {
	part   *zip.File
	body   io.ReadCloser
	guard  *rowGuard
	xml    *xml.Decoder
	book   *book
	limits Limits
	row    int // number of the row in hand, as the spreadsheet shows it
	cells  []string
	broken []int // places of cells whose formula was never worked out
	worked []int // places of cells with a formula that was
	merged *merges
	text   []byte
}

func (b *book) openSheet(name string, limits Limits) (*sheet, error) {
	part := b.parts[name]
	merged, err := readMerges(part)
	if err != nil {
		return nil, badXML(part.Name, err)
	}
	body, err := part.Open()
	if err != nil {
		return nil, badXML(part.Name, err)
	}
	guard := newRowGuard(body, 4*limits.RowBytes) // the format's tags weigh more than the cells
	return &sheet{part: part, body: body, guard: guard, xml: newXML(guard), book: b, limits: limits, merged: merged}, nil
}

func (s *sheet) close() { s.body.Close() }

// next reads the next row that is in the file; io.EOF is the sheet's end.
func (s *sheet) next() error {
	s.guard.reset()
	for {
		t, err := s.xml.RawToken()
		if err != nil {
			return badXML(s.part.Name, err) // the end of the rows was not seen
		}
		switch t := t.(type) {
		case xml.StartElement:
			if t.Name.Local == "row" {
				return s.readRow(t)
			}
		case xml.EndElement:
			if t.Name.Local == "sheetData" {
				return io.EOF
			}
		}
	}
}

func (s *sheet) readRow(start xml.StartElement) error {
	s.row++
	if n, err := strconv.Atoi(attribute(start, "r")); err == nil && n > 0 {
		if n < s.row {
			return refuse(codeBadXLSX, fmt.Sprintf("%s: row %d behind row %d", s.part.Name, n, s.row-1), "")
		}
		s.row = n
	}
	s.cells, s.broken, s.worked = s.cells[:0], s.broken[:0], s.worked[:0]
	column := -1
	for {
		t, err := s.xml.RawToken()
		if err != nil {
			return badXML(s.part.Name, err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			if t.Name.Local != "c" {
				continue
			}
			column++
			if name := strings.TrimRight(attribute(t, "r"), "0123456789"); name != "" {
				n, err := excelize.ColumnNameToNumber(name)
				if err != nil {
					return badXML(s.part.Name, err)
				}
				column = n - 1
			}
			if err := s.readCell(t, column); err != nil {
				return badXML(s.part.Name, err)
			}
		case xml.EndElement:
			if t.Name.Local == "row" {
				return s.fillMerged()
			}
		}
	}
}

// readCell reads one cell up to its end and puts it in its place.
func (s *sheet) readCell(start xml.StartElement, column int) error {
	kind := attribute(start, "t")
	s.text = s.text[:0]
	inText, inSound, formula, value := false, false, false, false
	for {
		t, err := s.xml.RawToken()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "v", "t":
				inText, value = !inSound, true
			case "rPh":
				inSound = true
			case "f":
				formula = true
			}
		case xml.CharData:
			if inText {
				s.text = append(s.text, t...)
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "v", "t":
				inText = false
			case "rPh":
				inSound = false
			case "c":
				if formula && value {
					s.worked = append(s.worked, column)
				}
				return s.put(kind, column, formula && !value)
			}
		}
	}
}

// put settles a cell's text by its type.
// unworked is a formula that no program worked out.
func (s *sheet) put(kind string, column int, unworked bool) error {
	text := string(s.text)
	switch kind {
	case "s":
		if text == "" {
			return nil
		}
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			return err
		}
		if text, err = s.book.strings.get(n); err != nil {
			return err
		}
	case "inlineStr", "str", "d", "e":
		text = unescapeXLSX(text)
	case "b":
		text = map[string]string{"1": "TRUE", "0": "FALSE"}[text]
	default:
		text = plainNumber(text)
	}
	if strings.TrimSpace(text) == "" && !unworked {
		return nil
	}
	if column >= s.limits.Columns {
		return refuse(codeTooManyCols, "", fmt.Sprintf("at most %d", s.limits.Columns))
	}
	for len(s.cells) <= column {
		s.cells = append(s.cells, "")
	}
	s.cells[column] = text
	if unworked {
		s.broken = append(s.broken, column)
	}
	return nil
}

// plainNumber writes out a number that a program wrote with an exponent. From
// 16 digits on a spreadsheet has lost the last ones: unless they prove to be
// right, the number is given with its exponent, which tells so.
func plainNumber(text string) string {
	if len(text) < 16 && !strings.ContainsAny(text, "eE") {
		return text
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	if n < 1e15 && n > -1e15 {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	if _, err := number.ParseIDCard(text); err == nil {
		return text
	}
	if _, err := number.ParseUSCC(text); err == nil {
		return text
	}
	return strconv.FormatFloat(n, 'E', -1, 64)
}

// fillMerged gives the cells under a merged one its value.
func (s *sheet) fillMerged() error {
	return s.merged.apply(s.row, &s.cells, s.limits)
}

// attribute is the value of an attribute without name space; "" for none.
func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// skipPastRows reads a part up to where its rows end.
func skipPastRows(r io.Reader) (rest []byte, err error) {
	const mark = "sheetData"
	buf := make([]byte, 0, 128<<10)
	for {
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		for from := 0; ; {
			i := bytes.Index(buf[from:], []byte(mark))
			if i < 0 {
				break
			}
			i += from
			from = i + len(mark)
			open := bytes.LastIndexByte(buf[:i], '<')
			closes := open >= 0 && i-open < 64 && bytes.HasPrefix(buf[open:], []byte("</"))
			if closes || open >= 0 && i-open < 64 && bytes.HasPrefix(buf[from:], []byte("/>")) {
				return buf[from:], nil
			}
		}
		if err != nil {
			return nil, err
		}
		if keep := 128; len(buf) > cap(buf)-4096 {
			buf = append(buf[:0], buf[len(buf)-keep:]...)
		}
	}
}
