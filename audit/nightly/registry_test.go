package nightly_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/icpaudit/icpaudit/audit/nightly"
	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/fixtures"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/report/deliver"
	"github.com/icpaudit/icpaudit/scanner"
)

const cnnic = "whois.cnnic.cn"

// registered is a site whose domains the registries of a simulated internet
// know of.
type registered struct {
	*site
	world      *fixtures.World
	population *fixtures.Population
	options    scanner.Options
}

func newRegistered(t *testing.T, o history.Options, p *fixtures.Population, change func(*scanner.RegistrationOptions)) *registered {
	t.Helper()
	w, err := fixtures.Start(t.Context(), fixtures.Options{Population: p})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	r := &registered{site: newSite(t, o), world: w, population: p}
	r.looker.well = true
	for _, check := range checks.All() {
		if check.ID == "domain-expired" {
			r.check = check
		}
	}
	var rows bytes.Buffer
	if err := p.WriteInventory(&rows); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(r.inv, rows.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	config := struct {
		Scanner scanner.Options `yaml:"scanner"`
	}{scanner.Default()}
	if err := yaml.Unmarshal(w.Config(), &config); err != nil {
		t.Fatal(err)
	}
	r.options = config.Scanner
	if change != nil {
		change(&r.options.Registration)
	}
	return r
}

// asking is an engine whose process asks registries by a scanner of its own.
func (r *registered) asking(id string) *nightly.Engine {
	r.t.Helper()
	e := r.engine(id)
	s, err := scanner.New(r.options, r.ref, r.clock.Now)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		if err := s.Close(); err != nil {
			r.t.Error(err)
		}
	})
	s.KeepIn(nightly.Keeper{Store: e.Store, Confirm: 20 * time.Minute})
	e.Registries, e.Live = s, true
	return e
}

// asked is how often CNNIC's server was asked.
func (r *registered) asked() fixtures.Count { return r.world.Counts()["whois "+cnnic] }

// answered counts the domains that an answer is kept about.
func (r *registered) answered(e *nightly.Engine, suffix string) (n int) {
	r.t.Helper()
	for i := range r.population.N {
		if name := r.population.Name(i); strings.HasSuffix(name, suffix) {
			if kept, err := e.Store.Registration(r.t.Context(), name); err == nil && kept.Answer != nil {
				n++
			}
		}
	}
	return n
}

// published waits for the nth run that is published.
func (r *registered) published(e *nightly.Engine, n int) history.Run {
	r.t.Helper()
	var run history.Run
	until(r.t, fmt.Sprintf("%d runs are published", n), func() bool {
		found := 0
		for _, one := range runsOf(r.t, e) {
			if one.State == history.RunPublished {
				if found++; found == 1 {
					run = one
				}
			}
		}
		return found == n
	})
	r.clock.Add(time.Second) // the names are due one after another
	return run
}

// jobs counts the jobs to registries that are still to be done.
func (r *registered) jobs(e *nightly.Engine) (n int) {
	r.t.Helper()
	if err := e.Store.Writer().QueryRowContext(r.t.Context(), `SELECT COUNT(*) FROM river_job WHERE kind = 'registry' AND finalized_at IS NULL`).Scan(&n); err != nil {
		r.t.Fatal(err)
	}
	return n
}

// However many processes ask, they keep one pace together and ask for each name
// once. The night does not wait for them; the next one judges what they brought.
func TestStreamKeepsOnePace(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		const pace = 100 * time.Millisecond
		p := fixtures.Synthetic(30, 7, 0)
		p.Suffixes = []string{"cn"}
		r := newRegistered(t, o, p, func(o *scanner.RegistrationOptions) { o.Intervals = map[string]time.Duration{cnnic: pace} })
		e := r.open(r.asking("one"), nightly.RoleServe)
		defer r.run(e, nightly.RoleServe)()
		if o.URL != "" {
			for _, id := range []string{"two", "three"} {
				defer r.run(r.open(r.asking(id), nightly.RoleWorker), nightly.RoleWorker)()
			}
		}
		until(t, "a tick", func() bool { return !e.Well().IsZero() })
		r.clock.Add(61 * time.Minute)
		r.published(e, 1)
		until(t, "all are answered", func() bool { return r.answered(e, "") == p.N })
		until(t, "nothing is left to ask", func() bool { return r.jobs(e) == 0 })
		// What arrives is a little less even than what is sent.
		if n := r.asked(); n.N != p.N || n.Closest < pace/2 {
			t.Errorf("asked %d times for %d names, %s apart at the closest", n.N, p.N, n.Closest)
		}
		_, metrics := get(t, e, "/metrics")
		for _, line := range []string{`asked_today{registry="whois.cnnic.cn"} 30`, `due{registry="whois.cnnic.cn"} 0`, `failures{registry="whois.cnnic.cn"} 0`, `resting_seconds{registry="whois.cnnic.cn"} 0`} {
			if !strings.Contains(metrics, "\nicpaudit_registry_"+line+"\n") {
				t.Errorf("%s is not in the metrics:\n%s", line, metrics)
			}
		}
		r.clock.Add(24 * time.Hour)
		if run := r.published(e, 2); run.Totals.Outcomes[checks.Pass] != p.N {
			t.Errorf("the night after came to %+v", run.Totals)
		}
		if n := r.asked(); n.N != p.N {
			t.Errorf("young answers were asked for again: %d times", n.N)
		}
	})
}

// A registry that takes its time does not hold the night up: what is not known
// yet is said to be so, with the time by when it is expected.
func TestASlowRegistryHoldsNoNight(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		p := fixtures.Synthetic(60, 7, 0)
		p.Suffixes, p.SlowRegistry = []string{"cn", "cn", "com", "com", "com"}, 2*time.Second
		r := newRegistered(t, o, p, func(o *scanner.RegistrationOptions) { o.Timeout = 10 * time.Second })
		e := r.open(r.asking("one"), nightly.RoleServe)
		var mu sync.Mutex
		var found []checks.Finding
		e.Schedules[0].Out = t.TempDir()
		e.Report = func(_ context.Context, over nightly.Over, _ func(deliver.Letter) error) error {
			mu.Lock()
			defer mu.Unlock()
			for one, err := range over.Results {
				if err != nil {
					return err
				}
				found = append(found, one.Findings...)
			}
			return nil
		}
		stop := r.run(e, nightly.RoleServe)
		until(t, "a tick", func() bool { return !e.Well().IsZero() })
		r.clock.Add(61 * time.Minute)
		run := r.published(e, 1)
		slow := 0
		for i := range p.N {
			if strings.HasSuffix(p.Name(i), ".cn") {
				slow++
			}
		}
		if n := r.asked(); n.N >= slow/2 {
			t.Errorf("when the night was published the slow registry had been asked %d times of %d", n.N, slow)
		}
		mu.Lock()
		for _, f := range found {
			if strings.HasSuffix(f.Name, ".cn") && (f.Outcome != checks.Unverifiable || f.Why.Code != string(observe.FaultNotLookedUp) || !strings.Contains(f.Why.Detail, "2026-03-0")) {
				t.Errorf("%s: %s, %+v", f.Name, f.Outcome, f.Why)
			}
		}
		mu.Unlock()
		until(t, "the other registries have answered", func() bool { return r.answered(e, ".com") == p.N-slow })
		if run.Totals.Items != p.N || len(found) != p.N {
			t.Errorf("the night came to %+v with %d findings", run.Totals, len(found))
		}
		stop()
	})
}

// The cap of a day holds whoever asks and however often they start, and the day
// after there is another one.
func TestDailyCapHolds(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		const daily = 7
		p := fixtures.Synthetic(20, 7, 0)
		p.Suffixes = []string{"cn"}
		r := newRegistered(t, o, p, func(o *scanner.RegistrationOptions) { o.DailyCap = daily })
		e := r.open(r.asking("one"), nightly.RoleServe)
		stop := r.run(e, nightly.RoleServe)
		until(t, "a tick", func() bool { return !e.Well().IsZero() })
		r.clock.Add(61 * time.Minute)
		r.published(e, 1)
		full := func(e *nightly.Engine, n int) func() bool {
			return func() bool { return r.answered(e, "") == n && r.jobs(e) == 0 }
		}
		until(t, "the day is full", full(e, daily))
		stop()
		next := r.open(r.asking("two"), nightly.RoleServe)
		stop = r.run(next, nightly.RoleServe)
		before := r.clock.Now()
		r.clock.Add(time.Second)
		until(t, "another tick", func() bool { return next.Well().After(before) })
		if n := r.asked(); n.N != daily || r.jobs(next) != 0 {
			t.Errorf("after a restart it was asked %d times, and %d jobs wait", n.N, r.jobs(next))
		}
		r.clock.Add(24 * time.Hour)
		until(t, "the day after is full", full(next, 2*daily))
		stop()
		if n := r.asked(); n.N != 2*daily {
			t.Errorf("in two days it was asked %d times", n.N)
		}
	})
}

// Who is told to stop, or dies, while he asks leaves nothing that is lost:
// another one asks for the rest, and for nothing twice.
func TestStreamGoesOn(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		p := fixtures.Synthetic(20, 7, 0)
		p.Suffixes = []string{"cn"}
		r := newRegistered(t, o, p, func(o *scanner.RegistrationOptions) {
			o.Intervals = map[string]time.Duration{cnnic: 100 * time.Millisecond}
		})
		e := r.open(r.asking("one"), nightly.RoleServe)
		stop := r.run(e, nightly.RoleServe)
		until(t, "a tick", func() bool { return !e.Well().IsZero() })
		r.clock.Add(61 * time.Minute)
		r.published(e, 1)
		until(t, "some are answered", func() bool { return r.answered(e, "") >= 5 })
		stop()
		// As if it had been killed: names are held, and a job is said to run.
		now := r.clock.Now()
		for range 2 {
			if _, err := e.Store.TakeRegistration(t.Context(), cnnic, now, now.Add(5*time.Minute)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := e.Store.Writer().ExecContext(t.Context(), `UPDATE river_job SET state = 'running', attempt = 1 WHERE kind = 'registry' AND finalized_at IS NULL`); err != nil {
			t.Fatal(err)
		}
		if r.jobs(e) != 1 {
			t.Fatalf("%d jobs", r.jobs(e))
		}
		r.clock.Add(2 * time.Minute)
		next := r.open(r.asking("two"), nightly.RoleServe)
		defer r.run(next, nightly.RoleServe)()
		until(t, "all are answered", func() bool { return r.answered(next, "") == p.N })
		if n := r.asked(); n.N > p.N+1 { // one may have been on its way when it was told to stop
			t.Errorf("asked %d times for %d names", n.N, p.N)
		}
	})
}

// What a person waits for is asked before all others.
func TestRecheckGoesAhead(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		p := fixtures.Synthetic(30, 7, 0)
		p.Suffixes = []string{"cn"}
		r := newRegistered(t, o, p, nil)
		r.options.Registration.Intervals = map[string]time.Duration{cnnic: 200 * time.Millisecond}
		e := r.open(r.asking("one"), nightly.RoleServe)
		stop := r.run(e, nightly.RoleServe)
		until(t, "a tick", func() bool { return !e.Well().IsZero() })
		r.clock.Add(61 * time.Minute)
		r.published(e, 1)
		last := p.Name(p.N - 1)
		if _, n, err := e.Recheck(t.Context(), func(subject *filing.Subject) bool { return subject.Services[0].Domains[0].Name == p.Name(p.N-3) }); err != nil || n != 1 {
			t.Fatalf("%d subjects, %v", n, err)
		}
		until(t, "it is answered", func() bool {
			kept, err := e.Store.Registration(t.Context(), last)
			return err == nil && kept.Answer != nil
		})
		if n := r.answered(e, ""); n > p.N-5 {
			t.Errorf("%d of %d were answered before", n, p.N)
		}
		stop()
	})
}

// A schedule of what expires goes by the newest answers.
func TestExpiringGoesByTheAnswers(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		p := fixtures.Synthetic(12, 7, 0)
		r := newRegistered(t, o, p, nil)
		e := r.open(r.asking("one"), nightly.RoleServe)
		e.Live = false // the answers are there
		now := r.clock.Now()
		for i, days := range []int{20, 40} {
			end := &observe.Date{Time: now.AddDate(0, 0, days)}
			answer := observe.Registration{Domain: p.Name(i * 3), State: observe.StateRegistered, Expires: end, AsOf: now}
			if err := e.Store.KeepRegistration(t.Context(), answer, now.AddDate(0, 0, 3)); err != nil {
				t.Fatal(err)
			}
		}
		e.Schedules[0].Filter.ExpiringDays = 30
		defer r.run(e, nightly.RoleServe)()
		until(t, "a tick", func() bool { return !e.Well().IsZero() })
		r.clock.Add(61 * time.Minute)
		if run := r.published(e, 1); run.Totals.Subjects != 1 || run.Totals.Items != 3 || run.Totals.Outcomes[checks.Pass] != 1 {
			t.Errorf("the run came to %+v", run.Totals)
		}
		if n := r.jobs(e); n != 0 || len(r.world.Counts()) != 0 {
			t.Errorf("%d jobs, asked are %v", n, r.world.Counts())
		}
	})
}

// That names are not registered is judged by the answers alone, night after
// night the same; but not where a registry says so of too many at once.
func TestAbsencesFromTheTable(t *testing.T) {
	for name, c := range map[string]struct {
		free int
		want checks.Outcome
	}{"a few": {9, checks.Deficient}, "nearly all": {33, checks.Unverifiable}} {
		t.Run(name, func(t *testing.T) {
			onEngines(t, func(t *testing.T, o history.Options) {
				p := fixtures.Synthetic(36, 7, 0)
				p.Suffixes = []string{"cn"}
				r := newRegistered(t, o, p, nil)
				e := r.open(r.asking("one"), nightly.RoleServe)
				e.Live = false // the answers are there
				say := func() {
					now := r.clock.Now()
					for i := range p.N {
						answer := observe.Registration{Domain: p.Name(i), State: observe.StateRegistered, Server: cnnic, AsOf: now, Expires: &observe.Date{Time: now.AddDate(1, 0, 0)}}
						if i < c.free {
							answer.State, answer.Expires, answer.Since = observe.StateAvailable, nil, at(t, "2026-03-01 20:00")
						}
						if _, err := e.Store.Turn(t.Context(), cnnic, history.Turn{Day: filing.DayOf(now).String(), Cap: 1000, Now: now}); err != nil {
							t.Fatal(err)
						}
						if err := e.Store.KeepRegistration(t.Context(), answer, now); err != nil {
							t.Fatal(err)
						}
					}
				}
				say()
				defer r.run(e, nightly.RoleServe)()
				until(t, "a tick", func() bool { return !e.Well().IsZero() })
				for night := range 5 {
					r.clock.Add(61*time.Minute + time.Duration(min(night, 1))*23*time.Hour)
					if run := r.published(e, night+1); run.Totals.Outcomes[c.want] != c.free || run.Totals.Outcomes[checks.Pass] != p.N-c.free {
						t.Errorf("night %d came to %+v", night+1, run.Totals.Outcomes)
					}
					say()
				}
			})
		})
	}
}
