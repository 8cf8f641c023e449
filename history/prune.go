package history

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
)

// openRunDays is how long a run that nobody ended stays open.
const openRunDays = 7

// pruneBatch is how many dossiers are stripped in one transaction.
const pruneBatch = 200

// notNewest says in SQL that no item has this dossier as its newest.
const notNewest = `NOT EXISTS (SELECT 1 FROM items AS i WHERE i.id = d.item AND i.dossier = d.id)`

func (s *store) Prune(ctx context.Context, today filing.Day) (Pruned, error) {
	var p Pruned
	err := s.within(ctx, func(tx *sql.Tx) error {
		// The rows of changes keep the ids: nothing is found there any more.
		gone, err := affected(ctx, tx, `DELETE FROM dossiers AS d WHERE ((d.deficient = 0 AND d.day < $1) OR d.day < $2) AND `+notNewest,
			today.AddDays(-s.options.DossierDays).String(), today.AddDays(-s.options.EvidenceDays).String())
		p.Dossiers = int(gone)
		if err != nil {
			return err
		}
		if _, err = tx.ExecContext(ctx, `DELETE FROM registrations WHERE wanted = 0 AND as_of < $1`, millis(today.AddDays(-s.options.DossierDays).Time())); err != nil {
			return err
		}
		if _, err = tx.ExecContext(ctx, `UPDATE runs SET state = $1, why = $2 WHERE state = $3 AND started_at < $4`,
			RunProvisional, WhyBroke, RunStaged, millis(today.AddDays(-openRunDays).Time())); err != nil {
			return err
		}
		gone, err = affected(ctx, tx, `DELETE FROM stage WHERE run NOT IN (SELECT id FROM runs WHERE state = $1)`, RunStaged)
		p.Stages = int(gone)
		if err != nil {
			return err
		}
		// A letter that was never sent holds rows of findings that long at most.
		gone, err = affected(ctx, tx, `DELETE FROM notifications WHERE made_at < $1`, millis(today.AddDays(-s.options.DossierDays).Time()))
		p.Letters = int(gone)
		return err
	})
	if err != nil {
		return p, fmt.Errorf("prune the history: %w", err)
	}
	for {
		n, err := s.strip(ctx, today.AddDays(-s.options.PageTextDays))
		p.Stripped += n
		if err != nil {
			return p, fmt.Errorf("take old page texts out of the history: %w", err)
		}
		if n == 0 {
			return p, nil
		}
	}
}

// strip takes the page texts out of some dossiers of before a day, unless they
// are evidence or the newest, and says of how many.
func (s *store) strip(ctx context.Context, before filing.Day) (n int, err error) {
	type old struct {
		id   int64
		body []byte
	}
	var batch []old
	err = s.within(ctx, func(tx *sql.Tx) error {
		err := each(ctx, tx, `SELECT d.id, d.body FROM dossiers AS d JOIN items AS o ON o.id = d.item
			WHERE d.stripped = 0 AND d.deficient = 0 AND d.day < $1 AND o.level = $2 AND `+notNewest+` LIMIT $3`,
			[]any{before.String(), checks.LevelItem, pruneBatch}, func(scan func(...any) error) error {
				var o old
				err := scan(&o.id, &o.body)
				batch = append(batch, o)
				return err
			})
		if err != nil {
			return err
		}
		for _, o := range batch {
			var looks checks.Looks
			if err := s.packer.unpack(o.body, &looks); err != nil {
				return err
			}
			body, err := s.packer.pack(strippedLooks(looks))
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `UPDATE dossiers SET stripped = 1, body = $1 WHERE id = $2`, body, o.id); err != nil {
				return err
			}
		}
		return nil
	})
	return len(batch), err
}
