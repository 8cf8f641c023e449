package audit

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/scanner"
)

// Looker looks; scanner.Scanner is the one of the program.
type Looker interface {
	// Look takes every look at the target but that at its registration.
	Look(ctx context.Context, t scanner.Target) observe.Dossier
	// Enqueue asks the cache or the registry, fresh the registry in any case, and hands done
	// the answer, once: at once, or from another goroutine when the registry's pace allows.
	Enqueue(ctx context.Context, domain string, fresh bool, done func(observe.Seen[observe.Registration]))
	// Package reads the application package at a path; an empty path is a fault.
	Package(ctx context.Context, path string) observe.Seen[observe.App]
}

// Result is everything about one subject at the end.
type Result struct {
	Seq      int // of the subject, from 0, in inventory order
	Subject  *filing.Subject
	Findings []checks.Finding
	Looks    map[string]checks.Looks // by item name
	Evidence filing.Evidence         // of the feeds, that the findings rest on
	Items    int                     // that were looked at
	Unseen   int                     // of these, that our own trouble kept from being seen to the end
}

// Audit audits subjects.
type Audit struct {
	Looker  Looker
	Checks  []checks.Check
	Bench   func(now time.Time) checks.Bench // the bench of a judgement at that moment
	Options Options
	Dir     string // that the paths of packages are relative to; empty: the working directory
	Now     func() time.Time
	Until   func(ctx context.Context, t time.Time) error // waits until then; nil: on a timer
	Only    func(item string) bool                       // looks at these items only; nil: at all
	Waits   func(items int)                              // told when that many items of a subject await their second look; may be nil
	Health  *Health                                      // shared with other runs of this process; nil: nobody asks whether our own way out is whole
	Second  bool                                         // these are second looks: nothing is looked at a third time
}

// Run audits all subjects and hands each result over as it is ready: out of
// order, and from several goroutines at once. It ends when all are ready, the
// context ends, or done returns an error.
func (a *Audit) Run(ctx context.Context, subjects iter.Seq2[*filing.Subject, error], done func(Result) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	shelf, err := newShelf(a.Options.TempDir)
	if err != nil {
		return err
	}
	defer shelf.Close()
	health := a.Health
	if health == nil {
		health = NewHealth(a.Options, nil, nil)
	}
	defer health.join()()
	r := &run{Audit: a, cancel: cancel, done: done, shelf: shelf, park: newParking(shelf), settling: newParking(shelf),
		inFlight: semaphore.NewWeighted(int64(a.Options.InFlight)), health: health,
		groups: NewGroups(a.Options.Health, nil), dealt: newGate()}
	var passes sync.WaitGroup
	passes.Go(func() { r.secondPass(ctx) })
	passes.Go(func() { r.settle(ctx) })
	if err := r.deal(ctx, subjects); err != nil {
		cancel(err)
	}
	r.dealt.wait(ctx)
	r.park.Finish()
	r.settling.Finish()
	passes.Wait()
	r.looks.Wait()
	return context.Cause(ctx)
}

// run is one Run under way.
type run struct {
	*Audit
	cancel   context.CancelCauseFunc
	done     func(Result) error
	shelf    *shelf
	park     *parking // jobs that wait for their second look
	settling *parking // jobs that wait until it is known whether we were well ourselves
	health   *Health
	groups   *Groups
	pages    atomic.Int64 // network looks in memory that wait for their registration
	inFlight *semaphore.Weighted
	looks    sync.WaitGroup
	dealt    *gate
}

// deal starts the first look of every subject as places become free.
func (r *run) deal(ctx context.Context, subjects iter.Seq2[*filing.Subject, error]) error {
	defer r.dealt.close()
	seq := 0
	for subject, err := range subjects {
		if err != nil {
			return fmt.Errorf("deal subject %d: %w", seq+1, err)
		}
		c := &job{seq: seq, subject: subject, looks: map[string]checks.Looks{}, spans: map[string]spans{}, pass: 1}
		if r.Second {
			c.pass = 2
		}
		items := itemsOf(subject)
		if r.Only != nil {
			items = slices.DeleteFunc(items, func(it item) bool { return !r.Only(it.name) })
		}
		r.dealt.enter()
		if err := r.start(ctx, c, items, how{}); err != nil {
			return err
		}
		seq++
	}
	return nil
}

// gate tells when everybody who came in has left, and nobody will come any more.
type gate struct {
	mu     sync.Mutex
	inside int
	closed bool
	empty  chan struct{}
}

func newGate() *gate { return &gate{empty: make(chan struct{})} }

func (g *gate) enter() { g.move(1, false) }
func (g *gate) leave() { g.move(-1, false) }
func (g *gate) close() { g.move(0, true) }

func (g *gate) move(n int, closing bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside += n
	g.closed = g.closed || closing
	if g.closed && g.inside == 0 {
		close(g.empty)
	}
}

// wait waits until all have left, or the context ends.
func (g *gate) wait(ctx context.Context) {
	select {
	case <-g.empty:
	case <-ctx.Done():
	}
}
