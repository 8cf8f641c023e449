package nightly_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/audit/nightly"
	"github.com/icpaudit/icpaudit/history"
)

func get(t *testing.T, e *nightly.Engine, path string) (int, string) {
	t.Helper()
	rw := httptest.NewRecorder()
	e.Handler().ServeHTTP(rw, httptest.NewRequest(http.MethodGet, path, nil))
	body, err := io.ReadAll(rw.Body)
	if err != nil {
		t.Fatal(err)
	}
	return rw.Code, string(body)
}

// The metrics hold what the alert rules ask for, and readiness follows the ticks.
func TestHealthAndMetrics(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := newSite(t, o)
		s.looker.well = true
		pinged := make(chan struct{}, 1)
		server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { pinged <- struct{}{} }))
		defer server.Close()
		e := s.open(s.engine("one"), nightly.RoleServe)
		e.Options.Heartbeat, e.Options.Ping = filepath.Join(t.TempDir(), "beat.json"), server.URL
		if code, _ := get(t, e, "/readyz"); code != http.StatusServiceUnavailable {
			t.Errorf("ready before the first tick: %d", code)
		}
		stop := s.run(e, nightly.RoleServe)
		until(t, "a tick", func() bool { return !e.Well().IsZero() })
		s.clock.Add(61 * time.Minute)
		until(t, "published", func() bool {
			runs := runsOf(t, e)
			return len(runs) == 1 && runs[0].State == history.RunPublished
		})
		<-pinged
		for _, path := range []string{"/healthz", "/readyz"} {
			if code, _ := get(t, e, path); code != http.StatusOK {
				t.Errorf("%s answers %d", path, code)
			}
		}
		_, metrics := get(t, e, "/metrics")
		rules, err := os.ReadFile("../../deploy/alerts.yml")
		if err != nil {
			t.Fatal(err)
		}
		names := regexp.MustCompile(`\bicpaudit_[a-z_]+`).FindAllString(string(rules), -1)
		if len(names) < 8 {
			t.Errorf("the rules ask for %v only", names)
		}
		for _, name := range names {
			// A run under way is not there all the time.
			if name != "icpaudit_open_run_age_seconds" && name != "icpaudit_queue_jobs" && !strings.Contains(metrics, "\n"+name) {
				t.Errorf("the rules ask for %s, which is no metric", name)
			}
		}
		for _, line := range []string{`icpaudit_run_items{schedule="all"} 30`, `icpaudit_outcomes{outcome="pass",scene="site-unreachable"} 30`, "icpaudit_workers 1", "icpaudit_up 1"} {
			if !strings.Contains(metrics, line+"\n") {
				t.Errorf("%s is not in the metrics:\n%s", line, metrics)
			}
		}
		var beat struct{ At time.Time }
		data, err := os.ReadFile(e.Options.Heartbeat)
		if err == nil {
			err = json.Unmarshal(data, &beat)
		}
		if err != nil || beat.At.Before(at(t, "2026-03-02 01:00")) {
			t.Errorf("the heartbeat says %s, %v", data, err)
		}
		stop()
		s.clock.Add(time.Minute)
		if code, _ := get(t, e, "/readyz"); code != http.StatusServiceUnavailable {
			t.Errorf("ready a minute after the last tick: %d", code)
		}
	})
}

func TestListenStaysWhereItIsTold(t *testing.T) {
	for listen, good := range map[string]bool{"": true, "127.0.0.1:9464": true, "[::1]:9464": true, ":9464": false, "9464": false, "localhost:9464": false} {
		o := nightly.Default()
		o.Listen = listen
		if bad := o.Validate(); (bad["listen"] == nil) != good {
			t.Errorf("%q: %v", listen, bad)
		}
	}
	if bad := nightly.Default().Validate(); len(bad) > 0 {
		t.Errorf("the defaults are refused: %v", bad)
	}
	bad := nightly.Options{Ping: "file:///etc"}.Validate()
	for _, key := range []string{"shards", "shard_items", "longest", "tick", "ping"} {
		if bad[key] == nil {
			t.Errorf("%s is taken: %v", key, bad)
		}
	}
}
