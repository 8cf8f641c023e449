package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/remedy"
)

// Explain tells all that the reference data hold of a scene, an operation or a
// rule; found is false where there is none of that id, name or alias.
func Explain(w io.Writer, ref *reference.Set, key, lang string) (found bool, err error) {
	t := &Teller{Phrases: In(lang), ref: ref}
	var b strings.Builder
	if s, ok := ref.Catalogue.Scene(key); ok {
		t.explainScene(&b, s)
	} else if o, ok := ref.Catalogue.Operation(key); ok {
		t.explainOperation(&b, o)
	} else if !t.explainRule(&b, key) {
		return false, nil
	}
	_, err = io.WriteString(w, b.String())
	return true, err
}

func (t *Teller) explainScene(b *strings.Builder, s *reference.Scene) {
	sceneEntry(b, t.ref, s, t.lang)
	for _, r := range s.Remedies {
		if r.Assumes == "" && len(r.Except) == 0 {
			continue
		}
		fmt.Fprintf(b, "  %s", t.operations(r.Operations))
		if r.Assumes != "" {
			fmt.Fprintf(b, "  %s: %s", t.Say("explain-assumes"), t.word("assumes", r.Assumes))
		}
		if len(r.Except) > 0 {
			fmt.Fprintf(b, "  %s: %s", t.Say("explain-except"), t.list(r.Except))
		}
		b.WriteByte('\n')
	}
}

func (t *Teller) explainOperation(b *strings.Builder, o *reference.Operation) {
	operationEntry(b, o, t.lang)
	var scenes []string
	for _, s := range t.ref.Catalogue.Scenes {
		if slices.ContainsFunc(s.Remedies, func(r reference.Remedy) bool { return slices.Contains(r.Operations, o.ID) }) {
			scenes = append(scenes, s.Name.In(t.lang))
		}
	}
	for _, line := range [][2]string{
		{"where", t.word("where", o.Where)}, {"plan-who", t.words("who", o.Who)}, {"plan-materials", t.words("material", o.Materials)},
		{"plan-risks", t.words("risk", o.Risks)}, {"explain-used", t.list(scenes)},
	} {
		if line[1] != "" {
			fmt.Fprintf(b, "  %s: %s\n", t.Say(line[0]), line[1])
		}
	}
}

func (t *Teller) explainRule(b *strings.Builder, id string) bool {
	if r, ok := t.ref.Rules.Of(id); ok {
		fmt.Fprintf(b, "%s  %s\n  %s\n  %s: %s, %s\n", r.ID, t.Say("explain-rule"), r.Words.In(t.lang), t.Say("explain-source"), r.Source, r.Date)
		return true
	}
	for _, r := range t.ref.Provinces.Rules {
		if r.ID == id {
			fmt.Fprintf(b, "%s  %s  %s %s\n  %s\n  %s: %s, %s\n", r.ID, t.Say("explain-rule"), strings.Join(r.Provinces, " "), strings.Join(r.Natures, " "),
				r.Words.In(t.lang), t.Say("explain-source"), r.Source, r.Date)
			return true
		}
	}
	return false
}

// PlanFor tells what a plan has about one finding: its steps, its questions,
// and the ways that were not taken.
func (t *Teller) PlanFor(w io.Writer, p remedy.Plan, scene, item string) error {
	p = cleanPlan(p)
	item = Clean(item, longestCell)
	var b strings.Builder
	for _, s := range p.Steps {
		if slices.Contains(s.Solves, remedy.Ref{Scene: scene, Item: item}) {
			t.planStep(&b, s)
		}
	}
	for _, q := range p.Questions {
		if q.Scene == scene && slices.Contains(q.Items, item) {
			t.planQuestion(&b, q)
		}
	}
	if b.Len() == 0 {
		fmt.Fprintf(&b, "  %s\n", t.Say("explain-none"))
	}
	for _, a := range p.Considered {
		if a.Scene == scene && slices.Contains(a.Items, item) {
			t.planAlternative(&b, a)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
