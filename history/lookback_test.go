package history_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
)

// What is told of each of some noisy nights after all of them is what was
// foretold before each.
func TestLookBack(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		const sites, nights = 40, 20
		s := open(t, o)
		random := rand.New(rand.NewPCG(21, 4))
		state := [sites]byte{}
		type told struct {
			run     history.Run
			results []history.Result
			of      map[checks.Key]history.Prospect
		}
		var all []told
		said := map[history.Status]int{}
		for n := range nights {
			at := began.AddDate(0, 0, n)
			outlook, err := history.NewOutlook(t.Context(), s, filing.DayOf(at), inThreeDays)
			if err != nil {
				t.Fatal(err)
			}
			night := told{of: map[checks.Key]history.Prospect{}}
			shown := make([]site, sites)
			for i := range shown {
				if n == 0 || random.IntN(5) == 0 {
					state[i] = "ppddus"[random.IntN(6)]
				}
				shown[i] = site{n: i, state: state[i]}
				r := shown[i].result(i, at)
				night.results = append(night.results, r)
				for _, f := range r.Findings {
					night.of[f.Key] = outlook.Of(r.Subject, f)
				}
			}
			night.run = nightWith(t, s, at, history.End{At: at.Add(time.Hour), Due: inThreeDays}, shown...)
			all = append(all, night)
		}
		for _, night := range all {
			back, err := history.LookBack(t.Context(), s, night.run, inThreeDays)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range night.results {
				for _, f := range r.Findings {
					got, want := back.Of(r.Subject, f), night.of[f.Key]
					said[got.Status]++
					if got.Status != want.Status || want.Status != "" && (got.Life.BegunDay != want.Life.BegunDay || got.Life.Due != want.Life.Due) {
						t.Errorf("run %d, %v: %+v, was foretold as %+v", night.run.ID, f.Key, got, want)
					}
				}
			}
		}
		for _, status := range history.Statuses() {
			if said[status] == 0 {
				t.Errorf("no finding was ever %s: the nights are too quiet to prove anything", status)
			}
		}
	})
}

// The due dates that the history holds beat a policy that changed since.
func TestLookBackKeepsDueDates(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := open(t, o)
		one := site{n: 1, state: 'd'}
		r := nightWith(t, s, began, history.End{At: began, Due: inThreeDays}, one)
		nightWith(t, s, began.AddDate(0, 0, 1), history.End{At: began, Due: inThreeDays}, one)
		later := func(_ checks.ID, begun filing.Day) filing.Day { return begun.AddDays(100) }
		back, err := history.LookBack(t.Context(), s, r, later)
		if err != nil {
			t.Fatal(err)
		}
		result := one.result(0, began)
		p := back.Of(result.Subject, result.Findings[0])
		if want := filing.DayOf(began).AddDays(3); p.Status != history.StatusNew || p.Life.Due != want {
			t.Errorf("%+v, want new and due on %s", p, want)
		}
		if _, err := history.LookBack(t.Context(), s, history.Run{ID: 7}, later); err == nil {
			t.Error("a run that is not published was looked back at")
		}
	})
}

// Two inventories in one history: each run tells of its own, also after later
// runs of both; one file that is audited under two names is one inventory.
func TestDossiersOfSeveralInventories(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := open(t, o)
		var runs []history.Run
		for n, night := range []struct {
			schedule, inventory string
			sites               []site
		}{
			{"a", "digest a", []site{{n: 1, state: 'p'}, {n: 2, state: 'd'}}},
			{"b", "digest b", []site{{n: 3, state: 'p'}}},
			{"once:a", "digest a", []site{{n: 1, state: 'p'}, {n: 2, state: 'd'}}},
			{"a", "digest a", []site{{n: 1, state: 'p'}, {n: 2, state: 'd'}}},
			{"b", "digest b", []site{{n: 3, state: 'p'}}},
		} {
			at := began.AddDate(0, 0, n)
			r, err := s.Begin(t.Context(), history.Run{Schedule: night.schedule, Inventory: night.inventory, Planned: at, Started: at})
			if err != nil {
				t.Fatal(err)
			}
			for seq, one := range night.sites {
				if err := s.Stage(t.Context(), r.ID, []history.Result{one.result(seq, at)}); err != nil {
					t.Fatal(err)
				}
			}
			if r, err = s.Publish(t.Context(), r.ID, history.End{At: at}); err != nil {
				t.Fatal(err)
			}
			runs = append(runs, r)
		}
		for i, want := range []string{"12", "3", "12", "12", "3"} {
			got := ""
			for stored, err := range s.Dossiers(t.Context(), runs[i]) {
				if err != nil {
					t.Fatal(err)
				}
				got += stored.Subject.Name[len("Subject "):]
			}
			if got != want {
				t.Errorf("run %d of %s tells of %s, want %s", runs[i].ID, runs[i].Schedule, got, want)
			}
		}
	})
}

func TestSubjects(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := open(t, o)
		one := site{n: 1, state: 'p'}
		r := night(t, s, began, one, site{n: 2, state: 'p'}, site{n: 11, state: 'd'})
		for text, want := range map[string]string{
			one.number(): one.number(), one.number() + "-1": one.number(), one.name(): one.number(), one.key(): one.number(), "Subject 1": one.number(), "Subject": "",
			"A site": "", // the name of a service is no name of a subject
		} {
			got, err := s.Subjects(t.Context(), text)
			if err != nil || strings.Join(got, " ") != want {
				t.Errorf("%s: %q, %v, want %q", text, got, err, want)
			}
		}
		told := 0
		for stored, err := range s.Dossiers(t.Context(), r, one.number()) {
			if err != nil || stored.Subject.ID() != one.number() {
				t.Errorf("%+v, %v", stored.Subject, err)
			}
			told++
		}
		if told != 1 {
			t.Errorf("%d subjects are told of one", told)
		}
	})
}
