package history_test

import (
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
)

func inTx(t *testing.T, s history.Store, do func(tx *sql.Tx) error) error {
	t.Helper()
	tx, err := s.Writer().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := do(tx); err != nil {
		tx.Rollback()
		return err
	}
	return tx.Commit()
}

func TestShards(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s, ctx := open(t, o), t.Context()
		var run history.Run
		begin := func(tx *sql.Tx) (err error) {
			run, err = s.BeginTx(ctx, tx, history.Run{Schedule: "all", Planned: began, Started: began})
			return err
		}
		rolledBack := errors.New("rolled back")
		if err := inTx(t, s, func(tx *sql.Tx) error { return errors.Join(begin(tx), rolledBack) }); !errors.Is(err, rolledBack) {
			t.Fatal(err)
		}
		if err := inTx(t, s, begin); err != nil {
			t.Fatalf("begin after a rollback: %v", err)
		}
		if err := inTx(t, s, begin); !errors.Is(err, history.ErrTwice) {
			t.Errorf("begin twice: %v", err)
		}
		subject := &filing.Subject{Number: "icp", Name: "a"}
		for range 2 { // dealing anew is no mistake
			if err := s.Deal(ctx, []history.Shard{{Run: run.ID, Items: 2, Subjects: []history.Dealt{{Seq: 0, Subject: subject}}}, {Run: run.ID, N: 1, Items: 3}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := inTx(t, s, func(tx *sql.Tx) error { return s.DealtTx(ctx, tx, run.ID, "digest", history.Totals{Subjects: 2}) }); err != nil {
			t.Fatal(err)
		}
		shard, err := s.Shard(ctx, run.ID, 0)
		if err != nil || len(shard.Subjects) != 1 || shard.Subjects[0].Subject.Name != "a" || shard.Done {
			t.Fatalf("shard %+v, %v", shard, err)
		}
		shard.State = history.ShardState{Due: began.Add(time.Hour), Judged: []history.Judged{{Seq: 0, Findings: []checks.Finding{{Key: checks.Key{Scene: "x"}, Outcome: checks.Pass}}}}}
		keep := func(tx *sql.Tx) error { return s.KeepShardTx(ctx, tx, shard) }
		if err := inTx(t, s, keep); err != nil {
			t.Fatal(err)
		}
		if err := inTx(t, s, keep); !errors.Is(err, history.ErrTaken) {
			t.Errorf("a shard was kept from an older state: %v", err)
		}
		shard.Version++
		if now, err := s.Shard(ctx, run.ID, 0); err != nil || now.Version != shard.Version {
			t.Errorf("version %d, %v, want %d", now.Version, err, shard.Version)
		}
		if p, err := s.Progress(ctx, run.ID); err != nil || p != (history.Progress{Shards: 2, Waiting: 1, Items: 5}) {
			t.Errorf("progress %+v, %v", p, err)
		}
		shard.Done = true
		if err := inTx(t, s, keep); err != nil {
			t.Fatal(err)
		}
		if err := inTx(t, s, keep); !errors.Is(err, history.ErrDone) {
			t.Errorf("a shard was ended twice: %v", err)
		}
		n := 0
		for one, err := range s.Shards(ctx, run.ID) {
			if err != nil || one.N != n || one.Done != (n == 0) {
				t.Errorf("shard %d: %+v, %v", n, one, err)
			}
			n++
		}
		if p, err := s.Progress(ctx, run.ID); err != nil || n != 2 || p != (history.Progress{Shards: 2, Done: 1, Items: 5, DoneItems: 2}) {
			t.Errorf("progress %+v of %d, %v", p, n, err)
		}
		if runs, err := s.Open(ctx); err != nil || len(runs) != 1 || runs[0].Inventory != "digest" || runs[0].Totals.Subjects != 2 {
			t.Errorf("open runs %+v, %v", runs, err)
		}
		// Ended by a clock that was put back.
		if ended, err := s.Abandon(ctx, run.ID, history.End{At: began.Add(-time.Hour), Why: history.WhyBroke}); err != nil || !ended.Ended.Equal(began) {
			t.Fatalf("ended at %s, %v", ended.Ended, err)
		}
		if err := s.DropShards(ctx, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Shard(ctx, run.ID, 0); !errors.Is(err, history.ErrNone) {
			t.Errorf("a shard of a run that is over: %v", err)
		}
	})
}

func TestWorkersAndSchedules(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s, ctx := open(t, o), t.Context()
		for _, c := range []struct {
			cron      string
			now, want time.Time
		}{{"0 2 * * *", began, began}, {"0 2 * * *", began.Add(time.Hour), began}, {"0 3 * * *", began.Add(2 * time.Hour), began.Add(2 * time.Hour)},
			{"0 3 * * *", began.Add(time.Minute), began.Add(time.Minute)}, {"0 3 * * *", began.Add(3 * time.Hour), began.Add(time.Minute)}} { // put back

			if since, err := s.Since(ctx, "all", c.cron, c.now); err != nil || !since.Equal(c.want) {
				t.Errorf("%s counts since %s, %v", c.cron, since, err)
			}
		}
		for worker, now := range map[string]time.Time{"a": began, "b": began.Add(time.Minute)} {
			if err := s.Beat(ctx, worker, now); err != nil {
				t.Fatal(err)
			}
		}
		if alive, err := s.Alive(ctx, began); err != nil || len(alive) != 1 || alive[0] != "b" {
			t.Errorf("alive are %v, %v", alive, err)
		}
		if err := s.Beat(ctx, "b", began.Add(25*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if all, err := s.Alive(ctx, time.Time{}); err != nil || len(all) != 1 {
			t.Errorf("known are %v, %v", all, err)
		}
	})
}

func TestScenes(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		s := open(t, o)
		night(t, s, began, site{n: 1, state: 'd'}, site{n: 2, state: 'p'})
		night(t, s, began.AddDate(0, 0, 1), site{n: 1, state: 'd'})
		counts, err := s.Scenes(t.Context())
		total := 0
		for _, outcomes := range counts {
			total += outcomes[checks.Deficient]
		}
		if err != nil || total != 1 {
			t.Errorf("counted %v, %v", counts, err)
		}
	})
}
