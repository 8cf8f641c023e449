package nightly_test

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/audit/nightly"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/report/deliver"
)

// Fifty teams and three runs: each gets one letter a run, with its own rows and
// nobody else's; a recheck sends nothing, and what was sent is not kept.
func TestLettersReachTheirOwners(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s, m := newSite(t, o), &mailroom{}
		s.quick = true
		domains := s.owned(60, 50)
		e := s.engine("one")
		s.post(e, m, slices.Sorted(maps.Keys(domains)), nil)
		s.open(e, nightly.RoleServe)
		defer s.run(e, nightly.RoleServe)()
		for n := range 3 {
			s.looker.setWell(n == 2)
			s.night(e)
			allSent(t, e)
		}
		ids := map[string]bool{}
		for to, letters := range m.taken() {
			owner, _, _ := strings.Cut(to, "@")
			if len(letters) != 3 {
				t.Errorf("%s has %d letters", to, len(letters))
			}
			for _, l := range letters {
				ids[l.ID] = true
				want := slices.Sorted(slices.Values(domains[owner]))
				if got := told(l); !slices.Equal(got, want) {
					t.Errorf("%s is told of %v, and owns %v", to, got, want)
				}
			}
		}
		if n := m.count(); len(m.taken()) != 50 || n != 150 || len(ids) != 150 {
			t.Errorf("%d recipients, %d letters, %d ids", len(m.taken()), n, len(ids))
		}
		if _, n, err := e.Recheck(t.Context(), func(subject *filing.Subject) bool { return subject.Number == "京ICP备00000001号" }); err != nil || n != 1 {
			t.Fatalf("recheck %d subjects, %v", n, err)
		}
		until(t, "the recheck is published", func() bool { return len(published(t, e)) == 4 })
		if n := counts(t, e); n[history.NotificationSent] != 150 || len(n) != 1 {
			t.Errorf("letters %v", n)
		}
		var bodies int
		if err := e.Store.Writer().QueryRowContext(t.Context(), `SELECT COUNT(*) FROM notifications WHERE body IS NOT NULL`).Scan(&bodies); err != nil || bodies != 0 {
			t.Errorf("%d letters are kept after they were sent, %v", bodies, err)
		}
	})
}

// A night in which nothing changed tells nothing, and what was mended is told once.
func TestNothingNewIsNotTold(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s, m := newSite(t, o), &mailroom{}
		s.quick = true
		domains := s.owned(4, 2)
		e := s.engine("one")
		s.post(e, m, slices.Sorted(maps.Keys(domains)), func(o *deliver.Options) { o.OnlyChanges, o.SkipUnchanged = true, true })
		s.open(e, nightly.RoleServe)
		defer s.run(e, nightly.RoleServe)()
		for n, c := range []struct {
			well    bool
			letters int // so far
			word    string
		}{{false, 2, "新发现"}, {false, 2, ""}, {true, 4, "已整改"}, {true, 4, ""}, {false, 6, "复发"}} {
			s.looker.setWell(c.well)
			s.night(e)
			allSent(t, e)
			if got := m.count(); got != c.letters {
				t.Fatalf("after night %d there are %d letters, not %d", n+1, got, c.letters)
			}
			if last := m.sent[len(m.sent)-1]; c.word != "" && (!strings.Contains(last.Text, c.word) || len(told(last)) != 2) {
				t.Errorf("night %d does not tell %q of two domains:\n%s", n+1, c.word, last.Text)
			}
		}
	})
}

// breaking is a store that breaks where it is told to.
type breaking struct {
	history.Store
	publish atomic.Int32 // so many publications fail before they are committed
	told    atomic.Int32 // so many times nothing can be noted
}

func (b *breaking) PublishTx(ctx context.Context, tx *sql.Tx, run int64, end history.End) (history.Run, error) {
	r, err := b.Store.PublishTx(ctx, tx, run, end)
	if err == nil && b.publish.Add(-1) >= 0 {
		err = errors.New("the database went away")
	}
	return r, err
}

func (b *breaking) ToldTx(ctx context.Context, tx *sql.Tx, id int64, state history.NotificationState, detail string, at time.Time) error {
	if b.told.Add(-1) >= 0 {
		return errors.New("the database went away")
	}
	return b.Store.ToldTx(ctx, tx, id, state, detail, at)
}

// Nothing is sent before the run is published and nothing lost after it,
// wherever the work ends; a letter that was sent and could not be noted is
// sent again as the same letter.
func TestLettersSurviveCrashes(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s, m := newSite(t, o), &mailroom{}
		s.quick = true
		domains := s.owned(6, 6)
		one := s.engine("one")
		owners := slices.Sorted(maps.Keys(domains))
		s.post(one, m, owners, nil)
		store := &breaking{Store: one.Store}
		store.publish.Store(1)
		one.Store = store
		s.open(one, nightly.RoleServe)
		stop := s.run(one, nightly.RoleServe)
		until(t, "a tick", func() bool { return !one.Well().IsZero() })
		s.clock.Add(61 * time.Minute)
		until(t, "the publication broke", func() bool { return store.publish.Load() <= 0 })
		if n := counts(t, one); len(n) > 0 || m.count() > 0 || len(published(t, one)) > 0 {
			t.Errorf("before the run is published there are letters %v, %d sent", n, m.count())
		}
		store.told.Store(1 << 30)
		until(t, "published, and all are sent", func() bool {
			if len(published(t, one)) == 0 {
				hurry(t, one)
			}
			return m.count() >= 4
		})
		stop()
		first := m.count()
		if n := counts(t, one); n[history.NotificationPending] != 6 || len(n) != 1 {
			t.Errorf("none could be noted: %v", n)
		}
		two := s.engine("two")
		s.post(two, m, owners, nil)
		s.open(two, nightly.RoleServe)
		defer s.run(two, nightly.RoleServe)()
		until(t, "those that nobody had begun are sent", func() bool {
			hurry(t, two)
			return counts(t, two)[history.NotificationSent] == 6-first
		})
		s.clock.Add(2 * time.Minute) // the first one is dead
		allSent(t, two)
		ids := map[string]int{}
		for _, l := range m.sent {
			ids[l.ID]++
		}
		if n := counts(t, two); n[history.NotificationSent] != 6 || len(ids) != 6 || m.count() != 6+first || len(m.twice) > 0 {
			t.Errorf("letters %v, sent %v, first %d, at the same time %v", n, ids, first, m.twice)
		}
	})
}

// Greylisting passes, a refusal does not, and nobody tries for ever.
func TestLettersThatFail(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s, m := newSite(t, o), &mailroom{}
		s.quick = true
		domains := s.owned(3, 3)
		m.refuse = func(l deliver.Letter, try int) error {
			f := &deliver.Fault{To: l.To, Step: "send", Code: 451, Temporary: true, Err: errors.New("come back later")}
			switch {
			case l.To == "team0@example.com" && try < 3:
				return f
			case l.To == "team1@example.com" && try == 1:
				f.Code, f.Temporary = 550, false
				return f
			case l.To == "team2@example.com":
				return f
			}
			return nil
		}
		e := s.engine("one")
		s.post(e, m, slices.Sorted(maps.Keys(domains)), nil)
		s.open(e, nightly.RoleServe)
		defer s.run(e, nightly.RoleServe)()
		run := s.night(e)
		until(t, "no letter is pending", func() bool { return counts(t, e)[history.NotificationPending] == 0 })
		if n := counts(t, e); n[history.NotificationSent] != 1 || n[history.NotificationFailed] != 2 {
			t.Errorf("letters %v", n)
		}
		all, err := e.Store.Notifications(t.Context(), run.ID, history.NotificationFailed, 0)
		if err != nil || len(all) != 2 || !strings.Contains(all[1].Detail, "permanent") || all[1].Tries != 0 || !strings.Contains(all[0].Detail, "come back later") {
			t.Errorf("failed are %+v, %v", all, err)
		}
		tries := map[string]int{}
		for id, n := range m.tries {
			tries[id] = n
		}
		// 20ms, 40ms and 80ms are waited; 80ms more would be more than 200ms.
		if got := slices.Sorted(maps.Values(tries)); !slices.Equal(got, []int{1, 3, 4}) {
			t.Errorf("tries %v", got)
		}
		if _, metrics := get(t, e, "/metrics"); !strings.Contains(metrics, `icpaudit_letters{state="failed"} 2`+"\n") {
			t.Errorf("the metrics don't tell of them:\n%s", metrics)
		}
		// Once its cause is mended a person has them sent after all.
		m.mu.Lock()
		m.refuse = nil
		m.mu.Unlock()
		if n, err := e.Release(t.Context(), run.ID, "Wang"); n != 2 || err != nil {
			t.Fatalf("released %d, %v", n, err)
		}
		allSent(t, e)
		if n := counts(t, e); n[history.NotificationSent] != 3 || len(n) != 1 {
			t.Errorf("letters %v", n)
		}
	})
}

// A jump holds the letters until a person decides, those of the next night too.
func TestJumpHoldsLetters(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s, m := newSite(t, o), &mailroom{}
		s.quick = true
		domains := s.owned(30, 3)
		e := s.engine("one")
		s.post(e, m, slices.Sorted(maps.Keys(domains)), nil)
		s.open(e, nightly.RoleServe)
		defer s.run(e, nightly.RoleServe)()
		s.looker.setWell(true)
		s.night(e)
		allSent(t, e)
		if m.count() != 3 {
			t.Fatalf("%d letters on the first night", m.count())
		}
		s.looker.setWell(false)
		jump := s.night(e)
		next := s.night(e)
		for _, run := range []history.Run{jump, next} {
			all, err := e.Store.Notifications(t.Context(), run.ID, history.NotificationHeld, 0)
			if err != nil || len(all) != 3 {
				t.Fatalf("held about run %d are %+v, %v", run.ID, all, err)
			}
			want := "30 findings are new or came back; more than 20"
			if run.ID == next.ID {
				want = "nobody decided yet"
			}
			if !strings.Contains(all[0].Detail, want) {
				t.Errorf("run %d is held for %q", run.ID, all[0].Detail)
			}
		}
		if _, metrics := get(t, e, "/metrics"); m.count() != 3 || !strings.Contains(metrics, `icpaudit_letters{state="held"} 6`+"\n") {
			t.Errorf("%d letters sent, metrics\n%s", m.count(), metrics)
		}
		asking := s.open(s.engine("asking"), nightly.RoleClient)
		if n, err := asking.Drop(t.Context(), jump.ID, "Wang"); n != 3 || err != nil {
			t.Errorf("dropped %d, %v", n, err)
		}
		if n, err := asking.Release(t.Context(), next.ID, "Li"); n != 3 || err != nil {
			t.Errorf("released %d, %v", n, err)
		}
		for _, decide := range []func(context.Context, int64, string) (int, error){asking.Drop, asking.Release} {
			if _, err := decide(t.Context(), jump.ID, "Wang"); !errors.Is(err, history.ErrNone) {
				t.Errorf("decided twice: %v", err)
			}
		}
		allSent(t, e)
		if n := counts(t, e); m.count() != 6 || n[history.NotificationDropped] != 3 || n[history.NotificationSent] != 6 {
			t.Errorf("%d letters sent, %v", m.count(), n)
		}
		dropped, err := e.Store.Notifications(t.Context(), jump.ID, history.NotificationDropped, 0)
		if err != nil || len(dropped) != 3 || !strings.HasPrefix(dropped[0].Detail, "dropped by Wang; 30 findings") {
			t.Errorf("dropped are %+v, %v", dropped, err)
		}
		s.night(e)
		allSent(t, e)
		if m.count() != 9 {
			t.Errorf("%d letters after the decision", m.count())
		}
	})
}

// Two that serve the same database send each letter once, never both at once.
func TestTwoServersSendOnce(t *testing.T) {
	o := history.Default()
	o.URL = cluster.Database(t)
	s, m := newSite(t, o), &mailroom{}
	s.quick = true
	domains := s.owned(40, 40)
	var engines []*nightly.Engine
	for _, id := range []string{"one", "two"} {
		e := s.engine(id)
		s.post(e, m, slices.Sorted(maps.Keys(domains)), nil)
		engines = append(engines, s.open(e, nightly.RoleServe))
		defer s.run(e, nightly.RoleServe)()
	}
	s.night(engines[0])
	allSent(t, engines[1])
	if m.count() != 40 || len(m.taken()) != 40 || len(m.twice) > 0 {
		t.Errorf("%d letters to %d recipients, %v at the same time", m.count(), len(m.taken()), m.twice)
	}
}

// A run that is not fit to be published tells nobody and leaves no letter, and
// one that takes a part of the inventory tells of that part alone, as letters of
// its own though it begins in the same moment.
func TestWhichRunsTell(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s, m := newSite(t, o), &mailroom{}
		s.quick = true
		domains := s.owned(6, 3)
		owners := slices.Sorted(maps.Keys(domains))
		e := s.engine("one")
		s.post(e, m, owners, nil)
		part := e.Schedules[0]
		part.Name, part.Filter.Owner = "part", "team1"
		e.Schedules = append(e.Schedules, part)
		s.open(e, nightly.RoleServe)
		stop := s.run(e, nightly.RoleServe)
		s.night(e)
		until(t, "both are published", func() bool { return len(published(t, e)) == 2 })
		allSent(t, e)
		stop()
		got := m.taken()
		if len(got) != 3 || len(got["team0@example.com"]) != 1 || len(got["team1@example.com"]) != 2 || len(got["team2@example.com"]) != 1 {
			t.Fatalf("letters %v", counts(t, e))
		}
		for _, l := range got["team1@example.com"] {
			if !slices.Equal(told(l), domains["team1"]) {
				t.Errorf("team1 is told of %v", told(l))
			}
		}
		if got["team1@example.com"][0].ID == got["team1@example.com"][1].ID {
			t.Error("the letters about two runs are the same one")
		}
		unfit := s.engine("two")
		s.post(unfit, m, owners, nil)
		unfit.Limits.Coverage = 1.1 // nothing is good enough
		s.open(unfit, nightly.RoleServe)
		defer s.run(unfit, nightly.RoleServe)()
		until(t, "a tick", func() bool { return !unfit.Well().IsZero() })
		s.clock.Add(24 * time.Hour)
		until(t, "it is ended", func() bool { return runsOf(t, unfit)[0].State == history.RunProvisional })
		if n := counts(t, unfit); m.count() != 4 || n[history.NotificationSent] != 4 || len(n) != 1 {
			t.Errorf("%d letters are sent, %v", m.count(), n)
		}
	})
}

// A database that is away for a moment has no letter sent twice.
func TestWhatIsSentIsNotedOnceItCanBe(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s, m := newSite(t, o), &mailroom{}
		s.quick = true
		domains := s.owned(3, 3)
		e := s.engine("one")
		s.post(e, m, slices.Sorted(maps.Keys(domains)), nil)
		store := &breaking{Store: e.Store}
		store.told.Store(5)
		e.Store = store
		s.open(e, nightly.RoleServe)
		defer s.run(e, nightly.RoleServe)()
		s.night(e)
		allSent(t, e)
		if n := counts(t, e); store.told.Load() >= 0 || m.count() != 3 || n[history.NotificationSent] != 3 {
			t.Errorf("%d letters sent, %v", m.count(), n)
		}
	})
}
