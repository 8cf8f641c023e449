package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/audit"
	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/report"
)

// recording is an audit of two subjects that records itself.
type recording struct {
	s       *session
	inv     *filing.Inventory
	results []audit.Result
	totals  report.Totals
}

func newRecording(t *testing.T, outcome checks.Outcome) *recording {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "inventory.csv")
	const rows = "主体备案号,主办单位名称,域名\n京ICP备12345678号,甲公司,a.example.com\n沪ICP备12345678号,乙公司,b.example.net\n"
	if err := os.WriteFile(path, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	inv, err := filing.ReadInventory(t.Context(), path, filing.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { inv.Close() })
	ref, err := reference.Load("")
	if err != nil {
		t.Fatal(err)
	}
	c := defaultConfig()
	c.History.Path = filepath.Join(dir, "history.db")
	now := time.Date(2026, time.March, 2, 2, 0, 0, 0, time.UTC)
	r := &recording{inv: inv, s: &session{config: c, ref: ref, started: now, teller: report.NewTeller(ref, c.Checks, "en", now)}}
	for subject, err := range inv.Subjects(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		service := subject.Services[0]
		name := service.Domains[0].Name
		findings := []checks.Finding{{
			Key:     checks.Key{Scene: "site-unreachable", Level: checks.LevelItem, Item: service.ItemID(subject, name)},
			Subject: subject.ID(), Name: name, Outcome: outcome, Why: &checks.Note{Code: "timeout"},
		}}
		r.results = append(r.results, audit.Result{Seq: len(r.results), Subject: subject, Findings: findings})
	}
	r.totals = report.Count(append(r.results[0].Findings, r.results[1].Findings...))
	r.totals.Subjects, r.totals.Domains = 2, 2
	return r
}

func TestRecorderPublishesOnlyWhatIsWhole(t *testing.T) {
	for name, c := range map[string]struct {
		outcome checks.Outcome
		results int
		unseen  int // items of the first
		broke   bool
		want    history.RunState
		why     string
	}{
		"whole":        {outcome: checks.Pass, results: 2, want: history.RunPublished},
		"broke off":    {outcome: checks.Pass, results: 1, broke: true, want: history.RunProvisional, why: history.WhyBroke},
		"one is lost":  {outcome: checks.Pass, results: 1, want: history.RunProvisional, why: history.WhySums},
		"own trouble":  {outcome: checks.Pass, results: 2, unseen: 1, want: history.RunProvisional, why: history.WhyOurs},
		"nothing seen": {outcome: checks.Unverifiable, results: 2, want: history.RunProvisional, why: history.WhyCoverage},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRecording(t, c.outcome)
			ctx, cancel := context.WithCancel(t.Context())
			rec, err := r.s.record(ctx, r.inv, "inventory.csv")
			if err != nil {
				t.Fatal(err)
			}
			defer r.s.history.Close()
			r.results[0].Unseen = c.unseen
			for _, result := range r.results[:c.results] {
				rec.add(ctx, result)
			}
			cancel() // an interrupted audit is closed in the history all the same
			lines, err := rec.end(ctx, r.s.started.Add(time.Hour), r.totals, r.inv.Totals(), c.broke)
			if err != nil || len(lines) == 0 {
				t.Fatalf("end: %q, %v", lines, err)
			}
			run, err := r.s.history.Run(t.Context(), rec.run.ID)
			if err != nil || run.State != c.want || run.Why != c.why {
				t.Errorf("run %+v, %v", run, err)
			}
			if c.outcome == checks.Unverifiable && run.Totals.Faults["timeout"] != 2 {
				t.Errorf("faults %v", run.Totals.Faults)
			}
		})
	}
}

// An audit goes on without its history, and tells that it did.
func TestRecorderOutlivesItsStore(t *testing.T) {
	r := newRecording(t, checks.Pass)
	rec, err := r.s.record(t.Context(), r.inv, "inventory.csv")
	if err != nil {
		t.Fatal(err)
	}
	r.s.history.Close()
	for _, result := range r.results {
		rec.add(t.Context(), result)
	}
	if _, err := rec.end(t.Context(), r.s.started, r.totals, r.inv.Totals(), false); err == nil {
		t.Error("nothing was told")
	}
	var none *recorder
	none.add(t.Context(), r.results[0])
	if lines, err := none.end(t.Context(), r.s.started, r.totals, r.inv.Totals(), false); err != nil || lines != nil {
		t.Errorf("without a history: %q, %v", lines, err)
	}
}

func TestDamagedHistoryIsRefused(t *testing.T) {
	r := newRecording(t, checks.Pass)
	if err := os.WriteFile(r.s.config.History.Path, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := r.s.record(t.Context(), r.inv, "inventory.csv")
	var e *exit
	if !errors.As(err, &e) || e.code != exitUsage {
		t.Errorf("record: %v", err)
	}
}
