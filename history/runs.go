package history

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// runColumns are the columns of a run in the order of scanRun.
const runColumns = `id, schedule, planned_at, started_at, ended_at, state, why, position, inventory, rules, reference, version, vantage, totals, family, part`

func scanRun(scan func(...any) error) (Run, error) {
	var r Run
	var planned, started, ended int64
	var totals string
	var part int
	err := scan(&r.ID, &r.Schedule, &planned, &started, &ended, &r.State, &r.Why, &r.Position,
		&r.Inventory, &r.Rules, &r.Reference, &r.Version, &r.Vantage, &totals, &r.Family, &part)
	if err != nil {
		return r, err
	}
	r.Part = part == 1
	r.Planned, r.Started, r.Ended = moment(planned), moment(started), moment(ended)
	if err := json.Unmarshal([]byte(totals), &r.Totals); err != nil {
		return r, fmt.Errorf("read the totals of run %d: %w", r.ID, err)
	}
	return r, nil
}

func (s *store) Begin(ctx context.Context, r Run) (Run, error) { return begin(ctx, s.writer, r) }

func begin(ctx context.Context, on asker, r Run) (Run, error) {
	r.State = RunStaged
	r.Planned, r.Started = r.Planned.Truncate(time.Millisecond).UTC(), r.Started.Truncate(time.Millisecond).UTC()
	if r.Family == "" {
		r.Family = r.Schedule
	}
	part := 0
	if r.Part {
		part = 1
	}
	err := on.QueryRowContext(ctx, `INSERT INTO runs (schedule, planned_at, started_at, state, inventory, rules, reference, version, vantage, family, part)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (schedule, planned_at) DO NOTHING RETURNING id`,
		r.Schedule, millis(r.Planned), millis(r.Started), RunStaged, r.Inventory, r.Rules, r.Reference, r.Version, r.Vantage, r.Family, part).Scan(&r.ID)
	if errors.Is(err, sql.ErrNoRows) {
		row := on.QueryRowContext(ctx, `SELECT `+runColumns+` FROM runs WHERE schedule = $1 AND planned_at = $2`, r.Schedule, millis(r.Planned))
		there, err := scanRun(row.Scan)
		if err != nil {
			return Run{}, fmt.Errorf("begin run %s %s: %w", r.Schedule, r.Planned, err)
		}
		return there, fmt.Errorf("begin run %s %s: %w", r.Schedule, r.Planned.Format(time.RFC3339), ErrTwice)
	}
	if err != nil {
		return Run{}, fmt.Errorf("begin run: %w", err)
	}
	return r, nil
}

func (s *store) Run(ctx context.Context, id int64) (Run, error) {
	return runOf(ctx, s.reader, id)
}

func runOf(ctx context.Context, on asker, id int64) (Run, error) {
	r, err := scanRun(on.QueryRowContext(ctx, `SELECT `+runColumns+` FROM runs WHERE id = $1`, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNone
	}
	if err != nil {
		return Run{}, fmt.Errorf("read run %d: %w", id, err)
	}
	return r, nil
}

func (s *store) Runs(ctx context.Context, limit int) ([]Run, error) {
	if limit > 0 {
		return listRuns(ctx, s.reader, `ORDER BY id DESC LIMIT $1`, limit)
	}
	return listRuns(ctx, s.reader, `ORDER BY id DESC`)
}

// listRuns lists the runs that the end of a query picks.
func listRuns(ctx context.Context, on asker, which string, args ...any) ([]Run, error) {
	var runs []Run
	err := each(ctx, on, `SELECT `+runColumns+` FROM runs `+which, args, func(scan func(...any) error) error {
		r, err := scanRun(scan)
		runs = append(runs, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	return runs, nil
}

// closeRun ends a run that is open, in the transaction of whoever ends it. It
// never ends before it began, whatever was done to the clock.
func closeRun(ctx context.Context, on asker, id int64, state RunState, position int64, end End) error {
	totals, err := json.Marshal(end.Totals)
	if err != nil {
		return err
	}
	n, err := affected(ctx, on, `UPDATE runs SET state = $1, why = $2, position = $3,
		ended_at = CASE WHEN started_at > $4 THEN started_at ELSE $5 END, totals = $6 WHERE id = $7 AND state = $8`,
		state, end.Why, position, millis(end.At), millis(end.At), string(totals), id, RunStaged)
	if err == nil && n != 1 {
		err = ErrNotStaged
	}
	return err
}

func (s *store) Abandon(ctx context.Context, run int64, end End) (Run, error) {
	err := s.within(ctx, func(tx *sql.Tx) error {
		if err := closeRun(ctx, tx, run, RunProvisional, 0, end); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM stage WHERE run = $1`, run)
		return err
	})
	if err != nil {
		return Run{}, fmt.Errorf("abandon run %d: %w", run, err)
	}
	return s.Run(ctx, run)
}
