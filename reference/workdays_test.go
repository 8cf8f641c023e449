package reference

import (
	"strings"
	"testing"
	"time"
)

func embeddedWorkdays(t *testing.T) *Workdays {
	t.Helper()
	w, err := readWorkdays(overlay{})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestWorkingDays(t *testing.T) {
	w := embeddedWorkdays(t)
	for day, want := range map[string]bool{
		"2025-01-01": false, "2025-01-26": true, "2025-01-27": true, "2025-01-28": false, "2025-02-04": false, "2025-02-08": true,
		"2025-10-08": false, "2025-10-09": true, "2025-10-11": true, "2025-10-12": false,
		"2026-01-02": false, "2026-01-04": true, "2026-02-14": true, "2026-02-16": false, "2026-02-23": false, "2026-02-28": true,
		"2026-05-09": true, "2026-09-20": true, "2026-10-07": false, "2026-10-10": true, "2026-11-24": true, "2026-11-28": false,
		"2027-01-01": true, // a Friday beyond the data: only the day of the week is known
		"2024-02-12": true,
	} {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.Working(at); got != want {
			t.Errorf("Working(%s) = %v, want %v", day, got, want)
		}
		if known := w.Known(at); known != (day[:4] == "2025" || day[:4] == "2026") {
			t.Errorf("Known(%s) = %v", day, known)
		}
	}
}

// A year has 365 days less weekends and holidays, plus make-up days: the
// official arrangements leave 248 working days of 2025 and 2026.
func TestWorkingDaysOfAYear(t *testing.T) {
	w := embeddedWorkdays(t)
	for year, want := range map[int]int{2025: 248, 2026: 248} {
		n := 0
		for day := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() == year; day = day.AddDate(0, 0, 1) {
			if w.Working(day) {
				n++
			}
		}
		if n != want {
			t.Errorf("%d has %d working days, want %d", year, n, want)
		}
	}
}

func TestMistakesInEditedWorkdaysAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(string) string
		want string
	}{
		"no such day":      {swap(`last: "2025-01-01"`, `last: "2025-02-30"`), `last "2025-02-30"`},
		"turned round":     {swap(`first: "2026-01-01", last: "2026-01-03"`, `first: "2026-01-03", last: "2026-01-01"`), "want 1 to 31 days"},
		"too long":         {swap(`first: "2026-01-01", last: "2026-01-03"`, `first: "2025-01-01", last: "2026-01-03"`), "want 1 to 31 days"},
		"outside":          {swap(`until: "2026-12-31"`, `until: "2026-09-30"`), "2026-10-01 is not between"},
		"weekday worked":   {swap(`"2026-10-10"]`, `"2026-10-09"]`), "want a Saturday or Sunday"},
		"holiday worked":   {swap(`"2026-10-10"]`, `"2026-10-04"]`), "is a holiday and worked"},
		"from after until": {swap(`from: "2025-01-01"`, `from: "2027-01-01"`), "is after until"},
		"unknown key":      {swap("holidays:", "feasts:"), "feasts"},
		"no source":        {swap("source: ", "source: '' #"), "no source"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readWorkdays(edited(t, "workdays.yaml", c.edit))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the mistake is %v, want %q in it", err, c.want)
			}
		})
	}
}
