package history_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
)

func TestPeople(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := open(t, o)
		today := filing.DayOf(began)
		night(t, s, began, site{n: 1, state: 'd', owner: "Li", tags: []string{"vip"}}, site{n: 2, state: 'd', owner: "Li"})
		good := history.Waiver{Scene: "site-unreachable", Target: "site1.example", Reason: history.WaiverProgress, Who: "Wang", Until: today.AddDays(3), Made: began}
		for name, spoil := range map[string]func(*history.Waiver){
			"scene": func(w *history.Waiver) { w.Scene = "" }, "target": func(w *history.Waiver) { w.Target = "" },
			"reason": func(w *history.Waiver) { w.Reason = "because" }, "who": func(w *history.Waiver) { w.Who = "" },
			"until": func(w *history.Waiver) { w.Until = filing.Day{} }, "past": func(w *history.Waiver) { w.Until = today.AddDays(-1) },
			"note": func(w *history.Waiver) { w.Note = strings.Repeat("x", 5000) },
		} {
			bad := good
			spoil(&bad)
			if _, err := s.Waive(t.Context(), bad); err == nil {
				t.Errorf("a waiver with a bad %s was taken", name)
			}
		}
		w, err := s.Waive(t.Context(), good)
		if err != nil || w.ID == 0 {
			t.Fatalf("waive: %+v, %v", w, err)
		}
		unused := good
		unused.Scene = "icp-number-wrong"
		if unused, err = s.Waive(t.Context(), unused); err != nil {
			t.Fatal(err)
		}
		all := findings(t, s, history.Filter{})
		if len(all) != 2 || all[0].Waiver == nil || all[0].Life.Outcome != checks.Deficient || all[1].Waiver != nil {
			t.Errorf("findings %+v", all)
		}
		if late := findings(t, s, history.Filter{Today: today.AddDays(4)}); late[0].Waiver != nil {
			t.Error("an expired waiver still holds")
		}
		list, err := s.Waivers(t.Context())
		if err != nil || len(list) != 2 || list[0].Covers != 1 || !list[1].Unused() || list[0].Expired(today.AddDays(3)) || !list[0].Expired(today.AddDays(4)) {
			t.Errorf("waivers %+v, %v", list, err)
		}
		if err := s.EndWaiver(t.Context(), unused.ID, began); err != nil {
			t.Error(err)
		}
		if err := s.EndWaiver(t.Context(), unused.ID, began); !errors.Is(err, history.ErrNone) {
			t.Errorf("ended twice: %v", err)
		}
		for _, a := range []history.Assignment{
			{Kind: history.AssignScene, Value: "site-unreachable", Owner: "Scene", Who: "Wang"},
			{Kind: history.AssignTag, Value: "vip", Owner: "Tag", Who: "Wang"},
			{Kind: history.AssignSubject, Value: site{n: 9}.number(), Owner: "Nobody", Who: "Wang"},
			{Kind: history.AssignFinding, Value: history.FindingValue("icp-number-wrong", all[1].Item.Key), Owner: "Nobody", Who: "Wang"},
		} {
			if err := s.Assign(t.Context(), a); err != nil {
				t.Fatal(err)
			}
		}
		if all = findings(t, s, history.Filter{}); all[0].Owner != "Tag" || all[1].Owner != "Scene" {
			t.Errorf("owners %q %q", all[0].Owner, all[1].Owner)
		}
		if err := s.Assign(t.Context(), history.Assignment{Kind: history.AssignScene, Value: "site-unreachable", Who: "Wang"}); err != nil {
			t.Fatal(err)
		}
		if all = findings(t, s, history.Filter{Owner: "Li"}); len(all) != 1 || all[0].Item.Name != "site2.example" {
			t.Errorf("of Li: %+v", all)
		}
		if err := s.Assign(t.Context(), history.Assignment{Kind: history.AssignFinding, Value: history.FindingValue("site-unreachable", all[0].Item.Key), Owner: "Zhao", Who: "Wang"}); err != nil {
			t.Fatal(err)
		}
		if all = findings(t, s, history.Filter{Owner: "Zhao"}); len(all) != 1 || all[0].Item.Name != "site2.example" {
			t.Errorf("of Zhao: %+v", all)
		}
		note := history.Note{Target: "site1.example", Who: "Wang", Text: "asked them", Made: began.UTC()}
		if err := s.AddNote(t.Context(), note); err != nil {
			t.Fatal(err)
		}
		notes, err := s.Notes(t.Context(), "site1.example")
		if note.ID = 1; err != nil || len(notes) != 1 || notes[0] != note {
			t.Errorf("notes %+v, %v", notes, err)
		}
	})
}

func TestPrune(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		o.PageTextDays, o.DossierDays, o.EvidenceDays = 10, 20, 40
		s := open(t, o)
		nights(t, s, began, "pdupu") // the looks are the same, so a dossier each; u and p come back
		stale := begin(t, s, began.AddDate(0, 0, 5))
		if err := s.Stage(t.Context(), stale.ID, []history.Result{site{n: 1, state: 'p'}.result(0, began)}); err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			days int
			want history.Pruned
		}{
			{5, history.Pruned{}},
			{14, history.Pruned{Stripped: 1, Stages: 2}}, // p of the fourth night; u is the newest, d is evidence
			{30, history.Pruned{Dossiers: 1}},
			{60, history.Pruned{Dossiers: 1}},
			{900, history.Pruned{}},
		} {
			got, err := s.Prune(t.Context(), filing.DayOf(began).AddDays(step.days))
			if err != nil || got != step.want {
				t.Errorf("after %d days: %+v, %v, want %+v", step.days, got, err, step.want)
			}
			if step.want.Stripped == 0 {
				continue
			}
			r, err := s.Run(t.Context(), 4)
			if err != nil {
				t.Fatal(err)
			}
			for stored, err := range s.Dossiers(t.Context(), r) {
				if err != nil || len(stored.Stripped) != 1 || stored.Stripped[0] != "site1.example" || len(stored.Missing) != 0 {
					t.Errorf("one without page texts: %+v, %v", stored, err)
				}
			}
		}
		if left, err := s.Run(t.Context(), stale.ID); err != nil || left.State != history.RunProvisional || left.Why != history.WhyBroke {
			t.Errorf("a run that nobody ended: %+v, %v", left, err)
		}
		r, err := s.Run(t.Context(), 5)
		if err != nil {
			t.Fatal(err)
		}
		for stored, err := range s.Dossiers(t.Context(), r) {
			if err != nil || len(stored.Missing) != 0 || stored.Looks["site1.example"][0].Page.Value.Documents[0].Title == "" {
				t.Errorf("the newest: %+v, %v", stored, err)
			}
		}
		if r, err = s.Run(t.Context(), 2); err != nil {
			t.Fatal(err)
		}
		for stored, err := range s.Dossiers(t.Context(), r) {
			if err != nil || len(stored.Missing) != 1 {
				t.Errorf("an old one: %+v, %v", stored, err)
			}
		}
	})
}
