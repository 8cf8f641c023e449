package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"

	"github.com/icpaudit/icpaudit/checks"
)

// The page's own parts; nothing else of it is code.
var (
	//go:embed page/page.html
	pageTemplate string
	//go:embed page/page.css
	pageStyle string
	//go:embed page/page.js
	pageScript string
)

// Bounds of the page; what is beyond them is in the workbook and the CSV.
const (
	pageFindings = 10_000
	pageBytes    = 24 << 20 // of text in findings
	longestPage  = 600      // runes of one text
)

// pageData is what the template of the page shows.
type pageData struct {
	Lang, CSP, RunOf, Beyond string
	Style, Script            template.HTML // our own embedded parts
	Run                      RunInfo
	Incomplete               []string
	Tiles                    []tile
	Scenes, Due              chart
	Trend                    trend
	SceneNames, OutcomeNames []string
	ListHead                 []string
	Subjects                 []pageSubject
	Open                     []pageOpen
	Remedies                 []pageScene
	Facts                    []pair
	Mistakes                 []string
}

type (
	tile struct{ Name, Value, Class string }
	pair struct{ Name, Value string }

	pageSubject struct {
		Name, Number string
		Findings     []pageFinding
		Steps        [][]string
	}
	pageFinding struct {
		N                                                  int
		Scene, SceneName, Outcome, OutcomeWord, ReasonWord string
		Item, Severity, Due, Owner, StateWord, Remedy      string
		Lines                                              []pair
	}
	pageOpen struct{ Kinds []*openKind }
	openKind struct {
		By, Why, Scene string
		Count          int
	}
	pageScene struct {
		ID, Name, Meaning string
		Ways              []string
	}
)

// Page writes a run that is read back as one HTML page that needs nothing else.
func (t *Teller) Page(w io.Writer, l *Ledger) error { return t.page(w, l, pageFindings) }

func (t *Teller) page(w io.Writer, l *Ledger, most int) error {
	tmpl, err := template.New("page").Funcs(template.FuncMap{"say": t.Say}).Parse(pageTemplate)
	if err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	d := &pageData{
		Lang: map[string]string{"zh": "zh-CN", "en": "en"}[t.lang], Run: l.Run,
		RunOf: fmt.Sprintf(t.Say("run-of"), l.Run.Inventory, stamp(l.Run.Started)),
		CSP:   "default-src 'none'; base-uri 'none'; form-action 'none'; style-src '" + hashOf(pageStyle) + "'; script-src '" + hashOf(pageScript) + "'",
		Style: template.HTML("<style>" + pageStyle + "</style>"), Script: template.HTML("<script>" + pageScript + "</script>"),
	}
	g := newGathered()
	listed, err := t.pageSubjects(d, l, g, most)
	if err != nil {
		return err
	}
	if all := g.totals.Outcomes[checks.Deficient] + g.totals.Outcomes[checks.Suspected]; listed < all {
		d.Beyond = fmt.Sprintf(t.Say("page-beyond"), listed, all)
	}
	t.pageOverview(d, l, g)
	t.pageLists(d, l, g)
	if err := tmpl.Execute(w, d); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	return nil
}

// hashOf is how a content security policy names an inline part.
func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// pageSubjects gathers the sums of everything, and what is listed within the
// bounds.
func (t *Teller) pageSubjects(d *pageData, l *Ledger, g *gathered, most int) (n int, err error) {
	size := 0
	for told, err := range l.Subjects(t) {
		if err != nil {
			return n, err
		}
		g.add(told.Rows)
		var s pageSubject
		for _, r := range told.Rows {
			if !listed(r) || n >= most || size > pageBytes {
				continue
			}
			n++
			f := t.pageFinding(n, r)
			s.Findings = append(s.Findings, f)
			for _, line := range f.Lines {
				size += len(line.Name) + len(line.Value)
			}
		}
		if len(s.Findings) == 0 {
			continue
		}
		s.Name, s.Number = Clean(told.Rows[0].SubjectName, longestPage), Clean(told.Rows[0].Subject, longestPage)
		if s.Name == "" {
			s.Name, s.Number = s.Number, ""
		}
		for _, step := range told.Steps {
			s.Steps = append(s.Steps, t.stepCells(step))
		}
		d.Subjects = append(d.Subjects, s)
	}
	return n, nil
}

func (t *Teller) pageFinding(n int, r Row) pageFinding {
	f := pageFinding{
		N: n, Scene: string(r.Scene), SceneName: r.SceneName, Outcome: string(r.Outcome), OutcomeWord: r.OutcomeWord, ReasonWord: r.ReasonWord,
		Item: Clean(itemOf(r), longestPage), Severity: r.Severity, Due: r.Due, Owner: Clean(r.Owner, longestPage), StateWord: r.StateWord,
	}
	if len(r.Ways) > 0 {
		f.Remedy = t.operations(r.Ways[0].Operations)
	}
	step := ""
	if r.Step > 0 {
		step = fmt.Sprint(r.Step)
	}
	for _, line := range []struct{ key, text string }{
		{"reason", r.ReasonWord}, {"want", r.Want}, {"got", r.Got}, {"where", r.Where}, {"excerpt", r.Excerpt}, {"why", r.WhyWord},
		{"advice", r.AdviceWords}, {"caused-by", r.CauseWords}, {"seen", stamps(r.Looks)}, {"due", r.Due}, {"state", r.StateWord},
		{"first-seen", r.State.FirstSeen.String()}, {"plan-step", step},
	} {
		if line.text != "" {
			f.Lines = append(f.Lines, pair{t.Say(line.key), Clean(line.text, longestPage)})
		}
	}
	return f
}

// itemOf is what a finding is about, in as few words as possible.
func itemOf(r Row) string {
	switch {
	case r.Label != "":
		return r.Label
	case r.Level != checks.LevelSubject && r.Service != "":
		return r.Service
	}
	return r.Subject
}
