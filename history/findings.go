package history

import (
	"context"
	"fmt"
	"iter"

	"github.com/icpaudit/icpaudit/checks"
)

func (s *store) Findings(ctx context.Context, f Filter) iter.Seq2[Finding, error] {
	return func(yield func(Finding, error) bool) {
		fail := func(err error) { yield(Finding{}, fmt.Errorf("list findings: %w", err)) }
		if f.Today.IsZero() {
			fail(fmt.Errorf("the filter names no day"))
			return
		}
		waivers, err := s.waivers(ctx)
		if err != nil {
			fail(err)
			return
		}
		assignments, err := s.Assignments(ctx)
		if err != nil {
			fail(err)
			return
		}
		owners, waived := ownersOf(assignments), waiversBy(waivers)
		// The state narrows the query down; the filter itself decides.
		query := `SELECT ` + itemColumns + `, ` + lifeColumns + `, f.body, COALESCE(a.id, 0), COALESCE(b.id, 0) FROM findings AS f
			JOIN items AS i ON i.id = f.item LEFT JOIN runs AS a ON a.position = f.first AND f.first > 0
			LEFT JOIN runs AS b ON b.position = f.changed AND f.changed > 0
			WHERE ($1 = '' OR f.scene = $2) AND f.state <> $3 AND f.state <> $4 AND ($5 = '' OR f.outcome = $6) ORDER BY i.seq, i.id, f.scene`
		skip, also := LifeResolved, LifeSeen
		if f.Status == StatusResolved {
			skip = LifeOpen
		}
		if f.Seen {
			also = LifeNone
		}
		s.stream(ctx, query, []any{string(f.Scene), string(f.Scene), skip, also, string(f.Outcome), string(f.Outcome)}, func(scan func(...any) error) error {
			found, err := s.finding(scan, f, waived, owners)
			if err != nil {
				return err
			}
			if f.wants(found) && !yield(found, nil) {
				return errStop
			}
			return nil
		}, fail)
	}
}

// finding reads one row and adds what follows from it.
func (s *store) finding(scan func(...any) error, f Filter, waived waiversFor, owners owners) (Finding, error) {
	var i itemRow
	var l lifeRow
	var found Finding
	var body []byte
	if err := scan(append(append(i.into(), l.into()...), &body, &found.FirstRun, &found.LastRun)...); err != nil {
		return found, err
	}
	var err error
	if found.Item, err = i.read(); err != nil {
		return found, err
	}
	if err := l.read(); err != nil {
		return found, err
	}
	if err := s.packer.unpack(body, &found.Detail); err != nil {
		return found, fmt.Errorf("%s of %q: %w", l.scene, found.Item.Key, err)
	}
	found.Life = l.life
	found.Status = l.life.Status(found.Item.Last, f.Today)
	found.Detail.Key = checks.Key{Scene: l.scene, Level: found.Item.Level, Item: found.Item.Key}
	found.Owner = owners.of(l.scene, found.Item)
	found.Waiver = waived.of(l.scene, found.Item, f.Today)
	return found, nil
}
