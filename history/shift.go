package history

import (
	"time"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

// shift moves the times of a look, as if it had been taken that much later: a
// later run that saw the same kept no look of its own. What a registry or a
// certificate says of its dates is no time of the look.
func shift(d *observe.Dossier, later time.Duration) {
	move := func(t *time.Time) {
		if !t.IsZero() {
			*t = t.Add(later)
		}
	}
	for _, t := range []*time.Time{&d.At, &d.DNS.At, &d.Owners.At, &d.Visit.At, &d.Page.At, &d.Registration.At, &d.App.At} {
		move(t)
	}
	if d.Visit.Value != nil {
		for i := range d.Visit.Value.Attempts {
			move(&d.Visit.Value.Attempts[i].At)
		}
	}
	if d.Registration.Value != nil {
		move(&d.Registration.Value.AsOf)
		move(&d.Registration.Value.Since)
	}
}

// aged is evidence as old as it was in a later run, which had rows that said
// the same.
func aged(e filing.Evidence, later time.Duration) filing.Evidence {
	days := int(later / (24 * time.Hour))
	shift := func(d filing.Day) filing.Day {
		if d.IsZero() {
			return d
		}
		return d.AddDays(days)
	}
	for kind, feed := range e.Given {
		feed.AsOf = shift(feed.AsOf)
		e.Given[kind] = feed
	}
	eachOrigin(&e, func(o *filing.Origin) { o.AsOf = shift(o.AsOf) })
	return e
}
