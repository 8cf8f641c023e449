package report

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
)

// Handling is what people say of a finding in the list of a workbook.
type Handling string

// The handlings, in the order of the list to choose from.
const (
	HandlingOpen     Handling = "open"     // nothing was done
	HandlingAssigned Handling = "assigned" // a person answers for it
	HandlingWaived   Handling = "waived"   // it is to be borne for a time
	HandlingMended   Handling = "mended"   // it is said to be put right
)

// Handlings lists all of them.
func Handlings() []Handling {
	return []Handling{HandlingOpen, HandlingAssigned, HandlingWaived, HandlingMended}
}

// Handled is one row of the list of a workbook that people filled in. Its texts
// are clean.
type Handled struct {
	Sheet    int        // number of the tab, from 1
	Row      int        // as the spreadsheet shows it
	List     time.Time  // start of the run whose list it is
	Finding  checks.Key // whose row it is, as ListedKey writes it
	Handling Handling   // HandlingOpen: the row says nothing
	Person   string     // who answers for it, or says so; may be empty
	Reason   history.WaiverReason
	Until    filing.Day
	Note     string
	Unfit    *Unfit // why the row can't be used; nil: it can

	subject, name string // as the row shows them
}

// Shows says whether the row is still that of an item: that people did not sort
// or paste the key without the rest of its row.
func (h Handled) Shows(i history.Item) bool {
	is := func(cell string, texts ...string) bool {
		return cell == "" || slices.ContainsFunc(texts, func(text string) bool { return cell == formulaSafe(Clean(text, longestCell)) })
	}
	return is(h.subject, i.Subject) && (i.Level != checks.LevelItem || is(h.name, i.Label, i.Name))
}

// refused is the row, with why it can't be used.
func (h Handled) refused(code, key string, row filing.WorklistRow, want string) Handled {
	h.Unfit = &Unfit{Code: code, Head: key, Value: Clean(row.Cells[key], 100), Want: want}
	return h
}

// Unfit is why a row of a list can't be used.
type Unfit struct {
	Code  string // of the word group "handled"
	Head  string // key of the column's header in the phrases; empty: the row as a whole
	Value string // what stands there, clean and short
	Want  string // what would be right; may be empty
}

// longestEdit is how many bytes a cell of a list may have.
const longestEdit = 32 << 10

// keyTime is how the list's key tells the run.
const keyTime = "20060102T150405Z"

// listKey is what makes an edited row the finding of the run that it was.
func listKey(run time.Time, k checks.Key) string {
	return run.UTC().Format(keyTime) + " " + string(k.Scene) + " " + string(k.Level) + " " + k.Item
}

// ListedKey is the key of a finding as lists have it: foreign text in it is clean.
func ListedKey(k checks.Key) checks.Key { return cleanKey(k) }

// parseListKey reads what listKey wrote.
func parseListKey(text string) (run time.Time, k checks.Key, ok bool) {
	parts := strings.SplitN(text, " ", 4)
	if len(parts) < 4 || parts[3] == "" {
		return run, k, false
	}
	run, err := time.Parse(keyTime, parts[0])
	k = checks.Key{Scene: checks.ID(parts[1]), Level: checks.Level(parts[2]), Item: parts[3]}
	return run, k, err == nil
}

// editColumns are the columns that are read back.
func editColumns() []string {
	return []string{"edit-key", "edit-status", "edit-person", "edit-reason", "edit-until", "edit-note", "subject", "name", "scene_name"}
}

// ReadHandled hands on the rows of the lists of a workbook on which people wrote
// something, in either language, and counts the others. A file that can't be
// read at all is an error of type *filing.Refusal.
func (t *Teller) ReadHandled(ctx context.Context, path, tempDir string, take func(Handled) error) (untouched int, err error) {
	list := filing.Worklist{Mark: "edit-key", TempDir: tempDir, Limits: filing.Limits{
		FileBytes: 256 << 20, SheetBytes: 1 << 30, Rows: sheetRows, CellBytes: longestEdit,
	}}
	for _, key := range editColumns() {
		zh, en := headerOf(In("zh"), key), headerOf(In("en"), key)
		list.Columns = append(list.Columns, filing.Column{Key: key, ZH: zh.ZH, Aliases: []string{en.EN}})
	}
	err = list.Read(ctx, path, func(row filing.WorklistRow) error {
		h := t.handled(row)
		if h.Unfit == nil && h.Handling == HandlingOpen {
			untouched++
			return nil
		}
		return take(h)
	})
	return untouched, err
}

// handled is what a row says.
func (t *Teller) handled(row filing.WorklistRow) Handled {
	h := Handled{
		Sheet: row.Sheet, Row: row.Line, Handling: HandlingOpen, Person: Clean(row.Cells["edit-person"], longestCell), Note: Clean(row.Cells["edit-note"], longestCell),
		subject: row.Cells["subject"], name: row.Cells["name"],
	}
	switch {
	case row.Broken != nil:
		return h.refused("too-long", row.Broken.Key, row, fmt.Sprintf(t.Say("want-shorter"), longestEdit))
	case len(row.Formulas) > 0:
		return h.refused("formula", row.Formulas[0], row, t.Say("want-plain"))
	}
	edited := slices.ContainsFunc(editColumns()[2:6], func(key string) bool { return row.Cells[key] != "" })
	status, known := t.handlingOf(row.Cells["edit-status"])
	switch {
	case !known:
		return h.refused("handling", "edit-status", row, t.choices(t.handlingWords()))
	case status == HandlingOpen && edited:
		return h.refused("no-handling", "edit-status", row, t.choices(t.handlingWords()[1:]))
	case status == HandlingOpen:
		return h
	}
	run, key, ok := parseListKey(row.Cells["edit-key"])
	h.Handling, h.List, h.Finding = status, run, key
	switch {
	case !ok:
		return h.refused("key", "edit-key", row, t.Say("want-key"))
	case row.Cells["scene_name"] != "" && !t.isScene(key.Scene, row.Cells["scene_name"]):
		return h.refused("shifted", "scene_name", row, t.SceneName(string(key.Scene)))
	}
	return t.asked(h, row)
}

// asked reads what the handling of a row asks for.
func (t *Teller) asked(h Handled, row filing.WorklistRow) Handled {
	switch {
	case h.Handling == HandlingAssigned && h.Person == "":
		return h.refused("no-person", "edit-person", row, t.Say("want-person"))
	case h.Handling != HandlingWaived:
		return h
	}
	var words []string
	for _, r := range history.WaiverReasons() {
		words = append(words, t.word("waiver", string(r)))
		if t.isWord("waiver", string(r), row.Cells["edit-reason"]) {
			h.Reason = r
		}
	}
	if h.Reason == "" {
		return h.refused("reason", "edit-reason", row, t.choices(words))
	}
	var ok bool
	if h.Until, ok = row.Day("edit-until"); !ok || h.Until.Before(filing.DayOf(t.now)) {
		return h.refused("until", "edit-until", row, fmt.Sprintf(t.Say("want-until"), filing.DayOf(t.now)))
	}
	return h
}

// handlingOf finds a handling by its word in either language, or its code; an
// empty cell says nothing.
func (t *Teller) handlingOf(text string) (Handling, bool) {
	if text == "" {
		return HandlingOpen, true
	}
	for _, h := range Handlings() {
		key := "status-" + string(h)
		if text == In("zh").Say(key) || strings.EqualFold(text, In("en").Say(key)) || strings.EqualFold(text, string(h)) {
			return h, true
		}
	}
	return "", false
}

func (t *Teller) handlingWords() []string {
	var words []string
	for _, h := range Handlings() {
		words = append(words, t.Say("status-"+string(h)))
	}
	return words
}

// isWord says whether a text is the word of a code in either language, or the code.
func (t *Teller) isWord(group, code, text string) bool {
	return text == t.ref.Words.Of(group, code, "zh") || strings.EqualFold(text, t.ref.Words.Of(group, code, "en")) || strings.EqualFold(text, code)
}

// isScene says whether a text is the name of a scene in either language.
func (t *Teller) isScene(id checks.ID, text string) bool {
	scene, ok := t.ref.Catalogue.Scene(string(id))
	return ok && (text == scene.Name.ZH || text == scene.Name.EN)
}

func (t *Teller) choices(words []string) string { return strings.Join(words, t.Say("list-comma")) }
