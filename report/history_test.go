package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/reference"
)

// hostile is text that must not reach a terminal or a spreadsheet as it is.
const hostile = "=cmd()\x1b[31m\u202e\x00 13800138000"

func historyTables(t *testing.T, lang string) map[string]Table {
	t.Helper()
	ref, err := reference.Load("")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, time.March, 2, 2, 0, 0, 0, time.UTC)
	teller := NewTeller(ref, checks.DefaultPolicy(), lang, now)
	item := history.Item{Level: checks.LevelItem, Key: hostile, Label: hostile, Subject: hostile, Service: hostile, Left: true}
	waiver := history.Waiver{Scene: "dns-overseas", Target: hostile, Reason: history.WaiverRisk, Who: hostile, Note: hostile}
	outcomes := history.Outcomes{"dns-overseas": {Outcome: checks.Suspected, Reason: "overseas", Why: checks.WhyUnconfirmed}}
	finding := history.Finding{Item: item, Owner: hostile, Waiver: &waiver, Status: history.StatusOpen, Life: history.Life{
		State: history.LifeOpen, Sight: history.Sight{Outcome: checks.Unverifiable, Why: "timeout"}}}
	finding.Detail.Scene = "dns-overseas"
	run := history.Run{ID: 1, Schedule: hostile, State: history.RunProvisional, Why: history.WhySums, Totals: history.Totals{Faults: map[string]int{"timeout": 1}}}
	health, err := teller.Health(history.Health{Engine: "sqlite", Where: hostile, Damage: hostile})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]Table{
		"runs": teller.Runs([]history.Run{run}), "run": teller.Run(run), "health": health,
		"differences": teller.Differences([]history.Difference{{Item: item, B: outcomes}}),
		"changes":     teller.Changes([]history.Change{{Run: 1, Outcomes: outcomes}}),
		"findings":    teller.Findings([]history.Finding{finding}),
		"waivers":     teller.Waivers([]history.Waiver{waiver}, filing.DayOf(now)),
		"notes":       teller.Notes([]history.Note{{Who: hostile, Text: hostile, Scene: "dns-overseas"}}),
		"assignments": teller.Assignments([]history.Assignment{{Kind: history.AssignTag, Value: hostile, Owner: hostile}}),
	}
}

// Every table has words for its head, and no foreign sign gets out of its cells.
func TestHistoryTables(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		for name, table := range historyTables(t, lang) {
			if len(table.Rows) == 0 {
				t.Errorf("%s has no row", name)
			}
			for _, cells := range append([][]string{table.Head}, table.Rows...) {
				if len(cells) != len(table.Head) {
					t.Errorf("%s: %d cells under a head of %d", name, len(cells), len(table.Head))
				}
			}
			var text, sheet bytes.Buffer
			if err := table.Text(&text); err != nil {
				t.Fatal(err)
			}
			if err := table.CSV(&sheet); err != nil {
				t.Fatal(err)
			}
			for _, bad := range []string{"\x1b", "\x00", "\u202e", "13800138000", "head-", "health-"} {
				if strings.Contains(text.String(), bad) || strings.Contains(sheet.String(), bad) {
					t.Errorf("%s in %s: %q gets out:\n%s", name, lang, bad, text.String())
				}
			}
			if strings.Contains(sheet.String(), ",=") || strings.Contains(sheet.String(), "\n=") {
				t.Errorf("%s: a formula in a cell:\n%s", name, sheet.String())
			}
		}
	}
}

func TestJSONLine(t *testing.T) {
	line, err := JSONLine(map[string]string{"text": "某\u202e\x1b\x7f\u0085\U000E0001<é>"})
	const want = `{"text":"某\u202e\u001b\u007f\u0085\udb40\udc01\u003cé\u003e"}` + "\n"
	if err != nil || string(line) != want {
		t.Errorf("line %q, %v", line, err)
	}
	var back map[string]string
	if err := json.Unmarshal(line, &back); err != nil || back["text"] != "某\u202e\x1b\x7f\u0085\U000E0001<é>" {
		t.Errorf("read back %q, %v", back, err)
	}
}

func TestCodesOfTheHistoryHaveWords(t *testing.T) {
	ref, err := reference.Load("")
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string][]string{
		"run-state": {string(history.RunStaged), string(history.RunPublished), string(history.RunProvisional)},
		"letter-state": {
			string(history.NotificationPending), string(history.NotificationHeld), string(history.NotificationSent),
			string(history.NotificationFailed), string(history.NotificationDropped),
		},
		"channel": {"mail", "chat"},
		"run-why": {history.WhyBroke, history.WhySums, history.WhyOurs, history.WhyCoverage, history.WhyStore, history.WhyClock, history.WhyOverlap},
		"status":  {"seen", "unseen", "left", "waived", "expired", "unused"},
	}
	for _, s := range history.Statuses() {
		codes["status"] = append(codes["status"], string(s))
	}
	for _, r := range history.WaiverReasons() {
		codes["waiver"] = append(codes["waiver"], string(r))
	}
	for group, all := range codes {
		for _, code := range all {
			if !ref.Words.Has(group, code) {
				t.Errorf("%s: %q has no words", group, code)
			}
		}
		if got := len(ref.Words.Codes(group)); got != len(all) {
			t.Errorf("%s: %d words for %d codes", group, got, len(all))
		}
	}
}
