package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
)

// Judged is one subject as a findings file holds it.
type Judged struct {
	Subject  *filing.Subject
	Findings []checks.Finding
	Due      filing.Day // of its deficient findings
}

// Read reads a findings file that a Book wrote: each subject with its
// findings. It ends at the first error: a line too long or no JSON, a file of
// another schema, a finding before its subject.
func Read(r io.Reader) iter.Seq2[Judged, error] {
	return func(yield func(Judged, error) bool) {
		f := &findingsFile{lines: bufio.NewScanner(r)}
		f.lines.Buffer(make([]byte, 64<<10), longestLine)
		for {
			told, err := f.next()
			switch {
			case errors.Is(err, io.EOF):
				return
			case err != nil:
				yield(Judged{}, fmt.Errorf("read findings: line %d: %w", f.line, err))
				return
			case !yield(told, nil):
				return
			}
		}
	}
}

// findingsFile is a findings file being read.
type findingsFile struct {
	lines *bufio.Scanner
	line  int
	open  *Judged // whose findings are being gathered
}

// next gathers the next subject; io.EOF after the last.
func (f *findingsFile) next() (Judged, error) {
	for f.lines.Scan() {
		f.line++
		text := f.lines.Bytes()
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		var head struct {
			Type   string `json:"type"`
			Schema int    `json:"schema"`
		}
		if err := json.Unmarshal(text, &head); err != nil {
			return Judged{}, err
		}
		switch head.Type {
		case "run":
			if head.Schema != SchemaVersion {
				return Judged{}, fmt.Errorf("schema %d: this program reads %d; run the audit again", head.Schema, SchemaVersion)
			}
		case "subject":
			s := new(filing.Subject)
			if err := json.Unmarshal(text, s); err != nil {
				return Judged{}, err
			}
			if err := whole(s); err != nil {
				return Judged{}, err
			}
			ready := f.open
			f.open = &Judged{Subject: s}
			if ready != nil {
				return *ready, nil
			}
		case "finding":
			if err := f.finding(text); err != nil {
				return Judged{}, err
			}
		}
	}
	if err := f.lines.Err(); err != nil {
		return Judged{}, err
	}
	if f.open == nil {
		return Judged{}, io.EOF
	}
	ready := f.open
	f.open = nil
	return *ready, nil
}

func (f *findingsFile) finding(text []byte) error {
	if f.open == nil {
		return errors.New("a finding before its subject")
	}
	var line struct {
		checks.Finding
		Due filing.Day `json:"due"`
	}
	if err := json.Unmarshal(text, &line); err != nil {
		return err
	}
	f.open.Findings = append(f.open.Findings, line.Finding)
	if !line.Due.IsZero() && (f.open.Due.IsZero() || line.Due.Before(f.open.Due)) {
		f.open.Due = line.Due
	}
	return nil
}

// whole refuses a subject with a null in the place of a service, a domain or an App.
func whole(s *filing.Subject) error {
	for _, v := range s.Services {
		if v == nil || slices.Contains(v.Domains, nil) || slices.Contains(v.Apps, nil) {
			return errors.New("a subject with a null among its services, domains or Apps")
		}
	}
	return nil
}
