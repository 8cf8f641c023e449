package history_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/observe"
)

// want has names asked for that are due one after another.
func want(t *testing.T, s history.Store, family string, at time.Time, urgency history.Urgency, names ...string) {
	t.Helper()
	w := history.Want{Family: family, At: at, Urgency: urgency}
	for i, name := range names {
		w.Names = append(w.Names, history.Wanted{Name: name, Server: "whois.example", Due: at.Add(time.Duration(i) * time.Millisecond)})
	}
	if err := s.Want(t.Context(), w); err != nil {
		t.Fatal(err)
	}
}

// taken is what a server is asked for at a moment, each name held for a minute.
func taken(t *testing.T, s history.Store, now time.Time) []string {
	t.Helper()
	var names []string
	for {
		name, err := s.TakeRegistration(t.Context(), "whois.example", now, now.Add(time.Minute))
		if errors.Is(err, history.ErrNone) {
			return names
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
}

func keepAnswer(t *testing.T, s history.Store, r observe.Registration, due time.Time) {
	t.Helper()
	if err := s.KeepRegistration(t.Context(), r, due); err != nil {
		t.Fatal(err)
	}
}

func TestRegistrationsAreKept(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := open(t, o)
		if _, err := s.Registration(t.Context(), "a.example"); !errors.Is(err, history.ErrNone) {
			t.Errorf("a registration that is none: %v", err)
		}
		for _, hours := range []int{5, 9, 7} {
			keepAnswer(t, s, observe.Registration{Domain: "a.example", State: observe.StateRegistered, Registrar: string(rune('0' + hours)), AsOf: began.Add(time.Duration(hours) * time.Hour)}, began)
		}
		r, err := s.Registration(t.Context(), "a.example")
		if err != nil || r.Answer == nil || r.Answer.Registrar != "9" || r.Wanted || r.Failed != nil {
			t.Fatalf("kept %+v, %v", r, err)
		}
		if err := s.FailRegistration(t.Context(), "a.example", observe.Fault{Kind: observe.FaultTimeout, Tries: 2}, began.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		r, err = s.Registration(t.Context(), "a.example")
		if err != nil || r.Tries != 1 || r.Failed == nil || r.Answer.Registrar != "9" || r.Answer.Kept == nil || r.Answer.Kept.Kind != observe.FaultTimeout || !r.Due.Equal(began.Add(time.Hour)) {
			t.Errorf("after a try that failed: %+v, %v", r, err)
		}
		keepAnswer(t, s, observe.Registration{Domain: "a.example", State: observe.StateRegistered, AsOf: began.Add(20 * time.Hour)}, began.Add(40*time.Hour))
		if r, err = s.Registration(t.Context(), "a.example"); err != nil || r.Tries != 0 || r.Failed != nil || r.Answer.Kept != nil || !r.Due.Equal(began.Add(40*time.Hour)) {
			t.Errorf("after the next answer: %+v, %v", r, err)
		}
	})
}

func TestRegistrationsAreTakenInOrder(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := open(t, o)
		want(t, s, "file:a", began, history.UrgencyNone, "c.example", "a.example", "b.example", "a.example")
		want(t, s, "file:a", began, history.UrgencyNone) // nothing is no mistake
		if got := taken(t, s, began.Add(-time.Second)); len(got) != 0 {
			t.Errorf("before the time: %v", got)
		}
		later := began.Add(time.Hour)
		if got := taken(t, s, later); !slices.Equal(got, []string{"c.example", "a.example", "b.example"}) {
			t.Errorf("taken %v", got)
		}
		if got := taken(t, s, later.Add(59*time.Second)); len(got) != 0 {
			t.Errorf("taken twice: %v", got)
		}
		// Who held them is gone: they are there for others.
		if got := taken(t, s, later.Add(time.Minute)); len(got) != 3 {
			t.Errorf("after the hold: %v", got)
		}
		if err := s.ReleaseRegistration(t.Context(), "b.example"); err != nil {
			t.Fatal(err)
		}
		if got := taken(t, s, later.Add(time.Minute)); !slices.Equal(got, []string{"b.example"}) {
			t.Errorf("after it was given back: %v", got)
		}
		if err := s.ReleaseRegistrations(t.Context(), "whois.example"); err != nil {
			t.Fatal(err)
		}
		if got := taken(t, s, later.Add(time.Minute)); len(got) != 3 {
			t.Errorf("after all were given back: %v", got)
		}
		// Answered; one is said to be free for the first time, one is wanted by a person.
		keepAnswer(t, s, observe.Registration{Domain: "a.example", State: observe.StateRegistered, AsOf: later}, later.AddDate(0, 0, 10))
		keepAnswer(t, s, observe.Registration{Domain: "b.example", State: observe.StateRegistered, AsOf: later}, later.AddDate(0, 0, 1))
		keepAnswer(t, s, observe.Registration{Domain: "c.example", State: observe.StateAvailable, AsOf: later, Since: later}, later.Add(20*time.Minute))
		if got := taken(t, s, later.Add(19*time.Minute)); len(got) != 0 {
			t.Errorf("young answers: %v", got)
		}
		want(t, s, "file:a", later.Add(time.Hour), history.UrgencyNone, "a.example", "b.example", "c.example")
		if r, err := s.Registration(t.Context(), "a.example"); err != nil || !r.Due.Equal(later.AddDate(0, 0, 10)) {
			t.Errorf("wanted again, it is due %s, %v", r.Due, err)
		}
		want(t, s, "file:a", later.AddDate(0, 0, 2), history.UrgencyDemand, "a.example")
		r, err := s.Registration(t.Context(), "b.example")
		if err != nil {
			t.Fatal(err)
		}
		if n, err := s.RegistrationsBefore(t.Context(), r); err != nil || n != 2 {
			t.Errorf("%d names before one that nobody is in a hurry for, %v", n, err)
		}
		if got := taken(t, s, later.AddDate(0, 0, 3)); !slices.Equal(got, []string{"a.example", "c.example", "b.example"}) {
			t.Errorf("by urgency: %v", got)
		}
	})
}

// What left the inventory is not asked for any more, and what came back is.
func TestUnwant(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := open(t, o)
		night := began.AddDate(0, 0, 1)
		want(t, s, "file:a", began, history.UrgencyNone, "a.example", "b.example")
		want(t, s, "file:b", began, history.UrgencyNone, "c.example")
		want(t, s, "file:a", night, history.UrgencyNone, "a.example")
		if n, err := s.Unwant(t.Context(), "file:a", night); err != nil || n != 1 {
			t.Errorf("%d left, %v", n, err)
		}
		if got := taken(t, s, night); !slices.Equal(got, []string{"a.example", "c.example"}) {
			t.Errorf("asked for are %v", got)
		}
		want(t, s, "file:a", night.AddDate(0, 0, 1), history.UrgencyNone, "b.example")
		if got := taken(t, s, night.Add(30*time.Second)); !slices.Equal(got, []string{"b.example"}) {
			t.Errorf("what came back: %v", got)
		}
		if n, err := s.Unwant(t.Context(), "file:a", night.AddDate(1, 0, 0)); err != nil || n != 2 {
			t.Errorf("%d left, %v", n, err)
		}
		if _, err := s.Prune(t.Context(), filing.DayOf(night)); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Registration(t.Context(), "b.example"); !errors.Is(err, history.ErrNone) {
			t.Errorf("what nobody wants and nothing is known of: %v", err)
		}
		if _, err := s.Registration(t.Context(), "c.example"); err != nil {
			t.Errorf("what is wanted: %v", err)
		}
	})
}

func TestEndingAndDue(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := open(t, o)
		date := func(days int) *observe.Date { return &observe.Date{Time: began.AddDate(0, 0, days)} }
		for name, r := range map[string]observe.Registration{
			"far.example": {Expires: date(100)}, "near.example": {Expires: date(9)}, "past.example": {Expires: date(-3)},
			"lapsed.example": {Expires: date(300), RegistrarExpires: date(2)}, "free.example": {State: observe.StateAvailable},
		} {
			r.Domain, r.AsOf = name, began
			keepAnswer(t, s, r, began)
		}
		want(t, s, "file:a", began, history.UrgencyNone, "near.example", "new.example")
		if got, err := s.Ending(t.Context(), began.AddDate(0, 0, 10)); err != nil || len(got) != 3 || !got["near.example"] || !got["past.example"] || !got["lapsed.example"] {
			t.Errorf("ending are %v, %v", got, err)
		}
		if got, err := s.DueRegistrations(t.Context(), began.Add(time.Second)); err != nil || len(got) != 1 || got["whois.example"] != 2 {
			t.Errorf("due are %v, %v", got, err)
		}
		for _, at := range []time.Time{began.Add(-time.Second), began.Add(time.Second)} {
			all, err := s.Registries(t.Context(), at)
			if err != nil || len(all) != 1 || all[0].Server != "whois.example" || all[0].Due != at.After(began) {
				t.Errorf("registries at %s: %+v, %v", at, all, err)
			}
		}
	})
}

// However many take turns, from however many programs, each turn is an
// interval after the one before, and the day has no more than its cap.
func TestTurns(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		stores := []history.Store{open(t, o), open(t, o)}
		now := time.Now().Truncate(time.Millisecond)
		ask := history.Turn{Day: "2026-03-02", Cap: 20, Now: now, Interval: 3 * time.Second}
		var mu sync.Mutex
		var turns []time.Time
		full := 0
		var wg sync.WaitGroup
		for n := range 25 {
			wg.Go(func() {
				turn, err := stores[n%2].Turn(t.Context(), "whois.example", ask)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err != nil:
					t.Error(err)
				case turn.Full:
					full++
				default:
					turns = append(turns, turn.At)
				}
			})
		}
		wg.Wait()
		slices.SortFunc(turns, time.Time.Compare)
		for i, at := range turns {
			if want := now.Add(time.Duration(i) * ask.Interval); !at.Equal(want) {
				t.Errorf("turn %d at %s, want %s", i, at, want)
			}
		}
		if len(turns) != 20 || full != 5 {
			t.Errorf("%d turns, %d times none", len(turns), full)
		}
		s := stores[0]
		if err := s.GiveBackTurn(t.Context(), "whois.example", ask.Day); err != nil {
			t.Fatal(err)
		}
		if n, err := s.Asked(t.Context(), "whois.example", ask.Day); err != nil || n != 19 {
			t.Errorf("asked %d times, %v", n, err)
		}
		ask.Day = "2026-03-03"
		if turn, err := s.Turn(t.Context(), "whois.example", ask); err != nil || turn.Full {
			t.Errorf("the next day: %+v, %v", turn, err)
		}
		if n, err := s.Asked(t.Context(), "whois.example", "2026-03-02"); err != nil || n != 0 {
			t.Errorf("a day that is over: %d, %v", n, err)
		}
	})
}

func TestRests(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := open(t, o)
		now := time.Now().Truncate(time.Millisecond)
		ask := history.Turn{Day: "2026-03-02", Cap: 20, Now: now, Interval: time.Second}
		rest := history.Rest{Failures: 3, Until: now.Add(10 * time.Second), Last: observe.FaultRateLimited}
		if err := s.Rest(t.Context(), "whois.example", rest); err != nil {
			t.Fatal(err)
		}
		for i := range 2 {
			turn, err := s.Turn(t.Context(), "whois.example", ask)
			if want := rest.Until.Add(time.Duration(i) * time.Second); err != nil || !turn.At.Equal(want) || turn.Rest.Failures != 3 || turn.Rest.Last != observe.FaultRateLimited || !turn.Rest.Until.Equal(rest.Until) {
				t.Errorf("turn %d in a rest: %+v, %v", i, turn, err)
			}
		}
		if all, err := s.Registries(t.Context(), now); err != nil || len(all) != 1 || all[0].Asked != 2 || all[0].Rest.Over(now) || !all[0].Rest.Over(rest.Until) {
			t.Errorf("registries %+v, %v", all, err)
		}
		// A clock that was wrong must not silence a registry for years.
		ask.Now = now.AddDate(-1, 0, 0)
		if turn, err := s.Turn(t.Context(), "whois.example", ask); err != nil || !turn.At.Equal(ask.Now) || !turn.Rest.Until.IsZero() {
			t.Errorf("after the clock was put right: %+v, %v", turn, err)
		}
		if all, err := s.Registries(t.Context(), now); err != nil || !all[0].Rest.Over(ask.Now) {
			t.Errorf("after the clock was put right: %+v, %v", all, err)
		}
	})
}

// Two programs that take at once never take the same.
func TestTakenOnce(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		stores := []history.Store{open(t, o), open(t, o)}
		var names []string
		for n := range 60 {
			names = append(names, fmt.Sprintf("a%d.example", n))
		}
		want(t, stores[0], "file:a", began, history.UrgencyNone, names...)
		var mu sync.Mutex
		times := map[string]int{}
		var wg sync.WaitGroup
		for n := range 8 {
			wg.Go(func() {
				for mu.Lock(); len(times) < 60; mu.Lock() {
					mu.Unlock()
					name, err := stores[n%2].TakeRegistration(t.Context(), "whois.example", began.Add(time.Hour), began.Add(2*time.Hour))
					if errors.Is(err, history.ErrNone) {
						continue // somebody else was faster
					}
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					times[name]++
					mu.Unlock()
				}
				mu.Unlock()
			})
		}
		wg.Wait()
		for name, n := range times {
			if n != 1 {
				t.Errorf("%s was taken %d times", name, n)
			}
		}
	})
}

// A registry that tells nearly everybody that a name is free is not believed;
// what it has told before, and a few among many, are.
func TestTooManyFreeNamesAreInDoubt(t *testing.T) {
	for name, c := range map[string]struct {
		registered, free, freeBefore int
		want                         bool
	}{
		"a few of many": {100, 29, 0, false}, "half": {30, 30, 0, true}, "less than half": {40, 30, 0, false}, "too few to tell": {0, 29, 0, false},
		"free since long ago": {10, 20, 25, false}, "all": {0, 30, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			onEngines(t, func(t *testing.T, o history.Options) {
				s := open(t, o)
				turn := func(at time.Time) {
					if _, err := s.Turn(t.Context(), "whois.example", history.Turn{Day: filing.DayOf(at).String(), Cap: 1000, Now: at}); err != nil {
						t.Fatal(err)
					}
				}
				say := func(n int, kind string, state observe.RegistrationState, at time.Time) {
					for i := range n {
						turn(at)
						keepAnswer(t, s, observe.Registration{Domain: fmt.Sprintf("%s%d.example", kind, i), State: state, Server: "whois.example", AsOf: at}, at)
					}
				}
				for night := range 4 { // of the old ones not all turn on one day
					for i := range c.freeBefore {
						if i%4 == night {
							turn(began.AddDate(0, 0, night))
							keepAnswer(t, s, observe.Registration{Domain: fmt.Sprintf("old%d.example", i), State: observe.StateAvailable, Server: "whois.example", AsOf: began.AddDate(0, 0, night)}, began)
						}
					}
				}
				day := began.AddDate(0, 0, 10)
				say(c.freeBefore, "old", observe.StateAvailable, day)
				say(c.registered, "good", observe.StateRegistered, day)
				say(c.free, "new", observe.StateAvailable, day)
				all, err := s.Registries(t.Context(), day)
				if err != nil || len(all) != 1 || all[0].Doubted.IsZero() == c.want {
					t.Errorf("%+v, %v", all, err)
				}
				turn(day.AddDate(0, 0, 1))
				say(1, "next", observe.StateAvailable, day.AddDate(0, 0, 1))
				if all, err = s.Registries(t.Context(), day); err != nil || c.want != all[0].Doubted.Equal(day) {
					t.Errorf("the day after: %+v, %v", all, err)
				}
				// As long as it goes on telling so it is not believed.
				later := day.AddDate(0, 0, 2)
				say(c.free+c.freeBefore, "new", observe.StateAvailable, later)
				if all, err = s.Registries(t.Context(), later); err != nil || c.want != all[0].Doubtful(later.AddDate(0, 0, 2)) {
					t.Errorf("two days after: %+v, %v", all, err)
				}
			})
		})
	}
}
