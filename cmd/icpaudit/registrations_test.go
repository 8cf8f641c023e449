package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/fixtures"
	"github.com/icpaudit/icpaudit/history"
)

const cnnic = "whois.cnnic.cn"

// town is a simulated internet of domains whose one registry is counted.
type town struct {
	t          *testing.T
	dir        string
	world      *fixtures.World
	population *fixtures.Population
}

func newTown(t *testing.T, domains int) *town {
	t.Helper()
	p := fixtures.Synthetic(domains, 11, 0)
	p.Suffixes = []string{"cn"}
	w, err := fixtures.Start(t.Context(), fixtures.Options{Population: p})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	town := &town{t: t, dir: t.TempDir(), world: w, population: p}
	var rows bytes.Buffer
	if err := p.WriteInventory(&rows); err != nil {
		t.Fatal(err)
	}
	town.write("inventory.csv", rows.String())
	return town
}

func (w *town) path(name string) string { return filepath.Join(w.dir, name) }

func (w *town) write(name, text string) {
	w.t.Helper()
	if err := os.WriteFile(w.path(name), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// config writes a configuration: that of the world, changed line by line.
func (w *town) config(more string, changes ...string) {
	w.write("config.yaml", strings.NewReplacer(changes...).Replace(string(w.world.Config()))+more)
}

func (w *town) asked() int { return w.world.Counts()["whois "+cnnic].N }

// says runs the program and returns what it says.
func (w *town) says(args ...string) string {
	w.t.Helper()
	var out bytes.Buffer
	code := run(append([]string{"--lang", "en", "--config", w.path("config.yaml")}, args...), &out, &out)
	if code == exitUsage {
		w.t.Fatalf("%v: code %d\n%s", args, code, out.String())
	}
	return out.String()
}

// A single audit of few domains asks the registries, one of many does not wait
// for them; with a history both look there first, and so does a check.
func TestSingleAuditAndRegistries(t *testing.T) {
	const domains = 12
	w := newTown(t, domains)
	audit := func(out string, more ...string) string {
		return w.says(append([]string{"audit", "--inventory", w.path("inventory.csv"), "--out", w.path(out), "--no-confirm"}, more...)...)
	}
	remembered := fmt.Sprintf("history: {path: %q}\n", w.path("h.db"))
	w.config(remembered, "live_domains: 10000000", "live_domains: 11")
	if said := audit("one"); !strings.Contains(said, "12 domains, more than the 11 of audit.live_domains") || w.asked() != 0 {
		t.Errorf("more domains than it asks for: asked %d times\n%s", w.asked(), said)
	}
	if said := audit("two", "--registration", "live"); strings.Contains(said, "live_domains") || w.asked() != domains {
		t.Errorf("told to ask: asked %d times\n%s", w.asked(), said)
	}
	w.config(remembered, "live_domains: 10000000", "live_domains: 12")
	audit("three")
	if said := w.says("check", w.population.Name(0), "--no-confirm"); w.asked() != domains || !strings.Contains(said, w.population.Name(0)) {
		t.Errorf("what the history knows was asked for: %d times\n%s", w.asked(), said)
	}
	w.config("history: {path: \"\"}\n")
	if audit("four"); w.asked() != 2*domains {
		t.Errorf("without a history: asked %d times", w.asked())
	}
}

// The program is killed between answers, again and again: no answer that came
// is lost, and what was answered is not asked for again.
func TestKillsLoseNoAnswer(t *testing.T) {
	for name, o := range map[string]func(t *testing.T) history.Options{
		"sqlite": func(t *testing.T) history.Options {
			return history.Options{Path: filepath.Join(t.TempDir(), "icpaudit.db")}
		},
		"postgres": func(t *testing.T) history.Options { return history.Options{URL: newCluster(t).Database(t)} },
	} {
		t.Run(name, func(t *testing.T) { killBetweenAnswers(t, o(t)) })
	}
}

func killBetweenAnswers(t *testing.T, o history.Options) {
	const domains, times = 40, 4
	w := newTown(t, domains)
	w.config(fmt.Sprintf(`
history: {path: %q, url: %q}
serve: {tick: 200ms, rescue: 1s, listen: ""}
schedules: [{name: all, cron: "0 2 1 1 *", inventory: %q}]
`, o.Path, o.URL, w.path("inventory.csv")), "interval: 0s", "interval: 100ms", cnnic+": 0s", cnnic+": 100ms")
	s := &soak{t: t, dir: w.dir, history: history.Default()}
	s.history.Path, s.history.URL = o.Path, o.URL
	s.ask(func(store history.Store) {
		if _, err := store.Since(t.Context(), "all", "0 2 1 1 *", time.Now().AddDate(-2, 0, 0)); err != nil {
			t.Fatal(err)
		}
	})
	answered := func() (n int) {
		s.ask(func(store history.Store) {
			for i := range domains {
				if kept, err := store.Registration(t.Context(), w.population.Name(i)); err == nil && kept.Answer != nil {
					n++
				}
			}
		})
		return n
	}
	for kill := range times {
		cmd := s.start(t.Context())
		s.await(fmt.Sprintf("answers after %d kills", kill), func() bool { return answered() >= 6*(kill+1) })
		s.end(cmd, false)
		if n, asked := answered(), w.asked(); asked > n+kill+1 {
			t.Errorf("after %d kills it was asked %d times, and %d answers are kept", kill+1, asked, n)
		}
	}
	cmd := s.start(t.Context())
	s.await("all answers", func() bool { return answered() == domains })
	s.end(cmd, true)
	if asked := w.asked(); asked > domains+times {
		t.Errorf("asked %d times for %d names in %d lives", asked, domains, times+1)
	}
}

// await waits for something that the program brings about.
func (s *soak) await(what string, done func() bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 2*time.Minute)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			s.t.Fatalf("never: %s\n%s", what, s.log())
		}
	}
}
