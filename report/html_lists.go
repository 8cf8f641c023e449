package report

import (
	"fmt"
	"slices"

	"github.com/icpaudit/icpaudit/checks"
)

// pageOverview fills the figures and the charts.
func (t *Teller) pageOverview(d *pageData, l *Ledger, g *gathered) {
	d.Tiles = []tile{
		{Name: t.Say("rate-compliance"), Value: percent(g.totals.Compliance())},
		{Name: t.Say("rate-coverage"), Value: percent(g.totals.Coverage())},
	}
	for _, o := range checks.Outcomes() {
		d.Tiles = append(d.Tiles, tile{Name: t.word("outcome", string(o)), Value: fmt.Sprint(g.totals.Outcomes[o]), Class: string(o)})
	}
	if l.Ended != nil {
		for _, c := range []struct {
			key string
			n   int
		}{{"count-subjects", l.Ended.Subjects}, {"count-services", l.Ended.Services}, {"count-domains", l.Ended.Domains}, {"count-apps", l.Ended.Apps}} {
			d.Tiles = append(d.Tiles, tile{Name: t.Say(c.key), Value: fmt.Sprint(c.n)})
		}
		for _, hole := range l.Ended.Incomplete {
			d.Incomplete = append(d.Incomplete, fmt.Sprintf(t.Say("incomplete"), hole))
		}
	}
	if l.Ended == nil || !g.reconciled(l) {
		d.Incomplete = append(d.Incomplete, t.sums(l, g))
	}
	d.Scenes, d.Due, d.Trend = t.sceneChart(g), t.dueChart(g), t.trendChart(l, g)
}

// pageLists fills everything that is a list besides the findings.
func (t *Teller) pageLists(d *pageData, l *Ledger, g *gathered) {
	d.ListHead = []string{t.header("subject_name"), t.Say("page-item"), t.Say("table-scene"), t.header("outcome_word"), t.Say("reason"), t.Say("severity"), t.Say("due"), t.header("owner")}
	if l.Run.History {
		d.ListHead = append(d.ListHead, t.Say("state"))
	}
	d.OutcomeNames = []string{t.word("outcome", string(checks.Deficient)), t.word("outcome", string(checks.Suspected))}
	for i := range t.ref.Catalogue.Scenes {
		scene := &t.ref.Catalogue.Scenes[i]
		counts := g.totals.Scenes[checks.ID(scene.ID)]
		if counts[checks.Deficient]+counts[checks.Suspected] == 0 {
			continue
		}
		name := scene.Name.In(t.lang)
		d.SceneNames = append(d.SceneNames, name)
		p := pageScene{ID: scene.ID, Name: name, Meaning: scene.Meaning.In(t.lang)}
		for _, m := range scene.Remedies {
			p.Ways = append(p.Ways, m.When.In(t.lang)+" "+m.Words.In(t.lang)+" ["+t.operations(m.Operations)+"]")
		}
		d.Remedies = append(d.Remedies, p)
	}
	d.Open = t.pageOpen(g)
	for _, f := range t.runFacts(l, g) {
		d.Facts = append(d.Facts, pair{f.name, f.value})
	}
	for _, m := range l.Mistakes[:min(len(l.Mistakes), 200)] {
		d.Mistakes = append(d.Mistakes, t.Mistake(m))
	}
	if more := l.Further + len(l.Mistakes) - len(d.Mistakes); more > 0 {
		d.Mistakes = append(d.Mistakes, fmt.Sprintf(t.Say("run-refused-more"), more))
	}
}

// pageOpen has one line for each cause, its scenes joined.
func (t *Teller) pageOpen(g *gathered) []pageOpen {
	var all []pageOpen
	at := map[[2]string]*openKind{}
	by := ""
	for _, kind := range g.opened() {
		if kind.by != by {
			by = kind.by
			all = append(all, pageOpen{})
		}
		scene := fmt.Sprintf("%s %d", t.SceneName(string(kind.scene)), g.open[kind])
		if k := at[[2]string{kind.by, kind.why}]; k != nil {
			k.Scene += t.Say("list-comma") + scene
			k.Count += g.open[kind]
			continue
		}
		k := &openKind{By: t.word("settle", kind.by), Why: t.word("why", kind.why), Scene: scene, Count: g.open[kind]}
		at[[2]string{kind.by, kind.why}] = k
		all[len(all)-1].Kinds = append(all[len(all)-1].Kinds, k)
	}
	return all
}

// header is the header of a column of the CSV.
func (t *Teller) header(key string) string {
	all := csvColumns()
	i := slices.IndexFunc(all, func(c column) bool { return c.key == key })
	if i < 0 {
		return t.Say(key)
	}
	return all[i].header.In(t.lang)
}
