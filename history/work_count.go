package history

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/icpaudit/icpaudit/checks"
)

// forgotten is after what time a worker that is dead is forgotten.
const forgotten = 24 * time.Hour

func (s *store) DealtTx(ctx context.Context, tx *sql.Tx, run int64, inventory string, expected Totals) error {
	totals, err := json.Marshal(expected)
	if err != nil {
		return err
	}
	n, err := affected(ctx, tx, `UPDATE runs SET inventory = $1, totals = $2 WHERE id = $3 AND state = $4`, inventory, string(totals), run, RunStaged)
	if err == nil && n != 1 {
		err = ErrNotStaged
	}
	if err != nil {
		return fmt.Errorf("deal run %d: %w", run, err)
	}
	return nil
}

func (s *store) Progress(ctx context.Context, run int64) (Progress, error) {
	var p Progress
	err := s.writer.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(SUM(done), 0), COUNT(CASE WHEN due_at > 0 AND done = 0 THEN 1 END),
		COALESCE(SUM(items), 0), COALESCE(SUM(items * done), 0) FROM shards WHERE run = $1`, run).
		Scan(&p.Shards, &p.Done, &p.Waiting, &p.Items, &p.DoneItems)
	if err != nil {
		return p, fmt.Errorf("count the shards of run %d: %w", run, err)
	}
	return p, nil
}

func (s *store) DropShards(ctx context.Context, run int64) error {
	err := s.within(ctx, func(tx *sql.Tx) error {
		for _, table := range []string{"shards", "clusters"} {
			if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE run = $1 OR run IN (SELECT id FROM runs WHERE state <> $2)`, run, RunStaged); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("drop the shards of run %d: %w", run, err)
	}
	return nil
}

func (s *store) Beat(ctx context.Context, worker string, now time.Time) error {
	_, err := s.writer.ExecContext(ctx, `INSERT INTO workers (id, beat_at) VALUES ($1, $2)
		ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at`, worker, millis(now))
	if err == nil {
		_, err = s.writer.ExecContext(ctx, `DELETE FROM workers WHERE beat_at < $1`, millis(now.Add(-forgotten)))
	}
	if err != nil {
		return fmt.Errorf("note that worker %q is alive: %w", worker, err)
	}
	return nil
}

func (s *store) Alive(ctx context.Context, after time.Time) ([]string, error) {
	var ids []string
	err := each(ctx, s.writer, `SELECT id FROM workers WHERE beat_at > $1 ORDER BY id`, []any{millis(after)}, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		ids = append(ids, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list workers: %w", err)
	}
	return ids, nil
}

func (s *store) Scenes(ctx context.Context) (map[checks.ID]map[checks.Outcome]int, error) {
	counts := map[checks.ID]map[checks.Outcome]int{}
	err := each(ctx, s.reader, `SELECT v.text, COUNT(*) FROM items AS i JOIN vectors AS v ON v.id = i.vector
		WHERE i.last >= COALESCE((SELECT MAX(n.position) FROM runs AS n WHERE n.part = 0 AND n.family = (SELECT r.family FROM runs AS r WHERE r.position = i.last)), 0)
		GROUP BY v.text`, nil, func(scan func(...any) error) error {
		var text string
		var n int
		if err := scan(&text, &n); err != nil {
			return err
		}
		for scene, sight := range parseOutcomes(text) {
			if counts[scene] == nil {
				counts[scene] = map[checks.Outcome]int{}
			}
			counts[scene][sight.Outcome] += n
		}
		return nil
	})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("count outcomes by scene: %w", err)
	}
	return counts, nil
}
