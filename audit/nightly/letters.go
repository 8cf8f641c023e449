package nightly

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/riverqueue/river"

	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/report"
	"github.com/icpaudit/icpaudit/report/deliver"
)

// letterArgs is the job that sends one letter.
type letterArgs struct {
	Letter int64 `json:"letter"` // id of the notification
}

// Kind is the name of the job.
func (letterArgs) Kind() string { return "letter" }

// lettersAtOnce is how many letters are on their way at a time: one that waits
// for a slow server keeps the others not waiting.
const lettersAtOnce = 4

// longestDetail bounds what is kept of what happened to a letter, in runes.
const longestDetail = 500

// letterOf makes the row that keeps a letter about a run.
func (e *Engine) letterOf(run history.Run, l deliver.Letter) (history.Notification, error) {
	body, err := e.Store.Pack(l)
	if err != nil {
		return history.Notification{}, fmt.Errorf("keep the letter to %s: %w", l.To, err)
	}
	return history.Notification{
		Run: run.ID, Channel: string(l.Channel), Recipient: l.To, Team: report.Clean(strings.Join(l.Teams, ", "), longestDetail),
		Message: l.ID, State: history.NotificationPending, Body: body, Made: e.Now(),
	}, nil
}

// keepLetters keeps the letters about a run and queues them; where there is a
// reason to hold them they wait for a person.
func (e *Engine) keepLetters(ctx context.Context, tx *sql.Tx, letters []history.Notification, hold string) error {
	var ids []int64
	for _, n := range letters {
		if hold != "" {
			n.State, n.Detail = history.NotificationHeld, hold
		}
		n, err := e.Store.NotifyTx(ctx, tx, n)
		if err != nil {
			return err
		}
		ids = append(ids, n.ID)
	}
	if hold != "" {
		return nil
	}
	return e.queueLetters(ctx, tx, ids)
}

func (e *Engine) queueLetters(ctx context.Context, tx *sql.Tx, ids []int64) error {
	var jobs []river.InsertManyParams
	for _, id := range ids {
		jobs = append(jobs, river.InsertManyParams{Args: letterArgs{Letter: id}, InsertOpts: &river.InsertOpts{Queue: queueMail, Priority: priorityDemand}})
	}
	for chunk := range slices.Chunk(jobs, 500) {
		if _, err := e.client.InsertManyFastTx(ctx, tx, chunk); err != nil {
			return fmt.Errorf("queue letters: %w", err)
		}
	}
	return nil
}

// Release queues the letters about a run that are held or failed, and says how
// many; by is who lets them go. history.ErrNone where there are none.
func (e *Engine) Release(ctx context.Context, run int64, by string) (int, error) {
	return e.decide(ctx, run, history.NotificationPending, fmt.Sprintf("released by %s; ", report.Clean(by, longestDetail)))
}

// Drop ends the letters about a run that are held, failed or pending, and says
// how many; by is who drops them. history.ErrNone where there are none.
func (e *Engine) Drop(ctx context.Context, run int64, by string) (int, error) {
	return e.decide(ctx, run, history.NotificationDropped, fmt.Sprintf("dropped by %s; ", report.Clean(by, longestDetail)))
}

func (e *Engine) decide(ctx context.Context, run int64, state history.NotificationState, detail string) (n int, err error) {
	err = e.within(ctx, func(tx *sql.Tx) error {
		ids, err := e.Store.DecideTx(ctx, tx, run, state, detail, e.Now())
		if n = len(ids); err != nil || state != history.NotificationPending {
			return err
		}
		return e.queueLetters(ctx, tx, ids)
	})
	if err == nil && n == 0 {
		err = fmt.Errorf("find letters about run %d that this could be decided on: %w", run, history.ErrNone)
	}
	return n, err
}

type letterWorker struct {
	river.WorkerDefaults[letterArgs]
	engine *Engine
}

// Work sends a letter and notes it, with the end of the job, in one transaction.
// Where the program ends between the two the letter is sent again, with the same
// Message-ID; otherwise never.
func (w *letterWorker) Work(ctx context.Context, job *river.Job[letterArgs]) error {
	e := w.engine
	if e.busy(job.ID) {
		return river.JobSnooze(e.Options.Rescue) // this process was taken for dead, and is not
	}
	defer e.at(job.ID)()
	n, err := e.Store.Notification(ctx, job.Args.Letter)
	if err != nil || n.State != history.NotificationPending {
		return stopped(ctx, err)
	}
	// The queue gives the job of a process that is silent to another one; the
	// letter itself says whether that one may still be sending it.
	taken, err := e.Store.Take(ctx, n.ID, e.ID, e.Now().Add(-e.Options.Rescue))
	if err != nil {
		return stopped(ctx, err)
	}
	if !taken {
		return river.JobSnooze(e.Options.Rescue)
	}
	return e.noted(ctx, job, n, e.send(ctx, n))
}

// send brings a letter to its recipient.
func (e *Engine) send(ctx context.Context, n history.Notification) error {
	if e.Send == nil {
		return errors.New("nothing is configured to send letters with")
	}
	var l deliver.Letter
	if err := e.Store.Unpack(n.Body, &l); err != nil {
		return err
	}
	// A letter on its way may arrive while the program is told to stop; where
	// others may have taken it, it must not. Nobody else works on a file.
	sending, cancel := context.WithCancel(context.WithoutCancel(ctx))
	if e.Postgres {
		sending, cancel = e.lease.during(sending)
	}
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(flushTime, cancel) })()
	return e.Send(sending, l)
}

// noted notes how sending a letter ended.
func (e *Engine) noted(ctx context.Context, job *river.Job[letterArgs], n history.Notification, err error) error {
	if err == nil {
		if err := e.told(ctx, job, n, history.NotificationSent, ""); err != nil {
			return err
		}
		e.Log.Info("letter-sent", "run", n.Run, "channel", n.Channel, "to", n.Recipient, "message", n.Message)
		return nil
	}
	// The row names the recipient already.
	detail := report.Clean(strings.TrimPrefix(err.Error(), "send letter to "+n.Recipient+": "), longestDetail)
	if deliver.IsTemporary(err) {
		if ctx.Err() != nil { // it was not the server's fault
			return e.giveBack(ctx, n, n.Tries, detail, 0)
		}
		fault, _ := errors.AsType[*deliver.Fault](err)
		if wait, again := e.Options.Letters.next(n.Tries+1, fault.After); again {
			e.Log.Warn("letter-delayed", "run", n.Run, "channel", n.Channel, "to", n.Recipient, "try", n.Tries+1, "wait", wait, "error", detail)
			return e.giveBack(ctx, n, n.Tries+1, detail, wait)
		}
	}
	if err := e.told(ctx, job, n, history.NotificationFailed, detail); err != nil {
		return err
	}
	e.Log.Error("letter-failed", "run", n.Run, "channel", n.Channel, "to", n.Recipient, "message", n.Message, "error", detail)
	return nil
}

// giveBack has a letter tried again after a while.
func (e *Engine) giveBack(ctx context.Context, n history.Notification, tries int, detail string, wait time.Duration) error {
	err := e.insist(ctx, func(ctx context.Context) error {
		return e.Store.GiveBack(ctx, n.ID, e.ID, tries, detail, e.Now().Add(wait))
	})
	if err != nil {
		return err
	}
	return river.JobSnooze(wait)
}

// told ends a letter and its job.
func (e *Engine) told(ctx context.Context, job *river.Job[letterArgs], n history.Notification, state history.NotificationState, detail string) error {
	return e.insist(ctx, func(ctx context.Context) error {
		err := e.within(ctx, func(tx *sql.Tx) error {
			if err := e.Store.ToldTx(ctx, tx, n.ID, state, detail, e.Now()); err != nil {
				return err
			}
			return completeTx(ctx, e, tx, job)
		})
		if errors.Is(err, history.ErrDone) {
			return nil // somebody else noted it
		}
		return err
	})
}

// The waits between two tries to note what became of a letter.
const (
	insistWait    = 500 * time.Millisecond
	insistLongest = 30 * time.Second
)

// insist does something until it goes well: for as long as it is not noted that
// a letter is sent, nobody must send it again. Told to stop, it takes no longer
// than what is under way may.
func (e *Engine) insist(ctx context.Context, do func(context.Context) error) error {
	trying, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(stopTime-flushTime-time.Second, cancel) })()
	for wait := insistWait; ; wait = min(2*wait, insistLongest) {
		err := do(trying)
		if err == nil || trying.Err() != nil {
			return err
		}
		e.Log.Warn("letter-not-noted", "wait", wait, "error", err)
		if deliver.Wait(trying, wait) != nil {
			return err
		}
	}
}
