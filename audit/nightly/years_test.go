package nightly_test

import (
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/audit/nightly"
	"github.com/icpaudit/icpaudit/history"
)

// Years of nights on the engine and its store: two processes look at the clock
// whenever they like, sometimes not for days, and each night that somebody was
// there gets exactly one run.
func TestYearsOnTheEngine(t *testing.T) {
	nights := 60
	if os.Getenv("ICPAUDIT_SOAK") == "1" {
		nights = 3653
	}
	onEngines(t, func(t *testing.T, o history.Options) {
		s := newSite(t, o)
		engines := []*nightly.Engine{s.open(s.engine("one"), nightly.RoleServe), s.open(s.engine("two"), nightly.RoleServe)}
		tick := func(e *nightly.Engine) {
			if err := e.Tick(t.Context(), nightly.RoleServe); err != nil {
				t.Fatal(err)
			}
		}
		tick(engines[0])
		random := rand.New(rand.NewPCG(10, 365))
		want := map[string]int{}
		for night := 0; night < nights; night++ {
			s.clock.Add(24 * time.Hour)
			if random.IntN(30) == 0 {
				away := random.IntN(5) // and nobody is there for some nights
				s.clock.Add(time.Duration(away) * 24 * time.Hour)
			}
			due := s.clock.Now().In(nightly.Location())
			want[time.Date(due.Year(), due.Month(), due.Day()-1, 2, 0, 0, 0, nightly.Location()).UTC().String()] = 1
			for range 1 + random.IntN(3) {
				tick(engines[random.IntN(2)])
			}
			open, err := engines[0].Store.Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, run := range open {
				if _, err := engines[0].Store.Abandon(t.Context(), run.ID, history.End{At: s.clock.Now(), Why: history.WhyBroke}); err != nil {
					t.Fatal(err)
				}
			}
		}
		got := map[string]int{}
		for _, run := range runsOf(t, engines[0]) {
			got[run.Planned.UTC().String()]++
		}
		for night, n := range got {
			if n != want[night] {
				t.Errorf("%d runs are planned for %s, want %d", n, night, want[night])
			}
		}
		if len(got) != len(want) {
			t.Errorf("%d nights have a run, want %d", len(got), len(want))
		}
		t.Logf("%d nights, %d runs", nights, len(runsOf(t, engines[0])))
	})
}
