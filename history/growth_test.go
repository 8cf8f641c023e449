package history_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/observe"
)

// growth is what nights leave behind.
type growth struct {
	first, last history.Health
	changed     int // items that were made to change after the first night
}

// perItemNight is how many bytes a night adds for an item, the first night apart.
func (g growth) perItemNight(items, nights int) float64 {
	return float64(g.last.Bytes-g.last.Free-g.first.Bytes+g.first.Free) / float64(items*(nights-1))
}

// grow audits items on some nights. Every night 1 of 100 truly changes; the
// others differ in addresses, titles and nonces only.
func grow(t testing.TB, o history.Options, items, nights int) growth {
	t.Helper()
	s := open(t, o)
	r := rand.New(rand.NewPCG(100, 1))
	state := []byte(strings.Repeat("p", items))
	var g growth
	for n := range nights {
		at := began.AddDate(0, 0, n)
		run := begin(t, s, at)
		var shard []history.Result
		for i := range state {
			if n > 0 && r.IntN(100) == 0 {
				state[i] ^= 'p' ^ 'd'
				g.changed++
			}
			shard = append(shard, grown(site{n: i, state: state[i], noise: r.Uint64N(1 << 40)}.result(i, at)))
			if len(shard) == 200 || i == items-1 {
				if err := s.Stage(t.Context(), run.ID, shard); err != nil {
					t.Fatal(err)
				}
				shard = shard[:0]
			}
		}
		done, err := s.Publish(t.Context(), run.ID, history.End{At: at})
		if err != nil {
			t.Fatal(err)
		}
		h, err := s.Health(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if g.last = h; n == 0 {
			g.first = h
		}
		if n > 0 && done.Totals.Moves.Items > items/20 {
			t.Fatalf("night %d: %d items changed", n+1, done.Totals.Moves.Items)
		}
	}
	return g
}

// grown gives a look the size of a real one: about 5 kB of JSON.
func grown(r history.Result) history.Result {
	for _, looks := range r.Looks {
		d := &looks[0]
		doc := &d.Page.Value.Documents[0]
		for i := range 20 {
			doc.Headings = append(doc.Headings, fmt.Sprintf("Heading %d of %s", i, doc.Hash[40:]))
		}
		doc.Footer = strings.Repeat(doc.Footer+" "+doc.Hash[30:], 6)
		for _, start := range []string{"http://", "https://www.", "http://www."} {
			a := d.Visit.Value.Attempts[0]
			a.Start = start + d.Target + "/"
			a.Hops = []observe.Hop{{URL: a.Start, Addr: a.Hops[0].Addr, Status: 301, Location: a.Final}, a.Hops[0]}
			d.Visit.Value.Attempts = append(d.Visit.Value.Attempts, a)
		}
	}
	return r
}

// Only what changed is stored: as many changes as there truly were.
func TestGrowth(t *testing.T) {
	const items, nights = 500, 10
	o := history.Default()
	o.Path = filepath.Join(t.TempDir(), "growth.db")
	g := grow(t, o, items, nights)
	if got, want := g.last.Changes, int64(2*items+g.changed); got != want {
		t.Errorf("%d changes stored, want %d", got, want)
	}
	if g.last.Runs != nights || g.last.Items != 2*items {
		t.Errorf("health %+v", g.last)
	}
	t.Logf("%d items: first night %d bytes, then %.1f bytes per item and night", items, g.first.Bytes-g.first.Free, g.perItemNight(items, nights))
}

// BenchmarkGrowth prints what a month of nights adds to the file.
func BenchmarkGrowth(b *testing.B) {
	const items, nights = 100_000, 30
	for b.Loop() {
		o := history.Default()
		o.Path = filepath.Join(b.TempDir(), "growth.db")
		g := grow(b, o, items, nights)
		b.ReportMetric(g.perItemNight(items, nights), "B/item-night")
		b.ReportMetric(float64(g.last.Bytes-g.last.Free)/(items*nights), "B/item-night-all")
		b.ReportMetric(float64(g.first.Bytes)/(1<<20), "MB-first")
		b.ReportMetric(float64(g.last.Bytes)/(1<<20), "MB-last")
		b.ReportMetric(float64(items*nights)/b.Elapsed().Seconds(), "items/s")
	}
}

// BenchmarkNights prints how many items a second both engines take in: a first
// night, and nights like the one before.
func BenchmarkNights(b *testing.B) {
	const items, nights = 2000, 5
	for engine, options := range map[string]func() history.Options{
		"sqlite": func() history.Options {
			o := history.Default()
			o.Path = filepath.Join(b.TempDir(), "nights.db")
			return o
		},
		"postgres": func() history.Options {
			o := history.Default()
			o.URL = cluster.Database(b)
			return o
		},
	} {
		b.Run(engine, func(b *testing.B) {
			for b.Loop() {
				grow(b, options(), items, nights)
			}
			b.ReportMetric(float64(items*nights*b.N)/b.Elapsed().Seconds(), "items/s")
		})
	}
}
