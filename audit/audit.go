package audit

import (
	"context"
	"fmt"
	"iter"
	"path/filepath"
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
	park := newParking(shelf)
	r := &run{Audit: a, cancel: cancel, done: done, shelf: shelf, park: park, inFlight: semaphore.NewWeighted(int64(a.Options.InFlight))}
	seconds := make(chan struct{})
	go func() {
		defer close(seconds)
		r.secondPass(ctx)
	}()
	err = r.deal(ctx, subjects)
	if err != nil {
		cancel(err)
	}
	r.first.Wait()
	park.Finish()
	<-seconds
	r.second.Wait()
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return err
}

// run is one Run under way.
type run struct {
	*Audit
	cancel        context.CancelCauseFunc
	done          func(Result) error
	shelf         *shelf
	park          *parking
	pages         atomic.Int64 // network looks in memory that wait for their registration
	inFlight      *semaphore.Weighted
	first, second sync.WaitGroup
}

// deal starts the first look of every subject as places become free.
func (r *run) deal(ctx context.Context, subjects iter.Seq2[*filing.Subject, error]) error {
	seq := 0
	for subject, err := range subjects {
		if err != nil {
			return fmt.Errorf("deal subject %d: %w", seq+1, err)
		}
		c := &job{seq: seq, subject: subject, looks: map[string]checks.Looks{}}
		items := itemsOf(subject)
		if r.Only != nil {
			items = slices.DeleteFunc(items, func(it item) bool { return !r.Only(it.name) })
		}
		if err := r.start(ctx, c, &r.first, items, 0); err != nil {
			return err
		}
		seq++
	}
	return nil
}

// job is one subject between its first look and its result.
type job struct {
	seq     int
	subject *filing.Subject
	mu      sync.Mutex
	looks   map[string]checks.Looks
	open    int
}

// item is one thing to look at.
type item struct {
	name   string // key of the looks
	target scanner.Target
	app    bool
	path   string // of an App's package, as filed
}

// itemsOf lists what there is to look at, each name once.
func itemsOf(subject *filing.Subject) []item {
	var items []item
	seen := map[string]int{}
	for _, service := range subject.Services {
		for _, d := range service.Domains {
			if at, ok := seen[d.Name]; ok {
				t := &items[at].target
				t.Hosts, t.URLs = append(t.Hosts, d.SubDomains...), append(t.URLs, d.URLs...)
				continue
			}
			seen[d.Name] = len(items)
			items = append(items, item{name: d.Name, target: scanner.Target{
				Domain: d.Name, Hosts: slices.Clone(d.SubDomains), URLs: slices.Clone(d.URLs),
			}})
		}
		for _, app := range service.Apps {
			items = append(items, item{name: app.ItemName(), app: true, path: app.Path})
		}
	}
	return items
}

// start looks at the items of a job and ends the job when the last look is
// there. It blocks until each item has a place.
func (r *run) start(ctx context.Context, c *job, group *sync.WaitGroup, items []item, kinds observe.Want) error {
	c.open = 1 // held by this function, so that no early look ends the job
	for _, it := range items {
		if err := r.inFlight.Acquire(ctx, 1); err != nil {
			return context.Cause(ctx)
		}
		c.mu.Lock()
		c.open++
		c.mu.Unlock()
		r.look(ctx, c, it, kinds, group)
	}
	r.leave(ctx, c)
	return nil
}

// newest is the last look at an item so far.
func (c *job) newest(name string) *observe.Dossier {
	c.mu.Lock()
	defer c.mu.Unlock()
	if l := c.looks[name]; len(l) > 0 {
		return &l[len(l)-1]
	}
	return nil
}

func (c *job) add(name string, d observe.Dossier) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.looks[name] = append(c.looks[name], d)
}

// network keeps a panic in a look to that look.
func (r *run) network(ctx context.Context, t scanner.Target) (d observe.Dossier) {
	defer func() {
		if p := recover(); p != nil {
			f := internal(t.Domain, p)
			d = observe.Dossier{Target: t.Domain, At: r.Now(), DNS: observe.Seen[observe.DNS]{Fault: f},
				Owners: observe.Seen[observe.Owners]{Fault: f}, Visit: observe.Seen[observe.Visit]{Fault: f}, Page: observe.Seen[observe.Page]{Fault: f}}
		}
	}()
	return r.Looker.Look(ctx, t)
}

// packaged reads an App's package.
func (r *run) packaged(ctx context.Context, it item) (seen observe.Seen[observe.App]) {
	defer func() {
		if p := recover(); p != nil {
			seen = observe.Seen[observe.App]{Fault: internal(it.path, p), At: r.Now()}
		}
	}()
	path := it.path
	if path != "" && r.Dir != "" && !filepath.IsAbs(path) {
		path = filepath.Join(r.Dir, path)
	}
	return r.Looker.Package(ctx, path)
}

func internal(where string, p any) *observe.Fault {
	return &observe.Fault{Kind: observe.FaultInternal, Where: where, Detail: fmt.Sprintf("panic: %.200v", p)}
}

// leave ends a part of the job; the last one to leave judges it.
func (r *run) leave(ctx context.Context, c *job) {
	c.mu.Lock()
	c.open--
	last := c.open == 0
	c.mu.Unlock()
	if !last || ctx.Err() != nil {
		return
	}
	now := r.Now()
	bench := r.Bench(now)
	var evidence filing.Evidence
	if bench.Evidence != nil {
		evidence = bench.Evidence(c.subject)
		bench.Evidence = func(*filing.Subject) filing.Evidence { return evidence }
	}
	findings := bench.Judge(c.subject, c.looks)
	if again := r.again(c, findings); len(again) > 0 {
		if r.Waits != nil {
			r.Waits(len(again))
		}
		if err := r.park.Put(c, again, now.Add(r.wait())); err != nil {
			r.cancel(err)
		}
		return
	}
	if err := r.done(Result{Seq: c.seq, Subject: c.subject, Findings: findings, Looks: c.looks, Evidence: evidence}); err != nil {
		r.cancel(err)
	}
}
