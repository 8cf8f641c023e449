package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/icpaudit/icpaudit/reference"
)

// CatalogueList lists the scenes and the operations, a line each.
func CatalogueList(w io.Writer, ref *reference.Set, lang string) error {
	say := In(lang)
	table := [][]string{}
	for _, s := range ref.Catalogue.Scenes {
		judged := ""
		if !s.Judged {
			judged = say.Say("not-judged")
		}
		table = append(table, []string{s.ID, s.Name.In(lang), judged})
	}
	for _, o := range ref.Catalogue.Operations {
		table = append(table, []string{o.ID, o.Name.In(lang), say.Say("operation")})
	}
	var b strings.Builder
	for _, row := range table {
		fmt.Fprintf(&b, "%-36s %s", row[0], row[1])
		if row[2] != "" {
			fmt.Fprintf(&b, "  [%s]", row[2])
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// CatalogueEntry shows one scene or operation whole; found is false where
// there is none of that id, name or alias.
func CatalogueEntry(w io.Writer, ref *reference.Set, id, lang string) (found bool, err error) {
	var b strings.Builder
	if s, ok := ref.Catalogue.Scene(id); ok {
		sceneEntry(&b, ref, s, lang)
	} else if o, ok := ref.Catalogue.Operation(id); ok {
		operationEntry(&b, o, lang)
	} else {
		return false, nil
	}
	_, err = io.WriteString(w, b.String())
	return true, err
}

func sceneEntry(b *strings.Builder, ref *reference.Set, s *reference.Scene, lang string) {
	say := In(lang)
	fmt.Fprintf(b, "%s  %s\n", s.ID, s.Name.In(lang))
	for _, line := range [][2]string{
		{"level", ref.Words.Of("level", s.Level, lang)}, {"severity", ref.Words.Of("severity", s.Severity, lang)},
		{"section", s.Section}, {"aliases", strings.Join(s.Aliases, ", ")}, {"meaning", s.Meaning.In(lang)}, {"evidence", s.Evidence.In(lang)},
	} {
		if line[1] != "" {
			fmt.Fprintf(b, "  %s: %s\n", say.Say(line[0]), line[1])
		}
	}
	if !s.Judged {
		fmt.Fprintf(b, "  %s\n", say.Say("not-judged"))
	}
	for _, id := range s.ReasonIDs() {
		fmt.Fprintf(b, "  - %s: %s\n", id, s.Reasons[id].In(lang))
	}
	for _, r := range s.Remedies {
		fmt.Fprintf(b, "  %s: %s %s [%s]\n", say.Say("remedy"), r.When.In(lang), r.Words.In(lang), strings.Join(r.Operations, " → "))
	}
}

func operationEntry(b *strings.Builder, o *reference.Operation, lang string) {
	say := In(lang)
	fmt.Fprintf(b, "%s  %s\n", o.ID, o.Name.In(lang))
	if o.Section != "" {
		fmt.Fprintf(b, "  %s: %s\n", say.Say("section"), o.Section)
	}
	fmt.Fprintf(b, "  %s\n", o.Use.In(lang))
	if o.Days[1] > 0 {
		fmt.Fprintf(b, "  "+say.Say("days")+"\n", o.Days[0], o.Days[1])
	}
	if o.Irreversible {
		fmt.Fprintf(b, "  %s\n", say.Say("irreversible"))
	}
	for _, rule := range o.Rules {
		fmt.Fprintf(b, "  - %s\n", rule.In(lang))
	}
}
