// Package nightly runs audits by themselves: on schedules, in shards that
// survive crashes, on one machine or many. It deals the work and brings it
// together; looking and judging is the audit's.
package nightly

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // Asia/Shanghai, on machines that know no time zones too

	"github.com/robfig/cron/v3"
)

// Zone is the time zone of all schedules.
const Zone = "Asia/Shanghai"

// Schedule is one entry of the schedules block of the configuration.
type Schedule struct {
	Name      string   `yaml:"name"`      // unique; small letters, digits and dashes
	Cron      string   `yaml:"cron"`      // minute, hour, day, month, weekday, in Zone; or @daily and the like
	Inventory string   `yaml:"inventory"` // file
	Filter    Filter   `yaml:"filter"`    // which subjects
	Out       string   `yaml:"out"`       // directory that gets one directory of reports a run; empty: no reports
	Formats   []string `yaml:"formats"`   // files that are kept of the reports, by their endings; empty: all
}

// Filter narrows a schedule to some subjects of the inventory: to those that
// all the conditions given agree with. A subject is never taken in part.
type Filter struct {
	ExpiringDays int    `yaml:"expiring_days"` // one domain at least, by the newest registration known, ends within so many days or has ended; 0: any
	Tag          string `yaml:"tag"`           // as filed; empty: any
	Owner        string `yaml:"owner"`         // as filed; empty: any
}

// All says whether the filter lets every subject pass.
func (f Filter) All() bool { return f == Filter{} }

// ValidateSchedules names every value that can't be used, by its YAML key below
// schedules: "[0].cron".
func ValidateSchedules(all []Schedule) map[string]error {
	bad := map[string]error{}
	names := map[string]bool{}
	plain := regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$`)
	for i, s := range all {
		at := fmt.Sprintf("[%d].", i)
		switch {
		case !plain.MatchString(s.Name):
			bad[at+"name"] = fmt.Errorf("%q is no name: 1 to 40 of a-z, 0-9 and - inside", s.Name)
		case names[s.Name]:
			bad[at+"name"] = fmt.Errorf("%q is the name of another schedule already", s.Name)
		}
		names[s.Name] = true
		if _, err := Parse(s.Cron); err != nil {
			bad[at+"cron"] = err
		}
		if s.Inventory == "" {
			bad[at+"inventory"] = errors.New("no inventory file is named")
		}
		if s.Filter.ExpiringDays < 0 || s.Filter.ExpiringDays > 3650 {
			bad[at+"filter.expiring_days"] = fmt.Errorf("%d is not between 0 and 3650", s.Filter.ExpiringDays)
		}
		for _, format := range s.Formats {
			if format == "" || strings.ContainsAny(format, `/\*.`) {
				bad[at+"formats"] = fmt.Errorf("%q is no ending of a file, such as csv", format)
			}
		}
	}
	return bad
}

// Times are the times of a schedule.
type Times struct{ cron cron.Schedule }

// farthest is how far ahead an expression must come true: the 29th of February
// comes every eight years at the longest.
const farthest = 9

// Parse reads a cron expression: five fields, or @hourly, @daily, @weekly,
// @monthly, @yearly. The zone is always Zone: an expression that names another
// is refused, and so is one that never comes true, and @every, whose times
// would depend on when the program was started.
func Parse(expression string) (t Times, err error) {
	defer func() {
		// The library panics on some expressions, such as "TZ=0".
		if p := recover(); p != nil {
			t, err = Times{}, fmt.Errorf("%q is no cron expression", expression)
		}
	}()
	upper := strings.ToUpper(strings.TrimSpace(expression))
	switch {
	case strings.Contains(upper, "TZ="):
		return Times{}, fmt.Errorf("%q names a time zone; all schedules are in %s", expression, Zone)
	case strings.HasPrefix(upper, "@EVERY"):
		return Times{}, fmt.Errorf("%q has no fixed times; write such as \"*/30 * * * *\"", expression)
	case len(expression) > 200:
		return Times{}, errors.New("the expression is longer than 200 bytes")
	}
	if t.cron, err = cron.ParseStandard(strings.TrimSpace(expression)); err != nil {
		return Times{}, fmt.Errorf("%q is no cron expression: %w (minute, hour, day, month, weekday, such as \"0 2 * * *\")", expression, err)
	}
	if t.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return Times{}, fmt.Errorf("%q never comes true", expression)
	}
	return t, nil
}

// Next is the first time of the schedule after a moment, zero where there is
// none for years.
func (t Times) Next(after time.Time) time.Time {
	next := t.cron.Next(after.In(Location()))
	if next.IsZero() || next.After(after.AddDate(farthest, 0, 0)) {
		return time.Time{}
	}
	return next
}

// NextN are the first n times after a moment.
func (t Times) NextN(after time.Time, n int) []time.Time {
	var all []time.Time
	for range n {
		next := t.Next(after)
		if next.IsZero() {
			break
		}
		all = append(all, next)
		after = next
	}
	return all
}

// Due is the time that a run is due for at a moment, zero where none is: the
// latest time of the schedule that has come since, so that of several missed
// ones the latest is run and the others are not. Since is what was run last, or
// when the schedule was first known. A clock that went back makes nothing due.
func (t Times) Due(since, now time.Time) time.Time {
	// Looked for backwards in growing windows: there may be years between.
	for _, window := range []time.Duration{time.Hour, 25 * time.Hour, 32 * 24 * time.Hour, 367 * 24 * time.Hour, farthest * 366 * 24 * time.Hour} {
		from := now.Add(-window)
		if from.Before(since) {
			from = since
		}
		var due time.Time
		for next := t.Next(from); !next.IsZero() && !next.After(now); next = t.Next(next) {
			due = next
		}
		if !due.IsZero() || from.Equal(since) {
			return due
		}
	}
	return time.Time{}
}

// Latest is the newest of some times that a clock which stands at now can have
// given: a time in the future was planned by a clock that has been put right.
func Latest(planned []time.Time, now time.Time) time.Time {
	var latest time.Time
	for _, p := range planned {
		if !p.After(now) && p.After(latest) {
			latest = p
		}
	}
	return latest
}

// Location is Zone. The zone is embedded, so that it can't be missing.
func Location() *time.Location {
	zone, err := time.LoadLocation(Zone)
	if err != nil {
		return time.FixedZone(Zone, 8*60*60)
	}
	return zone
}

// Keeps says whether a report file with that ending is kept.
func (s Schedule) Keeps(ending string) bool {
	return len(s.Formats) == 0 || slices.Contains(s.Formats, ending)
}
