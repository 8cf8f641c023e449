package report

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
)

// head is the head of a table, by the keys of its phrases.
func (t *Teller) head(keys ...string) []string {
	words := make([]string, len(keys))
	for i, key := range keys {
		words[i] = t.Say("head-" + key)
	}
	return words
}

// Runs is a table of runs.
func (t *Teller) Runs(runs []history.Run) Table {
	table := Table{Head: t.head("run", "schedule", "started", "state", "items", "coverage", "new", "regressed", "resolved", "unseen")}
	for _, r := range runs {
		m := r.Totals.Moves
		table.Rows = append(table.Rows, []string{
			strconv.FormatInt(r.ID, 10), r.Schedule, t.when(r.Started), t.runState(r), strconv.Itoa(r.Totals.Items), percent(r.Totals.Coverage, true),
			strconv.Itoa(m.New), strconv.Itoa(m.Regressed), strconv.Itoa(m.Resolved), strconv.Itoa(m.Unseen),
		})
	}
	return table
}

func (t *Teller) runState(r history.Run) string {
	state := t.word("run-state", string(r.State))
	if r.Why != "" {
		state += t.Say("colon") + t.word("run-why", r.Why)
	}
	return state
}

// when is a moment in Beijing, to the minute.
func (t *Teller) when(at time.Time) string {
	if at.IsZero() {
		return "—"
	}
	return at.In(time.FixedZone("CST", 8*3600)).Format("2006-01-02 15:04")
}

// Run is everything about one run, a row each.
func (t *Teller) Run(r history.Run) Table {
	table := Table{Head: t.head("run", "value")}
	add := func(key, value string) { table.Rows = append(table.Rows, []string{t.Say("head-" + key), value}) }
	count := func(key string, n int) { add(key, strconv.Itoa(n)) }
	table.Head[1] = strconv.FormatInt(r.ID, 10)
	add("schedule", r.Schedule)
	add("planned", t.when(r.Planned))
	add("started", t.when(r.Started))
	add("ended", t.when(r.Ended))
	add("state", t.runState(r))
	add("inventory", r.Inventory)
	add("rules", r.Rules)
	add("reference", r.Reference)
	add("version", r.Version)
	add("vantage", r.Vantage)
	count("rows", r.Totals.Rows)
	count("bad-rows", r.Totals.BadRows)
	count("subjects", r.Totals.Subjects)
	count("items", r.Totals.Items)
	count("doubled", r.Totals.Doubled)
	count("findings", r.Totals.Findings)
	add("coverage", percent(r.Totals.Coverage, true))
	for _, o := range checks.Outcomes() {
		table.Rows = append(table.Rows, []string{t.word("outcome", string(o)), strconv.Itoa(r.Totals.Outcomes[o])})
	}
	for _, code := range slices.Sorted(maps.Keys(r.Totals.Faults)) {
		table.Rows = append(table.Rows, []string{t.Say("head-fault") + t.Say("colon") + t.word("why", code), strconv.Itoa(r.Totals.Faults[code])})
	}
	count("changed", r.Totals.Moves.Items)
	count("new", r.Totals.Moves.New)
	count("regressed", r.Totals.Moves.Regressed)
	count("resolved", r.Totals.Moves.Resolved)
	count("unseen", r.Totals.Moves.Unseen)
	return table
}

// Differences is a table of what differs between two runs, or between two
// judgements: a row for each scene.
func (t *Teller) Differences(all []history.Difference) Table {
	table := Table{Head: t.head("item", "scene", "before", "after")}
	for _, d := range all {
		for _, scene := range d.Scenes() {
			table.Rows = append(table.Rows, []string{nameOf(d.Item), t.SceneName(string(scene)), t.sightIn(d.A, scene), t.sightIn(d.B, scene)})
		}
	}
	return table
}

// sightIn is a sight in words, a dash where there is none.
func (t *Teller) sightIn(o history.Outcomes, scene checks.ID) string {
	s, ok := o[scene]
	if !ok {
		return "—"
	}
	text := t.word("outcome", string(s.Outcome))
	if s.Reason != "" {
		text += t.Say("colon") + t.reason(scene, s.Reason)
	}
	if s.Why != "" {
		text += t.Say("colon") + t.word("why", s.Why)
	}
	return text
}

func (t *Teller) reason(scene checks.ID, reason string) string {
	if s, ok := t.ref.Catalogue.Scene(string(scene)); ok {
		if words, ok := s.Reasons[reason]; ok {
			return words.In(t.lang)
		}
	}
	return reason
}

// nameOf is what people call an item.
func nameOf(i history.Item) string {
	if i.Level == checks.LevelItem && i.Label != "" {
		return i.Label
	}
	return i.Key
}

// Findings is a table of findings.
func (t *Teller) Findings(all []history.Finding) Table {
	table := Table{Head: t.head("status", "item", "scene", "outcome", "since", "due", "owner", "subject", "service", "notes")}
	for _, f := range all {
		sight := history.Outcomes{f.Detail.Scene: f.Life.Sight}
		table.Rows = append(table.Rows, []string{
			t.status(f), nameOf(f.Item), t.SceneName(string(f.Detail.Scene)), t.sightIn(sight, f.Detail.Scene),
			f.Life.BegunDay.String(), f.Life.Due.String(), f.Owner, f.Item.Subject, f.Item.Service, t.remarks(f),
		})
	}
	return table
}

func (t *Teller) status(f history.Finding) string {
	if f.Status == "" {
		return t.word("status", "seen")
	}
	return t.word("status", string(f.Status))
}

// remarks is what else there is to say of a finding's life.
func (t *Teller) remarks(f history.Finding) string {
	var parts []string
	if f.Life.Unseen() {
		parts = append(parts, t.word("status", "unseen"))
	}
	if f.Item.Left {
		parts = append(parts, t.word("status", "left"))
	}
	if f.Waiver != nil {
		parts = append(parts, fmt.Sprintf("%s %s (%s)", t.word("status", "waived"), f.Waiver.Until, t.word("waiver", string(f.Waiver.Reason))))
	}
	return join(parts)
}

// FindingLine is a finding as one line of JSON; foreign text in it is clean.
func (t *Teller) FindingLine(f history.Finding) ([]byte, error) {
	f.Detail.Proofs, f.Detail.Advice = cleanProofs(f.Detail.Proofs), cleanNotes(f.Detail.Advice)
	f.Item, f.Owner = CleanItem(f.Item), Clean(f.Owner, longestCell)
	if f.Waiver != nil {
		w := CleanWaiver(*f.Waiver)
		f.Waiver = &w
	}
	return JSONLine(struct {
		Status  history.Status  `json:"status,omitempty"`
		Scene   checks.ID       `json:"scene"`
		Item    history.Item    `json:"item"`
		Outcome checks.Outcome  `json:"outcome"`
		Reason  string          `json:"reason,omitempty"`
		Why     string          `json:"why,omitempty"`
		Since   filing.Day      `json:"since,omitzero"`
		Due     filing.Day      `json:"due,omitzero"`
		Again   int             `json:"regressions,omitempty"`
		Unseen  bool            `json:"unseen,omitempty"`
		First   int64           `json:"first_run,omitempty"`
		Last    int64           `json:"last_changed_run,omitempty"`
		Owner   string          `json:"owner,omitempty"`
		Waiver  *history.Waiver `json:"waiver,omitempty"`
		Proofs  []checks.Proof  `json:"proofs,omitempty"`
		Advice  []checks.Note   `json:"advice,omitempty"`
		Causes  []checks.ID     `json:"caused_by,omitempty"`
	}{
		f.Status, f.Detail.Scene, f.Item, f.Life.Outcome, f.Life.Reason, f.Life.Why, f.Life.BegunDay, f.Life.Due, f.Life.Regressions,
		f.Life.Unseen(), f.FirstRun, f.LastRun, f.Owner, f.Waiver, f.Detail.Proofs, f.Detail.Advice, f.Detail.CausedBy,
	})
}

// CleanItem is an item whose texts are clean.
func CleanItem(i history.Item) history.Item {
	for _, text := range []*string{&i.Key, &i.Subject, &i.Service, &i.Name, &i.Label, &i.Kind, &i.Owner} {
		*text = Clean(*text, longestCell)
	}
	i.Tags = slices.Clone(i.Tags)
	for n := range i.Tags {
		i.Tags[n] = Clean(i.Tags[n], longestCell)
	}
	return i
}

// CleanWaiver is a waiver whose texts are clean.
func CleanWaiver(w history.Waiver) history.Waiver {
	w.Target, w.Who, w.Note = Clean(w.Target, longestCell), Clean(w.Who, longestCell), Clean(w.Note, longestCell)
	return w
}

// Changes is a table of how an item changed, newest first: a row for each scene
// that was not as before.
func (t *Teller) Changes(all []history.Change) Table {
	table := Table{Head: t.head("run", "since", "nights", "scene", "before", "after")}
	for i, c := range all {
		var before history.Outcomes
		if i+1 < len(all) {
			before = all[i+1].Outcomes
		}
		d := history.Difference{A: before, B: c.Outcomes}
		for _, scene := range d.Scenes() {
			table.Rows = append(table.Rows, []string{
				strconv.FormatInt(c.Run, 10), c.Day.String(), strconv.Itoa(c.Nights), t.SceneName(string(scene)), t.sightIn(d.A, scene), t.sightIn(d.B, scene),
			})
		}
	}
	return table
}

// Waivers is a table of waivers as of a day.
func (t *Teller) Waivers(all []history.Waiver, today filing.Day) Table {
	table := Table{Head: t.head("waiver", "item", "scene", "reason", "who", "until", "covers", "state", "notes")}
	for _, w := range all {
		var state []string
		if w.Expired(today) {
			state = append(state, t.word("status", "expired"))
		}
		if w.Unused() {
			state = append(state, t.word("status", "unused"))
		}
		table.Rows = append(table.Rows, []string{
			strconv.FormatInt(w.ID, 10), w.Target, t.SceneName(string(w.Scene)), t.word("waiver", string(w.Reason)), w.Who, w.Until.String(),
			strconv.Itoa(w.Covers), join(state), w.Note,
		})
	}
	return table
}

// Notes is a table of what people wrote.
func (t *Teller) Notes(all []history.Note) Table {
	table := Table{Head: t.head("started", "who", "scene", "notes")}
	table.Head[0] = t.Say("head-when")
	for _, n := range all {
		scene := ""
		if n.Scene != "" {
			scene = t.SceneName(string(n.Scene))
		}
		table.Rows = append(table.Rows, []string{t.when(n.Made), n.Who, scene, n.Text})
	}
	return table
}

// Assignments is a table of who answers for what.
func (t *Teller) Assignments(all []history.Assignment) Table {
	table := Table{Head: t.head("kind", "value", "owner", "who")}
	for _, a := range all {
		table.Rows = append(table.Rows, []string{string(a.Kind), a.Value, a.Owner, a.Who})
	}
	return table
}

// Health is how the store is, a row each.
func (t *Teller) Health(h history.Health) (Table, error) {
	data, err := json.Marshal(h)
	if err != nil {
		return Table{}, err
	}
	var values map[string]any
	if err := json.Unmarshal(data, &values); err != nil {
		return Table{}, err
	}
	table := Table{Head: t.head("what", "value")}
	for _, key := range []string{"engine", "where", "schema", "wanted", "bytes", "free", "runs", "items", "changes", "dossiers", "findings", "damage"} {
		if v, ok := values[key]; ok {
			text := fmt.Sprint(v)
			if n, ok := v.(float64); ok {
				text = strconv.FormatFloat(n, 'f', -1, 64)
			}
			table.Rows = append(table.Rows, []string{t.Say("health-" + key), text})
		}
	}
	return table, nil
}
