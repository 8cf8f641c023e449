package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/remedy"
)

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
	Ways         []Way
	State        State    // of the history; zero without one
	StateWord    string   // in words
	Step         int      // of the plan; 0 without one
	Province     string   // of the subject, as filed
	Tags         []string // of the subject
}

// place is where in the filing a finding belongs.
type place struct {
	service *filing.Service
	label   string
	row     int
}

// Rows tells all findings of one subject.
func (t *Teller) Rows(subject *filing.Subject, findings []checks.Finding) []Row {
	return t.rows(subject, findings, Extra{})
}

func (t *Teller) rows(subject *filing.Subject, findings []checks.Finding, extra Extra) []Row {
	places := placesOf(subject)
	rows := make([]Row, len(findings))
	for i, f := range findings {
		rows[i] = t.row(subject, places[f.Item], f, extra.States[f.Key])
		rows[i].Step = extra.step(f.Key)
		t.tell(&rows[i])
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

// row gathers what filing and history say around a finding, foreign text clean;
// tell puts it into words.
func (t *Teller) row(subject *filing.Subject, at place, f checks.Finding, state State) Row {
	r := Row{Finding: f, SubjectName: subject.Name, Owner: cmp.Or(state.Owner, subject.Owner), InventoryRow: at.row, State: state}
	if r.InventoryRow == 0 {
		r.InventoryRow = subject.Row
	}
	if f.Level != checks.LevelSubject && at.service != nil {
		r.ServiceName, r.Provider, r.KindID = at.service.Name, at.service.Provider, string(at.service.Kind)
	}
	if f.Level == checks.LevelItem {
		r.Label = at.label
	}
	r.Province, r.Tags = subject.Province, slices.Clone(subject.Tags)
	r.clean()
	if f.Outcome == checks.Deficient || f.Outcome == checks.Suspected {
		r.Ways = t.ways(r.Finding, subject, at.service)
	}
	due := state.Due
	if f.Outcome == checks.Deficient && due.IsZero() {
		due, _ = remedy.Due(t.ref.Workdays, filing.DayOf(t.now), t.policy.DueWorkingDays)
	}
	if !due.IsZero() {
		r.Due = due.String()
	}
	return r
}

// clean makes all foreign text of a row safe to show.
func (r *Row) clean() {
	f := &r.Finding
	f.Key = cleanKey(f.Key)
	f.Proofs, f.Advice = cleanProofs(f.Proofs), cleanNotes(f.Advice)
	if f.Why != nil {
		f.Why = &cleanNotes([]checks.Note{*f.Why})[0]
	}
	r.State = cleanState(r.State)
	for _, text := range []*string{&f.Subject, &f.Service, &f.Name, &r.SubjectName, &r.ServiceName, &r.Provider, &r.Owner, &r.Label, &r.Due, &r.Province} {
		*text = Clean(*text, longestCell)
	}
	for i := range r.Tags {
		r.Tags[i] = Clean(r.Tags[i], longestCell)
	}
}

// tell puts the codes of a row into words.
func (t *Teller) tell(r *Row) {
	f := r.Finding
	r.ServiceKind, r.OutcomeWord = t.word("service-kind", r.KindID), t.word("outcome", string(f.Outcome))
	if scene, ok := t.ref.Catalogue.Scene(string(f.Scene)); ok {
		r.SceneName, r.Section = scene.Name.In(t.lang), scene.Section
		r.SeverityID, r.Severity = scene.Severity, t.word("severity", scene.Severity)
		r.ReasonWord = scene.Reasons[r.Reason].In(t.lang)
	}
	if f.Why != nil {
		r.WhyWord = t.note("why", *f.Why)
	}
	r.proofs(t, r.Proofs)
	r.AdviceWords = t.notes("advice", r.Advice)
	for i, id := range r.CausedBy {
		if i > 0 {
			r.CauseWords += "; "
		}
		r.CauseWords += t.SceneName(string(id))
	}
	r.StateWord = t.word("state", r.State.Code)
	if w := r.State.Waiver; w != nil {
		r.StateWord = join([]string{r.StateWord, t.word("status", "waived") + " " + w.Until.String()})
	}
	t.tellWays(r)
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
