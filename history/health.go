package history

import (
	"context"
	"fmt"
)

func (s *store) Health(ctx context.Context) (Health, error) {
	h := Health{Engine: string(s.engine), Where: s.where}
	fail := func(err error) (Health, error) { return h, fmt.Errorf("inspect history %q: %w", s.where, err) }
	damage, err := s.damage(ctx)
	if h.Damage = damage; err != nil || damage != "" {
		// A damaged file is told of, and nothing more is read from it.
		return h, err
	}
	if h.Schema, h.Wanted, err = s.schema(ctx); err != nil {
		return fail(err)
	}
	size := `SELECT page_count * page_size, freelist_count * page_size FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()`
	if s.engine == enginePostgres {
		size = `SELECT pg_database_size(current_database()), 0`
	}
	if err := s.reader.QueryRowContext(ctx, size).Scan(&h.Bytes, &h.Free); err != nil {
		return fail(err)
	}
	if h.Schema == 0 {
		return h, nil
	}
	for table, n := range map[string]*int64{"runs": &h.Runs, "items": &h.Items, "changes": &h.Changes, "dossiers": &h.Dossiers, "findings": &h.Findings} {
		if err := s.reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM `+table).Scan(n); err != nil {
			return fail(err)
		}
	}
	return h, nil
}

// damage is what SQLite's own check of the file finds; PostgreSQL looks after
// its files itself.
func (s *store) damage(ctx context.Context) (string, error) {
	if s.engine != engineSQLite {
		return "", nil
	}
	var found string
	if err := s.reader.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&found); err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		return err.Error(), nil
	}
	if found == "ok" {
		return "", nil
	}
	return found, nil
}
