package nightly

import (
	"regexp"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/history"
)

func TestTurnOf(t *testing.T) {
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, Location())
	next := func(days int, later time.Duration) time.Time {
		return time.Date(2026, 3, 2+days, 0, 0, 0, 0, Location()).Add(later)
	}
	for name, c := range map[string]struct {
		n        int
		interval time.Duration
		daily    int
		registry history.Registry
		want     time.Time
	}{
		"the first":             {0, 3 * time.Second, 5000, history.Registry{}, noon},
		"behind some":           {100, 3 * time.Second, 5000, history.Registry{}, noon.Add(5 * time.Minute)},
		"the last of today":     {4999, 3 * time.Second, 5000, history.Registry{}, noon.Add(4999 * 3 * time.Second)},
		"the first of tomorrow": {5000, 3 * time.Second, 5000, history.Registry{}, next(1, 0)},
		"after some were asked": {1000, 3 * time.Second, 5000, history.Registry{Day: "2026-03-02", Asked: 4000}, next(1, 0)},
		"asked on another day":  {1000, 3 * time.Second, 5000, history.Registry{Day: "2026-03-01", Asked: 4000}, noon.Add(50 * time.Minute)},
		"more than the cap":     {0, 3 * time.Second, 5000, history.Registry{Day: "2026-03-02", Asked: 6000}, next(1, 0)},
		"in four days":          {20010, 3 * time.Second, 5000, history.Registry{}, next(4, 30*time.Second)},
		"the pace fills a day":  {12 * 60, time.Minute, 1e6, history.Registry{}, next(1, 0)},
		"and the next one":      {12*60 + 24*60 + 1, time.Minute, 1e6, history.Registry{}, next(2, time.Minute)},
		"without a pace":        {1e6, 0, 2e6, history.Registry{}, noon},
		"while it rests":        {10, time.Second, 5000, history.Registry{Rest: history.Rest{Until: noon.Add(time.Hour)}}, noon.Add(time.Hour + 10*time.Second)},
		"slower than a day":     {3, 30 * time.Hour, 5000, history.Registry{}, next(3, 0)},
	} {
		if got := turnOf(c.n, noon, c.interval, c.daily, c.registry); !got.Equal(c.want) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestRegistryQueue(t *testing.T) {
	may := regexp.MustCompile(`^[a-z0-9]+([_-][a-z0-9]+)*$`) // as River has it, which also bounds the length
	for server, want := range map[string]string{
		"whois.cnnic.cn": "reg_whois_cnnic_cn", "rdap.VERISIGN.com": "reg_rdap_verisign_com", "xn--fiqs8s.example": "reg_xn_fiqs8s_example",
		"127.0.0.1": "reg_127_0_0_1", "::1": "reg_1", "": "reg", "..": "reg",
		"a.very.long.name.of.a.server.that.goes.on.and.on.and.on.until.it.ends.example": "reg_a_very_long_name_of_a_server_that_goes_on_and_on_and_on_unti",
		"a.very.long.name.of.a.server.that.goes.on.and.on.and.on.and.xx.yyy.example":    "reg_a_very_long_name_of_a_server_that_goes_on_and_on_and_on_and",
	} {
		if got := registryQueue(server); got != want || !may.MatchString(got) || len(got) > 64 {
			t.Errorf("%q: %q, want %q", server, got, want)
		}
	}
}
