package nightly_test

import (
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/audit/nightly"
)

func at(t testing.TB, text string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation(nightly.Zone)
	if err != nil {
		t.Fatal(err)
	}
	moment, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

func TestParseRefuses(t *testing.T) {
	for _, expression := range []string{
		"", "TZ=0", "TZ=", "CRON_TZ=0", "TZ=Asia/Shanghai 0 2 * * *", "cron_tz=UTC 0 2 * * *", "@every 1h", "@every 0s", "@often",
		"* * * *", "* * * * * *", "60 * * * *", "0 2 30 2 *", "0 2 31 4 *", "a b c d e", "0 2 * * 9", "0 2 * * \x00",
	} {
		if _, err := nightly.Parse(expression); err == nil {
			t.Errorf("%q was taken", expression)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("0 2 * * *")
	f.Add("TZ=0")
	f.Fuzz(func(t *testing.T, expression string) {
		times, err := nightly.Parse(expression)
		if err == nil && times.Next(time.Unix(1700000000, 0)).IsZero() {
			t.Errorf("%q was taken and never comes", expression)
		}
	})
}

func TestDue(t *testing.T) {
	for _, c := range []struct{ name, cron, since, now, want string }{
		{"not yet", "0 2 * * *", "2026-03-01 02:00", "2026-03-02 01:59", ""},
		{"on time", "0 2 * * *", "2026-03-01 02:00", "2026-03-02 02:00", "2026-03-02 02:00"},
		{"late", "0 2 * * *", "2026-03-01 02:00", "2026-03-02 15:00", "2026-03-02 02:00"},
		{"a week missed: the latest", "0 2 * * *", "2026-03-01 02:00", "2026-03-08 15:00", "2026-03-08 02:00"},
		{"a clock that went back", "0 2 * * *", "2026-03-02 02:00", "2026-03-02 01:00", ""},
		{"a year back", "0 2 * * *", "2026-03-02 02:00", "2025-03-02 03:00", ""},
		{"ten years ahead", "*/30 * * * *", "2026-03-02 02:00", "2036-03-02 02:10", "2036-03-02 02:00"},
		{"leap day", "0 2 29 2 *", "2024-02-29 02:00", "2027-12-31 00:00", ""},
		{"leap day missed", "0 2 29 2 *", "2020-02-29 02:00", "2027-12-31 00:00", "2024-02-29 02:00"},
		{"a year ago", "0 2 1 1 *", "2020-01-01 02:00", "2026-12-31 00:00", "2026-01-01 02:00"},
		{"hours that Shanghai skipped in 1986", "30 2 * * *", "1986-05-03 02:30", "1986-05-04 12:00", ""},
	} {
		times, err := nightly.Parse(c.cron)
		if err != nil {
			t.Fatal(err)
		}
		var want time.Time
		if c.want != "" {
			want = at(t, c.want)
		}
		if got := times.Due(at(t, c.since), at(t, c.now)); !got.Equal(want) {
			t.Errorf("%s: %s is due, want %s", c.name, got, want)
		}
	}
}

// Ten years of nights, looked at every quarter of an hour with a clock that is
// put forward and back now and then: one run a night, no more and no less.
func TestTenYearsOfNights(t *testing.T) {
	times, err := nightly.Parse("0 2 * * *")
	if err != nil {
		t.Fatal(err)
	}
	begin, end := at(t, "2026-01-01 00:00"), at(t, "2036-01-01 00:00")
	var planned []time.Time
	ran := map[string]int{}
	look := func(now time.Time) {
		since := nightly.Latest(planned, now)
		if since.IsZero() {
			since = begin
		}
		if due := times.Due(since, now); !due.IsZero() {
			planned = append(planned, due)
			ran[due.Format(time.DateOnly)]++
		}
		if len(planned) > 3 {
			planned = planned[1:]
		}
	}
	n := 0
	for now := begin; now.Before(end); now = now.Add(15 * time.Minute) {
		look(now)
		if n++; n%1001 == 0 {
			look(now.Add(-time.Hour)) // the clock went back, and forward again
			look(now)
		}
	}
	for day := begin; day.Before(end); day = day.AddDate(0, 0, 1) {
		if got := ran[day.Format(time.DateOnly)]; got != 1 {
			t.Errorf("%d runs on %s", got, day.Format(time.DateOnly))
		}
		delete(ran, day.Format(time.DateOnly))
	}
	if len(ran) > 0 {
		t.Errorf("runs on other days: %v", ran)
	}
}

func TestLatestLeavesTheFutureOut(t *testing.T) {
	now := at(t, "2026-03-02 12:00")
	got := nightly.Latest([]time.Time{at(t, "2027-03-02 02:00"), at(t, "2026-03-02 02:00"), at(t, "2026-03-01 02:00")}, now)
	if want := at(t, "2026-03-02 02:00"); !got.Equal(want) {
		t.Errorf("the latest is %s, want %s", got, want)
	}
}

func TestValidateSchedules(t *testing.T) {
	good := nightly.Schedule{Name: "all", Cron: "0 2 * * *", Inventory: "inventory.csv"}
	if bad := nightly.ValidateSchedules([]nightly.Schedule{good}); len(bad) > 0 {
		t.Errorf("a good one is refused: %v", bad)
	}
	for key, change := range map[string]func(*nightly.Schedule){
		"[1].name":                 func(s *nightly.Schedule) { s.Name = "All nights" },
		"[1].cron":                 func(s *nightly.Schedule) { s.Cron = "TZ=0" },
		"[1].inventory":            func(s *nightly.Schedule) { s.Inventory = "" },
		"[1].filter.expiring_days": func(s *nightly.Schedule) { s.Filter.ExpiringDays = -1 },
		"[1].formats":              func(s *nightly.Schedule) { s.Formats = []string{"../x"} },
	} {
		s := good
		s.Name = "other"
		change(&s)
		bad := nightly.ValidateSchedules([]nightly.Schedule{good, s})
		if len(bad) != 1 || bad[key] == nil {
			t.Errorf("%s: refused are %v", key, bad)
		}
	}
	if bad := nightly.ValidateSchedules([]nightly.Schedule{good, good}); bad["[1].name"] == nil {
		t.Error("two schedules have one name")
	}
}
