package report

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/filing"
)

// Formats are the reports that can be written: findings.csv, findings.jsonl,
// findings.xlsx, findings.html, and the directory of notices.
func Formats() []string { return []string{"csv", "jsonl", "xlsx", "html", "notice"} }

// CheckFormats says which of the names is no format, or that there is none.
func CheckFormats(names []string) error {
	if len(names) == 0 {
		return fmt.Errorf("at least one of %s is needed", strings.Join(Formats(), ", "))
	}
	for _, name := range names {
		if !slices.Contains(Formats(), name) {
			return fmt.Errorf("%q is no format: they are %s", name, strings.Join(Formats(), ", "))
		}
	}
	return nil
}

// Render writes reports of a run that is read back into a directory that
// exists, and returns their paths. A file that exists is never written over.
func (t *Teller) Render(l *Ledger, o Options, dir string, formats []string) ([]string, error) {
	var paths []string
	for _, name := range Formats() {
		if !slices.Contains(formats, name) {
			continue
		}
		if name == "notice" {
			path, err := t.Notices(l, o, filepath.Join(dir, "notices"))
			if err != nil {
				return paths, err
			}
			paths = append(paths, path)
			continue
		}
		path := filepath.Join(dir, "findings."+name)
		if err := writeFile(path, func(w io.Writer) error { return t.render(w, l, o, name) }); err != nil {
			return paths, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

func (t *Teller) render(w io.Writer, l *Ledger, o Options, format string) error {
	switch format {
	case "csv":
		return t.csv(w, l, o)
	case "jsonl":
		return l.copyTo(w)
	case "xlsx":
		return t.Workbook(w, l)
	default:
		return t.Page(w, l)
	}
}

// csv writes the CSV of a run that is read back.
func (t *Teller) csv(w io.Writer, l *Ledger, o Options) error {
	header, err := csvHeader(o.Headers, t.lang)
	if err != nil {
		return err
	}
	if _, err := w.Write(header); err != nil {
		return err
	}
	for told, err := range l.Subjects(t) {
		if err != nil {
			return err
		}
		cells, err := csvRows(o.listed(told.Rows))
		if err != nil {
			return err
		}
		if _, err := w.Write(cells); err != nil {
			return err
		}
	}
	return l.eachMistake(func(m filing.Mistake) error { return t.csvMistakes(w, slices.Values([]filing.Mistake{m})) })
}

// listed leaves out the rows whose outcome is not wanted.
func (o Options) listed(rows []Row) []Row {
	if len(o.Outcomes) == 0 {
		return rows
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r Row) bool { return !slices.Contains(o.Outcomes, string(r.Outcome)) })
}

// copyTo writes the lines as they are.
func (l *Ledger) copyTo(w io.Writer) error {
	file, err := os.Open(l.path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(w, file)
	return err
}

// writeFile writes a new file.
func writeFile(path string, body func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	w := bufio.NewWriterSize(file, 256<<10)
	if err := errors.Join(body(w), w.Flush(), file.Close()); err != nil {
		return fmt.Errorf("write report %q: %w", path, err)
	}
	return nil
}
