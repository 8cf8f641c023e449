package filing

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"sync/atomic"

	"golang.org/x/net/html/charset"
)

// Workbooks are read part by part from the archive, over archive/zip and
// encoding/xml: excelize, which writes ours, takes broken XML for the end of a
// sheet (rows would vanish), holds what all cells share in memory, tells no
// number from a text and gathers a row of any size.

// Bounds of a workbook beyond Limits.
const (
	maxParts      = 10_000
	maxDirectory  = 16 << 20 // bytes of the archive's directory
	maxSmallPart  = 8 << 20  // of the parts that describe the workbook
	maxPackRatio  = 250      // unpacked to packed, of a part over packRatioFrom
	packRatioFrom = 32 << 20
	maxSheets     = 200
)

// book is an open workbook.
type book struct {
	parts    map[string]*zip.File // by lower-case name
	sheets   []string             // part names, in the order of the tabs
	date1904 bool
	strings  *sharedStrings
}

// openBook opens the archive, holds it to its bounds and reads what describes it.
func openBook(s *source, limits Limits, tempDir string) (*book, error) {
	budget := &budgetReader{r: s.file}
	budget.left.Store(maxDirectory)
	archive, err := zip.NewReader(budget, s.size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, refuse(codeBadXLSX, err.Error(), "")
	}
	budget.left.Store(1 << 62)
	b := &book{parts: map[string]*zip.File{}}
	if err := b.measure(archive.File, limits); err != nil {
		return nil, err
	}
	if err := b.describe(); err != nil {
		return nil, err
	}
	b.strings, err = openSharedStrings(b.parts["xl/sharedstrings.xml"], limits, tempDir)
	return b, err
}

// measure refuses bombs. The archive's reader holds a part to its declared size.
func (b *book) measure(files []*zip.File, limits Limits) error {
	if len(files) > maxParts {
		return refuse(codeZipBomb, fmt.Sprint(len(files)), fmt.Sprintf("at most %d parts", maxParts))
	}
	total := uint64(0)
	for _, f := range files {
		total += f.UncompressedSize64
		if f.UncompressedSize64 > uint64(limits.SheetBytes) || total > uint64(limits.SheetBytes) {
			return refuse(codeZipBomb, f.Name, fmt.Sprintf("at most %d bytes unpacked", limits.SheetBytes))
		}
		if f.UncompressedSize64 > packRatioFrom && f.UncompressedSize64/maxPackRatio > f.CompressedSize64 {
			return refuse(codeZipBomb, f.Name, fmt.Sprintf("at most %d to 1 unpacked", maxPackRatio))
		}
		b.parts[strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/"))] = f
	}
	return nil
}

// describe reads the order of the sheets and the calendar.
func (b *book) describe() error {
	var workbook struct {
		Properties struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
			// the strict form of the format has another name space
			StrictID string `xml:"http://purl.oclc.org/ooxml/officeDocument/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	var relations struct {
		All []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := b.small("xl/workbook.xml", &workbook); err != nil {
		return err
	}
	if err := b.small("xl/_rels/workbook.xml.rels", &relations); err != nil {
		return err
	}
	b.date1904 = workbook.Properties.Date1904 == "1" || workbook.Properties.Date1904 == "true"
	targets := map[string]string{}
	for _, r := range relations.All {
		target := r.Target
		if !strings.HasPrefix(target, "/") {
			target = path.Join("xl", target)
		}
		targets[r.ID] = strings.ToLower(strings.TrimPrefix(target, "/"))
	}
	for _, s := range workbook.Sheets {
		part := targets[s.ID+s.StrictID]
		if b.parts[part] != nil && len(b.sheets) < maxSheets {
			b.sheets = append(b.sheets, part)
		}
	}
	if len(b.sheets) == 0 {
		return refuse(codeBadXLSX, "", "")
	}
	return nil
}

// small reads a part that describes the workbook.
func (b *book) small(name string, into any) error {
	part := b.parts[name]
	if part == nil || part.UncompressedSize64 > maxSmallPart {
		return refuse(codeBadXLSX, name, "")
	}
	r, err := part.Open()
	if err != nil {
		return refuse(codeBadXLSX, name, "")
	}
	defer r.Close()
	if err := newXML(r).Decode(into); err != nil {
		return refuse(codeBadXLSX, name, "")
	}
	return nil
}

// newXML decodes XML in any charset; entities of its own are refused.
func newXML(r io.Reader) *xml.Decoder {
	d := xml.NewDecoder(r)
	d.CharsetReader = charset.NewReaderLabel
	return d
}

// budgetReader refuses to read more than is left.
type budgetReader struct {
	r    io.ReaderAt
	left atomic.Int64
}

func (b *budgetReader) ReadAt(p []byte, at int64) (int, error) {
	if b.left.Add(-int64(len(p))) < 0 {
		return 0, errors.New("the archive's directory is too large")
	}
	return b.r.ReadAt(p, at)
}

// badXML makes a refusal of what went wrong in a part, but for one that is a
// refusal already.
func badXML(part string, err error) error {
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return refusal
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return refuse(codeBadXLSX, part+": "+err.Error(), "")
}
