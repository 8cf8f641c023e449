package nightly

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
)

// ErrNoMatch is that no schedule's inventory holds what is to be looked at.
const ErrNoMatch history.Error = "no inventory of a schedule holds it"

// Recheck queues a look at some subjects ahead of every scheduled run, and
// answers the run. The subjects are those that match, of the first schedule
// whose inventory has any; the run is published like any other one, as a part
// of its inventory.
func (e *Engine) Recheck(ctx context.Context, match func(*filing.Subject) bool) (history.Run, int, error) {
	var errs []error
	for _, s := range e.Schedules {
		run, subjects, err := e.recheck(ctx, s, match)
		if err != nil {
			errs = append(errs, fmt.Errorf("schedule %q: %w", s.Name, err))
			continue
		}
		if subjects > 0 {
			return run, subjects, nil
		}
	}
	return history.Run{}, 0, errors.Join(append(errs, ErrNoMatch)...)
}

func (e *Engine) recheck(ctx context.Context, s Schedule, match func(*filing.Subject) bool) (run history.Run, n int, err error) {
	inv, err := e.Read(ctx, s.Inventory)
	if err != nil {
		return run, 0, err
	}
	defer inv.Close()
	var subjects []*filing.Subject
	for subject, err := range filtered(inv.Subjects(ctx), match) {
		if err != nil {
			return run, 0, err
		}
		subjects = append(subjects, subject)
	}
	if len(subjects) == 0 {
		return run, 0, nil
	}
	now := e.Now()
	run, err = e.Store.Begin(ctx, e.Stamp(history.Run{
		Schedule: demand + s.Name + ":" + now.UTC().Format("20060102T150405.000"), Planned: now, Started: now, Family: "file:" + s.Inventory, Part: true,
	}))
	if err != nil {
		return run, 0, err
	}
	shards, expected, err := e.deal(ctx, run, history.UrgencyDemand, func(yield func(*filing.Subject, error) bool) {
		for _, subject := range subjects {
			if !yield(subject, nil) {
				return
			}
		}
	})
	if err == nil {
		expected.Rows = expected.Items
		err = e.within(ctx, func(tx *sql.Tx) error {
			if err := e.queue(ctx, tx, run.ID, shards, queueDemand, priorityDemand); err != nil {
				return err
			}
			return e.Store.DealtTx(ctx, tx, run.ID, inv.Digest(), expected)
		})
	}
	if err != nil {
		_, ended := e.Store.Abandon(context.WithoutCancel(ctx), run.ID, history.End{At: now, Why: history.WhyBroke})
		return run, 0, errors.Join(err, ended)
	}
	return run, len(subjects), nil
}

// Working says whether a process that works was alive a moment ago.
func (e *Engine) Working(ctx context.Context) (bool, error) {
	alive, err := e.Store.Alive(ctx, e.Now().Add(-max(e.Options.Rescue, time.Minute)))
	return len(slices.DeleteFunc(alive, func(id string) bool { return id == e.ID })) > 0, err
}
