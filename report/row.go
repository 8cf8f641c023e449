package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/remedy"
)

// Options is the report block of the configuration.
type Options struct {
	Headers  string   `yaml:"headers"`  // of the CSV: zh for words in the report's language, or key for the stable English keys
	Outcomes []string `yaml:"outcomes"` // that the CSV lists; empty: all. The JSON lines always hold all
}

// Default is the configuration where nothing is configured.
func Default() Options { return Options{Headers: "zh"} }

// Validate names every value that can't be used, by its YAML key.
func (o Options) Validate() map[string]error {
	bad := map[string]error{}
	if o.Headers != "zh" && o.Headers != "key" {
		bad["headers"] = fmt.Errorf("%q is neither zh nor key", o.Headers)
	}
	for _, name := range o.Outcomes {
		if !slices.Contains(checks.Outcomes(), checks.Outcome(name)) {
			bad["outcomes"] = fmt.Errorf("%q is no outcome", name)
		}
	}
	return bad
}

// Teller turns findings into words, in one language.
type Teller struct {
	Phrases
	ref    *reference.Set
	policy checks.Policy
	now    time.Time
}

// NewTeller makes a teller for a run that began at now.
func NewTeller(ref *reference.Set, policy checks.Policy, lang string, now time.Time) *Teller {
	return &Teller{Phrases: In(lang), ref: ref, policy: policy, now: now}
}

// Row is one finding in words, ready for any writer: foreign text is clean.
type Row struct {
	checks.Finding
	SubjectName  string
	ServiceName  string
	ServiceKind  string
	KindID       string
	Provider     string
	Owner        string
	Label        string // U-label of the domain, or the App's package
	InventoryRow int
	SceneName    string
	Severity     string
	SeverityID   string
	Section      string
	OutcomeWord  string
	ReasonWord   string
	WhyWord      string
	Want, Got    string
	Where        string
	Excerpt      string
	AdviceWords  string
	CauseWords   string
	RemedyWords  string
	Operations   []string
	Due          string
	Province     string   // of the subject, as filed
	Tags         []string // of the subject
	State        State    // against earlier runs; empty where there is no history
}

// State is what became of a finding since the run before. It is known only
// where runs are kept.
type State string

// The states.
const (
	StateNew       State = "new"       // not found before
	StateOpen      State = "open"      // found before, and still there
	StateRegressed State = "regressed" // was resolved, and came back
	StateResolved  State = "resolved"  // found before, and mended
)

// place is where in the filing a finding belongs.
type place struct {
	service *filing.Service
	label   string
	row     int
}

// Rows tells all findings of one subject.
func (t *Teller) Rows(subject *filing.Subject, findings []checks.Finding) []Row {
	places := placesOf(subject)
	rows := make([]Row, len(findings))
	for i, f := range findings {
		rows[i] = t.row(subject, places[f.Item], f)
	}
	return rows
}

func placesOf(subject *filing.Subject) map[string]place {
	places := map[string]place{}
	for _, s := range subject.Services {
		for _, d := range s.Domains {
			places[s.ItemID(subject, d.Name)] = place{service: s, label: d.Label, row: d.Row}
		}
		for _, a := range s.Apps {
			places[s.ItemID(subject, a.ItemName())] = place{service: s, label: a.ItemName(), row: a.Row}
		}
		if _, taken := places[s.ID(subject)]; !taken {
			places[s.ID(subject)] = place{service: s, row: firstRow(s)}
		}
	}
	if _, taken := places[subject.ID()]; !taken {
		places[subject.ID()] = place{row: subject.Row}
	}
	return places
}

func firstRow(s *filing.Service) int {
	for _, d := range s.Domains {
		return d.Row
	}
	for _, a := range s.Apps {
		return a.Row
	}
	return 0
}

func (t *Teller) row(subject *filing.Subject, at place, f checks.Finding) Row {
	f.Proofs, f.Advice = cleanProofs(f.Proofs), cleanNotes(f.Advice)
	if f.Why != nil {
		f.Why = &cleanNotes([]checks.Note{*f.Why})[0]
	}
	r := Row{Finding: f, SubjectName: Clean(subject.Name, longestCell), Owner: Clean(subject.Owner, longestCell), InventoryRow: at.row,
		Province: Clean(subject.Province, longestCell)}
	for _, tag := range subject.Tags {
		r.Tags = append(r.Tags, Clean(tag, longestCell))
	}
	if r.InventoryRow == 0 {
		r.InventoryRow = subject.Row
	}
	if f.Level != checks.LevelSubject && at.service != nil {
		r.ServiceName, r.Provider = Clean(at.service.Name, longestCell), Clean(at.service.Provider, longestCell)
		r.KindID = string(at.service.Kind)
	}
	if f.Level == checks.LevelItem {
		r.Label = Clean(at.label, longestCell)
	}
	t.tell(&r)
	if f.Outcome == checks.Deficient || f.Outcome == checks.Suspected {
		t.remedies(&r, subject, at.service)
	}
	return r
}

// tell puts a row's codes into words: all but the remedies, which depend on the filing.
func (t *Teller) tell(r *Row) {
	r.ServiceKind = t.word("service-kind", r.KindID)
	if scene, ok := t.ref.Catalogue.Scene(string(r.Scene)); ok {
		r.SceneName, r.Section = scene.Name.In(t.lang), scene.Section
		r.SeverityID, r.Severity = scene.Severity, t.word("severity", scene.Severity)
		r.ReasonWord = scene.Reasons[r.Reason].In(t.lang)
	}
	r.OutcomeWord = t.word("outcome", string(r.Outcome))
	if r.Why != nil {
		r.WhyWord = t.note("why", *r.Why)
	}
	r.proofs(t, r.Proofs)
	r.AdviceWords = t.notes("advice", r.Advice)
	for i, id := range r.CausedBy {
		if i > 0 {
			r.CauseWords += "; "
		}
		r.CauseWords += t.SceneName(string(id))
	}
}

// SceneName is the name of a scene, or its id.
func (t *Teller) SceneName(id string) string {
	if scene, ok := t.ref.Catalogue.Scene(id); ok {
		return scene.Name.In(t.lang)
	}
	return id
}

// proofs puts the first proof into the two cells that explain the row; the
// others follow behind it.
func (r *Row) proofs(t *Teller, proofs []checks.Proof) {
	var want, got, where, excerpt []string
	for _, p := range proofs {
		what := t.word("proof", p.What)
		if p.Want != "" {
			want = append(want, what+": "+p.Want)
		}
		if p.Got != "" {
			got = append(got, what+": "+p.Got)
		} else if p.Want == "" {
			got = append(got, what)
		}
		where = append(where, p.Where)
		excerpt = append(excerpt, p.Excerpt)
	}
	r.Want, r.Got, r.Where, r.Excerpt = join(want), join(got), join(where), join(excerpt)
}

// join joins what is not empty, each only once.
func join(parts []string) string {
	var b strings.Builder
	seen := map[string]bool{"": true}
	for _, p := range parts {
		if seen[p] {
			continue
		}
		seen[p] = true
		if b.Len() > 0 {
			b.WriteString(" | ")
		}
		b.WriteString(p)
	}
	return b.String()
}

func (t *Teller) remedies(r *Row, subject *filing.Subject, service *filing.Service) {
	if r.Level == checks.LevelSubject {
		service = nil
	}
	entries := remedy.For(t.ref.Catalogue, remedy.Problem{
		Scene: string(r.Scene), Reason: r.Reason, Level: string(r.Level), Subject: subject, Service: service,
	})
	var ways []string
	for _, e := range entries {
		ways = append(ways, t.way(e))
		for _, id := range e.Operations {
			if !slices.Contains(r.Operations, id) {
				r.Operations = append(r.Operations, id)
			}
		}
	}
	r.RemedyWords = joinWays(ways, t.Say("or"))
	if r.Outcome == checks.Deficient {
		r.Due = remedy.Due(filing.DayOf(t.now), t.policy.DueWorkingDays).String()
	}
}

// way tells one way to put it right.
func (t *Teller) way(e remedy.Entry) string {
	way := strings.TrimSpace(e.When.In(t.lang) + " " + e.Words.In(t.lang))
	if ops := t.operations(e.Operations); ops != "" {
		way += " [" + ops + "]"
	}
	for _, note := range e.Notes {
		way += " (" + t.word("advice", note) + ")"
	}
	return way
}

func joinWays(ways []string, or string) string { return strings.Join(ways, " "+or+" ") }

func (t *Teller) operations(ids []string) string {
	var names []string
	for _, id := range ids {
		name := id
		if op, ok := t.ref.Catalogue.Operation(id); ok {
			name = op.Name.In(t.lang)
		}
		names = append(names, name)
	}
	return strings.Join(names, " → ")
}

func (t *Teller) word(group, code string) string {
	if code == "" {
		return ""
	}
	return t.ref.Words.Of(group, code, t.lang)
}

func (t *Teller) note(group string, n checks.Note) string {
	words := t.word(group, n.Code)
	if n.Detail == "" {
		return words
	}
	detail := n.Detail
	if _, ok := t.ref.Catalogue.Scene(detail); ok {
		detail = t.SceneName(detail)
	}
	return words + ": " + detail
}

func (t *Teller) notes(group string, notes []checks.Note) string {
	var parts []string
	for _, n := range notes {
		parts = append(parts, t.note(group, n))
	}
	return join(parts)
}
