package deliver

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/report"
)

// night is when everything in the tests happens.
var night = time.Date(2026, 11, 24, 2, 0, 0, 0, time.FixedZone("CST", 8*3600))

const today = "2026-11-24"

// run is the run that the letters of the tests tell of.
var run = Run{ID: "0123456789abcdef", Started: night, Inventory: "inventory.csv"}

// finding makes a deficient row of an owner.
func finding(owner, item string, change func(*report.Row)) report.Row {
	r := report.Row{
		Finding: checks.Finding{
			Key:     checks.Key{Scene: "domain-expired", Level: checks.LevelItem, Item: item},
			Subject: "浙ICP备2023001234号", Name: item, Outcome: checks.Deficient, Reason: "expired",
		},
		Owner: owner, Label: item, Province: "浙", SeverityID: "major", Due: "2026-12-08",
	}
	if change != nil {
		change(&r)
	}
	return r
}

// readOf gives the same rows in every language.
func readOf(rows ...report.Row) func(string) iter.Seq2[report.Row, error] {
	return func(lang string) iter.Seq2[report.Row, error] {
		return func(yield func(report.Row, error) bool) {
			for _, r := range rows {
				r.OutcomeWord = "in " + lang
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

func teams(all ...Team) Options {
	o := Default()
	o.Mail.Host, o.Mail.From = "mail.example.cn", "audit@example.cn"
	o.Teams = all
	return o
}

func planned(t *testing.T, o Options, rows ...report.Row) Plan {
	t.Helper()
	for key, err := range o.Validate() {
		t.Fatalf("%s: %v", key, err)
	}
	p, err := MakePlan(o, "zh", run, readOf(rows...))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// told lists what each recipient gets: a@x: one two.
func told(p Plan) []string {
	var all []string
	for _, d := range p.Drafts {
		line := d.To + ":"
		for _, r := range d.Rows {
			line += " " + r.Item
		}
		if d.Skip != "" {
			line += " (" + d.Skip + ")"
		}
		all = append(all, line)
	}
	return all
}

func TestRowsGoWhereTheRulesSay(t *testing.T) {
	rows := []report.Row{
		finding("甲", "one.cn", nil),
		finding("乙", "two.cn", func(r *report.Row) { r.Tags = []string{"重点", "金融"} }),
		finding("丙", "three.cn", func(r *report.Row) { r.Province, r.Scene = "京", "dns-overseas" }),
		finding("甲", "four.cn", func(r *report.Row) { r.Outcome = checks.Pass }),
		finding("", "five.cn", func(r *report.Row) { r.Province = "" }),
	}
	for name, c := range map[string]struct {
		teams     []Team
		want      []string
		unclaimed int
	}{
		"owner":    {[]Team{{Name: "A", To: []string{"a@x.cn"}, Owners: []string{"甲"}}}, []string{"a@x.cn: one.cn"}, 3},
		"tag":      {[]Team{{Name: "A", To: []string{"a@x.cn"}, Tags: []string{"金融", "其他"}}}, []string{"a@x.cn: two.cn"}, 3},
		"scene":    {[]Team{{Name: "A", To: []string{"a@x.cn"}, Scenes: []string{"dns-overseas"}}}, []string{"a@x.cn: three.cn"}, 3},
		"province": {[]Team{{Name: "A", To: []string{"a@x.cn"}, Provinces: []string{"浙"}}}, []string{"a@x.cn: one.cn two.cn"}, 2},
		"every kind of condition counts": {
			[]Team{{Name: "A", To: []string{"a@x.cn"}, Provinces: []string{"浙"}, Owners: []string{"甲", "丙"}}}, []string{"a@x.cn: one.cn"}, 3},
		"the rest": {
			[]Team{{Name: "A", To: []string{"a@x.cn"}, Owners: []string{"甲"}}, {Name: "R", To: []string{"r@x.cn"}, Take: "rest"}},
			[]string{"a@x.cn: one.cn", "r@x.cn: two.cn three.cn five.cn"}, 0},
		"all": {
			[]Team{{Name: "A", To: []string{"a@x.cn"}, Owners: []string{"甲"}}, {Name: "B", To: []string{"b@x.cn"}, Take: "all"}},
			[]string{"a@x.cn: one.cn", "b@x.cn: one.cn two.cn three.cn five.cn"}, 0},
		"one recipient in two teams gets one letter, each row once": {
			[]Team{{Name: "A", To: []string{"a@x.cn"}, Owners: []string{"甲"}}, {Name: "Z", To: []string{"A@x.cn", "z@x.cn"}, Provinces: []string{"浙"}}},
			[]string{"a@x.cn: one.cn two.cn", "z@x.cn: one.cn two.cn"}, 2},
		"nothing": {[]Team{{Name: "A", To: []string{"a@x.cn"}, Owners: []string{"丁"}}}, []string{"a@x.cn: (none)"}, 4},
	} {
		t.Run(name, func(t *testing.T) {
			p := planned(t, teams(c.teams...), rows...)
			if got := told(p); !slices.Equal(got, c.want) || p.Unclaimed != c.unclaimed {
				t.Errorf("got %q and %d unclaimed, want %q and %d", got, p.Unclaimed, c.want, c.unclaimed)
			}
		})
	}
}

func TestEachTeamIsToldInItsLanguage(t *testing.T) {
	p := planned(t, teams(
		Team{Name: "A", To: []string{"a@x.cn"}, Owners: []string{"甲"}},
		Team{Name: "B", To: []string{"b@x.cn"}, Owners: []string{"甲"}, Lang: "en"},
	), finding("甲", "one.cn", nil), finding("丙", "two.cn", nil))
	if p.Unclaimed != 1 {
		t.Errorf("%d rows are unclaimed, want 1", p.Unclaimed)
	}
	for i, lang := range []string{"zh", "en"} {
		d := p.Drafts[i]
		if d.Lang != lang || len(d.Rows) != 1 || d.Rows[0].OutcomeWord != "in "+lang || d.Counts[checks.Deficient] != 1 {
			t.Errorf("%s is told %+v", d.To, d)
		}
	}
}

func TestTheUrgentComesFirstAndTheOldMayBeLeftOut(t *testing.T) {
	state := func(s string, due, severity string) func(*report.Row) {
		return func(r *report.Row) { r.State.Code, r.Due, r.SeverityID = s, due, severity }
	}
	rows := []report.Row{
		finding("甲", "open", state(report.StateOpen, "2026-12-08", "minor")),
		finding("甲", "critical", state(report.StateOpen, "2026-12-08", "critical")),
		finding("甲", "mended", func(r *report.Row) { r.State.Code, r.Outcome = report.StateResolved, checks.Pass }),
		finding("甲", "overdue", state(report.StateOpen, "2026-11-23", "major")),
		finding("甲", "due-today", state(report.StateOpen, today, "major")),
		finding("甲", "new", state(report.StateNew, "2026-12-08", "major")),
		finding("甲", "back", state(report.StateRegressed, "2026-12-08", "minor")),
	}
	owner := Team{Name: "A", To: []string{"a@x.cn"}, Owners: []string{"甲"}}
	all := teams(owner)
	if got := told(planned(t, all, rows...)); got[0] != "a@x.cn: back new overdue critical due-today open mended" {
		t.Errorf("told %q", got)
	}
	changes := teams(owner)
	changes.OnlyChanges = true
	if got := told(planned(t, changes, rows...)); got[0] != "a@x.cn: back new overdue mended" {
		t.Errorf("of changes told %q", got)
	}
	quiet := teams(owner, Team{Name: "B", To: []string{"b@x.cn"}, Owners: []string{"乙"}})
	quiet.SkipUnchanged = true
	if got := told(planned(t, quiet, rows[:2]...)); !slices.Equal(got, []string{"a@x.cn: critical open (unchanged)", "b@x.cn: (none)"}) {
		t.Errorf("where nothing changed told %q", got)
	}
	// Without history nothing is known to be old.
	if got := told(planned(t, quiet, finding("甲", "unknown", nil))); got[0] != "a@x.cn: unknown" {
		t.Errorf("without history told %q", got)
	}
}

// With a history a suspicion is news once, and what nobody could tell is none.
func TestWhatWasSuspectedBeforeIsNoNews(t *testing.T) {
	o := teams(Team{Name: "A", To: []string{"a@x.cn"}, Take: takeAll})
	o.SkipUnchanged, o.Outcomes = true, []string{"deficient", "suspected", "unverifiable"}
	for name, c := range map[string]struct {
		outcome checks.Outcome
		state   report.State
		history bool
		skipped bool
	}{
		"a new suspicion":                {checks.Suspected, report.State{}, true, false},
		"an old one":                     {checks.Suspected, report.State{Before: true}, true, true},
		"any one without history":        {checks.Suspected, report.State{}, false, false},
		"what nobody could tell":         {checks.Unverifiable, report.State{}, true, true},
		"a deficiency that nobody found": {checks.Unverifiable, report.State{Code: report.StateOpen}, true, true},
	} {
		of := run
		of.History = c.history
		row := finding("", "x.cn", func(r *report.Row) { r.Outcome, r.State = c.outcome, c.state })
		p, err := MakePlan(o, "zh", of, readOf(row))
		if err != nil {
			t.Fatal(err)
		}
		if skipped := p.Drafts[0].Skip != ""; skipped != c.skipped {
			t.Errorf("%s: no letter: %t", name, skipped)
		}
	}
}

// Fifty teams in three runs: each recipient gets the rows of his owners, all of
// them and no others.
func TestFiftyTeamsGetExactlyTheirRows(t *testing.T) {
	const many = 50
	var all []Team
	for i := range many {
		all = append(all, Team{
			Name: fmt.Sprintf("team %d", i), To: []string{fmt.Sprintf("t%d@x.cn", i), fmt.Sprintf("lead%d@x.cn", i/10)},
			Owners: []string{fmt.Sprintf("owner %d", i)},
		})
	}
	for night := range 3 {
		var rows []report.Row
		want := map[string][]string{}
		for i := range many {
			for k := range (i+night)%4 + 1 {
				item := fmt.Sprintf("run%d-team%d-%d.cn", night, i, k)
				rows = append(rows, finding(fmt.Sprintf("owner %d", i), item, nil))
				for _, to := range all[i].To {
					want[to] = append(want[to], item)
				}
			}
		}
		p := planned(t, teams(all...), rows...)
		if len(p.Drafts) != many+5 || p.Unclaimed != 0 {
			t.Fatalf("%d letters, %d rows unclaimed", len(p.Drafts), p.Unclaimed)
		}
		for _, d := range p.Drafts {
			var got []string
			for _, r := range d.Rows {
				got = append(got, r.Item)
			}
			if !slices.Equal(got, want[d.To]) {
				t.Errorf("run %d: %s gets %q, want %q", night, d.To, got, want[d.To])
			}
		}
		// The letters themselves hold no other team's items.
		w := writer(t, teams(all...))
		for _, d := range p.Drafts {
			l, err := w.Write(d)
			if err != nil {
				t.Fatal(err)
			}
			text := l.Subject + l.Text + l.HTML + string(l.Files[0].Data)
			if got, wanted := strings.Count(text, fmt.Sprintf("run%d-team", night)), 4*len(want[d.To]); got != wanted {
				// Text and page name an item once each, the CSV in two columns.
				t.Errorf("run %d: the letter to %s names %d items, want %d", night, d.To, got, wanted)
			}
			for _, item := range want[d.To] {
				if strings.Count(text, item) < 4 {
					t.Errorf("run %d: the letter to %s leaves %s out", night, d.To, item)
				}
			}
		}
	}
}

func TestAPlanIsWholeOrNone(t *testing.T) {
	broken := errors.New("broke off")
	_, err := MakePlan(teams(Team{Name: "A", To: []string{"a@x.cn"}, Take: "all"}), "zh", run, func(string) iter.Seq2[report.Row, error] {
		return func(yield func(report.Row, error) bool) {
			if yield(finding("甲", "one.cn", nil), nil) {
				yield(report.Row{}, broken)
			}
		}
	})
	if !errors.Is(err, broken) {
		t.Errorf("the error is %v", err)
	}
}
