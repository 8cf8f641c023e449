package history_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/icpaudit/icpaudit/fixtures/postgres"
	"github.com/icpaudit/icpaudit/history"
)

// cluster is the PostgreSQL of these tests; in CI it has to be there.
var cluster = postgres.Cluster{Required: os.Getenv("ICPAUDIT_CI") == "1"}

func TestMain(m *testing.M) {
	if target := os.Getenv(victimTarget); target != "" {
		os.Exit(victim(target))
	}
	code := m.Run()
	if err := cluster.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stop PostgreSQL:", err)
		code = 1
	}
	os.Exit(code)
}

// onEngines runs a test on both engines.
func onEngines(t *testing.T, test func(t *testing.T, o history.Options)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		o := history.Default()
		o.Path = filepath.Join(t.TempDir(), "history ü%20?.db")
		test(t, o)
	})
	t.Run("postgres", func(t *testing.T) {
		o := history.Default()
		o.URL = cluster.Database(t)
		test(t, o)
	})
}
