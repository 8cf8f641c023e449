package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/audit/nightly"
	"github.com/icpaudit/icpaudit/fixtures"
	"github.com/icpaudit/icpaudit/history"
)

// The facts that change in the accelerated nights.
const (
	siteDown      = "the server fails with status 500"
	siteElsewhere = "the addresses are another provider's"
	numberGone    = "the page shows no filing number"
	nameGone      = "the name does not exist"
	expiringSoon  = "the domain expires within a month"
	psbGone       = "the page shows no public-security number"
)

// turn is a change of truth before a night; an empty fact mends.
type turn struct {
	night  int
	domain int
	fact   string
}

// accelerated is nights that pass in seconds: the program that serves has a clock
// which the test puts ahead by a day, the truth changes between the nights, and
// the program is killed, restarted, and cut off from the world.
type accelerated struct {
	*soak
	world      *fixtures.World
	population *fixtures.Population
	turns      []turn
	first      time.Time
	nights     int
	lives      map[string]lived // by scene and item
	moves      []history.Moves  // that each night has to make
	config     string           // file
}

func newAccelerated(t *testing.T, o history.Options) *accelerated {
	t.Helper()
	c := &accelerated{nights: 6, lives: map[string]lived{}}
	n := 60
	if soaking() {
		c.nights, n = 8, 600
	}
	c.population = fixtures.Synthetic(n, 7, 0.2)
	c.population.Latency = 50 * time.Millisecond
	var err error
	if c.world, err = fixtures.Start(t.Context(), fixtures.Options{Population: c.population}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.world.Close() })
	sound := c.sound(t)
	one, two, three, four, five := sound(), sound(), sound(), sound(), sound()
	expiring := sound()
	for expiring%20 != 0 { // those of whole twenties expire soonest, three days after the beginning
		expiring = sound()
	}
	c.turns = []turn{
		{0, expiring, expiringSoon},
		{1, one, numberGone}, {3, one, ""}, {5, one, numberGone},
		{2, two, siteDown}, {4, two, ""},
		{3, three, nameGone},
		{0, four, psbGone}, {2, four, ""},
		{2, five, siteElsewhere}, {3, five, ""}, {6, five, siteElsewhere}, {7, one, ""},
	}
	var inventory bytes.Buffer
	if err := c.population.WriteInventory(&inventory); err != nil {
		t.Fatal(err)
	}
	canary := c.population.Name(sound())
	config := strings.Replace(patient(string(c.world.Config())), "canaries: []", fmt.Sprintf(`canaries: ["dns:%[1]s", "http://%[1]s/"]`, canary), 1)
	config = strings.Replace(config, "timeout: 3s", "timeout: 1s", 1) // of a resolver: what is under way when the world goes away waits as long
	config = strings.Replace(config, "confirm_after: 2s", "confirm_after: 500ms", 1)
	c.soak = layOut(t, o, config, inventory.Bytes(), fmt.Sprintf("tick: 100ms, rescue: 500ms, shards: 1, shard_items: %d", n/6), "0 2 * * *")
	today := time.Now().In(nightly.Location())
	c.config = filepath.Join(c.dir, "config.yaml")
	c.first = time.Date(today.Year(), today.Month(), today.Day()+1, 2, 0, 1, 0, nightly.Location())
	c.clock(c.first.Add(-25 * time.Hour))
	return c
}

// sound hands out domains with nothing wrong, one after the other.
func (c *accelerated) sound(t *testing.T) func() int {
	t.Helper()
	next := 0
	return func() int {
		t.Helper()
		for ; next < c.population.N; next++ {
			i := next
			wanted, err := c.population.Wanted(i)
			if err != nil {
				t.Fatal(err)
			}
			faulty := slices.ContainsFunc(wanted, func(w fixtures.Wanted) bool { return w.Outcome == "deficient" })
			if !faulty {
				next++
				return i
			}
		}
		t.Fatal("the population has no such domain")
		return 0
	}
}

// clock puts the program's clock.
func (c *accelerated) clock(at time.Time) {
	c.t.Helper()
	file := filepath.Join(c.dir, "clock")
	if err := os.WriteFile(file+".new", []byte(time.Until(at).String()), 0o600); err != nil {
		c.t.Fatal(err)
	}
	if err := os.Rename(file+".new", file); err != nil { // whoever reads it meanwhile must find it whole
		c.t.Fatal(err)
	}
}

func (c *accelerated) serve() *exec.Cmd {
	c.t.Helper()
	return c.start(c.t.Context(), clockEnv+"="+filepath.Join(c.dir, "clock"))
}

// wait waits for something that the program brings about.
func (c *accelerated) wait(what string, done func() bool) {
	c.t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		if <-tick.C; time.Now().After(deadline) {
			c.t.Fatalf("never: %s\n%s", what, c.log())
		}
	}
}

// runs lists the runs, the oldest first, as the program tells them.
func (c *accelerated) runs() []history.Run {
	c.t.Helper()
	all := lines[history.Run](c, "runs", "list", "--limit", "0", "--format", "json")
	slices.Reverse(all)
	return all
}

// lines are what a command prints as JSON, a value a line.
func lines[T any](c *accelerated, args ...string) []T {
	c.t.Helper()
	var all []T
	for line := range bytes.Lines(c.said(args...)) {
		var one T
		if err := json.Unmarshal(line, &one); err != nil {
			c.t.Fatalf("%v: %v: %s", args, err, line)
		}
		all = append(all, one)
	}
	return all
}

// said is what a command prints.
func (c *accelerated) said(args ...string) []byte {
	c.t.Helper()
	cmd := c.command(c.t.Context(), args...)
	cmd.Env = append(os.Environ(), clockEnv+"="+filepath.Join(c.dir, "clock"))
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		c.t.Fatalf("%v: %v\n%s", args, err, &complaint)
	}
	return out
}

// staged is how many subjects of the run under way are finished.
func (c *accelerated) staged() (n int) {
	c.t.Helper()
	c.ask(func(store history.Store) {
		open, err := store.Open(c.t.Context())
		if err != nil {
			c.t.Fatal(err)
		}
		for _, run := range open {
			staged, err := store.Staged(c.t.Context(), run.ID)
			if err != nil {
				c.t.Fatal(err)
			}
			n += staged.Subjects
		}
	})
	return n
}

// outage cuts the world off in the middle of a night, until the program has
// noticed, and for a while longer.
func (c *accelerated) outage() {
	c.t.Helper()
	const pausing = "msg=own-health event=paused"
	before := bytes.Count(c.log(), []byte(pausing))
	c.world.SetLine(fixtures.Line{Loss: 1})
	c.wait("the program pauses", func() bool { return bytes.Count(c.log(), []byte(pausing)) > before })
	time.Sleep(2 * time.Second) // how long the world is away: what is under way runs into it
	c.world.SetLine(fixtures.Line{})
}

// Nights with a changing truth, a crash, a restart and an outage: the
// history says exactly what the changes give.
func TestAcceleratedNights(t *testing.T) {
	cluster := newCluster(t)
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			o := history.Default()
			o.Path = filepath.Join(t.TempDir(), "icpaudit.db")
			if engine == "postgres" {
				o.Path, o.URL = "", cluster.Database(t)
			}
			newAccelerated(t, o).pass()
		})
	}
}

// before is the night before the first: what registries say comes in beside the
// run, which is never fit to be published and must leave no trace.
func (c *accelerated) before() {
	c.t.Helper()
	text, err := os.ReadFile(c.config)
	if err != nil {
		c.t.Fatal(err)
	}
	write := func(text string) {
		if err := os.WriteFile(c.config, []byte(text), 0o600); err != nil {
			c.t.Fatal(err)
		}
	}
	write(strings.Replace(string(text), "  confirm: true", "  confirm: true\n  min_coverage: 1", 1))
	c.turnTo(0)
	serving := c.serve()
	c.says("log", "msg=ready")
	c.wait("the schedule is known", func() bool { return c.count(`SELECT COUNT(*) FROM schedules`) == 1 })
	c.clock(c.first.AddDate(0, 0, -1))
	c.wait("the night before is over", func() bool { return c.count(`SELECT COUNT(*) FROM runs WHERE state <> 'staged'`) == 1 })
	c.wait("the registries have answered", func() bool {
		return c.count(`SELECT COUNT(*) FROM registrations WHERE as_of > 0`) == c.population.N
	})
	c.end(serving, true)
	write(string(text))
}

// count answers a query for a number.
func (c *accelerated) count(query string) (n int) {
	c.t.Helper()
	c.ask(func(store history.Store) {
		if err := store.Writer().QueryRowContext(c.t.Context(), query).Scan(&n); err != nil {
			c.t.Fatal(err)
		}
	})
	return n
}

func (c *accelerated) pass() {
	c.t.Helper()
	c.before()
	serving := c.serve()
	c.says("log", "msg=ready")
	for night := range c.nights {
		c.foretell(night)
		begun := time.Now()
		c.clock(c.first.AddDate(0, 0, night))
		what := ""
		switch night {
		case 2, 3:
			c.wait("some of it is finished", func() bool { return c.staged() > 0 })
			c.end(serving, night == 3)
			serving = c.serve()
			what = map[int]string{2: "killed", 3: "restarted"}[night]
		case 4:
			c.wait("some of it is finished", func() bool { return c.staged() > 0 })
			c.outage()
			what = "cut off from the world"
		}
		c.wait(fmt.Sprintf("night %d is over", night), func() bool {
			return c.count(`SELECT COUNT(*) FROM runs WHERE state <> 'staged'`) > night+1
		})
		c.t.Logf("night %d: %.1f s %s", night, time.Since(begun).Seconds(), what)
	}
	c.end(serving, true)
	c.compare()
}
