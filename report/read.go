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
	"github.com/icpaudit/icpaudit/remedy"
)

// longestLine bounds a line of the JSON lines that is read back, in bytes.
const longestLine = 8 << 20

// findingStart is how our own writer begins a finding.
const findingStart = `{"type":"finding",`

// rowsAtOnce is how many rows are written to a CSV at a time.
const rowsAtOnce = 500

// ReadRun reads the first line of a run's JSON lines: which run it was.
func ReadRun(r io.Reader) (RunInfo, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longestLine)
	var first runLine
	if !lines.Scan() {
		return RunInfo{}, errors.Join(errors.New("read findings: the file is empty"), lines.Err())
	}
	if err := json.Unmarshal(lines.Bytes(), &first); err != nil {
		return RunInfo{}, fmt.Errorf("read findings: line 1: %w", err)
	}
	if first.Type != "run" || first.Schema != SchemaVersion {
		return RunInfo{}, fmt.Errorf("read findings: line 1 is of type %q, schema %d: want run, %d", Clean(first.Type, 40), first.Schema, SchemaVersion)
	}
	return first.RunInfo, nil
}

// ReadRows reads the findings of a run's JSON lines back and tells them in the
// teller's language. A file that breaks off ends with an error: what is missing
// must not look like what was mended. The text is treated as foreign.
func (t *Teller) ReadRows(r io.Reader) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, longestLine)
		last := ""
		for n := 1; lines.Scan(); n++ {
			var line findingLine
			var kind struct {
				Type string `json:"type"`
			}
			var err error
			if bytes.HasPrefix(lines.Bytes(), []byte(findingStart)) {
				kind.Type = "finding" // nearly every line; read once only
			} else {
				err = json.Unmarshal(lines.Bytes(), &kind)
			}
			if err == nil && kind.Type == "finding" {
				err = json.Unmarshal(lines.Bytes(), &line)
			}
			if err == nil && kind.Type == "finding" && !slices.Contains(checks.Outcomes(), line.Outcome) {
				err = fmt.Errorf("%q is no outcome", Clean(string(line.Outcome), 40))
			}
			if err != nil {
				yield(Row{}, fmt.Errorf("read findings: line %d: %w", n, err))
				return
			}
			last = kind.Type
			if kind.Type == "finding" && !yield(t.reread(line), nil) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(Row{}, fmt.Errorf("read findings: %w", err))
		} else if last != "totals" {
			yield(Row{}, errors.New("read findings: the file breaks off before its totals"))
		}
	}
}

// reread makes the row of a line.
func (t *Teller) reread(line findingLine) Row {
	f := line.Finding
	f.Proofs, f.Advice = cleanProofs(f.Proofs), cleanNotes(f.Advice)
	if f.Why != nil {
		f.Why = &cleanNotes([]checks.Note{*f.Why})[0]
		f.Why.Code = Clean(f.Why.Code, longestCell)
	}
	for i := range f.Advice {
		f.Advice[i].Code = Clean(f.Advice[i].Code, longestCell)
	}
	for i := range f.Proofs {
		f.Proofs[i].What = Clean(f.Proofs[i].What, longestCell)
	}
	for i := range f.CausedBy {
		f.CausedBy[i] = checks.ID(Clean(string(f.CausedBy[i]), longestCell))
	}
	for i := range line.Operations {
		line.Operations[i] = Clean(line.Operations[i], longestCell)
	}
	for _, text := range []*string{&f.Subject, &f.Service, &f.Name, &f.Item, &f.Reason, (*string)(&f.Scene)} {
		*text = Clean(*text, longestCell)
	}
	r := Row{
		Finding: f, SubjectName: Clean(line.SubjectName, longestCell), ServiceName: Clean(line.ServiceName, longestCell),
		KindID: Clean(line.ServiceKind, longestCell), Provider: Clean(line.Provider, longestCell), Owner: Clean(line.Owner, longestCell),
		Label: Clean(line.Label, longestCell), InventoryRow: line.Row, Operations: line.Operations, Province: Clean(line.Province, longestCell),
	}
	for _, tag := range line.Tags {
		r.Tags = append(r.Tags, Clean(tag, longestCell))
	}
	if slices.Contains([]State{StateNew, StateOpen, StateRegressed, StateResolved}, line.State) {
		r.State = line.State
	}
	var due filing.Day
	if due.UnmarshalText([]byte(line.Due)) == nil && !due.IsZero() {
		r.Due = due.String()
	}
	t.tell(&r)
	r.RemedyWords = t.waysOf(r)
	return r
}

// waysOf tells the catalogue's ways that consist of the row's operations. How a
// way was fitted to the filing is not in the lines; then the operations are named.
func (t *Teller) waysOf(r Row) string {
	if len(r.Operations) == 0 {
		return ""
	}
	var ways []string
	for _, e := range remedy.For(t.ref.Catalogue, remedy.Problem{
		Scene: string(r.Scene), Reason: r.Reason, Level: string(r.Level), Subject: &filing.Subject{},
	}) {
		if !slices.ContainsFunc(e.Operations, func(id string) bool { return !slices.Contains(r.Operations, id) }) {
			ways = append(ways, t.way(e))
		}
	}
	if len(ways) == 0 {
		return Clean(t.operations(r.Operations), longestCell)
	}
	if len(ways) == 1 {
		return ways[0]
	}
	return joinWays(ways, t.Say("or"))
}

// WriteCSV writes rows as the CSV of a run does, byte order mark and headers
// first.
func (t *Teller) WriteCSV(w io.Writer, headers string, rows []Row) error {
	header, err := csvHeader(headers, t.lang)
	if err != nil {
		return err
	}
	if _, err := w.Write(header); err != nil {
		return err
	}
	for some := range slices.Chunk(rows, rowsAtOnce) {
		lines, err := csvRows(some)
		if err != nil {
			return err
		}
		if _, err := w.Write(lines); err != nil {
			return err
		}
	}
	return nil
}
