package nightly

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"time"

	"github.com/riverqueue/river"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/report"
	"github.com/icpaudit/icpaudit/report/deliver"
)

// publishArgs is the job that publishes a run.
type publishArgs struct {
	Run int64 `json:"run"`
}

// Kind is the name of the job.
func (publishArgs) Kind() string { return "publish" }

// Over is a run whose shards are all done.
type Over struct {
	Run      history.Run
	Schedule Schedule
	Totals   history.Totals
	Why      string // code of why it is not published; empty: it is
	Ended    time.Time
	Results  iter.Seq2[Found, error] // in inventory order
}

// Found is what was found about one subject.
type Found struct {
	Seq      int
	Subject  *filing.Subject
	Findings []checks.Finding
	Unseen   int // items that our own trouble kept from being seen to the end
}

type publishWorker struct {
	river.WorkerDefaults[publishArgs]
	engine *Engine
}

// Work writes the reports and publishes a run. Broken off at any point it is
// done anew; published it is once.
func (w *publishWorker) Work(ctx context.Context, job *river.Job[publishArgs]) error {
	e := w.engine
	defer e.at(job.ID)()
	run, err := e.Store.Run(ctx, job.Args.Run)
	if err != nil {
		return stopped(ctx, err)
	}
	if run.State == history.RunStaged {
		if err := e.publish(ctx, run); err != nil {
			return stopped(ctx, err)
		}
	}
	return stopped(ctx, e.making(ChangeDropped, func() error { return e.Store.DropShards(ctx, run.ID) }))
}

// publish tells of a run and ends it. What is told outside waits for the end:
// the letters are queued in the transaction that publishes. The job ends only
// when the shards are gone too: done again it finds the run published.
func (e *Engine) publish(ctx context.Context, run history.Run) error {
	over, judged, err := e.over(ctx, run)
	if err != nil {
		return err
	}
	staged, err := e.Store.Staged(ctx, run.ID)
	if err != nil {
		return err
	}
	limits := e.Limits
	if run.Part {
		limits.Coverage = 0 // of a handful of domains most may be out of reach
	}
	over.Why = limits.Unfit(run.Totals, over.Totals, staged.Subjects, judged)
	if why := e.outlived(run, e.Now()); why != "" {
		over.Why = why
	}
	letters, err := e.report(ctx, over)
	if err != nil {
		return fmt.Errorf("write the reports of run %d: %w", run.ID, err)
	}
	end := history.End{At: over.Ended, Why: over.Why, Totals: over.Totals, Due: e.Due}
	if over.Why != "" {
		e.Log.Error("run-provisional", "run", run.ID, "schedule", run.Schedule, "why", over.Why,
			"items", over.Totals.Items, "unseen", over.Totals.Unseen, "coverage", over.Totals.Coverage)
		return e.making(ChangeAbandoned, func() error {
			_, err := e.Store.Abandon(ctx, run.ID, end)
			return err
		})
	}
	gate, err := e.gate(ctx, run)
	if err != nil {
		return err
	}
	var hold string
	err = e.changing(ctx, ChangePublished, func(tx *sql.Tx) error {
		if run, err = e.Store.PublishTx(ctx, tx, run.ID, end); err != nil {
			return err
		}
		hold = gate.hold(run.Totals)
		return e.keepLetters(ctx, tx, letters, hold)
	})
	if err != nil {
		return err
	}
	e.published(ctx, run, len(letters), hold)
	return nil
}

// report writes the reports of a run, and its letters where it is one of a
// schedule and fit to be published.
func (e *Engine) report(ctx context.Context, over Over) (letters []history.Notification, err error) {
	if e.Report == nil || over.Schedule.Name != over.Run.Schedule {
		return nil, nil // a recheck
	}
	var tell func(deliver.Letter) error
	if over.Why == "" && e.Send != nil {
		tell = func(l deliver.Letter) error {
			n, err := e.letterOf(over.Run, l)
			letters = append(letters, n)
			return err
		}
	}
	err = e.making(ChangeReported, func() error { return e.Report(ctx, over, tell) })
	return letters, err
}

// published does what follows when a run was published.
func (e *Engine) published(ctx context.Context, run history.Run, letters int, hold string) {
	m := run.Totals.Moves
	e.Log.Info("run-published", "run", run.ID, "schedule", run.Schedule, "position", run.Position, "items", run.Totals.Items,
		"coverage", run.Totals.Coverage, "new", m.New, "regressed", m.Regressed, "resolved", m.Resolved, "unseen", m.Unseen)
	switch {
	case letters > 0 && hold != "":
		e.Log.Error("letters-held", "run", run.ID, "schedule", run.Schedule, "letters", letters, "why", hold)
	case letters > 0:
		e.Log.Info("letters-queued", "run", run.ID, "schedule", run.Schedule, "letters", letters)
	}
	if _, err := e.Store.Prune(ctx, filing.DayOf(run.Ended)); err != nil {
		e.Log.Error("prune", "error", err)
	}
	e.ping(ctx)
}

// over sums a run up.
func (e *Engine) over(ctx context.Context, run history.Run) (over Over, judged bool, err error) {
	schedule, _ := e.Schedule(run)
	over = Over{Run: run, Schedule: schedule, Ended: later(e.Now(), run.Started), Results: e.found(ctx, run.ID)}
	expected := run.Totals
	over.Totals = history.Totals{Rows: expected.Rows, BadRows: expected.BadRows}
	for one, err := range over.Results {
		if err != nil {
			return over, false, err
		}
		over.Totals.Count(one.Subject, one.Findings, one.Unseen)
	}
	over.Totals.Coverage, judged = report.Totals{Outcomes: over.Totals.Outcomes}.Coverage()
	return over, judged, nil
}

// found lists what was found, subject by subject.
func (e *Engine) found(ctx context.Context, run int64) iter.Seq2[Found, error] {
	return func(yield func(Found, error) bool) {
		for shard, err := range e.Store.Shards(ctx, run) {
			if err != nil {
				yield(Found{}, err)
				return
			}
			judged := map[int]history.Judged{}
			for _, j := range shard.State.Judged {
				judged[j.Seq] = j
			}
			for _, d := range shard.Subjects {
				of, ok := judged[d.Seq]
				if !ok {
					yield(Found{}, fmt.Errorf("shard %d of run %d: subject %d was not judged", shard.N, run, d.Seq))
					return
				}
				if !yield(Found{d.Seq, d.Subject, of.Findings, of.Unseen}, nil) {
					return
				}
			}
		}
	}
}

// pingTime is what a ping may take.
const pingTime = 10 * time.Second

// ping tells the dead man's switch that a run was published. That it does not
// answer changes nothing: its alarm is for people.
func (e *Engine) ping(ctx context.Context) {
	if e.Options.Ping == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, pingTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, e.Options.Ping, nil)
	if err == nil {
		var res *http.Response
		if res, err = http.DefaultClient.Do(req); err == nil {
			_, err = io.CopyN(io.Discard, res.Body, 4096)
			res.Body.Close()
			if errors.Is(err, io.EOF) {
				err = nil
			}
			if res.StatusCode >= http.StatusMultipleChoices {
				err = fmt.Errorf("status %d", res.StatusCode)
			}
		}
	}
	if err != nil {
		e.Log.Warn("ping", "error", err)
	}
}
