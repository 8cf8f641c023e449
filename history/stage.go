package history

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"

	"github.com/icpaudit/icpaudit/checks"
)

// staged is an item on the stage that is not as before.
type staged struct {
	Item     Item             `json:"item"`
	Outcomes string           `json:"outcomes"`
	Findings []checks.Finding `json:"findings"` // only those that are not settled
}

// row is an item of a result before it is staged.
type row struct {
	item     Item
	outcomes Outcomes
	findings []checks.Finding
	facts    any // that count for the digest
	body     any // that are kept; nil: nothing
}

// rowsOf lists the subject, its services and its items, in filed order, with
// what was found about each.
func rowsOf(r Result) ([]row, error) {
	facts, err := filingFacts(r.Subject)
	if err != nil {
		return nil, err
	}
	base := Item{Subject: r.Subject.ID(), Owner: r.Subject.Owner, Tags: r.Subject.Tags, Seq: r.Seq}
	subject := base
	subject.Level, subject.Key, subject.Label = checks.LevelSubject, r.Subject.ID(), r.Subject.Name
	rows := []row{{item: subject, facts: facts, body: r.Subject}}
	for _, service := range r.Subject.Services {
		i := base
		i.Service, i.Kind = service.ID(r.Subject), string(service.Kind)
		of := i
		of.Level, of.Key, of.Label = checks.LevelService, i.Service, service.Name
		rows = append(rows, row{item: of})
		i.Level = checks.LevelItem
		for _, d := range service.Domains {
			i.Key, i.Name, i.Label = service.ItemID(r.Subject, d.Name), d.Name, d.Label
			rows = append(rows, lookedAt(i, r.Looks[d.Name]))
		}
		for _, a := range service.Apps {
			i.Key, i.Name, i.Label = service.ItemID(r.Subject, a.ItemName()), a.ItemName(), a.ItemName()
			rows = append(rows, lookedAt(i, r.Looks[a.ItemName()]))
		}
	}
	return withFindings(rows, r)
}

func lookedAt(i Item, looks checks.Looks) row {
	r := row{item: i, facts: factsOf(looks)}
	if len(looks) > 0 {
		r.body = maskedLooks(looks)
	}
	return r
}

// withFindings gives each row its findings and drops the services that have none.
func withFindings(rows []row, r Result) ([]row, error) {
	at := map[checks.Key]int{}
	for n := range rows {
		rows[n].outcomes = Outcomes{}
		at[checks.Key{Level: rows[n].item.Level, Item: rows[n].item.Key}] = n
	}
	for _, f := range r.Findings {
		n, ok := at[checks.Key{Level: f.Level, Item: f.Item}]
		if !ok {
			return nil, fmt.Errorf("place the finding %s of %q: the subject %q has no such item", f.Scene, f.Item, r.Subject.ID())
		}
		rows[n].outcomes[f.Scene] = SightOf(f)
		if !settled(f.Outcome) {
			rows[n].findings = append(rows[n].findings, maskedFinding(f))
		}
	}
	kept := rows[:0]
	for _, one := range rows {
		if one.item.Level != checks.LevelService || len(one.outcomes) > 0 {
			kept = append(kept, one)
		}
	}
	return kept, nil
}

func (s *store) Stage(ctx context.Context, run int64, results []Result) error {
	err := s.within(ctx, func(tx *sql.Tx) error { return s.stage(ctx, tx, run, results) })
	if err != nil {
		return fmt.Errorf("stage run %d: %w", run, err)
	}
	return nil
}

func (s *store) StageTx(ctx context.Context, tx *sql.Tx, run int64, results []Result) error {
	if err := s.stage(ctx, tx, run, results); err != nil {
		return fmt.Errorf("stage run %d: %w", run, err)
	}
	return nil
}

func (s *store) stage(ctx context.Context, tx *sql.Tx, run int64, results []Result) error {
	q := prepare(tx)
	query := `SELECT state FROM runs WHERE id = $1`
	if s.engine == enginePostgres {
		// Nobody ends the run meanwhile. On SQLite only one writes anyway.
		query += ` FOR SHARE`
	}
	var state RunState
	if found, err := q.row(ctx, query, []any{run}, &state); err != nil || !found || state != RunStaged {
		if err == nil {
			err = ErrNotStaged
		}
		return err
	}
	for _, r := range results {
		if _, err := q.exec(ctx, `DELETE FROM stage WHERE run = $1 AND seq = $2`, run, r.Seq); err != nil {
			return err
		}
		rows, err := rowsOf(r)
		if err != nil {
			return err
		}
		for ord, one := range rows {
			if err := s.stageRow(ctx, q, run, ord, one); err != nil {
				return fmt.Errorf("%q: %w", one.item.Key, err)
			}
		}
	}
	return nil
}

// stageRow writes one item; of one that is as before, no more than that it was seen.
func (s *store) stageRow(ctx context.Context, q *statements, run int64, ord int, r row) error {
	digest, err := digestOf(r.item, r.outcomes, r.facts)
	if err != nil {
		return err
	}
	var id int64
	var before []byte
	if _, err := q.row(ctx, `SELECT id, digest FROM items WHERE level = $1 AND key = $2`, []any{r.item.Level, r.item.Key}, &id, &before); err != nil {
		return err
	}
	var facts, body []byte
	if bytes.Equal(digest, before) {
		digest = nil
	} else {
		if facts, err = s.packer.pack(staged{r.item, r.outcomes.String(), r.findings}); err != nil {
			return err
		}
		if r.body != nil {
			if body, err = s.packer.pack(r.body); err != nil {
				return err
			}
		}
	}
	_, err = q.exec(ctx, `INSERT INTO stage (run, seq, ord, item, digest, facts, body) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		run, r.item.Seq, ord, id, digest, facts, body)
	return err
}

func (s *store) Staged(ctx context.Context, run int64) (Staged, error) {
	var n Staged
	err := s.writer.QueryRowContext(ctx, `SELECT COUNT(DISTINCT seq), COUNT(*), COUNT(digest) FROM stage WHERE run = $1`, run).
		Scan(&n.Subjects, &n.Rows, &n.Changed)
	if err != nil {
		return n, fmt.Errorf("count the stage of run %d: %w", run, err)
	}
	return n, nil
}
