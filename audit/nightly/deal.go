package nightly

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/riverqueue/river"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
)

// dealArgs is the job that deals a run in shards.
type dealArgs struct {
	Run int64 `json:"run"`
}

// Kind is the name of the job.
func (dealArgs) Kind() string { return "deal" }

type dealWorker struct {
	river.WorkerDefaults[dealArgs]
	engine *Engine
}

// Work reads the inventory and deals the run. Broken off at any point it is
// done anew: the jobs of the shards come into being with the end of this one.
func (w *dealWorker) Work(ctx context.Context, job *river.Job[dealArgs]) error {
	e := w.engine
	defer e.at(job.ID)()
	run, err := e.Store.Run(ctx, job.Args.Run)
	if err != nil || run.State != history.RunStaged {
		return err
	}
	s, ok := e.Schedule(run)
	if !ok {
		_, err := e.Store.Abandon(ctx, run.ID, history.End{At: e.Now(), Why: history.WhyBroke})
		return err
	}
	inv, err := e.Read(ctx, s.Inventory)
	if err != nil {
		return stopped(ctx, err)
	}
	defer inv.Close()
	ending, err := e.ending(ctx, s.Filter, run.Started)
	if err != nil {
		return stopped(ctx, err)
	}
	keep := func(subject *filing.Subject) bool { return s.Filter.Keeps(subject, ending) }
	shards, expected, err := e.deal(ctx, run, history.UrgencyNone, filtered(inv.Subjects(ctx), keep))
	if err != nil {
		return stopped(ctx, err)
	}
	rows := inv.Totals()
	expected.Rows, expected.BadRows = rows.Rows, rows.Bad
	err = e.changing(ctx, ChangeDealt, func(tx *sql.Tx) error {
		if err := e.queue(ctx, tx, run.ID, shards, queueScan, priorityNight); err != nil {
			return err
		}
		if err := e.Store.DealtTx(ctx, tx, run.ID, inv.Digest(), expected); err != nil {
			return err
		}
		return completeTx(ctx, e, tx, job)
	})
	if err == nil && !run.Part {
		_, err = e.Store.Unwant(ctx, run.Family, run.Started)
	}
	if err == nil {
		e.Log.Info("run-dealt", "run", run.ID, "subjects", expected.Subjects, "items", expected.Items, "shards", shards)
	}
	return stopped(ctx, err)
}

// dealBatch is how many shards are kept in one transaction.
const dealBatch = 20

// deal keeps subjects in shards, has the registries asked for their domains,
// and says how many shards there are and what the run has to come to.
func (e *Engine) deal(ctx context.Context, run history.Run, urgency history.Urgency, subjects iter.Seq2[*filing.Subject, error]) (shards int, expected history.Totals, err error) {
	if err := e.making(ChangeEmptied, func() error { return e.Store.DropShards(ctx, run.ID) }); err != nil {
		return 0, expected, err
	}
	var batch []history.Shard
	next := history.Shard{Run: run.ID}
	cut := func(least int) error {
		if len(next.Subjects) > 0 {
			batch = append(batch, next)
			next = history.Shard{Run: run.ID, N: next.N + 1}
		}
		if len(batch) < least {
			return nil
		}
		err := e.want(ctx, run, urgency, batch)
		if err == nil {
			err = e.making(ChangeCut, func() error { return e.Store.Deal(ctx, batch) })
		}
		batch = nil
		return err
	}
	for subject, err := range subjects {
		if err != nil {
			return 0, expected, fmt.Errorf("deal subject %d: %w", expected.Subjects+1, err)
		}
		items := subject.Items()
		if next.Items+items > e.Options.ShardItems {
			if err := cut(dealBatch); err != nil {
				return 0, expected, err
			}
		}
		next.Subjects = append(next.Subjects, history.Dealt{Seq: expected.Subjects, Subject: subject})
		next.Items += items
		expected.Subjects++
		expected.Items += items
	}
	err = cut(0)
	return next.N, expected, err
}

// queue queues the shards of a run.
func (e *Engine) queue(ctx context.Context, tx *sql.Tx, run int64, shards int, queue string, priority int) error {
	var jobs []river.InsertManyParams
	for n := range shards {
		jobs = append(jobs, river.InsertManyParams{Args: shardArgs{Run: run, Shard: n}, InsertOpts: &river.InsertOpts{Queue: queue, Priority: priority}})
	}
	for chunk := range slices.Chunk(jobs, 500) {
		if _, err := e.client.InsertManyFastTx(ctx, tx, chunk); err != nil {
			return fmt.Errorf("queue the shards: %w", err)
		}
	}
	return nil
}

// Keeps says whether a subject passes the filter; ending says whether the
// registration of a domain ends within the filter's days or has ended.
func (f Filter) Keeps(subject *filing.Subject, ending func(domain string) bool) bool {
	if f.Tag != "" && !slices.Contains(subject.Tags, f.Tag) || f.Owner != "" && subject.Owner != f.Owner {
		return false
	}
	if f.ExpiringDays == 0 {
		return true
	}
	for _, service := range subject.Services {
		if slices.ContainsFunc(service.Domains, func(d *filing.Domain) bool { return ending(d.Name) }) {
			return true
		}
	}
	return false
}

func filtered(subjects iter.Seq2[*filing.Subject, error], keep func(*filing.Subject) bool) iter.Seq2[*filing.Subject, error] {
	return func(yield func(*filing.Subject, error) bool) {
		for subject, err := range subjects {
			if (err != nil || keep(subject)) && !yield(subject, err) {
				return
			}
		}
	}
}

// stopped has a job that was told to stop done again by the next who comes.
func stopped(ctx context.Context, err error) error {
	switch {
	case err == nil, errors.Is(err, history.ErrNotStaged), errors.Is(err, history.ErrDone), errors.Is(err, history.ErrNone):
		return nil // the run is over, or somebody else was faster
	case ctx.Err() != nil:
		return river.JobSnooze(0)
	}
	return err
}
