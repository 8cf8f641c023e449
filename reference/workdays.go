package reference

import (
	"io/fs"
	"time"
)

// Workdays is China's calendar of working days (General Office of the State
// Council, once a year). Days are told apart by their date alone.
type Workdays struct {
	from, until string // first and last day that the data know, YYYY-MM-DD
	off         map[string]bool
	worked      map[string]bool
}

// Known says whether the data know the day; of others only the day of the week
// is known. Nil data know none.
func (w *Workdays) Known(t time.Time) bool {
	day := t.Format(time.DateOnly)
	return w != nil && w.from <= day && day <= w.until
}

// Until is the last day that the data know, YYYY-MM-DD.
func (w *Workdays) Until() string { return w.until }

// Working says whether the day is worked. Where the data don't know the day,
// Monday to Friday are.
func (w *Workdays) Working(t time.Time) bool {
	if w.Known(t) {
		switch day := t.Format(time.DateOnly); {
		case w.off[day]:
			return false
		case w.worked[day]:
			return true
		}
	}
	return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday
}

// longestHoliday bounds one row of the file, so that a slip of the pen in a
// year does not make a holiday of a decade.
const longestHoliday = 31

func readWorkdays(fsys fs.FS) (*Workdays, error) {
	var file struct {
		Heading  heading `yaml:",inline"`
		From     string  `yaml:"from"`
		Until    string  `yaml:"until"`
		Holidays []struct {
			Name  Text   `yaml:"name"`
			First string `yaml:"first"`
			Last  string `yaml:"last"`
		} `yaml:"holidays"`
		Worked []string `yaml:"worked"`
	}
	if err := readYAML(fsys, "workdays.yaml", &file, &file.Heading); err != nil {
		return nil, err
	}
	m := mistakes{file: "workdays.yaml"}
	w := &Workdays{from: file.From, until: file.Until, off: map[string]bool{}, worked: map[string]bool{}}
	if m.day("from", file.From).After(m.day("until", file.Until)) {
		m.add("from %s is after until %s", file.From, file.Until)
	}
	for _, h := range file.Holidays {
		m.text("holiday of "+h.First, h.Name)
		first, last := m.day("first", h.First), m.day("last", h.Last)
		if n := int(last.Sub(first).Hours()/24) + 1; n < 1 || n > longestHoliday {
			m.add("holiday %s to %s: want 1 to %d days", h.First, h.Last, longestHoliday)
			continue
		}
		for day := first; !day.After(last); day = day.AddDate(0, 0, 1) {
			w.off[w.within(&m, day)] = true
		}
	}
	for _, text := range file.Worked {
		day := m.day("worked", text)
		if w.off[text] {
			m.add("%s is a holiday and worked", text)
		}
		if day.Weekday() != time.Saturday && day.Weekday() != time.Sunday {
			m.add("worked %s: want a Saturday or Sunday", text)
		}
		w.worked[w.within(&m, day)] = true
	}
	return w, m.err()
}

// day reads a day; what is none is a mistake, and the zero time.
func (m *mistakes) day(what, text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		m.add("%s %q: want YYYY-MM-DD", what, text)
	}
	return t
}

// within is the day's text; a day that from and until leave out is a mistake.
func (w *Workdays) within(m *mistakes, t time.Time) string {
	if !w.Known(t) {
		m.add("%s is not between from and until", t.Format(time.DateOnly))
	}
	return t.Format(time.DateOnly)
}
