package nightly

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/riverqueue/river"

	"github.com/icpaudit/icpaudit/audit"
	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/observe"
)

// shardArgs is the job that audits one shard.
type shardArgs struct {
	Run   int64 `json:"run"`
	Shard int   `json:"shard"`
}

// Kind is the name of the job.
func (shardArgs) Kind() string { return "shard" }

type shardWorker struct {
	river.WorkerDefaults[shardArgs]
	engine *Engine
}

// flushAfter is how many subjects are finished at most before they are put by.
const flushAfter = 50

// flushTime is what putting by may take after the work was told to stop.
const flushTime = 8 * time.Second

// Work audits a shard from where it was left: first looks, then, when the time
// has come, the second looks. Whatever is finished is put by now and then, with
// how far the shard came, and at the end with the end of the job, each in one
// transaction: nothing is lost and nothing is done twice.
func (w *shardWorker) Work(ctx context.Context, job *river.Job[shardArgs]) error {
	e := w.engine
	defer e.at(job.ID)()
	run, err := e.Store.Run(ctx, job.Args.Run)
	if err != nil || run.State != history.RunStaged {
		return stopped(ctx, err)
	}
	shard, err := e.Store.Shard(ctx, run.ID, job.Args.Shard)
	if err != nil || shard.Done {
		return stopped(ctx, err)
	}
	if err := e.timely(run); err != nil {
		return stopped(ctx, err)
	}
	a, err := e.Audit(ctx, run)
	if err != nil {
		return stopped(ctx, err)
	}
	looks, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	if e.Registries != nil {
		a.Looker = known{a.Looker, e, fail}
	}
	p := &part{engine: e, audit: a, run: run, shard: shard, groups: audit.NewGroups(a.Options.Health, nil)}
	if err := p.work(looks); err != nil {
		return stopped(ctx, err)
	}
	if len(p.shard.State.Waiting) > 0 {
		// Put by again and looked at when the second looks are due.
		return river.JobSnooze(p.wait())
	}
	p.shard.Done = true
	err = e.changing(ctx, ChangeDone, func(tx *sql.Tx) error {
		if err := p.keep(ctx, tx); err != nil {
			return err
		}
		return completeTx(ctx, e, tx, job)
	})
	if err != nil {
		return stopped(ctx, err)
	}
	return nil
}

// part is a shard under way.
type part struct {
	engine *Engine
	audit  *audit.Audit
	run    history.Run

	mu      sync.Mutex
	shard   history.Shard
	results []history.Result // finished since the last time that they were put by
	groups  *audit.Groups    // first looks since then
}

// work takes the looks that can be taken now.
func (p *part) work(ctx context.Context) (err error) {
	defer func() {
		// What is finished is not looked at again when somebody goes on.
		if err == nil || ctx.Err() == nil {
			return
		}
		put, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTime)
		defer cancel()
		p.mu.Lock()
		defer p.mu.Unlock()
		if failed := p.flush(put, ChangeKept); failed != nil {
			err = errors.Join(err, failed)
		}
	}()
	if fresh := p.fresh(); len(fresh) > 0 {
		if err := p.first(ctx, fresh); err != nil {
			return err
		}
	}
	state := &p.shard.State
	if len(state.Waiting) == 0 {
		return nil
	}
	if latest := p.engine.Now().Add(p.apart()); state.Due.After(latest) {
		state.Due = latest // the clock was put back
		if err := p.flush(ctx, ChangeWaiting); err != nil {
			return err
		}
	}
	if p.wait() > 0 {
		return nil
	}
	return p.second(ctx, slices.Clone(state.Waiting))
}

// apart is how long after the first looks the second ones are due.
func (p *part) apart() time.Duration { return p.audit.Bench(p.engine.Now()).Policy.ConfirmAfter }

// wait is how long the second looks have to wait still.
func (p *part) wait() time.Duration {
	return p.engine.wait(shardArgs{p.shard.Run, p.shard.N}, p.shard.State.Due, p.apart())
}

// fresh lists the subjects that were not looked at yet.
func (p *part) fresh() []history.Dealt {
	known := map[int]bool{}
	for _, j := range p.shard.State.Judged {
		known[j.Seq] = true
	}
	for _, w := range p.shard.State.Waiting {
		known[w.Seq] = true
	}
	return slices.DeleteFunc(slices.Clone(p.shard.Subjects), func(d history.Dealt) bool { return known[d.Seq] })
}

// first takes the first looks. The second ones are due when the last of the
// first ones is long enough ago.
func (p *part) first(ctx context.Context, fresh []history.Dealt) error {
	confirm := p.audit.Options.Confirm
	once := *p.audit
	once.Options.Confirm = false
	err := once.Run(ctx, subjectsOf(fresh), func(r audit.Result) error {
		seq := fresh[r.Seq].Seq
		again := map[string]observe.Want{}
		if confirm {
			again = unconfirmed(p.audit.Checks, r)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.groups.Count(seq, r.Looks)
		if len(again) > 0 {
			state, apart := &p.shard.State, p.apart()
			state.Waiting = append(state.Waiting, history.Waiting{Seq: seq, Looks: r.Looks, Again: again})
			state.Due = p.engine.Now().Add(apart)
			p.engine.waited(shardArgs{p.shard.Run, p.shard.N}, apart)
			return p.engine.timely(p.run)
		}
		return p.finished(ctx, seq, r)
	})
	if err != nil {
		return fmt.Errorf("audit shard %d of run %d: %w", p.shard.N, p.shard.Run, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.shard.State.Waiting) == 0 {
		return nil // put by with the end of the shard
	}
	return p.flush(ctx, ChangeWaiting)
}

// unconfirmed names the items that a second look has to confirm, each with the
// kinds to look at.
func unconfirmed(all []checks.Check, r audit.Result) map[string]observe.Want {
	again := map[string]observe.Want{}
	for _, f := range r.Findings {
		if f.Why == nil || f.Why.Code != checks.WhyUnconfirmed || len(r.Looks[f.Name]) != 1 {
			continue
		}
		for _, check := range all {
			if check.ID == f.Scene {
				again[f.Name] |= check.Needs
			}
		}
	}
	return again
}

// finished notes that a subject is done with, and puts by what there is from
// time to time. It is called with the lock held.
func (p *part) finished(ctx context.Context, seq int, r audit.Result) error {
	if err := p.engine.timely(p.run); err != nil {
		return err
	}
	p.shard.State.Judged = append(p.shard.State.Judged, history.Judged{Seq: seq, Findings: r.Findings, Unseen: r.Unseen})
	p.results = append(p.results, history.Result{Seq: seq, Subject: r.Subject, Findings: r.Findings, Looks: r.Looks, Evidence: r.Evidence})
	if len(p.results) < flushAfter {
		return nil
	}
	return p.flush(ctx, ChangeKept)
}

// flush puts by what is finished, with how far the shard came.
func (p *part) flush(ctx context.Context, change Change) error {
	err := p.engine.changing(ctx, change, func(tx *sql.Tx) error { return p.keep(ctx, tx) })
	if err == nil {
		p.results, p.groups = nil, audit.NewGroups(p.audit.Options.Health, nil)
		p.shard.Version++
	}
	return err
}

// keep keeps how far the shard came, with what that came to: whoever else keeps
// the shard meanwhile makes all of it void, so that no look counts twice.
func (p *part) keep(ctx context.Context, tx *sql.Tx) error {
	store, run := p.engine.Store, p.shard.Run
	if err := store.KeepShardTx(ctx, tx, p.shard); err != nil {
		return err
	}
	if err := store.StageTx(ctx, tx, run, p.results); err != nil {
		return err
	}
	// Last, for others may wait to count the same groups.
	return store.CountTx(ctx, tx, run, p.groups.Counts())
}

func subjectsOf(dealt []history.Dealt) iter.Seq2[*filing.Subject, error] {
	return func(yield func(*filing.Subject, error) bool) {
		for _, d := range dealt {
			if !yield(d.Subject, nil) {
				return
			}
		}
	}
}
