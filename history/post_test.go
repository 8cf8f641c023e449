package history_test

import (
	"bytes"
	"database/sql"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
)

// committed runs something in a transaction that has to be committed.
func committed(t *testing.T, s history.Store, do func(tx *sql.Tx) error) {
	t.Helper()
	if err := inTx(t, s, do); err != nil {
		t.Fatal(err)
	}
}

func letter(t *testing.T, s history.Store, message string, state history.NotificationState) history.Notification {
	t.Helper()
	body, err := s.Pack(map[string]string{"text": message})
	if err != nil {
		t.Fatal(err)
	}
	n := history.Notification{
		Run: 1, Channel: "mail", Recipient: "li@a.example", Team: "East", Message: message, State: state, Body: body, Detail: "made", Made: began,
	}
	committed(t, s, func(tx *sql.Tx) error {
		n, err = s.NotifyTx(t.Context(), tx, n)
		return err
	})
	return n
}

func stateOf(t *testing.T, s history.Store, id int64) history.Notification {
	t.Helper()
	n, err := s.Notification(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A letter is kept once, one process at a time has it, and what was sent leaves
// no text behind.
func TestPost(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := open(t, o)
		n := letter(t, s, "m1", history.NotificationPending)
		committed(t, s, func(tx *sql.Tx) error {
			if _, err := s.NotifyTx(t.Context(), tx, n); !errors.Is(err, history.ErrTwice) {
				t.Errorf("kept twice: %v", err)
			}
			return nil
		})
		var text map[string]string
		if there := stateOf(t, s, n.ID); there.Recipient != n.Recipient || there.Team != "East" || !there.Made.Equal(began) || s.Unpack(there.Body, &text) != nil || text["text"] != "m1" {
			t.Errorf("kept is %+v, %v", there, text)
		}
		for _, worker := range []string{"a", "b"} {
			if err := s.Beat(t.Context(), worker, began); err != nil {
				t.Fatal(err)
			}
		}
		take := func(worker string, alive time.Time) bool {
			ok, err := s.Take(t.Context(), n.ID, worker, alive)
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		long, now := began.Add(-time.Minute), began.Add(time.Minute)
		for _, c := range []struct {
			worker string
			want   bool
		}{{"a", true}, {"a", true}, {"b", false}} {
			if take(c.worker, long) != c.want {
				t.Errorf("that %s has it is %t", c.worker, !c.want)
			}
		}
		if !take("b", now) {
			t.Error("nobody may take what a dead process has")
		}
		if err := s.GiveBack(t.Context(), n.ID, "a", 9, "late", now); err != nil {
			t.Fatal(err)
		}
		if take("a", long) {
			t.Error("who lost it gave it back, and took it again")
		}
		if err := s.GiveBack(t.Context(), n.ID, "b", 2, "451 later", now); err != nil {
			t.Fatal(err)
		}
		if there := stateOf(t, s, n.ID); there.Tries != 2 || there.Detail != "451 later" || !there.Next.Equal(now) || there.State != history.NotificationPending {
			t.Errorf("after a failure that passes: %+v", there)
		}
		told := func(want error, state history.NotificationState) {
			committed(t, s, func(tx *sql.Tx) error {
				if err := s.ToldTx(t.Context(), tx, n.ID, state, "250 ok", now); !errors.Is(err, want) {
					t.Errorf("told %s: %v", state, err)
				}
				return nil
			})
		}
		told(nil, history.NotificationSent)
		told(history.ErrDone, history.NotificationFailed)
		if there := stateOf(t, s, n.ID); there.State != history.NotificationSent || there.Body != nil || !there.Told.Equal(now) || !there.Next.IsZero() || take("a", long) {
			t.Errorf("after it was sent: %+v", there)
		}
		if _, err := s.Notification(t.Context(), 99); !errors.Is(err, history.ErrNone) {
			t.Errorf("a letter that is none: %v", err)
		}
	})
}

// A person lets letters go or drops them, each once.
func TestDecide(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := open(t, o)
		held, failed := letter(t, s, "held", history.NotificationHeld), letter(t, s, "failed", history.NotificationFailed)
		pending := letter(t, s, "pending", history.NotificationPending)
		decide := func(state history.NotificationState, want ...int64) {
			t.Helper()
			committed(t, s, func(tx *sql.Tx) error {
				ids, err := s.DecideTx(t.Context(), tx, 1, state, "by Wang: ", began)
				if err == nil && !slices.Equal(ids, want) {
					t.Errorf("%s are %v, not %v", state, ids, want)
				}
				return err
			})
		}
		decide(history.NotificationPending, held.ID, failed.ID)
		decide(history.NotificationPending)
		if n := stateOf(t, s, held.ID); n.Detail != "by Wang: made" || n.Body == nil || n.State != history.NotificationPending {
			t.Errorf("let go: %+v", n)
		}
		dropped := letter(t, s, "dropped", history.NotificationHeld)
		for _, id := range []int64{held.ID, failed.ID} { // that are under way
			if ok, err := s.Take(t.Context(), id, "a", began); !ok || err != nil {
				t.Fatalf("taken: %t, %v", ok, err)
			}
		}
		decide(history.NotificationDropped, pending.ID, dropped.ID)
		if n := stateOf(t, s, dropped.ID); n.Body != nil || n.State != history.NotificationDropped {
			t.Errorf("dropped: %+v", n)
		}
		counts, err := s.CountNotifications(t.Context())
		if err != nil || counts[history.NotificationPending] != 2 || counts[history.NotificationDropped] != 2 {
			t.Errorf("counts %v, %v", counts, err)
		}
		for run, want := range map[int64]int{0: 4, 1: 4, 2: 0} {
			if all, err := s.Notifications(t.Context(), run, "", 0); err != nil || len(all) != want {
				t.Errorf("run %d: %d letters, %v", run, len(all), err)
			}
		}
		if all, err := s.Notifications(t.Context(), 1, history.NotificationDropped, 0); err != nil || len(all) != 2 || all[0].Message != "dropped" {
			t.Errorf("dropped are %+v, %v", all, err)
		}
	})
}

// The largest attachments that letters may have come back as they were, and what
// is old goes, whatever became of it.
func TestLargeAndOldLetters(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := open(t, o)
		large := make([]byte, 32<<20)
		rand.NewChaCha8([32]byte{}).Read(large)
		body, err := s.Pack(large)
		if err != nil {
			t.Fatal(err)
		}
		n := history.Notification{Run: 1, Message: "large", State: history.NotificationPending, Body: body, Made: began}
		committed(t, s, func(tx *sql.Tx) error {
			n, err = s.NotifyTx(t.Context(), tx, n)
			return err
		})
		var back []byte
		if err := s.Unpack(stateOf(t, s, n.ID).Body, &back); err != nil || !bytes.Equal(back, large) {
			t.Errorf("%d bytes came back, %v", len(back), err)
		}
		for letters, days := range []int{o.DossierDays, o.DossierDays + 1} {
			if p, err := s.Prune(t.Context(), filing.DayOf(began).AddDays(days)); err != nil || p.Letters != letters {
				t.Errorf("after %d days %d letters go, %v", days, p.Letters, err)
			}
		}
		if all, err := s.Notifications(t.Context(), 0, "", 0); err != nil || len(all) != 0 {
			t.Errorf("kept for ever are %d letters, %v", len(all), err)
		}
	})
}
