package history_test

import (
	"math/rand/v2"
	"testing"

	"github.com/icpaudit/icpaudit/history"
)

// plan is what is true of a site over the nights, and what the noisy nights showed.
type plan struct {
	truth []byte // p or d
	shown []byte // the same, or on some nights s, u or e
}

// life is what the history has to say in the end, told from the nights alone.
type life struct {
	first, begun, resolved int64
	open                   bool
	regressions            int
}

func (p plan) life() life {
	var l life
	for n, shown := range p.shown {
		at := int64(n + 1)
		switch {
		case shown == 'd' && l.first == 0:
			l.first, l.begun, l.open = at, at, true
		case shown == 'd' && !l.open:
			l.begun, l.open = at, true
			l.regressions++
		case shown == 'p' && l.open:
			l.resolved, l.open = at, false
		}
	}
	return l
}

// plans makes up the truth of the sites: most are well, some fail for a while,
// some more than once. On 5 of 100 nights a site can't be told.
func plans(r *rand.Rand, sites, nights int) []plan {
	all := make([]plan, sites)
	for i := range all {
		state := byte('p')
		for range nights {
			if chance := r.IntN(100); state == 'p' && chance < 2 || state == 'd' && chance < 10 {
				state ^= 'p' ^ 'd'
			}
			shown := state
			if r.IntN(100) < 5 {
				shown = "sue"[r.IntN(3)]
			}
			all[i].truth, all[i].shown = append(all[i].truth, state), append(all[i].shown, shown)
		}
	}
	return all
}

// turns counts how often the truth changes from one night to the next.
func (p plan) turns(from, to byte) int {
	n := 0
	for i := 1; i < len(p.truth); i++ {
		if p.truth[i-1] == from && p.truth[i] == to {
			n++
		}
	}
	return n
}

// Thirty nights with noise: every life is exactly what the nights told, and
// nothing is ever mended or found again but what truly was.
func TestThirtyNoisyNights(t *testing.T) {
	onEngines(t, func(t *testing.T, o history.Options) {
		sites, nights := 200, 30
		if o.URL != "" {
			sites = 60
		}
		s := open(t, o)
		all := plans(rand.New(rand.NewPCG(30, 5)), sites, nights)
		var moved history.Moves
		noise := rand.New(rand.NewPCG(1, 2))
		for n := range nights {
			shown := make([]site, sites)
			for i := range shown {
				shown[i] = site{n: i, state: all[i].shown[n], noise: noise.Uint64N(1 << 40)}
			}
			m := night(t, s, began.AddDate(0, 0, n), shown...).Totals.Moves
			moved.New, moved.Resolved, moved.Regressed = moved.New+m.New, moved.Resolved+m.Resolved, moved.Regressed+m.Regressed
		}
		var want history.Moves
		lives := map[string]life{}
		flips := 0
		for i, p := range all {
			l := p.life()
			if l.first > 0 {
				lives[site{n: i}.key()] = l
				want.New++
			}
			want.Regressed += l.regressions
			want.Resolved += l.regressions
			if !l.open && l.first > 0 {
				want.Resolved++
			}
			// More mendings, or more returns, than there were in truth.
			flips += max(0, l.regressions-p.turns('p', 'd')) + max(0, l.regressions-p.turns('d', 'p'))
		}
		if moved.New != want.New || moved.Resolved != want.Resolved || moved.Regressed != want.Regressed || flips != 0 {
			t.Errorf("moves %+v, want %+v; %d flips", moved, want, flips)
		}
		if want.New < 10 || want.Resolved < 10 || want.Regressed < 1 {
			t.Fatalf("the nights are too quiet to prove anything: %+v", want)
		}
		found := append(findings(t, s, history.Filter{}), findings(t, s, history.Filter{Status: history.StatusResolved})...)
		if len(found) != len(lives) {
			t.Errorf("%d findings, want %d", len(found), len(lives))
		}
		for _, f := range found {
			l := lives[f.Item.Key]
			got := life{f.Life.First, f.Life.Begun, f.Life.Resolved, f.Life.State == history.LifeOpen, f.Life.Regressions}
			if got != l {
				t.Errorf("%s: life %+v, want %+v", f.Item.Key, got, l)
			}
		}
		t.Logf("%d sites, %d nights: %d new, %d resolved, %d regressed, %d flips", sites, nights, moved.New, moved.Resolved, moved.Regressed, flips)
	})
}
