package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/icpaudit/icpaudit/checks"
)

// Measures of the charts, in units of their view box, which is 720 wide.
const (
	barLeft  = 240
	barRoom  = 460
	barLine  = 24
	longName = 30 // of a name beside a bar, in widths of a Latin letter
)

// chart is horizontal bars, each of several parts.
type chart struct {
	Height int
	Bars   []bar
	Key    []tile
	Head   []string // of the table that says the same in figures
}

type bar struct {
	Name   string
	Short  string // beside the bar
	TextY  int
	Parts  []barPart
	Counts []int
}

type barPart struct {
	X, Y, Width, End int
	Class, Title     string
}

// trend is the figures of several runs.
type trend struct {
	Deficient, Suspected string // points of a line
	Head                 []string
	Runs                 [][]string
}

// sceneChart stacks the outcomes of each scene; all bars together fill the room.
func (t *Teller) sceneChart(g *gathered) chart {
	c := chart{Head: []string{t.Say("table-scene")}}
	for _, o := range chartOutcomes() {
		word := t.word("outcome", string(o.outcome))
		c.Key, c.Head = append(c.Key, tile{Name: word, Class: string(o.outcome)}), append(c.Head, word)
	}
	for i := range t.ref.Catalogue.Scenes {
		scene := &t.ref.Catalogue.Scenes[i]
		counts, ok := g.totals.Scenes[checks.ID(scene.ID)]
		if !ok {
			continue
		}
		b := bar{Name: scene.Name.In(t.lang), Short: shortName(scene.Name.In(t.lang)), TextY: len(c.Bars)*barLine + 14}
		sum, before := 0, 0
		for _, o := range chartOutcomes() {
			sum += counts[o.outcome]
		}
		for _, o := range chartOutcomes() {
			n := counts[o.outcome]
			b.Counts = append(b.Counts, n)
			if n == 0 {
				continue
			}
			from, to := barLeft+before*barRoom/sum, barLeft+(before+n)*barRoom/sum
			before += n
			b.Parts = append(b.Parts, barPart{
				X: from, Y: len(c.Bars) * barLine, Width: max(to-from, 1), Class: string(o.outcome),
				Title: fmt.Sprintf("%s: %s %d", scene.Name.In(t.lang), t.word("outcome", string(o.outcome)), n),
			})
		}
		c.Bars = append(c.Bars, b)
	}
	c.Height = max(len(c.Bars), 1) * barLine
	return c
}

// dueChart has a bar a due day; the longest fills the room.
func (t *Teller) dueChart(g *gathered) chart {
	var c chart
	most := 1
	for _, n := range g.due {
		most = max(most, n)
	}
	for i, day := range slices.Sorted(maps.Keys(g.due)) {
		width := max(g.due[day]*(barRoom-60)/most, 1)
		c.Bars = append(c.Bars, bar{Short: shortName(day), TextY: i*barLine + 14, Parts: []barPart{
			{X: barLeft, Y: i * barLine, Width: width, End: barLeft + width + 6, Class: string(checks.Deficient), Title: fmt.Sprint(g.due[day])},
		}})
	}
	c.Height = max(len(c.Bars), 1) * barLine
	return c
}

// trendChart is empty where there was no earlier run.
func (t *Teller) trendChart(l *Ledger, g *gathered) trend {
	if len(l.Run.Earlier) == 0 {
		return trend{}
	}
	runs := withThis(l, g)
	most := 1
	for _, r := range runs {
		most = max(most, r.Deficient, r.Suspected)
	}
	tr := trend{Head: []string{t.Say("run-started"), t.word("outcome", "deficient"), t.word("outcome", "suspected"), t.Say("rate-compliance"), t.Say("rate-coverage")}}
	var deficient, suspected []string
	for i, r := range runs {
		x := 20 + i*680/max(len(runs)-1, 1)
		deficient = append(deficient, fmt.Sprintf("%d,%d", x, 190-r.Deficient*180/most))
		suspected = append(suspected, fmt.Sprintf("%d,%d", x, 190-r.Suspected*180/most))
		tr.Runs = append(tr.Runs, []string{r.Started.String(), fmt.Sprint(r.Deficient), fmt.Sprint(r.Suspected), Percent(r.Compliance), Percent(r.Coverage)})
	}
	tr.Deficient, tr.Suspected = strings.Join(deficient, " "), strings.Join(suspected, " ")
	return tr
}

func shortName(name string) string { return runewidth.Truncate(name, longName, "…") }
