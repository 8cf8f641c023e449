package deliver

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"time"

	"github.com/icpaudit/icpaudit/report"
)

// attachments are a letter's files, and the names of those that were left out.
type attachments struct {
	files   []File
	leftOut []string
}

// attach makes the files of a letter. Where they are larger than limit in sum
// they go into one archive; where that is still larger they are left out, and
// the letter names them.
func attach(kinds []Attachment, lang string, rows []report.Row, limit int64, date time.Time) (attachments, error) {
	var a attachments
	var sum int64
	for _, kind := range kinds {
		var b bytes.Buffer
		if err := kind.Write(&b, lang, rows); err != nil {
			return a, fmt.Errorf("make attachment %s: %w", kind.Name, err)
		}
		a.files = append(a.files, File{Name: kind.Name, Type: kind.Type, Data: b.Bytes()})
		sum += int64(b.Len())
	}
	if sum <= limit {
		return a, nil
	}
	packed, err := pack(a.files, date)
	if err != nil {
		return a, fmt.Errorf("pack attachments: %w", err)
	}
	if int64(len(packed)) <= limit {
		a.files = []File{{Name: "findings.zip", Type: "application/zip", Data: packed}}
		return a, nil
	}
	for _, f := range a.files {
		a.leftOut = append(a.leftOut, f.Name)
	}
	a.files = nil
	return a, nil
}

// pack makes an archive that is the same for the same files and date.
func pack(files []File, date time.Time) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		part, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: date})
		if err != nil {
			return nil, err
		}
		if _, err := part.Write(f.Data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// csvAttachment is the file that every letter with rows carries.
func csvAttachment(tellers map[string]*report.Teller, headers string) Attachment {
	return Attachment{Name: "findings.csv", Type: "text/csv", Write: func(w io.Writer, lang string, rows []report.Row) error {
		return tellers[lang].WriteCSV(w, headers, rows)
	}}
}
