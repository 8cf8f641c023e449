package history

import (
	"context"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
)

// lifeColumns are the columns of a life in the order of scanLife.
const lifeColumns = `f.scene, f.state, f.outcome, f.reason, f.why, f.first, f.begun, f.begun_day, f.changed, f.resolved, f.due, f.regressions`

// lifeRow is a life as the tables hold it.
type lifeRow struct {
	scene      checks.ID
	life       Life
	begun, due string
}

func (r *lifeRow) into() []any {
	l := &r.life
	return []any{&r.scene, &l.State, &l.Outcome, &l.Reason, &l.Why, &l.First, &l.Begun, &r.begun, &l.Changed, &l.Resolved, &r.due, &l.Regressions}
}

// read settles the days of a row that was scanned.
func (r *lifeRow) read() (err error) {
	if r.life.BegunDay, err = day(r.begun); err != nil {
		return err
	}
	r.life.Due, err = day(r.due)
	return err
}

// lives moves the life of every scene of an item.
func (p *publishing) lives(ctx context.Context, item int64, c change) error {
	before := map[checks.ID]Life{}
	err := each(ctx, p.q.tx, `SELECT `+lifeColumns+` FROM findings AS f WHERE f.item = $1`, []any{item}, func(scan func(...any) error) error {
		var r lifeRow
		if err := scan(r.into()...); err != nil {
			return err
		}
		if err := r.read(); err != nil {
			return err
		}
		before[r.scene] = r.life
		return nil
	})
	if err != nil {
		return err
	}
	details := map[checks.ID]checks.Finding{}
	for _, f := range c.Findings {
		details[f.Scene] = f
	}
	for scene, sight := range parseOutcomes(c.Outcomes) {
		old := before[scene]
		next, move := old.Next(sight, p.at, func(begun filing.Day) filing.Day { return p.due(scene, begun) })
		p.moves.count(move)
		if next == old {
			continue
		}
		if err := p.keep(ctx, item, scene, old, next, details[scene]); err != nil {
			return err
		}
	}
	return nil
}

func (m *Moves) count(move Move) {
	switch move {
	case MoveNew:
		m.New++
	case MoveResolved:
		m.Resolved++
	case MoveRegressed:
		m.Regressed++
	case MoveUnseen:
		m.Unseen++
	}
}

// keep writes a life. A finding that was not deficient this time keeps the
// detail of the deficiency.
func (p *publishing) keep(ctx context.Context, item int64, scene checks.ID, old, next Life, detail checks.Finding) error {
	if next.State == LifeNone {
		_, err := p.q.exec(ctx, `DELETE FROM findings WHERE item = $1 AND scene = $2`, item, string(scene))
		return err
	}
	set := []any{next.State, next.Outcome, next.Reason, next.Why, next.First, next.Begun, next.BegunDay.String(), next.Changed,
		next.Resolved, next.Due.String(), next.Regressions, item, string(scene)}
	if next.Outcome != checks.Deficient && old.State != LifeNone && old.State != LifeSeen {
		_, err := p.q.exec(ctx, `UPDATE findings SET state = $1, outcome = $2, reason = $3, why = $4, first = $5, begun = $6, begun_day = $7,
			changed = $8, resolved = $9, due = $10, regressions = $11 WHERE item = $12 AND scene = $13`, set...)
		return err
	}
	body, err := p.packer.pack(detail)
	if err != nil {
		return err
	}
	_, err = p.q.exec(ctx, `INSERT INTO findings (state, outcome, reason, why, first, begun, begun_day, changed, resolved, due, regressions, item, scene, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
		ON CONFLICT (item, scene) DO UPDATE SET state = excluded.state, outcome = excluded.outcome, reason = excluded.reason, why = excluded.why,
			first = excluded.first, begun = excluded.begun, begun_day = excluded.begun_day, changed = excluded.changed,
			resolved = excluded.resolved, due = excluded.due, regressions = excluded.regressions, body = excluded.body`, append(set, body)...)
	return err
}
