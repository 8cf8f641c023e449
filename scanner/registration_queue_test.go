package scanner

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

// What waits for a silent registry is an entry in its queue and holds no other.
func TestQueuesHoldNobodyElse(t *testing.T) {
	q := queues{byHost: map[string]*queue{}}
	stuck, done := make(chan struct{}), make(chan struct{})
	var ended sync.WaitGroup
	for range 100 {
		ended.Add(1)
		if !q.push("slow.example", 1000, func() { <-stuck; ended.Done() }) {
			t.Fatal("the queue was full")
		}
	}
	if !q.push("quick.example", 1, func() { close(done) }) {
		t.Fatal("the other queue was full")
	}
	<-done
	if q.push("slow.example", 50, func() {}) {
		t.Error("more wait than the limit lets")
	}
	close(stuck)
	ended.Wait()
}

// Every question is answered once, by whatever way it goes.
func TestEnqueueAnswersOnce(t *testing.T) {
	n := newNet(t, "whois.verisign-grs.com")
	o := quickRegistration()
	o.RDAP, o.WHOIS = nil, map[string]string{"com": "whois.verisign-grs.com"}
	o.DailyCap = 3
	n.whois("whois.verisign-grs.com", says(fmt.Sprintf(comRecord, "")))
	r := n.registrations(o)
	var answers atomic.Int32
	var all sync.WaitGroup
	kinds := map[string]int{}
	var mu sync.Mutex
	ask := func(name string) {
		all.Add(1)
		r.Enqueue(t.Context(), name, true, func(seen observe.Seen[observe.Registration]) {
			defer all.Done()
			answers.Add(1)
			mu.Lock()
			defer mu.Unlock()
			if seen.Fault != nil {
				kinds[string(seen.Fault.Kind)]++
				return
			}
			kinds[string(seen.Value.State)]++
		})
	}
	ask("-")
	for range 8 {
		ask("example.com")
		all.Wait()
	}
	if answers.Load() != 9 || kinds["registered"] == 0 || kinds[string(observe.FaultNoServer)] != 1 || kinds[string(observe.FaultNotLookedUp)] == 0 {
		t.Errorf("%d answers: %v", answers.Load(), kinds)
	}
}

// Whoever waits when the run ends is told so.
func TestEnqueueEndsWithItsContext(t *testing.T) {
	n := newNet(t, "whois.verisign-grs.com")
	o := quickRegistration()
	o.RDAP, o.WHOIS = nil, map[string]string{"com": "whois.verisign-grs.com"}
	o.Intervals = map[string]time.Duration{"whois.verisign-grs.com": time.Hour}
	n.whois("whois.verisign-grs.com", says(fmt.Sprintf(comRecord, "")))
	r := n.registrations(o)
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	first := make(chan struct{}, 20)
	for i := range 20 {
		all.Add(1)
		r.Enqueue(ctx, fmt.Sprintf("example%d.com", i), true, func(observe.Seen[observe.Registration]) {
			first <- struct{}{}
			all.Done()
		})
	}
	<-first
	cancel()
	all.Wait()
}
