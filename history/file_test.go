package history_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/icpaudit/icpaudit/history"
)

func sqliteFile(t *testing.T) history.Options {
	o := history.Default()
	o.Path = filepath.Join(t.TempDir(), "icpaudit.db")
	return o
}

func TestFilesArePrivate(t *testing.T) {
	o := sqliteFile(t)
	if err := os.WriteFile(o.Path, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	s := open(t, o)
	night(t, s, began, site{n: 1, state: 'd'})
	backup := o.Path + ".backup"
	if err := s.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{o.Path, o.Path + "-wal", o.Path + "-shm", backup} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %s", path, info.Mode())
		}
	}
	if err := s.Backup(t.Context(), backup); !errors.Is(err, os.ErrExist) {
		t.Errorf("a backup over a file: %v", err)
	}
}

func TestRestore(t *testing.T) {
	o := sqliteFile(t)
	s := open(t, o)
	night(t, s, began, site{n: 1, state: 'd'})
	backup := o.Path + ".backup"
	if err := s.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	night(t, s, began.AddDate(0, 0, 1), site{n: 1, state: 'p'})
	if _, err := history.Restore(t.Context(), backup, o); err == nil {
		t.Error("restored under a program that has the history open")
	}
	s.Close()
	kept, err := history.Restore(t.Context(), backup, o)
	if err != nil || kept == "" {
		t.Fatalf("restore: %q, %v", kept, err)
	}
	for path, want := range map[string]int{o.Path: 1, kept: 2} {
		at := o
		at.Path = path
		s := open(t, at)
		if runs, err := s.Runs(t.Context(), 0); err != nil || len(runs) != want {
			t.Errorf("%s: %d runs, %v", path, len(runs), err)
		}
		s.Close()
	}
	if _, err := history.Restore(t.Context(), backup, o); err == nil {
		t.Error("a second restore took the kept history away")
	}
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"none": o.Path + ".none", "empty": empty} {
		if _, err := history.Restore(t.Context(), path, o); err == nil {
			t.Errorf("restored from %s", name)
		}
	}
}

// A file with flipped bits is told of, or reads as it was: it never says
// something else without anybody noticing.
func TestDamagedFile(t *testing.T) {
	o := sqliteFile(t)
	s := open(t, o)
	var sites []site
	for n := range 40 {
		sites = append(sites, site{n: n, state: "pd"[n%2]})
	}
	night(t, s, began, sites...)
	s.Close()
	whole, err := os.ReadFile(o.Path)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	told := 0
	for range 30 {
		data := append([]byte{}, whole...)
		// A page is destroyed, as a bad sector does.
		page := 1 + r.IntN(len(data)/4096-1)
		for i := range 4096 {
			data[page*4096+i] = byte(r.IntN(256))
		}
		hurt := sqliteFile(t)
		if err := os.WriteFile(hurt.Path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		h, err := history.Inspect(t.Context(), hurt)
		if err != nil || h.Damage != "" {
			told++
			continue
		}
		s := open(t, hurt)
		if got := len(findings(t, s, history.Filter{})); got != 20 {
			t.Errorf("page %d destroyed, nothing told, and %d findings", page, got)
		}
		s.Close()
	}
	if told < 20 {
		t.Errorf("only %d of 30 damages were told of", told)
	}
}

// VACUUM INTO, restore and the checks are for files.
func TestFileCommandsOnPostgres(t *testing.T) {
	o := history.Default()
	o.URL = cluster.Database(t)
	s := open(t, o)
	if err := s.Backup(t.Context(), filepath.Join(t.TempDir(), "x")); err == nil {
		t.Error("PostgreSQL was backed up to a file")
	}
	if _, err := history.Restore(t.Context(), "x", o); err == nil {
		t.Error("PostgreSQL was restored from a file")
	}
}
