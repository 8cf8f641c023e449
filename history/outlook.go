package history

import (
	"context"
	"fmt"
	"math"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
)

// Outlook tells what the lives of findings will be once the run that found them
// is published, so that its reports and letters can say it before. It holds
// what the history knew when it was made: one finding of it that is not mended,
// that was once, or that is suspected, is about 300 bytes.
type Outlook struct {
	next    Moment
	today   filing.Day
	due     func(scene checks.ID, begun filing.Day) filing.Day
	lives   map[checks.Key]Life
	kept    map[checks.Key]Life // of a look back: as the history holds them now
	waivers waiversFor
	owners  owners
}

// Prospect is what will be known of one finding.
type Prospect struct {
	Status Status // empty: it is not deficient now, and was not when last seen
	Before bool   // it is suspected, and was when last seen
	Life   Life
	Owner  string  // who answers for it
	Waiver *Waiver // in force; nil: none
}

// NewOutlook reads what a history knows, for a run that began on a day. Due is
// the policy on due dates, as of End.
func NewOutlook(ctx context.Context, s Store, day filing.Day, due func(scene checks.ID, begun filing.Day) filing.Day) (*Outlook, error) {
	o := &Outlook{next: Moment{Position: math.MaxInt64, Day: day}, today: day, due: due, lives: map[checks.Key]Life{}}
	for _, filter := range []Filter{{Status: StatusOpen}, {Status: StatusResolved}, {Seen: true, Outcome: checks.Suspected}} {
		filter.Today = day
		for f, err := range s.Findings(ctx, filter) {
			if err != nil {
				return nil, fmt.Errorf("look ahead: %w", err)
			}
			o.lives[f.Detail.Key] = f.Life
		}
	}
	waivers, err := s.Waivers(ctx)
	if err != nil {
		return nil, fmt.Errorf("look ahead: %w", err)
	}
	assignments, err := s.Assignments(ctx)
	if err != nil {
		return nil, fmt.Errorf("look ahead: %w", err)
	}
	o.waivers, o.owners = waiversBy(waivers), ownersOf(assignments)
	return o, nil
}

// Of is the prospect of a finding of a subject.
func (o *Outlook) Of(subject *filing.Subject, f checks.Finding) Prospect {
	before := o.lives[f.Key]
	after, _ := before.Next(SightOf(f), o.next, func(begun filing.Day) filing.Day { return o.dueOf(f.Key, begun) })
	item := Item{Level: f.Level, Key: f.Item, Subject: f.Subject, Service: f.Service, Name: f.Name, Owner: subject.Owner, Tags: subject.Tags}
	p := Prospect{Life: after, Owner: o.owners.of(f.Scene, item), Waiver: o.waivers.of(f.Scene, item, o.today)}
	p.Before = f.Outcome == checks.Suspected && before.Outcome == checks.Suspected
	// Of what was mended is told in the run that saw it, and no more.
	if after.State != LifeResolved || before.State == LifeOpen {
		p.Status = after.Status(o.next.Position, o.today)
	}
	return p
}

// dueOf is the due date of a life that begins on a day.
func (o *Outlook) dueOf(key checks.Key, begun filing.Day) filing.Day {
	if l, ok := o.kept[key]; ok && l.BegunDay == begun {
		return l.Due
	}
	return o.due(key.Scene, begun)
}
