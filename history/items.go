package history

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
)

// itemColumns are the columns of an item in the order of itemRow.into. That it
// left the inventory shows in a newer run of the whole inventory that it was seen in last.
const itemColumns = `i.id, i.level, i.key, i.subject, i.service, i.name, i.label, i.kind, i.owner, i.tags, i.seq, i.first, i.last,
	CASE WHEN i.last < (SELECT MAX(n.position) FROM runs AS n WHERE n.part = 0 AND n.family = (SELECT r.family FROM runs AS r WHERE r.position = i.last))
		THEN 1 ELSE 0 END`

// itemRow is an item as the tables hold it.
type itemRow struct {
	item Item
	tags string
	left int
}

func (r *itemRow) into() []any {
	i := &r.item
	return []any{&i.ID, &i.Level, &i.Key, &i.Subject, &i.Service, &i.Name, &i.Label, &i.Kind, &i.Owner, &r.tags, &i.Seq, &i.First, &i.Last, &r.left}
}

// read settles what was scanned.
func (r *itemRow) read() (Item, error) {
	r.item.Left = r.left == 1
	if err := json.Unmarshal([]byte(r.tags), &r.item.Tags); err != nil {
		return r.item, fmt.Errorf("read the tags of %q: %w", r.item.Key, err)
	}
	return r.item, nil
}

func (s *store) Items(ctx context.Context, name string) ([]Item, error) {
	var items []Item
	err := each(ctx, s.reader, `SELECT `+itemColumns+` FROM items AS i WHERE i.name = $1 OR i.key = $2 OR i.service = $3 OR i.subject = $4
		ORDER BY i.seq, i.id`, []any{name, name, name, name}, func(scan func(...any) error) error {
		var r itemRow
		if err := scan(r.into()...); err != nil {
			return err
		}
		i, err := r.read()
		items = append(items, i)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find items named %q: %w", name, err)
	}
	return items, nil
}

func (s *store) Subjects(ctx context.Context, text string) ([]string, error) {
	var subjects []string
	err := each(ctx, s.reader, `SELECT subject FROM items WHERE subject = $1 UNION SELECT subject FROM items WHERE service = $2
		UNION SELECT subject FROM items WHERE name = $3 UNION SELECT subject FROM items WHERE level = $4 AND key = $5
		UNION SELECT subject FROM items WHERE level = $6 AND label = $7 ORDER BY subject`,
		[]any{text, text, text, checks.LevelItem, text, checks.LevelSubject, text}, func(scan func(...any) error) error {
			var subject string
			err := scan(&subject)
			subjects = append(subjects, subject)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("find the subjects that %q means: %w", text, err)
	}
	return subjects, nil
}

func (s *store) Changes(ctx context.Context, item int64) ([]Change, error) {
	var changes []Change
	query := `SELECT r.id, c.position, c.day, v.text, CASE WHEN c.days = 0 THEN i.days ELSE c.days END FROM changes AS c
		JOIN items AS i ON i.id = c.item JOIN runs AS r ON r.position = c.position JOIN vectors AS v ON v.id = c.vector
		WHERE c.item = $1 ORDER BY c.position DESC`
	err := each(ctx, s.reader, query, []any{item}, func(scan func(...any) error) error {
		var c Change
		var since, text string
		if err := scan(&c.Run, &c.Position, &since, &text, &c.Nights); err != nil {
			return err
		}
		var err error
		c.Day, err = day(since)
		c.Outcomes = parseOutcomes(text)
		changes = append(changes, c)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the changes of an item: %w", err)
	}
	return changes, nil
}

// vectorAt is a query for the vector of an item at a position, to be told twice.
const vectorAt = `COALESCE((SELECT v.text FROM changes AS c JOIN vectors AS v ON v.id = c.vector
	WHERE c.item = i.id AND c.position <= $%d AND i.last >= $%d ORDER BY c.position DESC LIMIT 1), '')`

func (s *store) Diff(ctx context.Context, a, b Run) iter.Seq2[Difference, error] {
	return func(yield func(Difference, error) bool) {
		for _, r := range []Run{a, b} {
			if r.Position == 0 {
				yield(Difference{}, fmt.Errorf("compare run %d: it is not published", r.ID))
				return
			}
		}
		// What lies before the older run did not change between the two.
		query := `SELECT ` + itemColumns + `, ` + fmt.Sprintf(vectorAt, 1, 2) + `, ` + fmt.Sprintf(vectorAt, 3, 4) + ` FROM items AS i
			WHERE i.last < $5 OR EXISTS (SELECT 1 FROM changes AS c WHERE c.item = i.id AND c.position > $6 AND c.position <= $7)
			ORDER BY i.seq, i.id`
		low, high := min(a.Position, b.Position), max(a.Position, b.Position)
		args := []any{a.Position, a.Position, b.Position, b.Position, high, low, high}
		s.stream(ctx, query, args, func(scan func(...any) error) error {
			var r itemRow
			var before, after string
			if err := scan(append(r.into(), &before, &after)...); err != nil {
				return err
			}
			i, err := r.read()
			if err != nil || before == after {
				return err
			}
			d := Difference{Item: i}
			if before != "" {
				d.A = parseOutcomes(before)
			}
			if after != "" {
				d.B = parseOutcomes(after)
			}
			if !yield(d, nil) {
				return errStop
			}
			return nil
		}, func(err error) {
			yield(Difference{}, fmt.Errorf("compare runs %d and %d: %w", a.ID, b.ID, err))
		})
	}
}

// errStop ends a stream whose reader wants no more.
const errStop Error = "the reader wants no more"

// stream runs a query for an iterator and hands its error over, if any.
func (s *store) stream(ctx context.Context, query string, args []any, row func(scan func(...any) error) error, failed func(error)) {
	if err := each(ctx, s.reader, query, args, row); err != nil && err != errStop {
		failed(err)
	}
}

func (s *store) Dossiers(ctx context.Context, r Run, only ...string) iter.Seq2[Stored, error] {
	return func(yield func(Stored, error) bool) {
		if r.Position == 0 {
			yield(Stored{}, fmt.Errorf("read what run %d judged: it is not published", r.ID))
			return
		}
		// The names of all subjects are small next to what one of them holds.
		subjects, err := s.subjectsAt(ctx, r)
		if err != nil {
			yield(Stored{}, fmt.Errorf("read what run %d judged: %w", r.ID, err))
			return
		}
		for _, subject := range subjects {
			if len(only) > 0 && !slices.Contains(only, subject) {
				continue
			}
			stored, err := s.stored(ctx, r, subject)
			if err != nil {
				yield(Stored{}, fmt.Errorf("read what run %d judged of %q: %w", r.ID, subject, err))
				return
			}
			if stored.Subject != nil && !yield(stored, nil) {
				return
			}
		}
	}
}

// subjectsAt lists the subjects that a run saw, in inventory order. That a run
// saw what is as before is not written down, item by item: it saw what both
// earlier and later runs saw, as far as these were about the same inventory.
func (s *store) subjectsAt(ctx context.Context, r Run) ([]string, error) {
	var subjects []string
	query := `SELECT i.subject FROM items AS i WHERE i.level = 'subject' AND i.first <= $1 AND i.last >= $2
		AND (i.last = $3 OR EXISTS (SELECT 1 FROM changes AS c JOIN runs AS n ON n.position = c.position
			WHERE c.item = i.id AND (n.family = $4 OR n.inventory = $5)))
		ORDER BY i.seq, i.id`
	err := each(ctx, s.reader, query, []any{r.Position, r.Position, r.Position, r.Family, r.Inventory}, func(scan func(...any) error) error {
		var subject string
		err := scan(&subject)
		subjects = append(subjects, subject)
		return err
	})
	return subjects, err
}

// stored is what a run judged of one subject; without a Subject where the
// filing is not kept any more.
func (s *store) stored(ctx context.Context, r Run, subject string) (Stored, error) {
	all := Stored{Looks: map[string]checks.Looks{}, Outcomes: map[checks.Level]map[string]Outcomes{}}
	query := `SELECT i.level, i.key, i.name, v.text, COALESCE(d.body, $1), COALESCE(d.taken_at, 0), COALESCE(d.stripped, 0) FROM items AS i
		JOIN changes AS c ON c.item = i.id AND c.position = (SELECT MAX(m.position) FROM changes AS m WHERE m.item = i.id AND m.position <= $2)
		JOIN vectors AS v ON v.id = c.vector LEFT JOIN dossiers AS d ON d.id = c.dossier
		WHERE i.subject = $3 AND i.last >= $4`
	err := each(ctx, s.reader, query, []any{[]byte{}, r.Position, subject, r.Position}, func(scan func(...any) error) error {
		var level checks.Level
		var key, name, text string
		var body []byte
		var taken, stripped int64
		if err := scan(&level, &key, &name, &text, &body, &taken, &stripped); err != nil {
			return err
		}
		if stripped == 1 {
			all.Stripped = append(all.Stripped, name)
		}
		if all.Outcomes[level] == nil {
			all.Outcomes[level] = map[string]Outcomes{}
		}
		all.Outcomes[level][key] = parseOutcomes(text)
		return s.restore(&all, level, name, body, r.Started.Sub(moment(taken)))
	})
	return all, err
}

// restore puts one kept body where it belongs.
func (s *store) restore(all *Stored, level checks.Level, name string, body []byte, later time.Duration) error {
	switch {
	case len(body) == 0:
		if level == checks.LevelItem {
			all.Missing = append(all.Missing, name)
		}
		return nil
	case level == checks.LevelSubject:
		kept := onFile{Subject: &filing.Subject{}}
		err := s.packer.unpack(body, &kept)
		all.Subject, all.Evidence = kept.Subject, aged(kept.Evidence, later)
		return err
	}
	var looks checks.Looks
	if err := s.packer.unpack(body, &looks); err != nil {
		return err
	}
	for i := range looks {
		shift(&looks[i], later)
	}
	all.Looks[name] = looks
	return nil
}
