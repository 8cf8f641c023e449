package scanner

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

func TestDailyCapHoldsOverARestart(t *testing.T) {
	n := newNet(t)
	asked := n.whois(cnnicServer, says("No matching record."))
	o := quickRegistration()
	o.Cache, o.DailyCap = filepath.Join(t.TempDir(), "kept"), 3
	for i := range 5 {
		seen := n.registrations(o).Lookup(t.Context(), fmt.Sprintf("example%d.cn", i), false)
		if capped := seen.Fault != nil && seen.Fault.Kind == observe.FaultNotLookedUp; capped != (i >= 3) {
			t.Errorf("query %d: %+v", i+1, seen.Fault)
		}
	}
	if asked.Load() != 3 {
		t.Errorf("asked %d times", asked.Load())
	}
	cache, err := openRegistrationCache(o.Cache)
	if err != nil {
		t.Fatal(err)
	}
	if turn, err := cache.Turn(t.Context(), cnnicServer, Asking{Day: registryDay(registryNow.Add(24 * time.Hour)), Cap: 3}); err != nil || turn.Full {
		t.Errorf("the next day: %+v, %v", turn, err)
	}
	if err := os.WriteFile(filepath.Join(o.Cache, countsFile), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openRegistrationCache(o.Cache); err == nil || !strings.Contains(err.Error(), countsFile) {
		t.Errorf("broken counts: %v", err)
	}
}

func TestOneQuestionForManyAskers(t *testing.T) {
	n := newNet(t)
	arrived, release := make(chan struct{}, 10), make(chan struct{})
	asked := n.whois(cnnicServer, func(string, net.Conn) string {
		arrived <- struct{}{}
		<-release
		return cnRecord
	})
	r := n.registrations(quickRegistration())
	first, leave := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() {
		if seen := r.Lookup(first, "example.cn", false); seen.Fault == nil || seen.Fault.Kind != observe.FaultCancelled {
			t.Errorf("who left: %+v", seen)
		}
	})
	<-arrived
	leave()
	for range 5 {
		all.Go(func() {
			if seen := r.Lookup(t.Context(), "example.cn", false); seen.Value == nil {
				t.Errorf("who stayed: %v", seen.Fault)
			}
		})
	}
	<-arrived // asked again for those who stayed
	close(release)
	all.Wait()
	if got := asked.Load(); got < 2 || got > 6 {
		t.Errorf("asked %d times", got)
	}
}

func TestASlowRegistryHoldsNobodyElse(t *testing.T) {
	n := newNet(t)
	arrived, release := make(chan struct{}, 1), make(chan struct{})
	n.whois(cnnicServer, func(string, net.Conn) string { arrived <- struct{}{}; <-release; return cnRecord })
	n.whois("whois.verisign-grs.com", says(fmt.Sprintf(comRecord, "")))
	r := n.registrations(comByWHOIS())
	var slow sync.WaitGroup
	slow.Go(func() { r.Lookup(t.Context(), "example.cn", false) })
	<-arrived
	if seen := r.Lookup(t.Context(), "example.com", false); seen.Value == nil {
		t.Errorf("behind a slow registry: %v", seen.Fault)
	}
	close(release)
	slow.Wait()
}

func TestRefusalsOpenTheBreaker(t *testing.T) {
	n := newNet(t)
	asked := n.whois(cnnicServer, says("Queried interval is too short."))
	o := quickRegistration()
	o.Intervals = map[string]time.Duration{cnnicServer: time.Hour} // the first query has no wait, the pause is longer than anybody's patience
	r := n.registrations(o)
	for i := range 4 {
		seen := r.Lookup(t.Context(), fmt.Sprintf("example%d.cn", i), false)
		if seen.Fault == nil || seen.Fault.Kind != observe.FaultRateLimited {
			t.Errorf("look %d: %+v", i, seen)
		}
	}
	if asked.Load() != 1 {
		t.Errorf("a server that refused was asked %d times", asked.Load())
	}
}
