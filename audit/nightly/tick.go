package nightly

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/icpaudit/icpaudit/history"
)

type riverJob = rivertype.JobRow

// Tick does once what has to be done again and again: it shows that this
// process is alive, takes work back from those that are not, begins what is
// due and ends what is done.
func (e *Engine) Tick(ctx context.Context, role Role) error {
	now := e.Now()
	err := e.Store.Beat(ctx, e.ID, now)
	if err == nil {
		e.lease.renew(e.Options.Rescue)
		var alive []string
		if alive, err = e.Store.Alive(ctx, now.Add(-e.Options.Rescue)); err == nil {
			err = e.rescue(ctx, alive)
		}
	}
	if err == nil {
		err = e.askRegistries(ctx, now)
	}
	if err == nil && role == RoleServe {
		err = errors.Join(e.begin(ctx, now), e.end(ctx, now), e.wake(ctx))
	}
	if err == nil {
		err = e.Heartbeat(ctx)
	}
	if err != nil {
		return err
	}
	e.mu.Lock()
	e.last = now
	e.mu.Unlock()
	return nil
}

// rescue gives the jobs of processes that are not alive to others. A job that
// its holder ends after all is ended once: see Store.KeepShardTx.
func (e *Engine) rescue(ctx context.Context, alive []string) error {
	running, err := e.client.JobList(ctx, river.NewJobListParams().States(rivertype.JobStateRunning).First(1000))
	if err != nil {
		return fmt.Errorf("list the jobs under way: %w", err)
	}
	for _, job := range running.Jobs {
		if n := len(job.AttemptedBy); n > 0 && slices.Contains(alive, job.AttemptedBy[n-1]) && (job.AttemptedBy[n-1] != e.ID || !e.dropped(job)) {
			continue
		}
		res, err := e.Store.Writer().ExecContext(ctx, `UPDATE river_job SET state = 'available', attempt = CASE WHEN attempt > 0 THEN attempt - 1 ELSE 0 END
			WHERE id = $1 AND state = 'running' AND attempt = $2`, job.ID, job.Attempt)
		if err != nil {
			return fmt.Errorf("take job %d back: %w", job.ID, err)
		}
		if n, err := res.RowsAffected(); err == nil && n > 0 {
			e.Log.Warn("job-taken-back", "job", job.ID, "kind", job.Kind)
			if err := e.releaseHeld(ctx, job); err != nil {
				return err
			}
		}
	}
	return nil
}

// begin begins the runs that are due.
func (e *Engine) begin(ctx context.Context, now time.Time) error {
	var errs []error
	for _, s := range e.Schedules {
		if err := e.beginOne(ctx, s, now); err != nil {
			errs = append(errs, fmt.Errorf("schedule %q: %w", s.Name, err))
		}
	}
	return errors.Join(errs...)
}

func (e *Engine) beginOne(ctx context.Context, s Schedule, now time.Time) error {
	times, err := Parse(s.Cron)
	if err != nil {
		return err
	}
	since, err := e.Store.Since(ctx, s.Name, s.Cron, now)
	if err != nil {
		return err
	}
	runs, err := e.Store.RunsOf(ctx, s.Name, 100)
	if err != nil {
		return err
	}
	var planned []time.Time
	open := false
	for _, r := range runs {
		planned = append(planned, r.Planned)
		open = open || r.State == history.RunStaged
	}
	if last := Latest(planned, now); last.After(since) {
		since = last
	}
	due := times.Due(since, now)
	if due.IsZero() {
		return nil
	}
	run := e.Stamp(history.Run{Schedule: s.Name, Planned: due, Started: now, Family: "file:" + s.Inventory, Part: !s.Filter.All()})
	if open {
		return e.skip(ctx, run)
	}
	err = e.changing(ctx, ChangeBegun, func(tx *sql.Tx) error {
		var err error
		if run, err = e.Store.BeginTx(ctx, tx, run); err != nil {
			return err
		}
		_, err = e.client.InsertTx(ctx, tx, dealArgs{Run: run.ID}, &river.InsertOpts{Queue: queueDesk, Priority: priorityNight})
		return err
	})
	if errors.Is(err, history.ErrTwice) {
		return nil // another process was faster
	}
	if err == nil {
		e.Log.Info("run-begun", "run", run.ID, "schedule", s.Name, "planned", due, slog.Duration("late", now.Sub(due)))
	}
	return err
}

// skip notes that a run was not begun, for the one before it is under way.
func (e *Engine) skip(ctx context.Context, run history.Run) error {
	run, err := e.Store.Begin(ctx, run)
	if errors.Is(err, history.ErrTwice) {
		return nil
	}
	if err != nil {
		return err
	}
	e.Log.Warn("run-skipped", "schedule", run.Schedule, "planned", run.Planned, "why", history.WhyOverlap)
	_, err = e.Store.Abandon(ctx, run.ID, history.End{At: run.Started, Why: history.WhyOverlap})
	return err
}

// end has the runs published that are done, and ends those that take too long.
func (e *Engine) end(ctx context.Context, now time.Time) error {
	open, err := e.Store.Open(ctx)
	if err != nil {
		return err
	}
	for _, run := range open {
		if !ours(run) {
			continue
		}
		if why := e.outlived(run, now); why != "" {
			e.Log.Error("run-ended", "run", run.ID, "schedule", run.Schedule, "why", why, "age", now.Sub(run.Started))
			_, err := e.Store.Abandon(ctx, run.ID, history.End{At: now, Why: why, Totals: run.Totals})
			if err = errors.Join(err, e.Store.DropShards(ctx, run.ID)); err != nil {
				return err
			}
			continue
		}
		if err := e.endIfDone(ctx, run); err != nil {
			return err
		}
	}
	return nil
}

// endIfDone queues the publication of a run whose shards are all done.
func (e *Engine) endIfDone(ctx context.Context, run history.Run) error {
	if run.Inventory == "" {
		return nil // not dealt yet
	}
	p, err := e.Store.Progress(ctx, run.ID)
	if err != nil || p.Done < p.Shards {
		return err
	}
	// Twice is no mistake: what is published already is not published again.
	return e.making(ChangeSummed, func() error {
		_, err := e.client.Insert(ctx, publishArgs{Run: run.ID}, &river.InsertOpts{
			Queue: queueDesk, Priority: priorityDemand, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: unfinished()},
		})
		return err
	})
}
