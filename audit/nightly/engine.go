package nightly

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/icpaudit/icpaudit/audit"
	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/report/deliver"
)

// Engine runs audits from the schedules to the published history.
type Engine struct {
	Store     history.Store
	Postgres  bool // which engine the store is on
	ID        string
	Options   Options
	Schedules []Schedule
	Log       *slog.Logger
	Now       func() time.Time
	Steady    func() time.Duration // time since some moment, which no step of the clock moves; nil: this process's

	// Stamp fills in what the program knows of a run: rules, reference data,
	// version, vantage.
	Stamp func(r history.Run) history.Run
	// Read reads an inventory; the caller closes it.
	Read func(ctx context.Context, path string) (*filing.Inventory, error)
	// Audit makes the audit of a run.
	Audit func(ctx context.Context, r history.Run) (*audit.Audit, error)
	// Registries knows of registrations. No look waits for it: a stream of its own
	// asks, where Live is set, and the looks see what that has brought so far. Nil:
	// the looks are on their own.
	Registries Registries
	Live       bool
	// Report writes the reports of a run of a schedule, where that has a place for
	// them, and hands its letters to tell, unless that is nil: nobody is to be told
	// of the run. After a crash it may be called again for the same run, and makes
	// the same letters. nil: there are neither.
	Report func(ctx context.Context, over Over, tell func(deliver.Letter) error) error
	// Send brings a letter to its recipient, and only the process that serves
	// does. An error that is a temporary *deliver.Fault has it tried again. nil:
	// there are no letters.
	Send func(ctx context.Context, l deliver.Letter) error
	// Due is the policy on due dates, of history.End.
	Due func(scene checks.ID, begun filing.Day) filing.Day
	// Limits are what a run has to come to, to be published.
	Limits history.Limits
	// Health is what the audits of this process know of our own health, for the
	// metrics; nil: nothing.
	Health *audit.Health
	// Watch is told of each change of state right before it is made for good and
	// right after; nil: nobody watches. Nothing else may be done in it.
	Watch func(c Change, made bool)

	client *river.Client[*sql.Tx]
	mu     sync.Mutex
	origin time.Time                   // of the steady time
	firsts map[shardArgs]time.Duration // when this process ended the first looks at shards, by the steady time
	last   time.Time                   // of the newest tick that went well
	active map[int64]bool              // jobs that this process is really at
	lease  lease

	queues  map[string]bool // of registries, that this process works at; the tick's alone
	casting sync.Mutex
	cast    *forecast // of the registries' queues; nil: none was made yet
}

// Role is what a process does.
type Role int

// The roles.
const (
	RoleServe  Role = iota // schedules, deals, audits and publishes
	RoleWorker             // audits shards that others dealt
	RoleClient             // only queues work
)

// The queues. Jobs of the desk need files of the machine that serves.
const (
	queueDesk   = "desk"
	queueScan   = "scan"
	queueDemand = "ondemand"
	queueMail   = "mail"
)

// Priorities: what a person waits for goes first.
const (
	priorityDemand = 1
	priorityNight  = 3
)

// demand marks the schedule names of runs that a person asked for.
const demand = "recheck:"

// ours says whether a run is the engine's, and not of an audit started by hand.
func ours(r history.Run) bool { return !strings.HasPrefix(r.Schedule, history.OneShot("")) }

// ScheduleOf is the name of the schedule behind a run, of a recheck too.
func ScheduleOf(r history.Run) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(r.Schedule, demand), ":")
	return name
}

// Schedule is the schedule that a run belongs to; false where it is not
// configured any more.
func (e *Engine) Schedule(r history.Run) (Schedule, bool) {
	for _, s := range e.Schedules {
		if s.Name == ScheduleOf(r) {
			return s, true
		}
	}
	return Schedule{}, false
}

// Open makes the queue's tables where they are missing and connects to it.
func (e *Engine) Open(ctx context.Context, role Role) error {
	db := e.Store.Writer()
	var driver riverdriver.Driver[*sql.Tx] = riversqlite.New(db)
	if e.Postgres {
		driver = riverdatabasesql.New(db)
	}
	if err := e.migrate(ctx, driver); err != nil {
		return fmt.Errorf("make the tables of the queue: %w", err)
	}
	config := &river.Config{
		ID: e.ID, Logger: quiet(e.Log), JobTimeout: e.Options.Longest, RescueStuckJobsAfter: e.Options.Longest + time.Hour,
		MaxAttempts: 100, RetryPolicy: soon{}, CompletedJobRetentionPeriod: 48 * time.Hour,
		FetchPollInterval: 500 * time.Millisecond, ErrorHandler: teller{e.Log},
	}
	if role != RoleClient {
		config.Workers = river.NewWorkers()
		config.Queues = map[string]river.QueueConfig{
			queueScan: {MaxWorkers: e.Options.Shards}, queueDemand: {MaxWorkers: 2},
		}
		river.AddWorker(config.Workers, &shardWorker{engine: e})
		if role == RoleServe {
			config.Queues[queueDesk] = river.QueueConfig{MaxWorkers: 2}
			config.Queues[queueMail] = river.QueueConfig{MaxWorkers: lettersAtOnce}
		}
		river.AddWorker(config.Workers, &dealWorker{engine: e})
		river.AddWorker(config.Workers, &publishWorker{engine: e})
		river.AddWorker(config.Workers, &letterWorker{engine: e})
		river.AddWorker(config.Workers, &registryWorker{engine: e})
	}
	var err error
	if e.client, err = river.NewClient(driver, config); err != nil {
		return fmt.Errorf("set up the queue: %w", err)
	}
	return nil
}

// queueLock is the number of the lock that keeps several programs on
// PostgreSQL from making the tables of the queue at once.
const queueLock = 0x69637061

func (e *Engine) migrate(ctx context.Context, driver riverdriver.Driver[*sql.Tx]) (err error) {
	if e.Postgres {
		conn, err := e.Store.Writer().Conn(ctx)
		if err != nil {
			return err
		}
		defer conn.Close()
		if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, queueLock); err != nil {
			return err
		}
		defer conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, queueLock)
	}
	m, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: quiet(e.Log)})
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// teller tells why a job failed.
type teller struct{ log *slog.Logger }

// HandleError tells of a job that will be tried again.
func (t teller) HandleError(_ context.Context, job *riverJob, err error) *river.ErrorHandlerResult {
	t.log.Error("job-failed", "job", job.ID, "kind", job.Kind, "attempt", job.Attempt, "error", err)
	return nil
}

// HandlePanic tells of a job that panicked and will be tried again.
func (t teller) HandlePanic(_ context.Context, job *riverJob, panicked any, trace string) *river.ErrorHandlerResult {
	t.log.Error("job-panicked", "job", job.ID, "kind", job.Kind, "attempt", job.Attempt, "panic", panicked, "trace", trace)
	return nil
}

// soon tries a job again after some seconds: what fails is the database, which
// comes back, and no target.
type soon struct{}

// NextRetry is when a failed job is tried again.
func (soon) NextRetry(job *riverJob) time.Time {
	wait := min(time.Duration(len(job.Errors)+1)*5*time.Second, 2*time.Minute)
	return time.Now().Add(wait)
}

// stopTime is what the work under way may take to put by what it has.
const stopTime = 15 * time.Second

// Run works until the context ends, and then puts by what is under way. Ready is
// called when the work begins, and alive at each tick that went well.
func (e *Engine) Run(ctx context.Context, role Role, ready, alive func()) error {
	if err := e.Store.Beat(ctx, e.ID, e.Now()); err != nil {
		return err
	}
	e.lease.renew(e.Options.Rescue)
	defer e.lease.end()
	if !e.Postgres {
		// Nobody else works on a file: whatever is said to run was cut off.
		if err := e.rescue(ctx, nil); err != nil {
			return err
		}
	}
	// The queue must not stop with the context, but in order.
	if err := e.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start the queue: %w", err)
	}
	ready()
	tick := time.NewTicker(e.Options.Tick)
	defer tick.Stop()
	for {
		err := e.Tick(ctx, role)
		if err != nil && ctx.Err() == nil {
			e.Log.Error("tick", "error", err)
		}
		if err == nil {
			alive()
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
			defer cancel()
			if err := e.client.StopAndCancel(stopping); err != nil && !errors.Is(err, context.Canceled) {
				return fmt.Errorf("stop the queue: %w", err)
			}
			return nil
		}
	}
}

// at notes that this process is at a job until the returned function is called.
func (e *Engine) at(job int64) (done func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.active == nil {
		e.active = map[int64]bool{}
	}
	e.active[job] = true
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.active, job)
	}
}

// busy says whether this process is at a job already.
func (e *Engine) busy(job int64) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.active[job]
}

// dropped says whether a job that is said to be this process's is not: its end
// could not be written while the database was away.
func (e *Engine) dropped(job *riverJob) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return !e.active[job.ID] && job.AttemptedAt != nil && time.Since(*job.AttemptedAt) > e.Options.Rescue
}

// Well is when the newest tick went well, the zero time where none did.
func (e *Engine) Well() time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.last
}

// within runs something in a transaction of the writing pool. It must not ask
// the pool for anything else: on SQLite there is one connection.
func (e *Engine) within(ctx context.Context, do func(tx *sql.Tx) error) error {
	tx, err := e.Store.Writer().BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	defer tx.Rollback()
	if err := do(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// completeTx ends a job with the caller's transaction, or with nothing.
func completeTx[T river.JobArgs](ctx context.Context, e *Engine, tx *sql.Tx, job *river.Job[T]) (err error) {
	if e.Postgres {
		_, err = river.JobCompleteTx[*riverdatabasesql.Driver](ctx, tx, job)
	} else {
		_, err = river.JobCompleteTx[*riversqlite.Driver](ctx, tx, job)
	}
	if err != nil {
		return fmt.Errorf("end job %d: %w", job.ID, err)
	}
	return nil
}

// quiet keeps the queue's chatter out of the log.
func quiet(log *slog.Logger) *slog.Logger {
	return slog.New(&levelled{log.Handler()})
}

// levelled lets only errors pass.
type levelled struct{ slog.Handler }

// Enabled says whether a level passes.
func (l *levelled) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelError }

// WithAttrs adds attributes.
func (l *levelled) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &levelled{l.Handler.WithAttrs(attrs)}
}

// WithGroup opens a group.
func (l *levelled) WithGroup(name string) slog.Handler { return &levelled{l.Handler.WithGroup(name)} }
