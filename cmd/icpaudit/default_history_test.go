package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/icpaudit/icpaudit/fixtures"
)

// desktop is a directory to work in, with a few domains of a simulated internet.
func desktop(t *testing.T, more string) {
	t.Helper()
	w, err := fixtures.Start(t.Context(), fixtures.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	rows := bytes.SplitAfterN(w.Inventory(), []byte("\n"), 4)
	t.Chdir(t.TempDir())
	for name, text := range map[string][]byte{"config.yaml": append(w.Config(), more...), "inventory.csv": bytes.Join(rows[:3], nil)} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// icpaudit runs the program in English, wants one of the exit codes, and
// returns what it said.
func icpaudit(t *testing.T, codes string, args ...string) string {
	t.Helper()
	var out, err bytes.Buffer
	code := run(append([]string{"--lang", "en"}, args...), &out, &err)
	if !strings.ContainsRune(codes, rune('0'+code)) {
		t.Errorf("%v: exit code %d, want one of %s\n%s%s", args, code, codes, &out, &err)
	}
	return out.String() + err.String()
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// Whoever configures nothing has a history all the same, in the working
// directory; check leaves none, and reads one that is there.
func TestAuditRemembersByDefault(t *testing.T) {
	desktop(t, "")
	if said := icpaudit(t, "03", "check", "hengtaifamen.cn", "--no-confirm"); exists("icpaudit.db") || exists("icpaudit.db.lock") {
		t.Errorf("check made a history\n%s", said)
	}
	audit := []string{"audit", "--inventory", "inventory.csv", "--no-confirm", "--out"}
	if said := icpaudit(t, "03", append(audit, "none", "--no-history")...); exists("icpaudit.db") {
		t.Errorf("--no-history left one\n%s", said)
	}
	if said := icpaudit(t, "03", append(audit, "one")...); !strings.Contains(said, "history: run 1 is written to icpaudit.db;") {
		t.Errorf("an audit said nothing of its history:\n%s", said)
	}
	info, err := os.Stat("icpaudit.db")
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the history: %v, %v", info, err)
	}
	if said := icpaudit(t, "0", "report", "--format", "csv"); !strings.Contains(said, "run 1 (once:inventory.csv, ") {
		t.Errorf("the newest run is not named:\n%s", said)
	}
	one, err := os.ReadFile(filepath.Join("one", "findings.csv"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := os.ReadFile(filepath.Join("run-1", "findings.csv"))
	if err != nil || !bytes.Equal(one, again) {
		t.Errorf("told from the history (%v):\n%s\nby the audit:\n%s", err, again, one)
	}
	icpaudit(t, "03", "check", "hengtaifamen.cn", "--no-confirm")
	if said := icpaudit(t, "0", "runs", "list"); strings.Count(said, "once:inventory.csv") != 1 {
		t.Errorf("runs:\n%s", said)
	}
}

// An audit whose history can't be used goes on without, says so, and is
// incomplete; one that was to be written for this audit is refused at once.
func TestAuditGoesOnWithoutHistory(t *testing.T) {
	desktop(t, "history: {path: nowhere/h.db}\n")
	audit := []string{"audit", "--inventory", "inventory.csv", "--no-confirm", "--out"}
	said := icpaudit(t, "1", append(audit, "one")...)
	for _, want := range []string{`the history can't be used: open history "nowhere/h.db"`, "will not be remembered", "the history could not be written"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in\n%s", want, said)
		}
	}
	lines, err := os.ReadFile(filepath.Join("one", "findings.jsonl"))
	if err != nil || !bytes.Contains(lines, []byte(`"incomplete":["the history could not be written`)) || bytes.Contains(lines, []byte(`"history":true`)) {
		t.Errorf("reports: %v\n%s", err, lines)
	}
	if said := icpaudit(t, "2", append(audit, "two", "--history", "nowhere/else.db")...); !strings.Contains(said, "nowhere/else.db") || exists("two") {
		t.Errorf("a history that was asked for was forgone:\n%s", said)
	}
	if err := os.Mkdir("nowhere", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("nowhere", "h.db"), []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if said := icpaudit(t, "03", "check", "hengtaifamen.cn", "--no-confirm"); !strings.Contains(said, "the history can't be used") {
		t.Errorf("check with a damaged history:\n%s", said)
	}
	icpaudit(t, "1", append(audit, "three")...)
	if !exists(filepath.Join("three", "findings.csv")) {
		t.Error("no report beside a damaged history")
	}
}
