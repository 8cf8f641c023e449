package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/remedy"
)

// Plan tells a plan on a terminal: steps in order, what a person has to
// decide, the ways that were not taken, and what has to be minded.
func (t *Teller) Plan(w io.Writer, p remedy.Plan) error {
	p = cleanPlan(p)
	var b strings.Builder
	fmt.Fprintf(&b, t.Say("plan-head")+"\n", p.Subject, len(p.Steps), p.Orders, len(p.Questions))
	if len(p.Steps) > 0 {
		fmt.Fprintf(&b, "  "+t.Say("plan-time")+"\n", p.Today, p.Days[0], p.Days[1], p.End[0], p.End[1])
	}
	if !p.Due.IsZero() {
		fmt.Fprintf(&b, "  %s: %s\n", t.Say("due"), p.Due)
	}
	for _, s := range p.Steps {
		t.planStep(&b, s)
	}
	t.section(&b, "plan-questions", len(p.Questions), func(i int) { t.planQuestion(&b, p.Questions[i]) })
	t.section(&b, "plan-considered", len(p.Considered), func(i int) { t.planAlternative(&b, p.Considered[i]) })
	t.section(&b, "plan-unsettled", len(p.Unsettled), func(i int) {
		u := p.Unsettled[i]
		fmt.Fprintf(&b, "  - %s: %s  (%s)\n", t.SceneName(u.Scene), t.word("why", u.Why), t.list(u.Items))
	})
	t.section(&b, "plan-notes", len(p.Notes), func(i int) { fmt.Fprintf(&b, "  - %s\n", t.planNote(p.Notes[i])) })
	_, err := io.WriteString(w, b.String())
	return err
}

func (t *Teller) section(b *strings.Builder, heading string, n int, each func(int)) {
	if n == 0 {
		return
	}
	fmt.Fprintf(b, "%s\n", t.Say(heading))
	for i := range n {
		each(i)
	}
}

func (t *Teller) planStep(b *strings.Builder, s remedy.Step) {
	fmt.Fprintf(b, "%d. %s  [%s]\n", s.ID, t.operation(s.Operation), s.Operation)
	for _, line := range []struct{ key, text string }{
		{"plan-target", t.list(s.Targets)}, {"plan-change", join(t.changes(s.Changes))}, {"plan-materials", t.words("material", s.Materials)},
		{"plan-who", t.words("who", s.Who)}, {"where", t.placeOf(s)}, {"plan-days", t.spanOf(s)}, {"plan-latest", t.latestOf(s)},
		{"plan-after", numbers(s.After)}, {"plan-solves", t.solved(s.Solves)}, {"plan-risks", t.words("risk", s.Risks)}, {"plan-rules", t.rules(s.Rules)},
	} {
		if line.text != "" {
			fmt.Fprintf(b, "   %s: %s\n", t.Say(line.key), line.text)
		}
	}
}

func (t *Teller) planQuestion(b *strings.Builder, q remedy.Question) {
	fmt.Fprintf(b, "  ? %s\n", t.word("question", q.Code))
	if q.Scene != "" {
		fmt.Fprintf(b, "    %s%s  (%s)\n", t.SceneName(q.Scene), t.afterScene(q.Scene, q.Reason), t.list(q.Items))
	} else {
		fmt.Fprintf(b, "    (%s)\n", t.list(q.Items))
	}
	for _, ops := range q.Options {
		fmt.Fprintf(b, "    %s: %s\n", t.Say("plan-option"), t.operations(ops))
	}
	if len(q.Rules) > 0 {
		fmt.Fprintf(b, "    %s: %s\n", t.Say("plan-rules"), t.rules(q.Rules))
	}
}

func (t *Teller) planAlternative(b *strings.Builder, a remedy.Alternative) {
	verdict := "plan-demoted"
	if a.Excluded {
		verdict = "plan-excluded"
	}
	fmt.Fprintf(b, "  - %s  (%s): %s\n    %s: %s\n", t.SceneName(a.Scene), t.list(a.Items), t.operations(a.Operations), t.Say(verdict), t.ruleWords(a.Rule))
}

func (t *Teller) planNote(n remedy.Note) string {
	if n.Detail == "" {
		return t.word("plan-note", n.Code)
	}
	return t.word("plan-note", n.Code) + ": " + n.Detail
}

func (t *Teller) operation(id string) string { return t.operations([]string{id}) }

func (t *Teller) list(items []string) string { return strings.Join(items, t.Say("list-comma")) }

func (t *Teller) words(group string, codes []string) string {
	parts := make([]string, len(codes))
	for i, code := range codes {
		parts[i] = t.word(group, code)
	}
	return strings.Join(parts, t.Say("list-semicolon"))
}

// changes tells what is changed: the field, whose it is, old → new.
func (t *Teller) changes(all []remedy.Change) []string {
	var parts []string
	for _, c := range all {
		what := t.word("field", c.Field)
		if c.Item != "" {
			what += " (" + c.Item + ")"
		}
		old, now := c.Old, c.New
		if old == "" {
			old = "—"
		}
		if now == "" {
			now = t.word("how", c.How)
		}
		parts = append(parts, what+": "+old+" → "+now)
	}
	return parts
}

func (t *Teller) placeOf(s remedy.Step) string {
	if s.At == "" {
		return t.word("where", s.Where)
	}
	return t.word("where", s.Where) + " (" + s.At + ")"
}

func (t *Teller) spanOf(s remedy.Step) string {
	return fmt.Sprintf(t.Say("plan-span"), s.Days[0], s.Days[1], span(s.Begin), span(s.End))
}

// span is two days, or one where they are the same.
func span(days [2]filing.Day) string {
	if days[0] == days[1] {
		return days[0].String()
	}
	return days[0].String() + "…" + days[1].String()
}

func (t *Teller) latestOf(s remedy.Step) string {
	if s.LatestStart.IsZero() {
		return ""
	}
	return fmt.Sprintf(t.Say("plan-latest-start"), s.LatestStart, s.LastChance)
}

func numbers(ids []int) string {
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = fmt.Sprint(id)
	}
	return strings.Join(parts, ", ")
}

// solved tells what a step mends: the items by scene.
func (t *Teller) solved(refs []remedy.Ref) string {
	var parts []string
	for i := 0; i < len(refs); {
		k := i
		var items []string
		for ; k < len(refs) && refs[k].Scene == refs[i].Scene; k++ {
			items = append(items, refs[k].Item)
		}
		parts = append(parts, t.SceneName(refs[i].Scene)+" ("+t.list(items)+")")
		i = k
	}
	return strings.Join(parts, t.Say("list-semicolon"))
}

func (t *Teller) rules(refs []remedy.RuleRef) string {
	var parts []string
	for _, r := range refs {
		parts = append(parts, t.ruleWords(r))
	}
	return strings.Join(parts, " ")
}

// ruleWords are a rule's words, with its source and date.
func (t *Teller) ruleWords(r remedy.RuleRef) string {
	words := r.ID
	if rule, ok := t.ref.Rules.Of(r.ID); ok {
		words = rule.Words.In(t.lang)
	}
	for _, rule := range t.ref.Provinces.Rules {
		if rule.ID == r.ID {
			words = rule.Words.In(t.lang)
		}
	}
	if r.Source == "" {
		return words
	}
	return words + " [" + r.Source + ", " + r.Date + "]"
}

// afterScene is the reason behind a dash, to follow its scene's name.
func (t *Teller) afterScene(scene, reason string) string {
	if reason == "" {
		return ""
	}
	return " — " + t.reason(checks.ID(scene), reason)
}
