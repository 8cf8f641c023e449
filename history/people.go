package history

import (
	"context"
	"fmt"
	"time"

	"github.com/icpaudit/icpaudit/filing"
)

func (s *store) Waive(ctx context.Context, w Waiver) (Waiver, error) {
	err := w.Validate(filing.DayOf(w.Made))
	if err == nil {
		err = s.writer.QueryRowContext(ctx, `INSERT INTO waivers (scene, target, reason, who, until, note, made_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
			string(w.Scene), w.Target, w.Reason, w.Who, w.Until.String(), w.Note, millis(w.Made)).Scan(&w.ID)
	}
	if err != nil {
		return Waiver{}, fmt.Errorf("waive %s of %q: %w", w.Scene, w.Target, err)
	}
	return w, nil
}

func (s *store) EndWaiver(ctx context.Context, id int64, at time.Time) error {
	n, err := affected(ctx, s.writer, `UPDATE waivers SET ended_at = $1 WHERE id = $2 AND ended_at = 0`, millis(at), id)
	if err == nil && n == 0 {
		err = ErrNone
	}
	if err != nil {
		return fmt.Errorf("end waiver %d: %w", id, err)
	}
	return nil
}

// waivers lists the waivers that were not ended, without what they cover.
func (s *store) waivers(ctx context.Context) ([]Waiver, error) {
	var all []Waiver
	err := each(ctx, s.reader, `SELECT id, scene, target, reason, who, until, note, made_at FROM waivers WHERE ended_at = 0 ORDER BY id`, nil,
		func(scan func(...any) error) error {
			var w Waiver
			var until string
			var made int64
			if err := scan(&w.ID, &w.Scene, &w.Target, &w.Reason, &w.Who, &until, &w.Note, &made); err != nil {
				return err
			}
			var err error
			w.Until, err = day(until)
			w.Made = moment(made)
			all = append(all, w)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("list waivers: %w", err)
	}
	return all, nil
}

func (s *store) Waivers(ctx context.Context) ([]Waiver, error) {
	all, err := s.waivers(ctx)
	if err != nil {
		return nil, err
	}
	for n := range all {
		w := &all[n]
		err := s.reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM findings AS f JOIN items AS i ON i.id = f.item
			WHERE f.state = $1 AND f.scene = $2 AND (i.key = $3 OR i.name = $4 OR i.service = $5 OR i.subject = $6)`,
			LifeOpen, string(w.Scene), w.Target, w.Target, w.Target, w.Target).Scan(&w.Covers)
		if err != nil {
			return nil, fmt.Errorf("count what waiver %d covers: %w", w.ID, err)
		}
	}
	return all, nil
}

func (s *store) Assign(ctx context.Context, a Assignment) error {
	err := a.Validate()
	switch {
	case err != nil:
	case a.Owner == "":
		_, err = s.writer.ExecContext(ctx, `DELETE FROM assignments WHERE kind = $1 AND value = $2`, a.Kind, a.Value)
	default:
		_, err = s.writer.ExecContext(ctx, `INSERT INTO assignments (kind, value, owner, who, made_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (kind, value) DO UPDATE SET owner = excluded.owner, who = excluded.who, made_at = excluded.made_at`,
			a.Kind, a.Value, a.Owner, a.Who, millis(a.Made))
	}
	if err != nil {
		return fmt.Errorf("assign %s %q: %w", a.Kind, a.Value, err)
	}
	return nil
}

func (s *store) Assignments(ctx context.Context) ([]Assignment, error) {
	var all []Assignment
	err := each(ctx, s.reader, `SELECT kind, value, owner, who, made_at FROM assignments ORDER BY kind, value`, nil,
		func(scan func(...any) error) error {
			var a Assignment
			var made int64
			err := scan(&a.Kind, &a.Value, &a.Owner, &a.Who, &made)
			a.Made = moment(made)
			all = append(all, a)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("list assignments: %w", err)
	}
	return all, nil
}

func (s *store) AddNote(ctx context.Context, n Note) error {
	err := n.Validate()
	if err == nil {
		_, err = s.writer.ExecContext(ctx, `INSERT INTO notes (target, scene, who, text, made_at) VALUES ($1, $2, $3, $4, $5)`,
			n.Target, string(n.Scene), n.Who, n.Text, millis(n.Made))
	}
	if err != nil {
		return fmt.Errorf("note on %q: %w", n.Target, err)
	}
	return nil
}

func (s *store) Notes(ctx context.Context, target string) ([]Note, error) {
	var all []Note
	err := each(ctx, s.reader, `SELECT id, target, scene, who, text, made_at FROM notes WHERE target = $1 ORDER BY id`, []any{target},
		func(scan func(...any) error) error {
			var n Note
			var made int64
			err := scan(&n.ID, &n.Target, &n.Scene, &n.Who, &n.Text, &made)
			n.Made = moment(made)
			all = append(all, n)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("list the notes on %q: %w", target, err)
	}
	return all, nil
}
