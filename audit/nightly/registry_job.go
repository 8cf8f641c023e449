package nightly

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/observe"
)

// registryArgs is the job that asks one registry for what is due. There is one
// at a time among all processes.
type registryArgs struct {
	Server string `json:"server"`
}

// Kind is the name of the job.
func (registryArgs) Kind() string { return "registry" }

const (
	registryTime  = time.Minute     // after which a job begins no further question
	registryHold  = 5 * time.Minute // for which a name is held by who asks for it; longer than any question takes
	registryPoll  = 2 * time.Second // between two looks into the queue of a registry
	registrySeats = 4               // questions to one registry under way: each may wait for a registrar that it refers to
	registryPause = time.Minute     // after our own trouble
	firstRetry    = time.Hour       // after a question that failed; it doubles
	lastRetry     = 24 * time.Hour  // at the longest
	longestQueue  = 64              // bytes of a queue's name
)

// registryQueue is the queue of a registry: the server's name in the letters
// that names of queues may have. Two servers that share one wait for each other.
func registryQueue(server string) string {
	words := strings.FieldsFunc(strings.ToLower(server), func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') })
	name := strings.Join(append([]string{"reg"}, words...), "_")
	return strings.TrimSuffix(name[:min(len(name), longestQueue)], "_")
}

// askRegistries queues a job for each registry that may be asked for something,
// and has this process work at their queues.
func (e *Engine) askRegistries(ctx context.Context, now time.Time) error {
	if e.Registries == nil || !e.Live {
		return nil
	}
	all, err := e.Store.Registries(ctx, now)
	if err != nil {
		return err
	}
	today := now.In(Location()).Format(time.DateOnly)
	for _, r := range all {
		_, daily := e.Registries.Rate(r.Server)
		if !r.Due || !r.Rest.Over(time.Now()) || r.AskedOn(today) >= daily {
			continue
		}
		queue := registryQueue(r.Server)
		_, err := e.client.Insert(ctx, registryArgs{r.Server}, &river.InsertOpts{Queue: queue, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: unfinished()}})
		if err == nil && !e.queues[queue] {
			err = e.client.Queues().Add(queue, river.QueueConfig{MaxWorkers: 1, FetchPollInterval: registryPoll})
		}
		if err != nil {
			return fmt.Errorf("queue the questions to %s: %w", r.Server, err)
		}
		if e.queues == nil {
			e.queues = map[string]bool{}
		}
		e.queues[queue] = true
	}
	return nil
}

// unfinished are the states of a job that is still to be done.
func unfinished() []rivertype.JobState {
	return []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled,
	}
}

// releaseHeld gives back the names that a job held whose process is gone.
func (e *Engine) releaseHeld(ctx context.Context, job *riverJob) error {
	if job.Kind != (registryArgs{}).Kind() {
		return nil
	}
	var args registryArgs
	if err := json.Unmarshal(job.EncodedArgs, &args); err != nil {
		return fmt.Errorf("read the arguments of job %d: %w", job.ID, err)
	}
	return e.Store.ReleaseRegistrations(ctx, args.Server)
}

type registryWorker struct {
	river.WorkerDefaults[registryArgs]
	engine *Engine
}

// Work asks for what is due, for a while. Every answer is kept at once, so that
// a job that is cut off loses none; what it held is given back by the rescue.
func (w *registryWorker) Work(ctx context.Context, job *river.Job[registryArgs]) error {
	e := w.engine
	defer e.at(job.ID)()
	q := &questions{engine: e, server: job.Args.Server, until: time.Now().Add(registryTime)}
	var seats sync.WaitGroup
	for range registrySeats {
		seats.Go(func() { q.work(ctx) })
	}
	seats.Wait()
	if q.failures > 0 {
		e.Log.Warn("registry-failed", "registry", q.server, "questions", q.failures, "newest", q.newest)
	}
	switch {
	case q.err != nil:
		return stopped(ctx, q.err)
	case q.ours && ctx.Err() == nil:
		return river.JobSnooze(registryPause)
	case !q.over || ctx.Err() != nil:
		return river.JobSnooze(0) // more may be due
	}
	return nil
}

// questions are those of one job to one registry.
type questions struct {
	engine *Engine
	server string
	until  time.Time

	mu   sync.Mutex
	over bool  // nothing is due, or the registry may not be asked any more
	ours bool  // our own trouble kept us from asking
	err  error // the first mistake

	failures int
	newest   observe.FaultKind // how the newest question failed
}

// work asks one question after another.
func (q *questions) work(ctx context.Context) {
	for ctx.Err() == nil && time.Now().Before(q.until) {
		name, ok := q.next(ctx)
		if !ok {
			return
		}
		seen := q.engine.Registries.Registration(ctx, name, true)
		if err := q.told(ctx, name, seen); err != nil {
			q.end(err)
			return
		}
	}
}

func (q *questions) next(ctx context.Context) (name string, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.over || q.err != nil {
		return "", false
	}
	now := q.engine.Now()
	name, err := q.engine.Store.TakeRegistration(ctx, q.server, now, now.Add(registryHold))
	switch {
	case errors.Is(err, history.ErrNone):
		q.over = true
	case err != nil:
		q.err = err
	}
	return name, err == nil
}

func (q *questions) end(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.over = true
	if q.err == nil {
		q.err = err
	}
}

// told notes how a question ended; an answer is kept already.
func (q *questions) told(ctx context.Context, name string, seen observe.Seen[observe.Registration]) error {
	fault := seen.Fault
	if seen.Value != nil {
		fault = seen.Value.Kept
	}
	if fault == nil {
		return nil
	}
	// It may be that we were told to stop.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTime)
	defer cancel()
	store := q.engine.Store
	switch {
	case fault.Ours():
		q.mu.Lock()
		q.ours = true
		q.mu.Unlock()
		q.end(nil)
		return store.ReleaseRegistration(ctx, name)
	case fault.Tries == 0 && fault.Kind != observe.FaultNoServer:
		q.end(nil) // the registry rests, or has had enough for today
		return store.ReleaseRegistration(ctx, name)
	}
	q.mu.Lock()
	q.failures, q.newest = q.failures+1, fault.Kind
	q.mu.Unlock()
	r, err := store.Registration(ctx, name)
	if err != nil {
		return err
	}
	wait := min(firstRetry<<min(r.Tries, 10), lastRetry)
	return store.FailRegistration(ctx, name, *fault, q.engine.Now().Add(wait))
}
