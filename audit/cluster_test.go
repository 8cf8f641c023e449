package audit

import (
	"fmt"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/observe"
)

// TestGroups counts first looks that end as told, and asks whether the last is
// blocked with its group; thresholds are 20 looks and half of them.
func TestGroups(t *testing.T) {
	timeout := func(d *observe.Dossier) { end(d, observe.EndTimeout, 0) }
	refused := func(d *observe.Dossier) { end(d, observe.EndRefused, 0) }
	denied := func(d *observe.Dossier) { end(d, observe.EndStatus, 403) }
	parked := func(d *observe.Dossier) {
		end(d, observe.EndPage, 200)
		d.Visit.Value.Attempts[0].Kind = observe.KindParking
	}
	gone := func(d *observe.Dossier) {
		d.Registration = observe.Seen[observe.Registration]{Value: &observe.Registration{State: observe.StateAvailable}}
	}
	kept := func(d *observe.Dossier) { gone(d); d.Registration.Via = "cache" }
	rows := []struct {
		name   string
		looks  []bunch
		want   string // the group; empty: it is not blocked
		failed int
		of     int
	}{
		{"too few", []bunch{{19, 0, 1, "", timeout}}, "", 0, 0},
		{"one network, silent", []bunch{{20, 0, 1, "", timeout}}, "119.3.1.0/24", 20, 20},
		{"half of it", []bunch{{20, 0, 1, "", nil}, {20, 0, 1, "", timeout}}, "119.3.1.0/24", 20, 40},
		{"less than half", []bunch{{21, 0, 1, "", nil}, {20, 0, 1, "", timeout}}, "", 0, 0},
		{"in different ways", []bunch{{15, 0, 1, "", timeout}, {16, 0, 1, "", refused}, {5, 0, 1, "", denied}}, "", 0, 0},
		{"closed to us", []bunch{{3, 0, 1, "", nil}, {20, 0, 1, "", denied}}, "119.3.1.0/24", 20, 23},
		{"answers of their own are no block", []bunch{{40, 0, 1, "", parked}}, "", 0, 0},
		{"one AS over many networks", []bunch{{30, 0, spread, "", refused}}, "AS55990", 30, 30},
		{"one service over many networks", []bunch{{30, 0, spread, "", nil}, {10, 0, spread, "c.cdn.example", nil}, {25, 0, spread, "c.cdn.example", denied}}, "CNAME c.cdn.example", 25, 35},
		{"a service that blocks late in a long run", []bunch{{3000, 0, spread, "c.cdn.example", nil}, {200, 1, spread, "", nil}, {400, 1, spread, "c.cdn.example", denied}}, "CNAME c.cdn.example", 400, 400},
		{"a registry that knows nothing any more", []bunch{{10, 0, spread, "", nil}, {15, 0, spread, "", gone}}, ".cn", 15, 25},
		{"answers that were kept", []bunch{{40, 0, spread, "", kept}}, "", 0, 0},
	}
	for _, row := range rows {
		g := NewGroups(HealthOptions{ClusterCount: 20, ClusterShare: 0.5}, nil)
		var last observe.Dossier
		part := 0
		for _, b := range row.looks {
			for i := range b.n {
				last = b.look(i)
				g.add(b.part*subjectsPerPart+i%subjectsPerPart, &last)
			}
			part = b.part
		}
		got := g.blocked(part*subjectsPerPart, &last)
		switch {
		case (got == nil) != (row.want == ""):
			t.Errorf("%s: %+v, want %q", row.name, got, row.want)
		case got != nil && (got.Group != row.want || got.Failed != row.failed || got.Of != row.of):
			t.Errorf("%s: %d of %d of %s, want %d of %d of %s", row.name, got.Failed, got.Of, got.Group, row.failed, row.of, row.want)
		}
	}
}

// spread is for looks that go to a network each.
const spread = -1

type bunch struct {
	n       int
	part    int // of the run
	network int // third part of the address, or spread
	suffix  string
	change  func(*observe.Dossier)
}

func (b bunch) look(i int) observe.Dossier {
	d := siteDossier(fmt.Sprintf("s%d.example.cn", i), time.Time{}, false)
	addr := netip.AddrFrom4([4]byte{119, 3, byte(b.network), 7})
	if b.network == spread {
		addr = netip.AddrFrom4([4]byte{119, byte(i >> 8), byte(i), 7})
	}
	d.DNS.Value.Names[0].Addrs[0] = addr
	d.Owners.Value.Addrs = []observe.AddrFacts{{Addr: addr, ASN: 55990}}
	if b.suffix != "" {
		d.Owners.Value.Addrs = nil
		d.Owners.Value.Families = []observe.CNAMEFamily{{Suffix: b.suffix}}
	}
	d.Registration.Value = &observe.Registration{State: observe.StateRegistered}
	if b.change != nil {
		b.change(&d)
	}
	return d
}

func end(d *observe.Dossier, e observe.End, status int) {
	a := &d.Visit.Value.Attempts[0]
	a.End, a.Status, a.Kind = e, status, ""
}

// Sites of one network that keep silent together are unverifiable, and the
// finding says with how many; few of them are deficient each by itself.
func TestABlockedGroupIsUnverifiable(t *testing.T) {
	for _, row := range []struct {
		silent  int // of 60 subjects, one of the two domains of each
		outcome checks.Outcome
		why     string
	}{{20, checks.Deficient, ""}, {60, checks.Unverifiable, "119.3.85.0/24: timeout, 60/120"}} {
		a, f, subjects := world(t, 60)
		var results []Result
		synctest.Test(t, func(t *testing.T) {
			l := &cutLooker{fakeLooker: f, began: time.Now(), dead: map[string]bool{}, taken: map[string]int{}}
			for _, s := range subjects[:row.silent] {
				l.dead[s.Services[0].Domains[1].Name] = true
			}
			a.Looker, a.Now, a.Until = l, time.Now, nil
			results = runAll(t, a, subjects)
		})
		for _, r := range results[:row.silent] {
			got := finding(t, r, unreachable, r.Subject.Services[0].Domains[1].Name)
			why := ""
			if got.Why != nil {
				why = got.Why.Detail
			}
			if got.Outcome != row.outcome || why != row.why || why != "" && got.Why.Code != checks.WhyBlocked {
				t.Fatalf("%d silent: %s because %v, want %s because %q", row.silent, got.Outcome, got.Why, row.outcome, row.why)
			}
		}
		for _, r := range results {
			if got := finding(t, r, unreachable, r.Subject.Services[0].Domains[0].Name); got.Outcome != checks.Pass {
				t.Fatalf("%d silent: one that answers is %s", row.silent, got.Outcome)
			}
		}
	}
}
