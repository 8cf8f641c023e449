package scanner

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

// askers is how many questions to one registry are under way at a time: each
// may wait for a registrar that the registry refers to.
const askers = 4

// queues hold what waits for a registry. Many wait, so that each is an entry
// and no goroutine.
type queues struct {
	mu     sync.Mutex
	byHost map[string]*queue
}

// queue is what waits for one registry, first in first out.
type queue struct {
	waiting []func()
	working int
}

// push puts a job at the end of a registry's queue; false where as many wait
// there already as the limit says.
func (q *queues) push(host string, limit int, job func()) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	line := q.byHost[host]
	if line == nil {
		line = &queue{}
		q.byHost[host] = line
	}
	if len(line.waiting) >= limit {
		return false
	}
	line.waiting = append(line.waiting, job)
	if line.working < askers {
		line.working++
		go q.work(host, line)
	}
	return true
}

// work does the jobs of a queue until none is left.
func (q *queues) work(host string, line *queue) {
	for {
		q.mu.Lock()
		if len(line.waiting) == 0 {
			if line.working--; line.working == 0 {
				delete(q.byHost, host)
			}
			q.mu.Unlock()
			return
		}
		job := line.waiting[0]
		line.waiting[0] = nil
		line.waiting = line.waiting[1:]
		q.mu.Unlock()
		job()
	}
}

// Enqueue is Lookup for many: done gets the answer, once, from another
// goroutine when the registry's pace allows, or at once where nobody has to be
// asked or the registry's day is full already.
func (r *registrations) Enqueue(ctx context.Context, domain string, fresh bool, done func(observe.Seen[observe.Registration])) {
	name, kept, seen := r.known(ctx, domain, fresh)
	if seen.Asked() {
		done(seen)
		return
	}
	host := name
	if s, ok := r.serviceOf(name); ok {
		host = s.host()
	}
	left := r.options.DailyCap
	if asked, err := r.keeper.Asked(ctx, host, registryDay(r.now())); err == nil {
		left -= asked // else the turnstile finds out
	}
	answer := func() { done(r.live(ctx, name, kept, fresh)) }
	if !r.queues.push(host, left, answer) {
		fault := &observe.Fault{Kind: observe.FaultNotLookedUp, Where: name, Detail: fmt.Sprintf("the daily cap of %d queries is reached", r.options.DailyCap)}
		done(r.keptOr(seen, kept, fault))
	}
}

// live asks, and keeps a panic to this question.
func (r *registrations) live(ctx context.Context, name string, kept *observe.Registration, fresh bool) (seen observe.Seen[observe.Registration]) {
	began := time.Now()
	seen.At = r.now()
	var answer observe.Registration
	var fault *observe.Fault
	func() {
		var err error
		defer func() {
			if err != nil {
				fault = faultOf(err, name)
			}
		}()
		defer recovered("ask for a registration", &err)
		answer, fault = r.once(ctx, name, fresh)
	}()
	seen.Took = time.Since(began)
	if fault == nil {
		seen.Value, seen.Via = &answer, answer.Server
		return seen
	}
	return r.keptOr(seen, kept, fault)
}

// keptOr is the last good answer, which says how the latest try failed, or the
// fault. That a name was once not registered is never said again without asking.
func (r *registrations) keptOr(seen observe.Seen[observe.Registration], kept *observe.Registration, fault *observe.Fault) observe.Seen[observe.Registration] {
	if kept == nil || kept.State != observe.StateRegistered {
		seen.Fault = fault
		return seen
	}
	again := *kept
	again.Kept = fault
	seen.Value, seen.Via = &again, "cache"
	return seen
}
