package nightly_test

import (
	"bytes"
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/icpaudit/icpaudit/audit"
	"github.com/icpaudit/icpaudit/audit/nightly"
	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/fixtures/postgres"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/scanner"
)

// cluster is the PostgreSQL of these tests; in CI it has to be there.
var cluster = postgres.Cluster{Required: os.Getenv("ICPAUDIT_CI") == "1"}

func TestMain(m *testing.M) {
	code := m.Run()
	if err := cluster.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stop PostgreSQL:", err)
		code = 1
	}
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// onEngines runs a test on both engines.
func onEngines(t *testing.T, test func(t *testing.T, o history.Options)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		o := history.Default()
		o.Path = filepath.Join(t.TempDir(), "icpaudit.db")
		test(t, o)
	})
	t.Run("postgres", func(t *testing.T) {
		o := history.Default()
		o.URL = cluster.Database(t)
		test(t, o)
	})
}

// clock is a clock that the tests move.
type clock struct {
	mu     sync.Mutex
	now    time.Time
	steady time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.steady += d
}

// Jump puts the clock forward or back, while no time passes.
func (c *clock) Jump(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func (c *clock) Steady() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.steady
}

// looker sees sites that nobody reaches, or that are well, and counts its looks.
type looker struct {
	clock *clock
	mu    sync.Mutex
	looks map[string]int // that were begun
	well  bool
	cdn   string        // that all sites lie behind; empty: none
	hold  chan struct{} // looks wait until it is closed; nil: they don't
}

// addrOf gives each site a network of its own.
func addrOf(domain string) netip.Addr {
	h := fnv.New32a()
	h.Write([]byte(domain))
	sum := h.Sum32()
	return netip.AddrFrom4([4]byte{119, byte(sum >> 16), byte(sum >> 8), byte(sum)})
}

func (l *looker) setWell(well bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.well = well
}

func (l *looker) Look(ctx context.Context, t scanner.Target) observe.Dossier {
	l.mu.Lock()
	l.looks[t.Domain]++
	l.mu.Unlock()
	if l.hold != nil {
		select {
		case <-l.hold:
		case <-ctx.Done():
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	d := observe.Dossier{Target: t.Domain, At: l.clock.Now()}
	d.DNS.Value = &observe.DNS{Names: []observe.Name{{
		Name: t.Domain, Role: observe.RoleApex, State: observe.NameResolved, Addrs: []netip.Addr{addrOf(t.Domain)},
	}}}
	d.Owners.Value = &observe.Owners{}
	if l.cdn != "" {
		d.Owners.Value.Families = []observe.CNAMEFamily{{Suffix: l.cdn}}
	}
	attempt := observe.Attempt{Start: "http://" + t.Domain + "/", End: observe.EndRefused, At: d.At}
	d.Page.Fault = &observe.Fault{Kind: observe.FaultUnreachable, Where: t.Domain}
	if l.well {
		attempt.End, attempt.Kind, attempt.Final, attempt.Status = observe.EndPage, observe.KindSite, attempt.Start, 200
		d.Page = observe.Seen[observe.Page]{Value: &observe.Page{Documents: []observe.Document{{URL: attempt.Start, Kind: observe.KindSite, Text: 500, Han: 300, Title: "某某"}}}}
	}
	d.Visit.Value = &observe.Visit{Attempts: []observe.Attempt{attempt}}
	return d
}

func (l *looker) Enqueue(_ context.Context, _ string, _ bool, done func(observe.Seen[observe.Registration])) {
	done(observe.Seen[observe.Registration]{})
}

func (l *looker) Package(context.Context, string) observe.Seen[observe.App] {
	return observe.Seen[observe.App]{}
}

// site is an inventory with a history and the engines on it.
type site struct {
	t      *testing.T
	o      history.Options
	ref    *reference.Set
	clock  *clock
	looker *looker
	inv    string
	check  checks.Check
	audit  audit.Options
	health *audit.Health
	quick  bool // the second look may follow the first at once
}

const subjects = 30

func newSite(t *testing.T, o history.Options) *site {
	t.Helper()
	return newSiteOf(t, o, subjects)
}

// newSiteOf makes a site of so many subjects with one domain each.
func newSiteOf(t *testing.T, o history.Options, subjects int) *site {
	t.Helper()
	ref, err := reference.Load("")
	if err != nil {
		t.Fatal(err)
	}
	c := &clock{now: at(t, "2026-03-02 01:00")}
	s := &site{t: t, o: o, ref: ref, clock: c, looker: &looker{clock: c, looks: map[string]int{}}, inv: filepath.Join(t.TempDir(), "inventory.csv"), audit: audit.Default()}
	rows := "主体备案号,主办单位名称,域名,标签\n"
	for n := range subjects {
		rows += fmt.Sprintf("京ICP备%08d号,第%d公司,a%d.example.com,\n", n+1, n, n)
	}
	if err := os.WriteFile(s.inv, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, check := range checks.All() {
		if check.ID == "site-unreachable" {
			s.check = check
		}
	}
	return s
}

func (s *site) engine(id string) *nightly.Engine {
	s.t.Helper()
	store, err := history.Open(s.t.Context(), s.o)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { store.Close() })
	options := nightly.Default()
	options.Tick, options.ShardItems, options.Listen, options.Longest = 100*time.Millisecond, 4, "", 100*time.Hour
	e := &nightly.Engine{
		Store: store, Postgres: s.o.URL != "", ID: id, Options: options, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: s.clock.Now, Steady: s.clock.Steady,
		Schedules: []nightly.Schedule{{Name: "all", Cron: "0 2 * * *", Inventory: s.inv}},
		Stamp:     func(r history.Run) history.Run { return r },
		Read: func(ctx context.Context, path string) (*filing.Inventory, error) {
			return filing.ReadInventory(ctx, path, filing.ReadOptions{})
		},
		Audit: func(context.Context, history.Run) (*audit.Audit, error) {
			policy := checks.DefaultPolicy()
			policy.Vantage = "mainland"
			if s.quick {
				policy.ConfirmAfter = 0
			}
			return &audit.Audit{Looker: s.looker, Checks: []checks.Check{s.check}, Options: s.audit, Now: s.clock.Now, Health: s.health, Bench: func(now time.Time) checks.Bench {
				return checks.Bench{Now: now, Policy: policy, Reference: s.ref, Checks: []checks.Check{s.check}}
			}}, nil
		},
		Health: s.health,
		Limits: history.Limits{Ended: s.audit.Health.MinEnded},
	}
	return e
}

func (s *site) open(e *nightly.Engine, role nightly.Role) *nightly.Engine {
	s.t.Helper()
	if err := e.Open(s.t.Context(), role); err != nil {
		s.t.Fatal(err)
	}
	return e
}

// until waits for something that other goroutines bring about.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("never: " + what)
		}
	}
}

// progressOf counts the shards of the newest run.
func progressOf(t *testing.T, e *nightly.Engine) history.Progress {
	t.Helper()
	runs := runsOf(t, e)
	if len(runs) == 0 {
		return history.Progress{}
	}
	p, err := e.Store.Progress(t.Context(), runs[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// hurryUp has jobs begin at once that wait for the clock of the queue, which is
// the system's.
func hurryUp(t *testing.T, e *nightly.Engine) {
	t.Helper()
	if _, err := e.Store.Writer().ExecContext(t.Context(), `UPDATE river_job SET state = 'available', scheduled_at = created_at WHERE state = 'scheduled'`); err != nil {
		t.Fatal(err)
	}
}

// untilEnded waits until the newest run has ended, and answers it.
func untilEnded(t *testing.T, e *nightly.Engine) history.Run {
	t.Helper()
	until(t, "the end of the run", func() bool {
		hurryUp(t, e)
		return runsOf(t, e)[0].State != history.RunStaged
	})
	return runsOf(t, e)[0]
}

func runsOf(t *testing.T, e *nightly.Engine) []history.Run {
	t.Helper()
	runs, err := e.Store.Runs(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

// run lets an engine work until the returned function is called.
func (s *site) run(e *nightly.Engine, role nightly.Role) (stop func()) {
	ctx, cancel := context.WithCancel(s.t.Context())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx, role, func() {}, func() {}) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			s.t.Error(err)
		}
	}
}

// syncBuffer is a log that several goroutines write.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// counts is a copy of how often each domain was looked at.
func (l *looker) counts() map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.looks)
}
