package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/report"
)

// importer decides what the history is told by a list that people filled in.
// What the history says already is not told again.
type importer struct {
	remembered
	by  string // who hands the list in; empty: the person of each row
	now time.Time

	rows      []report.Handled
	untouched int
	found     map[checks.Key][]history.Finding // by the key that lists have
	waivers   []history.Waiver

	acts     []act
	refused  []report.Handled
	same     int // rows that say what the history says
	resolved int // rows about what is mended
}

// act is something to be done about a finding.
type act struct {
	row   report.Handled
	found history.Finding
	who   string
	ends  int64 // id of the waiver that a new one takes the place of; 0: none
}

// read reads the rows of a list.
func (i *importer) read(ctx context.Context, path string) error {
	var err error
	i.untouched, err = i.teller.ReadHandled(ctx, path, i.config.Audit.TempDir, func(h report.Handled) error {
		i.rows = append(i.rows, h)
		return nil
	})
	if err != nil {
		return usage(err)
	}
	return nil
}

// decide sorts the rows into what is to be done, what is done, and what can't be.
func (i *importer) decide(ctx context.Context) error {
	if err := i.find(ctx); err != nil {
		return err
	}
	var err error
	if i.waivers, err = i.store.Waivers(ctx); err != nil {
		return err
	}
	first := map[checks.Key]report.Handled{}
	for _, row := range i.rows {
		if i.unfit(&row, first) {
			i.refused = append(i.refused, row)
			continue
		}
		_, again := first[row.Finding]
		first[row.Finding] = row
		a := act{row: row, found: i.found[row.Finding][0], who: cmp.Or(i.by, row.Person)}
		if a.found.Status == history.StatusResolved {
			i.resolved++
			continue
		}
		known := again
		if !known {
			if known, err = i.known(ctx, &a); err != nil {
				return err
			}
		}
		if known {
			i.same++
			continue
		}
		if err := i.valid(a); err != nil {
			row.Unfit = &report.Unfit{Code: "not-taken", Value: err.Error()}
			i.refused = append(i.refused, row)
			continue
		}
		i.acts = append(i.acts, a)
	}
	return nil
}

// find looks up the findings that the rows are about.
func (i *importer) find(ctx context.Context) error {
	i.found = map[checks.Key][]history.Finding{}
	for _, row := range i.rows {
		i.found[row.Finding] = nil
	}
	for _, filter := range []history.Filter{{Seen: true, Today: i.today}, {Status: history.StatusResolved, Today: i.today}} {
		for f, err := range i.store.Findings(ctx, filter) {
			if err != nil {
				return err
			}
			key := report.ListedKey(f.Detail.Key)
			if _, wanted := i.found[key]; wanted {
				f.Detail = checks.Finding{Key: f.Detail.Key}
				i.found[key] = append(i.found[key], f)
			}
		}
	}
	return nil
}

// unfit says whether a row can't be used, and makes the row say why.
func (i *importer) unfit(row *report.Handled, first map[checks.Key]report.Handled) bool {
	if row.Unfit != nil {
		return true
	}
	found := i.found[row.Finding]
	before, twice := first[row.Finding]
	same := before
	same.Sheet, same.Row = row.Sheet, row.Row
	switch {
	case len(found) == 0:
		row.Unfit = &report.Unfit{Code: "unknown", Head: "edit-key", Value: report.Clean(row.Finding.Item, 100), Want: i.teller.Say("want-known")}
	case len(found) > 1:
		row.Unfit = &report.Unfit{Code: "ambiguous", Head: "edit-key", Value: report.Clean(row.Finding.Item, 100)}
	case !row.Shows(found[0].Item):
		row.Unfit = &report.Unfit{Code: "shifted", Head: "edit-key", Value: report.Clean(row.Finding.Item, 100)}
	case cmp.Or(i.by, row.Person) == "":
		row.Unfit = &report.Unfit{Code: "nobody", Head: "edit-person", Want: i.teller.Say("want-who")}
	case twice && same != *row:
		row.Unfit = &report.Unfit{Code: "twice", Head: "edit-status", Want: fmt.Sprintf(i.teller.Say("want-earlier"), before.Sheet, before.Row)}
	}
	return row.Unfit != nil
}

// known says whether the history says already what an act would tell it.
func (i *importer) known(ctx context.Context, a *act) (bool, error) {
	switch a.row.Handling {
	case report.HandlingAssigned:
		if a.found.Owner != a.row.Person || a.row.Note == "" {
			return a.found.Owner == a.row.Person, nil
		}
	case report.HandlingWaived:
		want := i.waiver(*a)
		for _, w := range i.waivers {
			if w.Scene != want.Scene || w.Target != want.Target || w.Expired(i.today) {
				continue
			}
			if w.Reason == want.Reason && w.Until.String() == want.Until.String() && w.Note == want.Note {
				return true, nil
			}
			a.ends = w.ID
		}
		return false, nil
	}
	return i.noted(ctx, *a)
}

// noted says whether an act's note is written already.
func (i *importer) noted(ctx context.Context, a act) (bool, error) {
	note := i.note(a)
	notes, err := i.store.Notes(ctx, note.Target)
	return slices.ContainsFunc(notes, func(n history.Note) bool {
		same := n.Text == note.Text || a.row.Handling == report.HandlingMended && i.teller.IsMendedNote(a.row, n.Text)
		return n.Scene == note.Scene && same
	}), err
}

// valid says what keeps the history from taking an act.
func (i *importer) valid(a act) error {
	switch {
	case a.row.Handling == report.HandlingWaived:
		return i.waiver(a).Validate(i.today)
	case a.row.Handling == report.HandlingAssigned && a.row.Note == "":
		return i.assignment(a).Validate()
	case a.row.Handling == report.HandlingAssigned:
		return cmp.Or(i.assignment(a).Validate(), i.note(a).Validate())
	}
	return i.note(a).Validate()
}

// do assigns or waives.
func (i *importer) do(ctx context.Context, a act) error {
	if a.row.Handling == report.HandlingAssigned {
		if err := i.store.Assign(ctx, i.assignment(a)); err != nil || a.row.Note == "" {
			return err
		}
		if noted, err := i.noted(ctx, a); err != nil || noted {
			return err
		}
		return i.store.AddNote(ctx, i.note(a))
	}
	if _, err := i.store.Waive(ctx, i.waiver(a)); err != nil || a.ends == 0 {
		return err
	}
	return i.store.EndWaiver(ctx, a.ends, i.now)
}

func (i *importer) assignment(a act) history.Assignment {
	k := a.found.Detail.Key
	return history.Assignment{Kind: history.AssignFinding, Value: history.FindingValue(k.Scene, k.Item), Owner: a.row.Person, Who: a.who, Made: i.now}
}

func (i *importer) waiver(a act) history.Waiver {
	k := a.found.Detail.Key
	return history.Waiver{Scene: k.Scene, Target: k.Item, Reason: a.row.Reason, Who: a.who, Until: a.row.Until, Note: a.row.Note, Made: i.now}
}

// note is on what icpaudit item shows: the domain or App, else the number.
func (i *importer) note(a act) history.Note {
	target, text := a.found.Item.Key, a.row.Note
	if a.row.Handling == report.HandlingMended {
		text = i.teller.MendedNote(a.row)
	}
	if a.found.Item.Level == checks.LevelItem {
		target = a.found.Item.Name
	}
	return history.Note{Target: target, Scene: a.found.Detail.Scene, Who: a.who, Text: text, Made: i.now}
}

// counts are the acts by what they are.
func (i *importer) counts() map[report.Handling]int {
	n := map[report.Handling]int{}
	for _, a := range i.acts {
		n[a.row.Handling]++
	}
	return n
}
