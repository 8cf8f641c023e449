// Package remedy says how a deficiency is put right: which operations, in
// which order, and what else has to be minded. It knows the operations and the
// filing, not the evidence.
package remedy

import (
	"slices"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/reference"
)

// Place is what a way is fitted to: a scene at a subject, a service or an item.
type Place struct {
	Scene   string
	Level   string // subject, service or item
	Subject *filing.Subject
	Service *filing.Service // nil at subject level
}

// Entry is one way to put it right. It names no domain.
type Entry struct {
	When       reference.Text
	Operations []string // ids, in order
	Words      reference.Text
	Notes      []string // codes of what the filing's own circumstances add
}

// Codes of the notes that an entry may carry.
const (
	NoteOpenOrder     = "open-order"     // an order in progress comes first
	NoteRemoveOnly    = "remove-only"    // of several domains, only this one is removed by a change
	NoteEmptyShell    = "empty-shell"    // no other access provider is on file: the filing would become an empty shell
	NoteLastService   = "last-service"   // the subject's only service: the whole subject is cancelled
	NoteNotMigratable = "not-migratable" // Apps can't be migrated
)

// For lists the ways of the catalogue, fitted to the filing: of several
// domains one is removed by a change and never by a cancellation that would hit
// the others (guide section 2.5), and Apps are not migrated.
func For(c *reference.Catalogue, p Place) []Entry {
	scene, ok := c.Scene(p.Scene)
	if !ok {
		return nil
	}
	var entries []Entry
	for _, way := range scene.Remedies {
		e := Entry{When: way.When, Words: way.Words, Operations: slices.Clone(way.Operations)}
		if p.Service != nil {
			e.fit(p)
		}
		if p.Subject.Order.Kind != "" || p.Subject.Order.State != "" {
			e.Notes = append(e.Notes, NoteOpenOrder)
		}
		// Fitting may make two ways the same.
		same := func(other Entry) bool { return slices.Equal(other.Operations, e.Operations) }
		if len(e.Operations) > 0 && !slices.ContainsFunc(entries, same) {
			entries = append(entries, e)
		}
	}
	return entries
}

// fit adapts one way to the service.
func (e *Entry) fit(p Place) {
	cancels := func(id string) bool { return id == "cancel-access" || id == "cancel-service" || id == "cancel-subject" }
	if p.Level == "item" && len(p.Service.Domains) > 1 && slices.ContainsFunc(e.Operations, cancels) {
		e.Operations = slices.DeleteFunc(e.Operations, cancels)
		if !slices.Contains(e.Operations, "change-service") {
			e.Operations = append(e.Operations, "change-service")
		}
		e.Notes = append(e.Notes, NoteRemoveOnly)
	}
	if slices.Contains(e.Operations, "cancel-access") && p.Service.OtherProvider == "" {
		e.Notes = append(e.Notes, NoteEmptyShell)
	}
	if slices.Contains(e.Operations, "cancel-service") && len(p.Subject.Services) == 1 {
		e.Notes = append(e.Notes, NoteLastService)
	}
	if p.Service.Kind != filing.Website && slices.Contains(e.Operations, "migrate-service") {
		e.Operations = slices.DeleteFunc(e.Operations, func(id string) bool { return id == "migrate-service" })
		e.Notes = append(e.Notes, NoteNotMigratable)
	}
}

// Due is the day n working days after a day; with n = 0 it is the day itself.
// Known is false where the calendar doesn't know all days up to it, so that
// some were taken for worked from Monday to Friday.
func Due(w *reference.Workdays, from filing.Day, n int) (day filing.Day, known bool) {
	return walk(w, from, n, 1)
}

// Before is the day n working days before a day: what takes n working days and
// begins then is done on that day.
func Before(w *reference.Workdays, from filing.Day, n int) (day filing.Day, known bool) {
	return walk(w, from, n, -1)
}

func walk(w *reference.Workdays, day filing.Day, n, by int) (filing.Day, bool) {
	known := true
	for n > 0 {
		day = day.AddDays(by)
		known = known && w.Known(day.Time())
		if w.Working(day.Time()) {
			n--
		}
	}
	return day, known
}
