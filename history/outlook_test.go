package history_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
)

func inThreeDays(_ checks.ID, begun filing.Day) filing.Day { return begun.AddDays(3) }

// What is foretold before each of some noisy nights is published is what the
// history says afterwards.
func TestOutlook(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		const sites, nights = 40, 20
		s := open(t, o)
		random := rand.New(rand.NewPCG(20, 7))
		state := [sites]byte{}
		said := map[history.Status]int{}
		last := map[checks.Key]checks.Outcome{}
		for n := range nights {
			at := began.AddDate(0, 0, n)
			outlook, err := history.NewOutlook(t.Context(), s, filing.DayOf(at), inThreeDays)
			if err != nil {
				t.Fatal(err)
			}
			foretold := map[checks.Key]history.Prospect{}
			shown := make([]site, sites)
			for i := range shown {
				if n == 0 || random.IntN(5) == 0 {
					state[i] = "ppddus"[random.IntN(6)]
				}
				shown[i] = site{n: i, state: state[i]}
				r := shown[i].result(i, at)
				for _, f := range r.Findings {
					p := outlook.Of(r.Subject, f)
					if again := f.Outcome == checks.Suspected && last[f.Key] == checks.Suspected; p.Before != again {
						t.Errorf("night %d, %v: suspected before is %t", n, f.Key, p.Before)
					}
					last[f.Key] = f.Outcome
					if p.Status != "" {
						foretold[f.Key] = p
						said[p.Status]++
					}
				}
			}
			position := nightWith(t, s, at, history.End{At: at.Add(time.Hour), Due: inThreeDays}, shown...).Position
			after := findings(t, s, history.Filter{Today: filing.DayOf(at)})
			for _, f := range findings(t, s, history.Filter{Status: history.StatusResolved, Today: filing.DayOf(at)}) {
				if f.Life.Resolved == position {
					after = append(after, f)
				}
			}
			for _, f := range after {
				p, ok := foretold[f.Detail.Key]
				if !ok || p.Status != f.Status || p.Life.Due != f.Life.Due || p.Life.BegunDay != f.Life.BegunDay {
					t.Errorf("night %d, %v: foretold %+v, became %s %+v", n, f.Detail.Key, p, f.Status, f.Life)
				}
				delete(foretold, f.Detail.Key)
			}
			for key, p := range foretold {
				t.Errorf("night %d, %v: foretold %+v, and nothing came", n, key, p)
			}
		}
		for _, status := range history.Statuses() {
			if said[status] == 0 {
				t.Errorf("no finding was ever %s: the nights are too quiet to prove anything", status)
			}
		}
	})
}

// Waivers and assignments are foretold for items that the history does not
// know yet, too.
func TestOutlookKnowsWhatPeopleDecided(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := open(t, o)
		at := site{n: 1, state: 'd'}
		r := at.result(0, began)
		f := r.Findings[0]
		if _, err := s.Waive(t.Context(), history.Waiver{
			Scene: f.Scene, Target: at.name(), Reason: history.WaiverProgress, Who: "Wang", Until: filing.DayOf(began).AddDays(3), Made: began,
		}); err != nil {
			t.Fatal(err)
		}
		if err := s.Assign(t.Context(), history.Assignment{Kind: history.AssignSubject, Value: at.number(), Owner: "Li", Who: "Wang", Made: began}); err != nil {
			t.Fatal(err)
		}
		for days, waived := range map[int]bool{0: true, 3: true, 4: false} {
			outlook, err := history.NewOutlook(t.Context(), s, filing.DayOf(began).AddDays(days), inThreeDays)
			if err != nil {
				t.Fatal(err)
			}
			if p := outlook.Of(r.Subject, f); p.Status != history.StatusNew || p.Owner != "Li" || (p.Waiver != nil) != waived {
				t.Errorf("after %d days: %+v", days, p)
			}
		}
	})
}
