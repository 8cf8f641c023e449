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
	barLeft   = 240
	barRoom   = 460
	barLine   = 24
	trendLeft = 60
	trendRoom = 600
	trendFoot = 190
	longName  = 30 // of a name beside a bar, in widths of a Latin letter
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
	Marks                []mark // at the ends of the lines, and the days below
	Key                  []tile
	Head                 []string
	Runs                 [][]string
}

// mark is a text in a chart; its anchor is start or end.
type mark struct {
	X, Y         int
	Text, Anchor string
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
	for _, o := range chartOutcomes()[:2] {
		tr.Key = append(tr.Key, tile{Name: t.word("outcome", string(o.outcome)), Class: string(o.outcome)})
	}
	var deficient, suspected []string
	for i, r := range runs {
		x := trendLeft + i*trendRoom/max(len(runs)-1, 1)
		at := func(n int) int { return trendFoot - n*(trendFoot-20)/most }
		deficient = append(deficient, fmt.Sprintf("%d,%d", x, at(r.Deficient)))
		suspected = append(suspected, fmt.Sprintf("%d,%d", x, at(r.Suspected)))
		if i == 0 || i == len(runs)-1 {
			beside, count, anchor := x-8, "end", "start"
			if i > 0 {
				beside, count, anchor = x+8, "start", "end"
			}
			tr.Marks = append(tr.Marks, mark{x, trendFoot + 18, r.Started.String(), anchor}, mark{beside, at(r.Deficient) + 4, fmt.Sprint(r.Deficient), count})
			if r.Suspected != r.Deficient {
				tr.Marks = append(tr.Marks, mark{beside, at(r.Suspected) + 4, fmt.Sprint(r.Suspected), count})
			}
		}
		tr.Runs = append(tr.Runs, []string{r.Started.String(), fmt.Sprint(r.Deficient), fmt.Sprint(r.Suspected), Percent(r.Compliance), Percent(r.Coverage)})
	}
	tr.Deficient, tr.Suspected = strings.Join(deficient, " "), strings.Join(suspected, " ")
	return tr
}

func shortName(name string) string { return runewidth.Truncate(name, longName, "…") }
