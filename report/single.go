package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

// Single tells one subject's findings on a terminal: what is wrong first, then
// what is open, then what conforms, each with its proof and remedy. Scenes in
// leave are not told: without a filing they can't be judged.
func (t *Teller) Single(w io.Writer, subject *filing.Subject, findings []checks.Finding, leave func(checks.Finding) bool) error {
	var b strings.Builder
	rows := slices.DeleteFunc(t.Rows(subject, findings), func(r Row) bool { return leave(r.Finding) })
	for _, o := range checks.Outcomes() {
		for _, r := range rows {
			if r.Outcome == o {
				t.single(&b, r)
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (t *Teller) single(b *strings.Builder, r Row) {
	fmt.Fprintf(b, "[%s] %s", r.OutcomeWord, r.SceneName)
	if r.ReasonWord != "" {
		fmt.Fprintf(b, " — %s", r.ReasonWord)
	}
	if r.Label != "" {
		fmt.Fprintf(b, "  %s", r.Label)
	}
	b.WriteByte('\n')
	for _, line := range []struct{ key, text string }{
		{"why", r.WhyWord}, {"want", r.Want}, {"got", r.Got}, {"where", r.Where}, {"caused-by", r.CauseWords},
		{"advice", r.AdviceWords}, {"remedy", r.RemedyWords}, {"due", r.Due},
	} {
		if line.text != "" {
			fmt.Fprintf(b, "    %s: %s\n", t.Say(line.key), line.text)
		}
	}
}

// Looks tells which looks were taken, when, and how each ended.
func (t *Teller) Looks(w io.Writer, looks checks.Looks) error {
	for i, d := range looks {
		parts := []string{
			look(t, "dns", d.DNS.Asked(), d.DNS.Fault, d.DNS.Took), look(t, "visit", d.Visit.Asked(), d.Visit.Fault, d.Visit.Took),
			look(t, "page", d.Page.Asked(), d.Page.Fault, d.Page.Took), look(t, "registration", d.Registration.Asked(), d.Registration.Fault, d.Registration.Took),
		}
		line := fmt.Sprintf("#%d %s  %s", i+1, stamp(d.At), strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "  "))
		if _, err := fmt.Fprintf(w, t.Say("looked")+"\n", line); err != nil {
			return err
		}
	}
	return nil
}

func look(t *Teller, kind string, asked bool, fault *observe.Fault, took time.Duration) string {
	switch {
	case !asked:
		return ""
	case fault != nil:
		return t.Say(kind) + " " + t.word("fault", string(fault.Kind))
	}
	return fmt.Sprintf("%s ✓ %s", t.Say(kind), took.Round(time.Millisecond))
}

// SingleJSON writes one subject's findings and looks as one JSON object.
func (t *Teller) SingleJSON(w io.Writer, subject *filing.Subject, findings []checks.Finding, looks map[string]checks.Looks) error {
	type lookJSON struct {
		At           time.Time      `json:"at"`
		DNS          *observe.Fault `json:"dns_fault,omitempty"`
		Visit        *observe.Fault `json:"visit_fault,omitempty"`
		Page         *observe.Fault `json:"page_fault,omitempty"`
		Registration *observe.Fault `json:"registration_fault,omitempty"`
	}
	out := struct {
		Schema   int                   `json:"schema"`
		Findings []json.RawMessage     `json:"findings"`
		Looks    map[string][]lookJSON `json:"looks"`
		Totals   Totals                `json:"totals"`
	}{Schema: SchemaVersion, Looks: map[string][]lookJSON{}, Totals: Count(findings)}
	lines, err := jsonRows(t.Rows(subject, findings))
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(lines)) {
		out.Findings = append(out.Findings, json.RawMessage(line))
	}
	for name, all := range looks {
		name = Clean(name, longestCell)
		for _, d := range all {
			out.Looks[name] = append(out.Looks[name], lookJSON{d.At, cleanFault(d.DNS.Fault), cleanFault(d.Visit.Fault), cleanFault(d.Page.Fault), cleanFault(d.Registration.Fault)})
		}
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}
