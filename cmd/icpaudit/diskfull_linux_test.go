package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/history"
)

// mountsEnv makes this test binary the one whose mounts nobody else sees.
const mountsEnv = "ICPAUDIT_MOUNTS"

// A disk that fills up in the middle of a run costs nothing that was
// acknowledged: the program says so, waits without haste, and goes on by itself
// when there is space again.
func TestDiskFull(t *testing.T) {
	if os.Getenv(mountsEnv) != "" {
		if err := syscall.Mount("", "/", "", syscall.MS_PRIVATE|syscall.MS_REC, ""); err != nil {
			t.Fatal(err)
		}
		t.Run("database", databaseFull)
		t.Run("reports", reportsFull)
		t.Run("log", logFull)
		return
	}
	if testing.Short() {
		t.Skip("waits for a full disk to be noticed; leave -short out")
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestDiskFull$", "-test.v")
	cmd.Env = append(os.Environ(), mountsEnv+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	out, err := cmd.CombinedOutput()
	if errors.Is(err, syscall.EPERM) && os.Getenv("ICPAUDIT_CI") != "1" {
		t.Skipf("left out: no file system can be mounted here: %v", err)
	}
	t.Logf("%s", out)
	if err != nil {
		t.Errorf("inside: %v", err)
	}
}

// disk is a small file system at a directory.
type disk struct {
	t   *testing.T
	dir string
}

func newDisk(t *testing.T, dir, size string) disk {
	t.Helper()
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		err = syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return disk{t, dir}
}

func (d disk) ballast() string { return filepath.Join(d.dir, "ballast") }

// fill takes all the space that is left.
func (d disk) fill() {
	d.t.Helper()
	file, err := os.Create(d.ballast())
	if err != nil {
		d.t.Fatal(err)
	}
	defer file.Close()
	for err == nil {
		_, err = file.Write(make([]byte, 4096))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		d.t.Fatal(err)
	}
}

// free gives the space back.
func (d disk) free() {
	d.t.Helper()
	if err := os.Remove(d.ballast()); err != nil {
		d.t.Fatal(err)
	}
}

// waitFor waits for something that the program brings about.
func (s *soak) waitFor(what string, done func() bool) {
	s.t.Helper()
	deadline := time.After(2 * time.Minute)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-deadline:
			s.t.Fatalf("never: %s\n%s", what, s.log())
		}
	}
}

// ready asks the program whether it is.
func (s *soak) ready() bool {
	at := regexp.MustCompile(`msg=listening address=(\S+)`).FindSubmatch(s.log())
	if at == nil {
		return false
	}
	res, err := http.Get("http://" + string(at[1]) + "/readyz")
	if err != nil {
		s.t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// open is the run under way, the zero one where there is none, with its stage counted.
func (s *soak) open() (run history.Run, staged int) {
	s.t.Helper()
	s.ask(func(store history.Store) {
		runs, err := store.Open(s.t.Context())
		if err != nil {
			s.t.Fatal(err)
		}
		if len(runs) == 0 {
			return
		}
		run = runs[0]
		n, err := store.Staged(s.t.Context(), run.ID)
		if err != nil {
			s.t.Fatal(err)
		}
		staged = n.Subjects
	})
	return run, staged
}

// calm holds that the program waits, and does not try again and again in haste.
func (s *soak) calm(cmd *exec.Cmd) {
	s.t.Helper()
	const span = 10 * time.Second
	lines, busy := bytes.Count(s.log(), []byte("\n")), processTime(s.t, cmd.Process.Pid)
	time.Sleep(span)
	lines, busy = bytes.Count(s.log(), []byte("\n"))-lines, processTime(s.t, cmd.Process.Pid)-busy
	s.t.Logf("in %s: %d lines in the log, %s of processor time", span, lines, busy)
	if lines > 120 { // the processor time is told: what it comes to is the machine's affair
		s.t.Errorf("in %s: %d lines in the log, %s of processor time:\n%s", span, lines, busy, s.log())
	}
}

// processTime is the processor time of a process so far.
func processTime(t testing.TB, pid int) time.Duration {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	var user, system int64
	if _, err := fmt.Sscan(fields[11]+" "+fields[12], &user, &system); err != nil {
		t.Fatal(err)
	}
	return time.Duration(user+system) * 10 * time.Millisecond // USER_HZ is 100 on Linux
}

func databaseFull(t *testing.T) {
	o := history.Default()
	db := newDisk(t, filepath.Join(t.TempDir(), "db"), "24m")
	o.Path = filepath.Join(db.dir, "icpaudit.db")
	s := newSoak(t, o)
	cmd := s.start(t.Context())
	s.waitFor("some subjects are finished", func() bool { _, staged := s.open(); return staged > 0 })
	db.fill()
	s.waitFor("the program says that it is not ready", func() bool { return !s.ready() })
	if log := s.log(); !bytes.Contains(log, []byte("level=ERROR")) || !bytes.Contains(log, []byte("full")) {
		t.Errorf("the log says nothing of it:\n%s", log)
	}
	if run, _ := s.open(); run.State != history.RunStaged {
		t.Errorf("the run is %s: %s", run.State, run.Why)
	}
	s.check()
	s.calm(cmd)
	db.free()
	s.untilPublished()
	s.check()
	if !s.ready() {
		t.Error("the program does not get ready again")
	}
	if health, err := history.Inspect(t.Context(), o); err != nil || health.Damage != "" {
		t.Errorf("the database: %q, %v", health.Damage, err)
	}
	s.end(cmd, true)
}

func reportsFull(t *testing.T) {
	o := history.Default()
	o.Path = filepath.Join(t.TempDir(), "icpaudit.db")
	s := newSoak(t, o)
	reports := newDisk(t, filepath.Join(s.dir, "reports"), "16m")
	reports.fill()
	cmd := s.start(t.Context())
	s.waitFor("the failure is told", func() bool { return bytes.Contains(s.log(), []byte("kind=publish")) })
	if log := s.log(); !bytes.Contains(log, []byte("no space left on device")) {
		t.Errorf("the log does not say why:\n%s", log)
	}
	s.calm(cmd)
	run, staged := s.open()
	if run.State != history.RunStaged || staged != s.expect.Subjects {
		t.Errorf("the run is %s (%s) with %d subjects", run.State, run.Why, staged)
	}
	reports.free()
	s.untilPublished()
	s.check()
	s.end(cmd, true)
	dirs, err := filepath.Glob(filepath.Join(reports.dir, "all-*"))
	if err != nil || len(dirs) == 0 {
		t.Fatalf("reports: %v, %v", dirs, err)
	}
	for _, dir := range dirs {
		if strings.HasSuffix(dir, ".part") {
			t.Errorf("half of a report is left: %s", dir)
		}
	}
	s.ask(func(store history.Store) {
		published, err := store.Run(t.Context(), run.ID)
		if err != nil || published.State != history.RunPublished {
			t.Fatalf("the run is %s, %v", published.State, err)
		}
		wholeReport(t, dirs[0], published)
	})
}

// wholeReport holds that a directory of reports has the findings of a run, each
// file to its end.
func wholeReport(t *testing.T, dir string, run history.Run) {
	t.Helper()
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
		}
		return data
	}
	if n := bytes.Count(read("findings.jsonl"), []byte(`"type":"finding"`)); n != run.Totals.Findings {
		t.Errorf("findings.jsonl has %d findings, the run %d", n, run.Totals.Findings)
	}
	if page := bytes.TrimSpace(read("findings.html")); !bytes.HasSuffix(page, []byte("</html>")) {
		t.Errorf("findings.html ends with %q", page[max(0, len(page)-40):])
	}
	book, err := zip.OpenReader(filepath.Join(dir, "findings.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	for _, f := range book.File {
		part, err := f.Open()
		if err == nil {
			_, err = io.Copy(io.Discard, part)
		}
		if err != nil {
			t.Errorf("findings.xlsx: %s: %v", f.Name, err)
		}
	}
}

func logFull(t *testing.T) {
	o := history.Default()
	o.Path = filepath.Join(t.TempDir(), "icpaudit.db")
	s := newSoak(t, o)
	logs := newDisk(t, filepath.Join(s.dir, "logs"), "64k")
	if err := os.Symlink(filepath.Join(logs.dir, "log"), filepath.Join(s.dir, "log")); err != nil {
		t.Fatal(err)
	}
	logs.fill()
	cmd := s.start(t.Context())
	s.untilPublished()
	s.check()
	s.end(cmd, true)
	if text := s.log(); len(text) > 0 {
		t.Errorf("the log was not full: %s", text)
	}
}
