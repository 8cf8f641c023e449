package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

// ErrDone is that a shard was ended already, by somebody who took over.
const ErrDone Error = "this shard is done already"

// ErrTaken is that a shard was kept by somebody else since it was read: what
// was done with it meanwhile is not kept, and has to be done again from there.
const ErrTaken Error = "somebody else works on this shard"

// Work is how a run that is done in parts is kept between the parts. The
// methods that take a transaction of the caller's are like StageTx.
type Work interface {
	// BeginTx is Begin inside a transaction.
	BeginTx(ctx context.Context, tx *sql.Tx, r Run) (Run, error)
	// RunsOf lists the newest runs of a schedule first, by planned time.
	RunsOf(ctx context.Context, schedule string, limit int) ([]Run, error)
	// Open lists the runs that are neither published nor abandoned, oldest first.
	Open(ctx context.Context) ([]Run, error)
	// Since is the moment from which the times of a schedule count: when it was
	// first asked for with that expression. A clock that is put back to before
	// that moment begins anew.
	Since(ctx context.Context, schedule, cron string, now time.Time) (time.Time, error)
	// Deal keeps shards of a run; one that is there already is dealt anew.
	Deal(ctx context.Context, shards []Shard) error
	// DealtTx says what the run has to come to, once all of it is dealt.
	// ErrNotStaged where the run is not open.
	DealtTx(ctx context.Context, tx *sql.Tx, run int64, inventory string, expected Totals) error
	// Shard is one shard of a run, ErrNone where there is none.
	Shard(ctx context.Context, run int64, n int) (Shard, error)
	// KeepShardTx keeps how far a shard came, which then has the next Version.
	// ErrDone where it is done already, ErrTaken where it was kept since that
	// Version was read: of two who work on a shard one is refused.
	KeepShardTx(ctx context.Context, tx *sql.Tx, s Shard) error
	// Shards lists the shards of a run in order.
	Shards(ctx context.Context, run int64) iter.Seq2[Shard, error]
	// Progress counts the shards of a run.
	Progress(ctx context.Context, run int64) (Progress, error)
	// CountTx adds to how the first looks of a run ended, by group and by how they
	// failed, all of them under "". Counted with the shard that they are of, each
	// look counts once. The counts are bounded: past many thousand groups new ones
	// go uncounted.
	CountTx(ctx context.Context, tx *sql.Tx, run int64, counts map[string]map[string]int) error
	// Counted is what was counted of some groups of a run, by all who work on it.
	Counted(ctx context.Context, run int64, groups []string) (map[string]map[string]int, error)
	// DropShards takes the shards and counts of a run away, and of every run that
	// is over.
	DropShards(ctx context.Context, run int64) error
	// Beat notes that a worker is alive, and forgets those dead for a day.
	Beat(ctx context.Context, worker string, now time.Time) error
	// Alive lists the workers that were alive after a moment.
	Alive(ctx context.Context, after time.Time) ([]string, error)
	// Scenes counts the outcomes of the items of the newest runs, by scene.
	Scenes(ctx context.Context) (map[checks.ID]map[checks.Outcome]int, error)
}

// Shard is one part of a run.
type Shard struct {
	Run      int64
	N        int // from 0
	Items    int // domains and Apps
	Subjects []Dealt
	State    ShardState
	Done     bool
	Version  int64 // how often it was kept
}

// Dealt is a subject of a shard.
type Dealt struct {
	Seq     int             `json:"seq"` // in the run, from 0
	Subject *filing.Subject `json:"subject"`
}

// ShardState is how far a shard came.
type ShardState struct {
	Judged  []Judged  `json:"judged,omitempty"`
	Waiting []Waiting `json:"waiting,omitempty"` // for their second look
	Due     time.Time `json:"due,omitzero"`      // when the second looks may begin
}

// Judged is a subject that is finished; what was seen of it lies on the stage.
type Judged struct {
	Seq      int              `json:"seq"`
	Findings []checks.Finding `json:"findings"`
	Unseen   int              `json:"unseen,omitempty"` // items that our own trouble kept from being seen to the end
}

// Waiting is a subject between its first and its second look.
type Waiting struct {
	Seq   int                     `json:"seq"`
	Looks map[string]checks.Looks `json:"looks"` // by item name
	Again map[string]observe.Want `json:"again"` // items to look at again, and for what
}

// Progress counts the shards of a run.
type Progress struct {
	Shards, Done, Waiting int // Waiting: for their second looks
	Items, DoneItems      int
}

func (s *store) BeginTx(ctx context.Context, tx *sql.Tx, r Run) (Run, error) {
	return begin(ctx, tx, r)
}

// RunsOf and Open ask the writer: what depends on them must not be late.

func (s *store) RunsOf(ctx context.Context, schedule string, limit int) ([]Run, error) {
	return listRuns(ctx, s.writer, `WHERE schedule = $1 ORDER BY planned_at DESC LIMIT $2`, schedule, limit)
}

func (s *store) Open(ctx context.Context) ([]Run, error) {
	return listRuns(ctx, s.writer, `WHERE state = $1 ORDER BY id`, RunStaged)
}

func (s *store) Since(ctx context.Context, schedule, cron string, now time.Time) (time.Time, error) {
	var since int64
	err := s.writer.QueryRowContext(ctx, `INSERT INTO schedules (name, cron, since) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET since = CASE WHEN schedules.cron = excluded.cron AND schedules.since <= excluded.since THEN schedules.since ELSE excluded.since END,
		cron = excluded.cron RETURNING since`, schedule, cron, millis(now)).Scan(&since)
	if err != nil {
		return time.Time{}, fmt.Errorf("note schedule %q: %w", schedule, err)
	}
	return moment(since), nil
}

func (s *store) Deal(ctx context.Context, shards []Shard) error {
	err := s.within(ctx, func(tx *sql.Tx) error {
		for _, one := range shards {
			body, err := s.packer.pack(one.Subjects)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO shards (run, shard, items, subjects) VALUES ($1, $2, $3, $4)
				ON CONFLICT (run, shard) DO UPDATE SET items = excluded.items, subjects = excluded.subjects, state = NULL, due_at = 0, done = 0, version = shards.version + 1`,
				one.Run, one.N, one.Items, body); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("deal shards: %w", err)
	}
	return nil
}

const shardColumns = `run, shard, items, subjects, state, done, version`

func (s *store) scanShard(scan func(...any) error) (Shard, error) {
	var one Shard
	var subjects, state []byte
	var done int
	if err := scan(&one.Run, &one.N, &one.Items, &subjects, &state, &done, &one.Version); err != nil {
		return one, err
	}
	one.Done = done == 1
	if err := s.packer.unpack(subjects, &one.Subjects); err != nil {
		return one, err
	}
	if len(state) == 0 {
		return one, nil
	}
	return one, s.packer.unpack(state, &one.State)
}

func (s *store) Shard(ctx context.Context, run int64, n int) (Shard, error) {
	one, err := s.scanShard(s.writer.QueryRowContext(ctx, `SELECT `+shardColumns+` FROM shards WHERE run = $1 AND shard = $2`, run, n).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNone
	}
	if err != nil {
		return one, fmt.Errorf("read shard %d of run %d: %w", n, run, err)
	}
	return one, nil
}

func (s *store) KeepShardTx(ctx context.Context, tx *sql.Tx, one Shard) error {
	state, err := s.packer.pack(one.State)
	if err != nil {
		return err
	}
	done := 0
	if one.Done {
		done = 1
	}
	n, err := affected(ctx, tx, `UPDATE shards SET state = $1, due_at = $2, done = $3, version = version + 1
		WHERE run = $4 AND shard = $5 AND done = 0 AND version = $6`, state, millis(one.State.Due), done, one.Run, one.N, one.Version)
	if err == nil && n != 1 {
		err = refused(ctx, tx, one)
	}
	if err != nil {
		return fmt.Errorf("keep shard %d of run %d: %w", one.N, one.Run, err)
	}
	return nil
}

// refused says why a shard could not be kept.
func refused(ctx context.Context, tx *sql.Tx, one Shard) error {
	var done int
	err := tx.QueryRowContext(ctx, `SELECT done FROM shards WHERE run = $1 AND shard = $2`, one.Run, one.N).Scan(&done)
	switch {
	case errors.Is(err, sql.ErrNoRows), err == nil && done == 1:
		return ErrDone
	case err != nil:
		return err
	}
	return ErrTaken
}

func (s *store) Shards(ctx context.Context, run int64) iter.Seq2[Shard, error] {
	return func(yield func(Shard, error) bool) {
		for n := 0; ; n++ {
			one, err := s.Shard(ctx, run, n)
			if errors.Is(err, ErrNone) || !yield(one, err) || err != nil {
				return
			}
		}
	}
}
