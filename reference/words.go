package reference

import (
	"io/fs"
	"maps"
	"slices"
)

// Words maps the codes of the program to words for readers, in groups.
type Words struct {
	groups map[string]map[string]Text
}

// Of returns the words for a code in a group, or the code itself where there
// are none. A fault is a reason why something is unverifiable, so that the
// group "why" goes on in the group "fault".
func (w *Words) Of(group, code, lang string) string {
	t, ok := w.groups[group][code]
	if !ok && group == "why" {
		t, ok = w.groups["fault"][code]
	}
	if !ok {
		return code
	}
	return t.In(lang)
}

// Has says whether there are words for a code in a group.
func (w *Words) Has(group, code string) bool {
	_, ok := w.groups[group][code]
	if !ok && group == "why" {
		_, ok = w.groups["fault"][code]
	}
	return ok
}

// Codes lists the codes of a group, sorted.
func (w *Words) Codes(group string) []string { return slices.Sorted(maps.Keys(w.groups[group])) }

// wordGroups is every group of words, and what its codes are.
func wordGroups() []string {
	return []string{
		"outcome",      // outcomes of a finding
		"why",          // why a verdict is unverifiable, suspected, not applicable or an error
		"proof",        // what a proof compares
		"fault",        // kinds of faults of a look
		"advice",       // advice on findings and notes on remedies
		"input",        // mistakes and notes of inventories and configuration
		"level",        // levels of a scene
		"severity",     // severities of a scene
		"service-kind", // kinds of services
		"package",      // oddities of an App's package
		"where",        // plans: where a step is done
		"who",          // plans: who does a step
		"material",     // plans: what a step needs
		"risk",         // plans: what a step may bring about
		"field",        // plans: what a change changes
		"how",          // plans: where a new value is from
		"question",     // plans: what a person has to decide
		"assumes",      // facts that a way of the catalogue rests on
		"plan-note",    // plans: what has to be minded about a plan
		"settle",       // what would settle an unverifiable finding
		"state",        // states of a finding in the history
		"status",       // of findings in the course of time
		"waiver",       // reasons of waivers
		"handled",      // why a row of an edited list is not read back
		"run-state",    // how far a run came
		"run-why",      // why a run is provisional
		"letter-state", // how far a letter came
		"channel",      // how a letter travels
	}
}

func readWords(fsys fs.FS) (*Words, error) {
	var file struct {
		Heading heading                    `yaml:",inline"`
		Groups  map[string]map[string]Text `yaml:"groups"`
	}
	if err := readYAML(fsys, "words.yaml", &file, &file.Heading); err != nil {
		return nil, err
	}
	m := mistakes{file: "words.yaml"}
	for _, group := range slices.Sorted(maps.Keys(file.Groups)) {
		m.oneOf("group", group, wordGroups()...)
		for _, code := range slices.Sorted(maps.Keys(file.Groups[group])) {
			m.id(group+" code", code, map[string]bool{})
			m.text(group+" "+code, file.Groups[group][code])
		}
	}
	for _, group := range wordGroups() {
		if len(file.Groups[group]) == 0 {
			m.add("group %s is missing", group)
		}
	}
	return &Words{groups: file.Groups}, m.err()
}
