package audit

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/scanner"
)

// outage is when our own way out is cut.
type outage struct{ from, to time.Duration }

// cutLooker looks at sites over a way out that is cut now and then. A look
// takes some seconds, and times out where the way is cut at any moment of it.
type cutLooker struct {
	*fakeLooker
	began   time.Time
	outages []outage
	dead    map[string]bool // never answer
	ours    bool            // a cut shows as an error of this machine

	mu     sync.Mutex
	taken  map[string]int
	rounds int
}

func (l *cutLooker) cut(from, to time.Time) bool {
	for _, o := range l.outages {
		if from.Before(l.began.Add(o.to)) && to.After(l.began.Add(o.from)) {
			return true
		}
	}
	return false
}

func (l *cutLooker) Look(ctx context.Context, t scanner.Target) observe.Dossier {
	l.mu.Lock()
	l.taken[t.Domain]++
	n := l.taken[t.Domain]
	l.mu.Unlock()
	at := time.Now()
	sleep(ctx, time.Duration(1+(len(t.Domain)*7+int(t.Domain[1])*3+n)%5)*time.Second)
	failed := l.cut(at, time.Now())
	d := siteDossier(t.Domain, at, failed || l.dead[t.Domain])
	if failed && l.ours {
		f := &observe.Fault{Kind: observe.FaultNoDescriptors, Where: t.Domain}
		d.Visit, d.Page = observe.Seen[observe.Visit]{Fault: f}, observe.Seen[observe.Page]{Fault: f}
	}
	return d
}

// round is a round of canaries over the same way.
func (l *cutLooker) round(ctx context.Context, all bool) (bool, error) {
	at := time.Now()
	sleep(ctx, 100*time.Millisecond)
	if !l.ours && l.cut(at, time.Now()) {
		sleep(ctx, 5*time.Second)
		return true, errors.New("silence")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rounds++
	return all || l.rounds%4 == 1, nil
}

func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

func siteDossier(domain string, at time.Time, silent bool) observe.Dossier {
	addr := netip.MustParseAddr("119.3.85.251")
	d := observe.Dossier{Target: domain, At: at}
	d.DNS.Value = &observe.DNS{Names: []observe.Name{{Name: domain, Role: observe.RoleApex, State: observe.NameResolved, Addrs: []netip.Addr{addr}}}}
	d.Owners.Value = &observe.Owners{}
	attempt := observe.Attempt{Start: "http://" + domain + "/", End: observe.EndTimeout, At: at}
	if silent {
		d.Page.Fault = &observe.Fault{Kind: observe.FaultUnreachable, Where: domain}
	} else {
		attempt.End, attempt.Kind, attempt.Final, attempt.Status = observe.EndPage, observe.KindSite, attempt.Start, 200
		d.Page.Value = &observe.Page{Documents: []observe.Document{{URL: attempt.Start, Kind: observe.KindSite, Text: 500, Han: 300, Title: "某某"}}}
	}
	d.Visit.Value = &observe.Visit{Attempts: []observe.Attempt{attempt}}
	return d
}

const unreachable checks.ID = "site-unreachable"

// overCut audits over a way that is cut, and tells how site-unreachable came out.
type overCut struct {
	deficient, falsely, pass, items, unseen, repeated int
	events                                            map[EventKind]int
}

func auditOverCut(t *testing.T, outages []outage, change func(*Audit, *cutLooker)) overCut {
	t.Helper()
	a, f, subjects := world(t, 150)
	got := overCut{events: map[EventKind]int{}}
	synctest.Test(t, func(t *testing.T) {
		l := &cutLooker{fakeLooker: f, began: time.Now(), outages: outages, dead: map[string]bool{}, taken: map[string]int{}}
		for i, s := range subjects {
			if i%10 == 0 {
				l.dead[s.Services[0].Domains[0].Name] = true
			}
		}
		a.Looker, a.Now, a.Until = l, time.Now, nil
		a.Options.InFlight, a.Options.Canaries = 10, []string{"dns:example.cn"}
		a.Options.Health.ClusterCount = 1 << 20 // one test at a time
		var mu sync.Mutex
		tell := func(e Event) {
			mu.Lock()
			defer mu.Unlock()
			got.events[e.Kind]++
		}
		if change != nil {
			change(a, l)
		}
		var round Round
		if len(a.Options.Canaries) > 0 {
			round = l.round
		}
		a.Health = NewHealth(a.Options, round, tell)
		for _, r := range runAll(t, a, subjects) {
			got.items, got.unseen = got.items+r.Items, got.unseen+r.Unseen
			for _, find := range r.Findings {
				switch {
				case find.Scene != unreachable:
				case find.Outcome == checks.Pass:
					got.pass++
				case find.Outcome == checks.Deficient && l.dead[find.Name]:
					got.deficient++
				case find.Outcome == checks.Deficient:
					got.falsely++
				}
			}
		}
		for name, n := range l.taken {
			if n > 1 && !l.dead[name] || n > 2 {
				got.repeated++
			}
		}
	})
	return got
}

// 300 domains of which 15 are really gone. A first pass takes about a minute
// and a half, and the second looks follow twenty minutes later.
func TestOutagesMakeNothingDeficient(t *testing.T) {
	const s, m = time.Second, time.Minute
	rows := []struct {
		name    string
		outages []outage
		exact   bool // everything comes out as it is, for there was time enough
		rounds  time.Duration
	}{
		{"none", nil, true, 5 * s},
		{"before", []outage{{0, 40 * s}}, true, 5 * s},
		{"in the middle", []outage{{45 * s, 55 * s}}, true, 5 * s},
		{"at the end of the first pass", []outage{{80 * s, 3 * m}}, true, 5 * s},
		{"in both passes", []outage{{40 * s, 70 * s}, {20 * m, 23 * m}}, true, 5 * s},
		{"from the middle for longer than the patience", []outage{{45 * s, 40 * time.Hour}}, false, 5 * s},
		{"flapping, 3 s in 20 s", every(20*s, 3*s, 2*time.Hour), false, 2 * s},
		{"flapping, 10 s in 60 s", every(60*s, 10*s, 2*time.Hour), false, 5 * s},
		{"only in the second pass, to the end", []outage{{15 * m, 40 * time.Hour}}, false, 5 * s},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got := auditOverCut(t, row.outages, func(a *Audit, _ *cutLooker) { a.Options.Health.Interval = row.rounds })
			t.Logf("deficient %d of 15, falsely %d, pass %d of 285, unseen %d, looked at again %d, events %v",
				got.deficient, got.falsely, got.pass, got.unseen, got.repeated, got.events)
			if got.items != 300 || got.falsely != 0 {
				t.Errorf("%d of 300 items ended, %d falsely deficient, want all and none", got.items, got.falsely)
			}
			if row.exact && (got.deficient != 15 || got.pass != 285 || got.unseen != 0) {
				t.Errorf("%d deficient, %d pass, %d unseen, want 15, 285, 0", got.deficient, got.pass, got.unseen)
			}
			if paused := got.events[EventPaused] > 0; paused != (len(row.outages) > 0) {
				t.Errorf("paused: %v", paused)
			}
		})
	}
}

func every(period, length, until time.Duration) []outage {
	var all []outage
	for at := period; at < until; at += period {
		all = append(all, outage{at - length, at})
	}
	return all
}

// What the canaries are for: the same cuts in both passes, and nobody who asks them.
func TestWithoutCanariesOutagesDeceive(t *testing.T) {
	got := auditOverCut(t, []outage{{40 * time.Second, 70 * time.Second}, {20 * time.Minute, 23 * time.Minute}}, func(a *Audit, _ *cutLooker) {
		a.Options.Canaries = nil
	})
	if got.falsely == 0 {
		t.Error("nothing was falsely deficient: this world does not try what the canaries are for")
	}
	if got.events[EventPaused] > 0 {
		t.Error("a run without canaries paused")
	}
}

// Canaries that are well, while this machine itself runs out of something: the
// looks are taken again, and where that is of no use, they are errors.
func TestOurOwnFaultsAreLookedAtAgain(t *testing.T) {
	short := auditOverCut(t, []outage{{40 * time.Second, 50 * time.Second}}, func(_ *Audit, l *cutLooker) { l.ours = true })
	if short.falsely != 0 || short.deficient != 15 || short.pass < 260 || short.repeated == 0 {
		t.Errorf("out of descriptors for 10 s: %+v", short)
	}
	long := auditOverCut(t, []outage{{0, time.Hour}}, func(_ *Audit, l *cutLooker) { l.ours = true })
	if long.falsely+long.deficient+long.pass != 0 || long.unseen != 300 {
		t.Errorf("out of descriptors all along: %+v", long)
	}
}

// A stall is noted for the looks that it overlaps, and for no others.
func TestAStallPutsItsLooksInDoubt(t *testing.T) {
	rows := []struct{ steady, wall, limit, want time.Duration }{
		{400, 400, 2000, 0}, {2000, 2000, 2000, 2000}, {400, 60_000, 2000, 60_000}, {400, -3_600_000, 2000, 0}, {2500, 0, 2000, 2500},
	}
	for _, row := range rows {
		if got := stalled(row.steady, row.wall, row.limit); got != row.want {
			t.Errorf("steady %d, wall %d: stalled for %d, want %d", row.steady, row.wall, got, row.want)
		}
	}
	h := NewHealth(Options{Health: defaultHealth()}, nil, nil)
	h.doubt(span{100, 200})
	for _, row := range []struct {
		s    span
		want bool
	}{{span{50, 99}, false}, {span{50, 150}, true}, {span{120, 130}, true}, {span{201, 300}, false}} {
		if got := h.doubts(row.s); got != row.want {
			t.Errorf("a look during %v: in doubt %v, want %v", row.s, got, row.want)
		}
	}
}

// Without canaries, sites in many networks that fall silent at once put their
// looks in doubt; sites that are gone one by one don't.
func TestSilenceEverywhereAtOnce(t *testing.T) {
	rows := []struct {
		name     string
		canaries bool
		silent   func(i int) bool
		network  func(i int) byte
		want     bool
	}{
		{"all, everywhere", false, func(int) bool { return true }, func(i int) byte { return byte(i) }, true},
		{"all, in one network", false, func(int) bool { return true }, func(int) byte { return 7 }, false},
		{"half of them", false, func(i int) bool { return i%2 == 0 }, func(i int) byte { return byte(i) }, false},
		{"all, and canaries that tell better", true, func(int) bool { return true }, func(i int) byte { return byte(i) }, false},
	}
	for _, row := range rows {
		h := NewHealth(Options{Health: defaultHealth()}, nil, nil)
		c := newCrowd(h, row.canaries)
		for i := range crowdSize {
			d := siteDossier("example.cn", time.Time{}, row.silent(i))
			d.DNS.Value.Names[0].Addrs[0] = netip.AddrFrom4([4]byte{119, 3, row.network(i), 1})
			c.ended(false, &d, span{time.Duration(10 * i), time.Duration(10*i + 100)})
		}
		if got := h.doubts(span{200, 201}); got != row.want {
			t.Errorf("%s: in doubt %v, want %v", row.name, got, row.want)
		}
	}
}
