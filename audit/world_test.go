package audit

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/fixtures"
	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/scanner"
)

// blocks are the parts of a configuration that an audit needs.
type blocks struct {
	Lang    string          `yaml:"lang"`
	Scanner scanner.Options `yaml:"scanner"`
	Checks  checks.Policy   `yaml:"checks"`
	Audit   Options         `yaml:"audit"`
}

// auditOf makes the audit that a configuration describes.
func auditOf(t *testing.T, config []byte, change func(*blocks), tell func(Event)) *Audit {
	t.Helper()
	c := blocks{Scanner: scanner.Default(), Checks: checks.DefaultPolicy(), Audit: Default()}
	if err := yaml.Unmarshal(config, &c); err != nil {
		t.Fatal(err)
	}
	c.Audit.TempDir = t.TempDir()
	if change != nil {
		change(&c)
	}
	ref, err := reference.Load("")
	if err != nil {
		t.Fatal(err)
	}
	s, err := scanner.New(c.Scanner, ref, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	canaries, err := s.NewCanaries(c.Audit.Canaries, nil)
	if err != nil {
		t.Fatal(err)
	}
	all := checks.All()
	return &Audit{Looker: s, Checks: all, Options: c.Audit, Now: time.Now, Health: NewHealth(c.Audit, canaries.Round, tell), Bench: func(now time.Time) checks.Bench {
		return checks.Bench{Now: now, Policy: c.Checks, Reference: ref, Checks: all}
	}}
}

// auditFile audits an inventory and returns the findings by their keys, and
// how many items ended.
func auditFile(t *testing.T, a *Audit, inventory []byte) (findings map[checks.Key]checks.Finding, items, unseen int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "inventory.csv")
	if err := os.WriteFile(path, inventory, 0o600); err != nil {
		t.Fatal(err)
	}
	inv, err := filing.ReadInventory(t.Context(), path, filing.ReadOptions{TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer inv.Close()
	findings = map[checks.Key]checks.Finding{}
	var mu sync.Mutex
	err = a.Run(t.Context(), inv.Subjects(t.Context()), func(r Result) error {
		mu.Lock()
		defer mu.Unlock()
		items, unseen = items+r.Items, unseen+r.Unseen
		for _, f := range r.Findings {
			findings[f.Key] = f
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return findings, items, unseen
}

// midway calls a function once, before a look in the middle of the first pass.
type midway struct {
	Looker
	mu   sync.Mutex
	left int
	then func()
}

func (m *midway) Look(ctx context.Context, t scanner.Target) observe.Dossier {
	m.mu.Lock()
	m.left--
	now := m.left == 0
	m.mu.Unlock()
	if now {
		m.then()
	}
	return m.Looker.Look(ctx, t)
}

// A canary that breaks in the middle of a run is left out, and canaries that
// all break for a while make the run wait; either way nothing becomes deficient
// that was not so without it.
func TestBrokenCanaries(t *testing.T) {
	if testing.Short() {
		t.Skip("audits the simulated internet three times")
	}
	w, err := fixtures.Start(t.Context(), fixtures.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	before, items, _ := auditFile(t, auditOf(t, w.Config(), nil, nil), w.Inventory())
	hosts := []string{"hengtaifamen.cn", "lvyezhai.cn", "yunfan-erp.com", "chengmingdoc.cn", "qingshuiwan.org.cn"}
	for _, row := range []struct {
		name   string
		broken []string
		heal   bool
	}{{"one", hosts[2:3], false}, {"all, for a while", hosts, true}} {
		events := map[EventKind]int{}
		var mu sync.Mutex
		a := auditOf(t, w.Config(), nil, func(e Event) {
			mu.Lock()
			events[e.Kind]++
			mu.Unlock()
			if row.heal && e.Kind == EventPaused {
				w.Heal()
			}
		})
		a.Looker = &midway{Looker: a.Looker, left: items / 2, then: func() {
			for _, host := range row.broken {
				if err := w.Inject(host, fixtures.Fault{Kind: fixtures.DNSServFail}); err != nil {
					t.Error(err)
				}
			}
		}}
		after, ended, _ := auditFile(t, a, w.Inventory())
		w.Heal()
		if ended != items {
			t.Errorf("%s: %d items ended, want %d", row.name, ended, items)
		}
		for key, f := range after {
			if f.Outcome == checks.Deficient && before[key].Outcome != checks.Deficient {
				t.Errorf("%s: %v is deficient, and was %s without it", row.name, key, before[key].Outcome)
			}
		}
		if events[EventPaused] == 0 || events[EventResumed] == 0 {
			t.Errorf("%s: the run was to pause and to resume; it told %v", row.name, events)
		}
	}
}
