package report

import (
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/remedy"
)

// Way is one way to put a finding right: a remedy of its scene, as it was
// fitted to the filing.
type Way struct {
	Remedy     int      `json:"remedy"` // its place among the remedies of the scene
	Operations []string `json:"operations"`
	Notes      []string `json:"notes,omitempty"` // codes of the word group "advice"
}

// ways asks the remedy room, and keeps of its answer what needs no language.
func (t *Teller) ways(f checks.Finding, subject *filing.Subject, service *filing.Service) []Way {
	if f.Level == checks.LevelSubject {
		service = nil
	}
	scene, ok := t.ref.Catalogue.Scene(string(f.Scene))
	if !ok {
		return nil
	}
	var ways []Way
	for _, e := range remedy.For(t.ref.Catalogue, remedy.Place{
		Scene: string(f.Scene), Level: string(f.Level), Subject: subject, Service: service,
	}) {
		at := slices.IndexFunc(scene.Remedies, func(r reference.Remedy) bool { return r.When == e.When && r.Words == e.Words })
		ways = append(ways, Way{Remedy: at, Operations: e.Operations, Notes: e.Notes})
	}
	return ways
}

func (t *Teller) tellWays(r *Row) {
	var told []string
	r.Operations = nil
	for _, way := range r.Ways {
		told = append(told, t.way(*r, way))
		for _, id := range way.Operations {
			if !slices.Contains(r.Operations, id) {
				r.Operations = append(r.Operations, id)
			}
		}
	}
	r.RemedyWords = strings.Join(told, " "+t.Say("or")+" ")
}

// way tells one way: when it is the right one, what is done, by which operations.
func (t *Teller) way(r Row, way Way) string {
	text := ""
	if scene, ok := t.ref.Catalogue.Scene(string(r.Scene)); ok && way.Remedy >= 0 && way.Remedy < len(scene.Remedies) {
		m := scene.Remedies[way.Remedy]
		text = strings.TrimSpace(m.When.In(t.lang) + " " + m.Words.In(t.lang))
	}
	if ops := t.operations(way.Operations); ops != "" {
		text += " [" + ops + "]"
	}
	for _, note := range way.Notes {
		text += " (" + t.word("advice", note) + ")"
	}
	return text
}

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
