package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/icpaudit/icpaudit/audit/nightly"
	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/fixtures"
	"github.com/icpaudit/icpaudit/history"
)

// lived is what the nights alone say of a finding.
type lived struct {
	Status      history.Status
	Regressions int
	First       int // night
	Begun       int // night
	Unseen      bool
	reason      string
}

// turnTo makes the truth that of a night.
func (c *accelerated) turnTo(night int) {
	c.t.Helper()
	for _, turn := range c.turns {
		if turn.night == night {
			if err := c.population.Turn(turn.domain, turn.fact); err != nil {
				c.t.Fatal(err)
			}
		}
	}
}

// foretell works out what a night finds, and what that does to the lives.
func (c *accelerated) foretell(night int) {
	c.t.Helper()
	c.turnTo(night)
	// What expires is told by days: the day of the expiry is the last good one.
	today := c.first.AddDate(0, 0, night).Format(time.DateOnly)
	var m history.Moves
	for i := range c.population.N {
		wanted, err := c.population.Wanted(i)
		if err != nil {
			c.t.Fatal(err)
		}
		for _, w := range wanted {
			switch {
			case c.population.Expires(i, c.world.Now()).In(nightly.Location()).Format(time.DateOnly) >= today:
			case w.Scene == "domain-expired":
				w.Outcome, w.Reason = "deficient", "expired"
			case w.Scene == "domain-expiring":
				w.Outcome, w.Reason = "not_applicable", ""
			}
			c.live(night, w, &m)
		}
	}
	c.moves = append(c.moves, m)
}

// live takes one finding of a night into its life.
func (c *accelerated) live(night int, w fixtures.Wanted, m *history.Moves) {
	key := w.Scene + " " + w.Item
	l, known := c.lives[key]
	open := known && l.Status != history.StatusResolved
	unseen := open && w.Outcome != "deficient"
	switch mended := w.Outcome == "pass" || w.Outcome == "not_applicable"; {
	case w.Outcome == "deficient" && !known:
		l = lived{Status: history.StatusNew, First: night, Begun: night, reason: w.Reason}
		m.New++
	case w.Outcome == "deficient" && !open:
		l.Status, l.Begun, l.reason = history.StatusRegressed, night, w.Reason
		l.Regressions++
		m.Regressed++
	case mended && open:
		l.Status = history.StatusResolved
		m.Resolved++
	case !known:
		return
	case unseen && !l.Unseen:
		m.Unseen++
	}
	if l.Status != history.StatusResolved && l.Begun < night {
		l.Status = history.StatusOpen
	}
	l.Unseen = unseen && l.Status != history.StatusResolved
	c.lives[key] = l
}

// compare holds the history against what was foretold.
func (c *accelerated) compare() {
	c.t.Helper()
	runs := c.runs()
	night := map[int64]int{} // by run
	if len(runs) != c.nights+1 {
		c.t.Fatalf("%d runs, want %d", len(runs), c.nights+1)
	}
	if runs[0].State != history.RunProvisional || runs[0].Why != history.WhyCoverage {
		c.t.Errorf("the night before the first: %+v", runs[0])
	}
	runs = runs[1:]
	for n, r := range runs {
		night[r.ID] = n
		planned := c.first.AddDate(0, 0, n).Truncate(time.Minute)
		if r.State != history.RunPublished || !r.Planned.Equal(planned) || r.Totals.Items != c.population.N {
			c.t.Errorf("night %d: %+v", n, r)
		}
		m := r.Totals.Moves
		m.Items = 0 // what else changes of an item is not foretold
		if m != c.moves[n] {
			c.t.Errorf("night %d moved %+v, foretold is %+v", n, m, c.moves[n])
		}
		if r.Totals.Outcomes[checks.Error] > 0 {
			c.t.Errorf("night %d: %+v", n, r.Totals.Outcomes)
		}
	}
	found := c.found(night)
	for _, key := range slices.SortedFunc(maps.Keys(c.lives), cmp.Compare[string]) {
		if found[key] != c.lives[key] {
			c.t.Errorf("%s is %+v, foretold is %+v", key, found[key], c.lives[key])
		}
	}
	for key, l := range found {
		if _, ok := c.lives[key]; !ok {
			c.t.Errorf("%s is %+v, and nothing was foretold", key, l)
		}
	}
	c.t.Logf("%d domains, %d lives\n%s\n%s\n%s", c.population.N, len(found), c.said("runs", "list"),
		c.said("findings", "list", "--state", "resolved"), c.said("findings", "list", "--state", "regressed"))
}

// found is the lives as the program tells them, by scene and item.
func (c *accelerated) found(night map[int64]int) map[string]lived {
	c.t.Helper()
	found := map[string]lived{}
	for _, state := range []string{"open", "resolved"} {
		for _, f := range lines[struct {
			Status      history.Status
			Scene       checks.ID
			Item        history.Item
			Reason      string
			Since       string
			Regressions int
			Unseen      bool
			First       int64 `json:"first_run"`
		}](c, "findings", "list", "--state", state, "--format", "json") {
			l := lived{Status: f.Status, Regressions: f.Regressions, First: night[f.First], Begun: -1, Unseen: f.Unseen, reason: f.Reason}
			for n := range c.nights {
				if c.first.AddDate(0, 0, n).Format(time.DateOnly) == f.Since {
					l.Begun = n
				}
			}
			if f.Status == history.StatusResolved {
				l.reason = c.lives[fmt.Sprint(f.Scene, " ", f.Item.Key)].reason // a mended one has none any more
			}
			found[fmt.Sprint(f.Scene, " ", f.Item.Key)] = l
		}
	}
	return found
}
