package history_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"

	"github.com/icpaudit/icpaudit/history"
)

// cluster is a PostgreSQL of the tests' own, on a socket in a directory of its own.
type cluster struct {
	once  sync.Once
	bin   string // directory of its programs
	dir   string
	err   error
	count int
	mu    sync.Mutex
}

var postgres cluster

func TestMain(m *testing.M) {
	if target := os.Getenv(victimTarget); target != "" {
		os.Exit(victim(target))
	}
	code := m.Run()
	if err := postgres.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stop PostgreSQL:", err)
		code = 1
	}
	os.Exit(code)
}

// onEngines runs a test on both engines. Where PostgreSQL is not installed the
// test says that it was left out, but in CI it has to be there.
func onEngines(t *testing.T, test func(t *testing.T, o history.Options)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		o := history.Default()
		o.Path = filepath.Join(t.TempDir(), "history ü%20?.db")
		test(t, o)
	})
	t.Run("postgres", func(t *testing.T) {
		o := history.Default()
		o.URL = postgres.database(t)
		test(t, o)
	})
}

// database makes an empty database and answers its address.
func (c *cluster) database(t testing.TB) string {
	t.Helper()
	c.once.Do(c.start)
	if c.bin == "" {
		if os.Getenv("ICPAUDIT_CI") == "1" {
			t.Fatal("PostgreSQL is not installed, and in CI it has to be")
		}
		t.Skip("left out: PostgreSQL (initdb, pg_ctl) is not installed")
	}
	if c.err != nil {
		t.Fatal(c.err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count++
	db, err := sql.Open("pgx", c.url("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	name := fmt.Sprintf("history%d", c.count)
	if _, err := db.ExecContext(t.Context(), `CREATE DATABASE `+name); err != nil {
		t.Fatal(err)
	}
	return c.url(name)
}

func (c *cluster) url(name string) string {
	return fmt.Sprintf("postgres://postgres@/%s?host=%s", name, c.dir)
}

// start makes a cluster and starts it. As root it runs as the user postgres,
// for PostgreSQL refuses to run as root.
func (c *cluster) start() {
	if c.bin = programs(); c.bin == "" {
		return
	}
	// Not in the test's own directory: the path of a socket is short.
	if c.dir, c.err = os.MkdirTemp("/tmp", "icpaudit-pg-"); c.err != nil {
		return
	}
	if os.Getuid() == 0 {
		uid, gid, err := servant()
		if c.err = err; err != nil {
			return
		}
		if c.err = os.Chown(c.dir, uid, gid); c.err != nil {
			return
		}
	}
	data := filepath.Join(c.dir, "data")
	if c.err = c.run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"); c.err != nil {
		return
	}
	options := fmt.Sprintf("-c listen_addresses= -c unix_socket_directories=%s -c fsync=off -c max_connections=60", c.dir)
	c.err = c.run("pg_ctl", "-D", data, "-w", "-t", "60", "-l", filepath.Join(c.dir, "log"), "-o", options, "start")
}

func (c *cluster) stop() error {
	if c.dir == "" {
		return nil
	}
	// It stops the process whose id stands in the data directory.
	err := c.run("pg_ctl", "-D", filepath.Join(c.dir, "data"), "-m", "fast", "-w", "stop")
	if removing := os.RemoveAll(c.dir); err == nil {
		err = removing
	}
	return err
}

func (c *cluster) run(name string, args ...string) error {
	cmd := exec.CommandContext(context.Background(), filepath.Join(c.bin, name), args...)
	cmd.Dir = c.dir
	if os.Getuid() == 0 {
		uid, gid, err := servant()
		if err != nil {
			return err
		}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	}
	// The server outlives pg_ctl and must not hold a pipe of ours open.
	out, err := os.CreateTemp("", "icpaudit-pg-out-")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(out.Name())
		log, _ := os.ReadFile(filepath.Join(c.dir, "log"))
		return fmt.Errorf("run %s: %w\n%s%s", name, err, text, log)
	}
	return nil
}

func servant() (uid, gid int, err error) {
	u, err := user.Lookup("postgres")
	if err != nil {
		return 0, 0, err
	}
	if uid, err = strconv.Atoi(u.Uid); err != nil {
		return 0, 0, err
	}
	gid, err = strconv.Atoi(u.Gid)
	return uid, gid, err
}

// programs is the directory of the newest PostgreSQL, empty where there is none.
func programs() string {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err == nil && len(found) > 0 {
		slices.Sort(found)
		return filepath.Dir(found[len(found)-1])
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path)
	}
	return ""
}
