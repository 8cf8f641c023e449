package deliver

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/report"
)

// Channel is how a letter travels.
type Channel string

// The channels.
const (
	ByMail Channel = "mail"
	ByChat Channel = "chat"
)

// Why a recipient gets no letter.
const (
	skipUnchanged = "unchanged"
	skipNone      = "none" // the run has nothing of his teams
)

// Draft is what one recipient is to be told: his teams' rows and nobody else's.
type Draft struct {
	Channel Channel
	To      string   // mail address, or name of a chat
	Teams   []string // that he is in, in the order of the configuration
	Lang    string
	Counts  map[checks.Outcome]int // of all his rows, listed or not
	Rows    []report.Row           // that the letter lists, most urgent first
	Skip    string                 // code of why no letter is sent; empty: one is
}

// Plan is who gets what.
type Plan struct {
	Drafts    []Draft
	Unclaimed int // rows to be listed that belong to no team
}

// MakePlan deals the rows of a run to the teams. read gives all rows, told in a
// language; it is called once for each language that teams read. lang is that of
// teams that name none.
func MakePlan(o Options, lang string, run Run, read func(lang string) iter.Seq2[report.Row, error]) (Plan, error) {
	d := newDealer(o, lang, run)
	for i, lang := range d.languages() {
		for r, err := range read(lang) {
			if err != nil {
				return Plan{}, fmt.Errorf("plan letters: %w", err)
			}
			d.deal(r, lang, i == 0)
		}
	}
	return d.plan(), nil
}

// longestLetter bounds the writing of a province, in bytes.
const longestLetter = 8

// dealer deals rows to recipients.
type dealer struct {
	o         Options
	today     string
	history   bool              // states say what is old
	rules     []rule            // of the teams
	provinces map[string]string // spelling of a row's province: the one spelling
	drafts    []Draft
	ofTeam    [][]int // by team: the numbers of its drafts
	unclaimed int
}

func newDealer(o Options, lang string, run Run) *dealer {
	d := &dealer{o: o, today: run.day(), history: run.History, ofTeam: make([][]int, len(o.Teams)), provinces: map[string]string{}}
	known := map[string]int{}
	for i, t := range o.Teams {
		d.rules = append(d.rules, t.rule())
		add := func(channel Channel, to string) {
			// One chat is one room for each team that writes into it: its message
			// says whose it is, in that team's language.
			key := string(channel) + "\x00" + recipientKey(to)
			if channel == ByChat {
				key += "\x00" + t.Name
			}
			n, seen := known[key]
			if !seen {
				n = len(d.drafts)
				known[key] = n
				d.drafts = append(d.drafts, Draft{Channel: channel, To: to, Lang: cmp.Or(t.Lang, lang), Counts: map[checks.Outcome]int{}})
			}
			if !slices.Contains(d.drafts[n].Teams, t.Name) {
				d.drafts[n].Teams = append(d.drafts[n].Teams, t.Name)
				d.ofTeam[i] = append(d.ofTeam[i], n)
			}
		}
		for _, to := range t.To {
			add(ByMail, to)
		}
		for _, name := range t.Chats {
			add(ByChat, name)
		}
	}
	return d
}

func (d *dealer) languages() []string {
	var langs []string
	for _, draft := range d.drafts {
		if !slices.Contains(langs, draft.Lang) {
			langs = append(langs, draft.Lang)
		}
	}
	return langs
}

// deal gives a row, told in a language, to everybody who reads that language and
// is in a team that takes the row. count says whether this is the first telling.
func (d *dealer) deal(r report.Row, lang string, count bool) {
	claimed := false // by a condition
	taken := false
	mine := map[int]bool{}
	take := func(i int) {
		taken = true
		for _, n := range d.ofTeam[i] {
			mine[n] = true
		}
	}
	province := d.provinceOf(r)
	for i, c := range d.rules {
		if c.take == takeAll {
			take(i)
		} else if c.matches(r, province) {
			claimed = true
			take(i)
		}
	}
	for i, c := range d.rules {
		if c.take == takeRest && !claimed {
			take(i)
		}
	}
	listed := d.listed(r)
	if count && listed && !taken {
		d.unclaimed++
	}
	for n := range mine {
		draft := &d.drafts[n]
		if draft.Lang != lang {
			continue
		}
		draft.Counts[r.Outcome]++
		if listed {
			draft.Rows = append(draft.Rows, r)
		}
	}
}

func (d *dealer) provinceOf(r report.Row) string {
	if len(r.Province) > longestLetter {
		return "" // no letter, and not worth keeping
	}
	letter, known := d.provinces[r.Province]
	if !known {
		letter = provinceLetter(r.Province)
		d.provinces[r.Province] = letter
	}
	return letter
}

// listed says whether letters show a row.
func (d *dealer) listed(r report.Row) bool {
	if d.o.OnlyChanges && !d.changed(r) {
		return false
	}
	return r.State.Code == report.StateResolved || slices.Contains(d.o.Outcomes, string(r.Outcome))
}

// changed says whether a row tells something new. Where no history says what is
// old, every row may be new; of what was never deficient a history knows what is
// suspected for the first time.
func (d *dealer) changed(r report.Row) bool {
	if d.history && r.State.Code == "" {
		return r.Outcome == checks.Suspected && !r.State.Before
	}
	return r.State.Code != report.StateOpen || groupOf(r, d.today) == groupOverdue
}

func (d *dealer) plan() Plan {
	p := Plan{Unclaimed: d.unclaimed}
	for _, draft := range d.drafts {
		if len(draft.Counts) == 0 {
			draft.Skip = skipNone
		} else if d.o.SkipUnchanged && !slices.ContainsFunc(draft.Rows, d.changed) {
			draft.Skip = skipUnchanged
		}
		slices.SortStableFunc(draft.Rows, func(a, b report.Row) int {
			return cmp.Or(
				cmp.Compare(slices.Index(groups(), groupOf(a, d.today)), slices.Index(groups(), groupOf(b, d.today))),
				cmp.Compare(severity(a), severity(b)))
		})
		p.Drafts = append(p.Drafts, draft)
	}
	return p
}

// The groups of a letter's rows.
const (
	groupRegressed = "regressed"
	groupNew       = "new"
	groupOverdue   = "overdue"
	groupOpen      = "open"
	groupResolved  = "resolved"
)

// groups lists the groups, most urgent first.
func groups() []string {
	return []string{groupRegressed, groupNew, groupOverdue, groupOpen, groupResolved}
}

// groupOf is the group of a row on a day.
func groupOf(r report.Row, today string) string {
	switch r.State.Code {
	case report.StateRegressed:
		return groupRegressed
	case report.StateNew:
		return groupNew
	case report.StateResolved:
		return groupResolved
	}
	if r.State.Code == report.StateOverdue || r.Due != "" && r.Due < today {
		return groupOverdue
	}
	return groupOpen
}

// severity orders rows: critical first.
func severity(r report.Row) int {
	return slices.Index([]string{"critical", "major", "minor", r.SeverityID}, r.SeverityID)
}
