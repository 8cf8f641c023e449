package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
)

// Bounds of reading JSON lines back, which may come from anywhere.
const (
	longestLine  = 64 << 20 // bytes
	keptMistakes = 1000     // refused rows that are held in memory; the others are counted
)

// Ledger is a run read back from its JSON lines: what every other report is
// made of. Foreign text in it is cleaned again, for the file may have been edited.
type Ledger struct {
	Run      RunInfo
	Ended    *Ending          // nil where the file breaks off before its last line
	Mistakes []filing.Mistake // the first 1,000 of the inventory
	Further  int              // mistakes beyond these
	path     string
}

// Ending is the last line of a run: the sums, and why it is incomplete.
type Ending struct {
	Totals
	Incomplete []string
	Ended      time.Time
}

// Told is what is told of one subject.
type Told struct {
	Rows  []Row
	Steps []Step
}

// OpenLedger reads all but the findings of a file of JSON lines.
func OpenLedger(path string) (*Ledger, error) {
	l := &Ledger{path: path}
	first := true
	err := l.lines(func(n int, kind string, line []byte) error {
		if first != (kind == "run") {
			return fmt.Errorf("line %d: a %q line is out of place: the first line, and no other, is the run", n, Clean(kind, 40))
		}
		first = false
		return l.take(kind, line)
	})
	if err == nil && first {
		err = errors.New("it is empty")
	}
	if err != nil {
		return nil, fmt.Errorf("read findings %q: %w", path, err)
	}
	return l, nil
}

func (l *Ledger) take(kind string, line []byte) error {
	switch kind {
	case "run":
		var run runLine
		if err := json.Unmarshal(line, &run); err != nil {
			return fmt.Errorf("read the run: %w", err)
		}
		if run.Schema != SchemaVersion {
			return fmt.Errorf("it has version %d of the schema, this program reads %d", run.Schema, SchemaVersion)
		}
		l.Run = cleanRun(run.RunInfo)
	case "mistake":
		if len(l.Mistakes) >= keptMistakes {
			l.Further++
			return nil
		}
		var m mistakeLine
		if err := json.Unmarshal(line, &m); err != nil {
			return fmt.Errorf("read a mistake: %w", err)
		}
		l.Mistakes = append(l.Mistakes, cleanMistake(m.Mistake))
	case "totals":
		var t totalsLine
		if err := json.Unmarshal(line, &t); err != nil {
			return fmt.Errorf("read the totals: %w", err)
		}
		for i := range t.Incomplete {
			t.Incomplete[i] = Clean(t.Incomplete[i], longestCell)
		}
		l.Ended = &Ending{Totals: t.Totals, Incomplete: t.Incomplete, Ended: t.Ended}
	}
	return nil
}

// Subjects tells all findings, subject by subject in the order of the file.
// The rows are only good until the next turn.
func (l *Ledger) Subjects(t *Teller) iter.Seq2[Told, error] {
	return func(yield func(Told, error) bool) {
		var told Told
		stop := errors.New("the reader has enough")
		give := func() error {
			if len(told.Rows) > 0 && !yield(told, nil) {
				return stop
			}
			told = Told{Rows: told.Rows[:0]}
			return nil
		}
		err := l.lines(func(n int, kind string, line []byte) error {
			switch kind {
			case "finding":
				row, err := readRow(t, line)
				if err != nil {
					return fmt.Errorf("line %d: %w", n, err)
				}
				if len(told.Rows) > 0 && told.Rows[0].Subject != row.Subject {
					if err := give(); err != nil {
						return err
					}
				}
				told.Rows = append(told.Rows, row)
			case "step":
				var s stepLine
				if err := json.Unmarshal(line, &s); err != nil {
					return fmt.Errorf("line %d: read a step: %w", n, err)
				}
				s.cleanCodes()
				told.Steps = append(told.Steps, cleanSteps([]Step{s.Step})...)
			}
			return nil
		})
		if err == nil {
			err = give()
		}
		if err != nil && !errors.Is(err, stop) {
			yield(Told{}, fmt.Errorf("read findings %q: %w", l.path, err))
		}
	}
}

// Rows tells all findings one by one. A file that breaks off ends with an
// error: what is missing must not look like what was mended.
func (l *Ledger) Rows(t *Teller) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for told, err := range l.Subjects(t) {
			if err != nil {
				yield(Row{}, err)
				return
			}
			for _, row := range told.Rows {
				if !yield(row, nil) {
					return
				}
			}
		}
		if l.Ended == nil {
			yield(Row{}, fmt.Errorf("read findings %q: the file breaks off before its totals", l.path))
		}
	}
}

func readRow(t *Teller, line []byte) (Row, error) {
	var f findingLine
	if err := json.Unmarshal(line, &f); err != nil {
		return Row{}, fmt.Errorf("read a finding: %w", err)
	}
	if !slices.Contains(checks.Outcomes(), f.Outcome) {
		return Row{}, fmt.Errorf("%q is no outcome", Clean(string(f.Outcome), 40))
	}
	if _, ok := t.ref.Catalogue.Scene(string(f.Scene)); !ok {
		return Row{}, fmt.Errorf("%q is no scene of the catalogue", Clean(string(f.Scene), 40))
	}
	if f.Level != checks.LevelSubject && f.Level != checks.LevelService && f.Level != checks.LevelItem {
		return Row{}, fmt.Errorf("%q is no level", Clean(string(f.Level), 40))
	}
	f.cleanCodes()
	return f.row(t), nil
}

// eachMistake hands on all mistakes of the inventory, also those not held.
func (l *Ledger) eachMistake(each func(filing.Mistake) error) error {
	return l.lines(func(n int, kind string, line []byte) error {
		if kind != "mistake" {
			return nil
		}
		var m mistakeLine
		if err := json.Unmarshal(line, &m); err != nil {
			return fmt.Errorf("line %d: read a mistake: %w", n, err)
		}
		return each(cleanMistake(m.Mistake))
	})
}

// lines hands every line on with its number and type.
func (l *Ledger) lines(each func(n int, kind string, line []byte) error) error {
	file, err := os.Open(l.path)
	if err != nil {
		return err
	}
	defer file.Close()
	s := bufio.NewScanner(file)
	s.Buffer(make([]byte, 256<<10), longestLine)
	n := 0
	for s.Scan() {
		n++
		kind, err := kindOf(s.Bytes())
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		if err := each(n, kind, s.Bytes()); err != nil {
			return err
		}
	}
	if err := s.Err(); err != nil {
		return fmt.Errorf("line %d: %w", n+1, err)
	}
	return nil
}

// kindOf is the type of a line; our own writer puts it first.
func kindOf(line []byte) (string, error) {
	if bytes.HasPrefix(line, []byte(`{"type":"finding",`)) {
		return "finding", nil
	}
	var head struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(line, &head); err != nil {
		return "", fmt.Errorf("no JSON object: %w", err)
	}
	return head.Type, nil
}

func cleanRun(r RunInfo) RunInfo {
	for _, text := range []*string{&r.Version, &r.Schedule, &r.Inventory, &r.Digest, &r.Reference, &r.Vantage} {
		*text = Clean(*text, longestCell)
	}
	r.Unknown, r.Unjudged = slices.Clone(r.Unknown), slices.Clone(r.Unjudged)
	for _, list := range [][]string{r.Unknown, r.Unjudged} {
		for i := range list {
			list[i] = Clean(list[i], longestCell)
		}
	}
	return r
}

func cleanMistake(m filing.Mistake) filing.Mistake {
	for _, text := range []*string{&m.File, &m.Column, &m.Key, &m.Value, &m.Code, &m.Want} {
		*text = Clean(*text, longestCell)
	}
	return m
}
