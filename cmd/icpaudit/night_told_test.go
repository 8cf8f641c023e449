package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/report"
	"github.com/icpaudit/icpaudit/report/deliver"
)

// The reports that a night wrote before it was published, and those told from
// the history afterwards, are the same, and so are the ids of its letters.
func TestNightIsToldTheSame(t *testing.T) {
	o := history.Default()
	o.Path = filepath.Join(t.TempDir(), "icpaudit.db")
	s := newSoak(t, o)
	cmd := s.start(t.Context())
	s.untilPublished()
	s.end(cmd, true)
	var first history.Run
	s.ask(func(store history.Store) {
		runs, err := store.Runs(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range runs {
			if r.Position == 1 {
				first = r
			}
		}
	})
	dirs, err := filepath.Glob(filepath.Join(s.dir, "reports", "all-*[0-9]"))
	if err != nil || len(dirs) == 0 {
		t.Fatalf("reports: %q, %v", dirs, err)
	}
	out := t.TempDir()
	icpaudit(t, "0", "--lang", "zh", "--config", filepath.Join(s.dir, "config.yaml"), "report", strconv.FormatInt(first.ID, 10), "--format", "csv,jsonl", "--out", out)
	read := func(dir string) ([]byte, *report.Ledger) {
		csv, err := os.ReadFile(filepath.Join(dir, "findings.csv"))
		if err != nil {
			t.Fatal(err)
		}
		l, err := report.OpenLedger(filepath.Join(dir, "findings.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		return csv, l
	}
	written, night := read(dirs[0])
	told, again := read(out)
	if !bytes.Equal(written, told) {
		t.Errorf("%s and %s differ in findings.csv", dirs[0], out)
		for i, line := range bytes.Split(written, []byte("\n")) {
			if other := bytes.Split(told, []byte("\n")); i >= len(other) || !bytes.Equal(line, other[i]) {
				t.Fatalf("first in line %d:\n%s\n%s", i+1, line, other[min(i, len(other)-1)])
			}
		}
	}
	if a, b := deliver.RunOf(night.Run), deliver.RunOf(again.Run); a.ID != b.ID || !a.Started.Equal(b.Started) || a.Inventory != b.Inventory {
		t.Errorf("letters of the night would be of %+v, told later of %+v", a, b)
	}
	if !night.Run.History || len(night.Run.Earlier) != len(again.Run.Earlier) || len(again.Ended.Incomplete) != len(night.Ended.Incomplete) {
		t.Errorf("the night: %+v\ntold later: %+v", night.Run, again.Run)
	}
}
