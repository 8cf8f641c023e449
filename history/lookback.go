package history

import (
	"context"
	"fmt"
	"maps"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
)

// LookBack is the outlook that a published run had: what it tells of a finding
// is what that run left behind, whatever later runs made of it. Owners and
// waivers are those of today. Due is the policy on due dates; the dates that the
// history still holds beat it.
func LookBack(ctx context.Context, s Store, r Run, due func(scene checks.ID, begun filing.Day) filing.Day) (*Outlook, error) {
	if r.Position == 0 {
		return nil, fmt.Errorf("look back at run %d: it is not published", r.ID)
	}
	o, err := NewOutlook(ctx, s, filing.DayOf(r.Started), due)
	if err != nil {
		return nil, err
	}
	o.next.Position, o.kept = r.Position, o.lives
	if o.lives, err = s.Lives(ctx, r.Position, o.dueOf); err != nil {
		return nil, fmt.Errorf("look back at run %d: %w", r.ID, err)
	}
	return o, nil
}

func (s *store) Lives(ctx context.Context, before int64, due func(key checks.Key, begun filing.Day) filing.Day) (map[checks.Key]Life, error) {
	lives := map[checks.Key]Life{}
	// The changes of an item are kept for good, and what was deficient once has a
	// row in findings for good.
	query := `SELECT i.level, i.key, c.position, c.day, v.text FROM changes AS c JOIN items AS i ON i.id = c.item JOIN vectors AS v ON v.id = c.vector
		WHERE c.position < $1 AND EXISTS (SELECT 1 FROM findings AS f WHERE f.item = c.item AND f.state <> $2) ORDER BY c.item, c.position`
	err := each(ctx, s.reader, query, []any{before, LifeSeen}, func(scan func(...any) error) error {
		var key checks.Key
		var at Moment
		var since, text string
		if err := scan(&key.Level, &key.Item, &at.Position, &since, &text); err != nil {
			return err
		}
		var err error
		if at.Day, err = day(since); err != nil {
			return err
		}
		for scene, sight := range parseOutcomes(text) {
			key.Scene = scene
			lives[key], _ = lives[key].Next(sight, at, func(begun filing.Day) filing.Day { return due(key, begun) })
			if lives[key].State == LifeNone {
				delete(lives, key)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the lives of findings: %w", err)
	}
	maps.DeleteFunc(lives, func(_ checks.Key, l Life) bool { return l.State == LifeSeen })
	return lives, nil
}
