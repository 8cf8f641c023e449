package audit

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/scanner"
)

func TestMain(m *testing.M) {
	if kind := os.Getenv(worldEnv); kind != "" {
		if err := serveWorld(kind); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

// fakeLooker answers by script: per domain one Visit for each look in turn.
type fakeLooker struct {
	mu           sync.Mutex
	clock        *fakeClock
	ends         map[string][]observe.End // of the looks at a domain, the last one repeated
	looks        map[string]int
	registration func(ctx context.Context, domain string, fresh bool) observe.Seen[observe.Registration]
	panics       string
}

func (f *fakeLooker) Look(_ context.Context, t scanner.Target) observe.Dossier {
	if t.Domain == f.panics {
		panic("a parser gave way")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	ends := f.ends[t.Domain]
	end := observe.EndPage
	if n := f.looks[t.Domain]; len(ends) > 0 {
		end = ends[min(n, len(ends)-1)]
	}
	f.looks[t.Domain]++
	at := f.clock.now()
	d := observe.Dossier{Target: t.Domain, At: at}
	d.DNS.Value = &observe.DNS{Names: []observe.Name{{
		Name: t.Domain, Role: observe.RoleApex, State: observe.NameResolved, Addrs: []netip.Addr{netip.MustParseAddr("119.3.85.251")},
	}}}
	d.Owners.Value = &observe.Owners{}
	attempt := observe.Attempt{Start: "http://" + t.Domain + "/", End: end, At: at}
	if end == observe.EndPage {
		attempt.Kind, attempt.Final, attempt.Status = observe.KindSite, attempt.Start, 200
		d.Page.Value = &observe.Page{Documents: []observe.Document{{URL: attempt.Start, Kind: observe.KindSite, Text: 500, Han: 300, Title: "某某"}}}
	} else {
		d.Page.Fault = &observe.Fault{Kind: observe.FaultUnreachable, Where: t.Domain}
	}
	d.Visit.Value = &observe.Visit{Attempts: []observe.Attempt{attempt}}
	return d
}

func (f *fakeLooker) Enqueue(ctx context.Context, domain string, fresh bool, done func(observe.Seen[observe.Registration])) {
	if f.registration != nil {
		go func() { done(f.registration(ctx, domain, fresh)) }()
		return
	}
	done(observe.Seen[observe.Registration]{Fault: &observe.Fault{Kind: observe.FaultNotLookedUp, Where: domain}})
}

func (f *fakeLooker) Package(_ context.Context, path string) observe.Seen[observe.App] {
	if path == "" {
		return observe.Seen[observe.App]{Fault: &observe.Fault{Kind: observe.FaultNoPackage}}
	}
	if path == f.panics {
		panic("a parser gave way")
	}
	return observe.Seen[observe.App]{Value: &observe.App{Platform: "android", File: path}}
}

// The package of an App is looked for beside the inventory, unless its path is
// whole; a panic of its reader stays with it.
func TestPackagesOfApps(t *testing.T) {
	a, f, _ := world(t, 0)
	a.Dir = "beside"
	whole := filepath.Join(t.TempDir(), "b.apk")
	f.panics = filepath.Join("beside", "broken.apk")
	subject := &filing.Subject{Number: "浙ICP备2023001234号", Services: []*filing.Service{{Number: "浙ICP备2023001234号-2A", Kind: filing.AppService, Apps: []*filing.App{
		{Platform: "Android", Package: "a", Path: "a.apk"}, {Platform: "Android", Package: "b", Path: whole},
		{Platform: "Android", Package: "c"}, {Platform: "Android", Package: "d", Path: "broken.apk"},
	}}}}
	var got Result
	if err := a.Run(t.Context(), func(yield func(*filing.Subject, error) bool) { yield(subject, nil) }, func(r Result) error { got = r; return nil }); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"a": filepath.Join("beside", "a.apk"), "b": whole} {
		if seen := got.Looks["Android "+name]; len(seen) != 1 || seen[0].App.Value == nil || seen[0].App.Value.File != want {
			t.Errorf("%s: the looks are %+v, want one at %s", name, seen, want)
		}
	}
	for name, want := range map[string]observe.FaultKind{"c": observe.FaultNoPackage, "d": observe.FaultInternal} {
		if seen := got.Looks["Android "+name]; len(seen) != 1 || seen[0].App.Fault == nil || seen[0].App.Fault.Kind != want {
			t.Errorf("%s: the looks are %+v, want the fault %s", name, seen, want)
		}
	}
}

// fakeClock moves on only when somebody waits for a moment.
type fakeClock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *fakeClock {
	return &fakeClock{t: time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)}
}

func (c *fakeClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *fakeClock) until(ctx context.Context, t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.After(c.t) {
		c.t = t
	}
	return ctx.Err()
}

// world makes an audit with a fake looker over n subjects of two domains each.
func world(t *testing.T, n int) (*Audit, *fakeLooker, []*filing.Subject) {
	t.Helper()
	ref, err := reference.Load("")
	if err != nil {
		t.Fatal(err)
	}
	clock := newClock()
	f := &fakeLooker{clock: clock, ends: map[string][]observe.End{}, looks: map[string]int{}}
	policy := checks.DefaultPolicy()
	policy.Vantage = "mainland"
	all := checks.All()
	a := &Audit{
		Looker: f, Checks: all, Options: Default(), Now: clock.now, Until: clock.until,
		Bench: func(now time.Time) checks.Bench {
			return checks.Bench{Now: now, Policy: policy, Reference: ref, Checks: all}
		},
	}
	a.Options.TempDir = t.TempDir()
	var subjects []*filing.Subject
	for i := range n {
		number := fmt.Sprintf("京ICP备%08d号", 10000000+i)
		service := &filing.Service{Number: number + "-1", Kind: filing.Website, Name: "某某"}
		for k := range 2 {
			name := fmt.Sprintf("s%d-%d.example.cn", i, k)
			service.Domains = append(service.Domains, &filing.Domain{Name: name, Label: name, Row: 2*i + k + 1})
		}
		subjects = append(subjects, &filing.Subject{Number: number, Name: "某某科技", Nature: filing.NatureCompany, Services: []*filing.Service{service}, Row: 2*i + 1})
	}
	return a, f, subjects
}

func deal(subjects []*filing.Subject) iter.Seq2[*filing.Subject, error] {
	return func(yield func(*filing.Subject, error) bool) {
		for _, s := range subjects {
			if !yield(s, nil) {
				return
			}
		}
	}
}

// run audits and returns the results by their place in the inventory.
func runAll(t *testing.T, a *Audit, subjects []*filing.Subject) []Result {
	t.Helper()
	var mu sync.Mutex
	var results []Result
	err := a.Run(context.Background(), deal(subjects), func(r Result) error {
		mu.Lock()
		defer mu.Unlock()
		results = append(results, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(results, func(x, y Result) int { return x.Seq - y.Seq })
	return results
}

func finding(t *testing.T, r Result, scene checks.ID, name string) checks.Finding {
	t.Helper()
	for _, f := range r.Findings {
		if f.Scene == scene && f.Name == name {
			return f
		}
	}
	t.Fatalf("there is no finding of %s on %s", scene, name)
	return checks.Finding{}
}

func TestAbsenceNeedsTwoLooks(t *testing.T) {
	a, f, subjects := world(t, 1)
	f.ends["s0-0.example.cn"] = []observe.End{observe.EndTimeout}
	f.ends["s0-1.example.cn"] = []observe.End{observe.EndTimeout, observe.EndPage}
	r := runAll(t, a, subjects)[0]
	if got := finding(t, r, "site-unreachable", "s0-0.example.cn"); got.Outcome != checks.Deficient || len(got.Looks) != 2 {
		t.Errorf("twice unreachable: %s resting on %d looks, want deficient resting on 2", got.Outcome, len(got.Looks))
	}
	if got := finding(t, r, "site-unreachable", "s0-1.example.cn"); got.Outcome != checks.Pass {
		t.Errorf("unreachable, then reachable: %s, want pass", got.Outcome)
	}
	if f.looks["s0-0.example.cn"] != 2 || f.looks["s0-1.example.cn"] != 2 {
		t.Errorf("looks taken: %v, want two at each", f.looks)
	}
}

func TestWithoutConfirmationAbsenceIsSuspected(t *testing.T) {
	a, f, subjects := world(t, 1)
	a.Options.Confirm = false
	f.ends["s0-0.example.cn"] = []observe.End{observe.EndTimeout}
	got := finding(t, runAll(t, a, subjects)[0], "site-unreachable", "s0-0.example.cn")
	if got.Outcome != checks.Suspected || got.Why == nil || got.Why.Code != checks.WhyUnconfirmed {
		t.Errorf("once unreachable: %s because %v, want suspected because unconfirmed", got.Outcome, got.Why)
	}
}

func TestAPanicStaysWithItsDomain(t *testing.T) {
	a, f, subjects := world(t, 2)
	f.panics = "s0-0.example.cn"
	results := runAll(t, a, subjects)
	if got := finding(t, results[0], "site-unreachable", "s0-0.example.cn"); got.Outcome != checks.Error {
		t.Errorf("after a panic in the look: %s, want error", got.Outcome)
	}
	if got := finding(t, results[0], "site-unreachable", "s0-1.example.cn"); got.Outcome != checks.Pass {
		t.Errorf("beside a panic: %s, want pass", got.Outcome)
	}
}

func TestOnlyLooksAtTheNamed(t *testing.T) {
	a, f, subjects := world(t, 1)
	a.Only = func(name string) bool { return name == "s0-1.example.cn" }
	runAll(t, a, subjects)
	if f.looks["s0-0.example.cn"] != 0 || f.looks["s0-1.example.cn"] == 0 {
		t.Errorf("looks taken: %v, want some at s0-1.example.cn only", f.looks)
	}
}

// A registry that answers only when everything else is done would hang the
// run for ever if it held a place.
func TestASlowRegistryHoldsNothing(t *testing.T) {
	a, f, subjects := world(t, 50)
	a.Options.InFlight = 2
	var looked sync.WaitGroup
	looked.Add(99)
	f.registration = func(_ context.Context, domain string, _ bool) observe.Seen[observe.Registration] {
		if domain == "s0-0.example.cn" {
			looked.Wait()
		} else {
			looked.Done()
		}
		return observe.Seen[observe.Registration]{Fault: &observe.Fault{Kind: observe.FaultTimeout, Where: domain}}
	}
	if got := len(runAll(t, a, subjects)); got != 50 {
		t.Errorf("%d subjects ended, want 50", got)
	}
}

// Looks that waited on disk for their registration judge like those that did not.
func TestLooksThatWaitOnDiskLoseNothing(t *testing.T) {
	a, f, subjects := world(t, 20)
	a.Options.Confirm = false
	want := runAll(t, a, subjects)
	a.Options.InFlight = 1
	var looked sync.WaitGroup
	looked.Add(40)
	a.Looker = lookThenTell{f, looked.Done}
	f.registration = func(_ context.Context, domain string, _ bool) observe.Seen[observe.Registration] {
		looked.Wait()
		return observe.Seen[observe.Registration]{Fault: &observe.Fault{Kind: observe.FaultNotLookedUp, Where: domain}}
	}
	for i, r := range runAll(t, a, subjects) {
		if got := timeless(r.Findings); !reflect.DeepEqual(got, timeless(want[i].Findings)) {
			t.Errorf("subject %d: %+v, want %+v", i, got, want[i].Findings)
		}
	}
}

// lookThenTell tells after each look.
type lookThenTell struct {
	Looker
	tell func()
}

func (l lookThenTell) Look(ctx context.Context, t scanner.Target) observe.Dossier {
	defer l.tell()
	return l.Looker.Look(ctx, t)
}

func TestEveryItemAndCheckHasOneFinding(t *testing.T) {
	a, _, subjects := world(t, 20)
	items, services, subject := 0, 0, 0
	for _, c := range a.Checks {
		switch c.Level {
		case checks.LevelItem:
			items++
		case checks.LevelService:
			services++
		default:
			subject++
		}
	}
	for i, r := range runAll(t, a, subjects) {
		if r.Seq != i {
			t.Fatalf("result %d has number %d", i, r.Seq)
		}
		if want := subject + services + 2*items; len(r.Findings) != want {
			t.Fatalf("subject %d has %d findings, want %d", i, len(r.Findings), want)
		}
		keys := map[checks.Key]bool{}
		for _, f := range r.Findings {
			if keys[f.Key] {
				t.Fatalf("two findings of key %v", f.Key)
			}
			keys[f.Key] = true
		}
	}
}

// A permuted inventory gives the same findings, in its own order.
func TestTheOrderOfTheInventoryChangesNothing(t *testing.T) {
	a, f, subjects := world(t, 30)
	for i, s := range subjects {
		if i%3 == 0 {
			f.ends[s.Services[0].Domains[0].Name] = []observe.End{observe.EndRefused}
		}
	}
	want := map[string][]checks.Finding{}
	for _, r := range runAll(t, a, subjects) {
		want[r.Subject.ID()] = r.Findings
	}
	for seed := range uint64(5) {
		permuted := slices.Clone(subjects)
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(permuted), func(i, k int) { permuted[i], permuted[k] = permuted[k], permuted[i] })
		results := runAll(t, a, permuted)
		for i, r := range results {
			if r.Subject.ID() != permuted[i].ID() {
				t.Fatalf("result %d is about %s, want %s", i, r.Subject.ID(), permuted[i].ID())
			}
			if got := timeless(r.Findings); !reflect.DeepEqual(got, timeless(want[r.Subject.ID()])) {
				t.Errorf("%s: %+v, in the first order %+v", r.Subject.ID(), got, want[r.Subject.ID()])
			}
		}
	}
}

// timeless are findings without the moments of their looks, for the clock goes on.
func timeless(findings []checks.Finding) []checks.Finding {
	all := slices.Clone(findings)
	for i := range all {
		all[i].Looks = nil
		all[i].Proofs = slices.Clone(all[i].Proofs)
		for k := range all[i].Proofs {
			all[i].Proofs[k].At = time.Time{}
		}
	}
	return all
}

func TestAnErrorOfTheReceiverEndsTheRun(t *testing.T) {
	a, _, subjects := world(t, 20)
	full := errors.New("the disk is full")
	if err := a.Run(context.Background(), deal(subjects), func(Result) error { return full }); !errors.Is(err, full) {
		t.Errorf("the run ended with %v, want %v", err, full)
	}
}

func TestACancelledRunEnds(t *testing.T) {
	a, f, subjects := world(t, 20)
	ctx, cancel := context.WithCancel(context.Background())
	f.registration = func(ctx context.Context, domain string, _ bool) observe.Seen[observe.Registration] {
		cancel()
		<-ctx.Done()
		return observe.Seen[observe.Registration]{Fault: &observe.Fault{Kind: observe.FaultCancelled, Where: domain}}
	}
	if err := a.Run(ctx, deal(subjects), func(Result) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("the run ended with %v, want it cancelled", err)
	}
}
