package history

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/remedy"
)

// publishBatch is how many items of a stage are read at a time.
const publishBatch = 500

// usualDueDays are the working days of a due date where no policy is given.
const usualDueDays = 10

// publishing is one publication under way, inside its transaction.
type publishing struct {
	*store
	q       *statements
	run     int64
	at      Moment
	started time.Time
	due     func(scene checks.ID, begun filing.Day) filing.Day
	vectors map[string]int64 // id by text, of those met so far
	moves   Moves
	doubled int
}

func (s *store) Publish(ctx context.Context, run int64, end End) (Run, error) {
	err := s.within(ctx, func(tx *sql.Tx) error { return s.publish(ctx, tx, run, end) })
	if err != nil {
		return Run{}, fmt.Errorf("publish run %d: %w", run, err)
	}
	return runOf(ctx, s.writer, run)
}

func (s *store) PublishTx(ctx context.Context, tx *sql.Tx, run int64, end End) (Run, error) {
	if err := s.publish(ctx, tx, run, end); err != nil {
		return Run{}, fmt.Errorf("publish run %d: %w", run, err)
	}
	return runOf(ctx, tx, run)
}

func (s *store) publish(ctx context.Context, tx *sql.Tx, run int64, end End) error {
	p := &publishing{store: s, q: prepare(tx), run: run, due: end.Due, vectors: map[string]int64{}}
	if p.due == nil {
		p.due = func(_ checks.ID, begun filing.Day) filing.Day {
			day, _ := remedy.Due(nil, begun, usualDueDays)
			return day
		}
	}
	// This row is the lock that lets one run publish at a time.
	if _, err := p.q.row(ctx, `UPDATE meta SET position = position + 1 WHERE id = 1 RETURNING position`, nil, &p.at.Position); err != nil {
		return err
	}
	// And this one waits for those that are staging, and keeps others from it.
	if _, err := p.q.exec(ctx, `UPDATE runs SET why = why WHERE id = $1 AND state = $2`, run, RunStaged); err != nil {
		return err
	}
	r, err := runOf(ctx, tx, run)
	if err != nil {
		return err
	}
	if r.State != RunStaged {
		return ErrNotStaged
	}
	p.at.Day, p.started = filing.DayOf(r.Started), r.Started
	// Those that are as before come first: where two items share a key, the one
	// that the history knows already counts.
	if err := p.unchanged(ctx); err != nil {
		return err
	}
	if err := p.changed(ctx); err != nil {
		return err
	}
	if _, err := p.q.exec(ctx, `DELETE FROM stage WHERE run = $1`, run); err != nil {
		return err
	}
	end.Totals.Moves, end.Totals.Doubled = p.moves, p.doubled
	return closeRun(ctx, tx, run, RunPublished, p.at.Position, end)
}

// unchanged notes that the others were seen as before, all at once.
func (p *publishing) unchanged(ctx context.Context) error {
	_, err := p.q.exec(ctx, `UPDATE items SET last = $1, seq = s.seq,
		days = days + CASE WHEN last_day < $2 THEN 1 ELSE 0 END, last_day = $3
		FROM stage AS s WHERE s.run = $4 AND s.digest IS NULL AND s.item = items.id AND items.last < $5`,
		p.at.Position, p.at.Day.String(), p.at.Day.String(), p.run, p.at.Position)
	return err
}

// change is an item of the stage that is not as before.
type change struct {
	seq, ord            int64
	digest, facts, body []byte
	staged
}

// changed moves all items that are not as before.
func (p *publishing) changed(ctx context.Context) error {
	after := change{seq: -1}
	for {
		var batch []change
		err := each(ctx, p.q.tx, `SELECT seq, ord, digest, facts, body FROM stage
			WHERE run = $1 AND digest IS NOT NULL AND (seq > $2 OR (seq = $3 AND ord > $4)) ORDER BY seq, ord LIMIT $5`,
			[]any{p.run, after.seq, after.seq, after.ord, publishBatch}, func(scan func(...any) error) error {
				var c change
				if err := scan(&c.seq, &c.ord, &c.digest, &c.facts, &c.body); err != nil {
					return err
				}
				batch = append(batch, c)
				return nil
			})
		if err != nil || len(batch) == 0 {
			return err
		}
		for _, c := range batch {
			if err := p.unpack(c.facts, &c.staged); err != nil {
				return err
			}
			if err := p.move(ctx, c); err != nil {
				return fmt.Errorf("%q: %w", c.Item.Key, err)
			}
		}
		after = batch[len(batch)-1]
	}
}

func (p *publishing) unpack(body []byte, into any) error { return p.packer.unpack(body, into) }

// known is what the tables say of an item before a change.
type known struct {
	id, last, days, vector int64
	lastDay                string
}

// move takes one item from its former state to the one on the stage.
func (p *publishing) move(ctx context.Context, c change) error {
	var k known
	found, err := p.q.row(ctx, `SELECT id, last, days, vector, last_day FROM items WHERE level = $1 AND key = $2`,
		[]any{c.Item.Level, c.Item.Key}, &k.id, &k.last, &k.days, &k.vector, &k.lastDay)
	if err != nil {
		return err
	}
	if found && k.last == p.at.Position {
		p.doubled++
		return nil
	}
	p.moves.Items++
	vector, err := p.vector(ctx, c.Outcomes)
	if err != nil {
		return err
	}
	if !found {
		if k.id, err = p.newItem(ctx, c, vector); err != nil {
			return err
		}
	} else if _, err := p.q.exec(ctx, `UPDATE changes SET days = $1 WHERE item = $2 AND days = 0`, k.days, k.id); err != nil {
		return err
	}
	dossier, err := p.dossier(ctx, k.id, c)
	if err != nil {
		return err
	}
	if err := p.setItem(ctx, k, c, vector, dossier); err != nil {
		return err
	}
	if _, err := p.q.exec(ctx, `INSERT INTO changes (item, position, day, vector, dossier, days) VALUES ($1, $2, $3, $4, $5, 0)`,
		k.id, p.at.Position, p.at.Day.String(), vector, dossier); err != nil {
		return err
	}
	if k.vector == vector {
		return nil
	}
	return p.lives(ctx, k.id, c)
}

func (p *publishing) newItem(ctx context.Context, c change, vector int64) (id int64, err error) {
	_, err = p.q.row(ctx, `INSERT INTO items (level, key, subject, service, name, label, kind, owner, tags, seq, first, last, days, last_day, digest, vector, dossier)
		VALUES ($1, $2, $3, $4, $5, '', '', '', '[]', $6, $7, $8, 1, $9, $10, $11, 0) RETURNING id`,
		[]any{c.Item.Level, c.Item.Key, c.Item.Subject, c.Item.Service, c.Item.Name, c.seq, p.at.Position, p.at.Position, p.at.Day.String(), c.digest, vector}, &id)
	return id, err
}

func (p *publishing) setItem(ctx context.Context, k known, c change, vector, dossier int64) error {
	tags, err := json.Marshal(c.Item.Tags)
	if err != nil {
		return err
	}
	_, err = p.q.exec(ctx, `UPDATE items SET label = $1, kind = $2, owner = $3, tags = $4, seq = $5, last = $6, days = 1, last_day = $7,
		digest = $8, vector = $9, dossier = $10, subject = $11, service = $12 WHERE id = $13`,
		c.Item.Label, c.Item.Kind, c.Item.Owner, string(tags), c.seq, p.at.Position, p.at.Day.String(),
		c.digest, vector, dossier, c.Item.Subject, c.Item.Service, k.id)
	return err
}

// vector is the id of an outcome vector; each text is kept once.
func (p *publishing) vector(ctx context.Context, text string) (id int64, err error) {
	if id, ok := p.vectors[text]; ok {
		return id, nil
	}
	sum := sha256.Sum256([]byte(text))
	hash := sum[:16]
	found, err := p.q.row(ctx, `SELECT id FROM vectors WHERE hash = $1`, []any{hash}, &id)
	if err == nil && !found {
		_, err = p.q.row(ctx, `INSERT INTO vectors (hash, text) VALUES ($1, $2) RETURNING id`, []any{hash, text}, &id)
	}
	p.vectors[text] = id
	return id, err
}

// dossier is the id of what was judged, 0 where nothing is kept. A state that
// an item comes back to is not kept twice.
func (p *publishing) dossier(ctx context.Context, item int64, c change) (id int64, err error) {
	if c.body == nil {
		return 0, nil
	}
	deficient := 0
	if parseOutcomes(c.Outcomes).has(checks.Deficient) {
		deficient = 1
	}
	_, err = p.q.row(ctx, `INSERT INTO dossiers (item, digest, day, taken_at, deficient, stripped, body) VALUES ($1, $2, $3, $4, $5, 0, $6)
		ON CONFLICT (item, digest) DO UPDATE SET day = excluded.day, taken_at = excluded.taken_at, stripped = 0, body = excluded.body RETURNING id`,
		[]any{item, c.digest, p.at.Day.String(), millis(p.started), deficient, c.body}, &id)
	return id, err
}
