package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
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

func (s *store) Backup(ctx context.Context, path string) error {
	fail := func(err error) error { return fmt.Errorf("back history %q up to %q: %w", s.where, path, err) }
	if s.engine != engineSQLite {
		return fail(errors.New("this is for SQLite files: PostgreSQL is backed up with its own pg_dump"))
	}
	// The file is made here, so that nobody else can ever read it.
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fail(err)
	}
	if err := file.Close(); err != nil {
		return fail(err)
	}
	// A connection of its own: the writer goes on writing, and the readers' only read.
	db, err := sql.Open("sqlite", dsn(s.where, sqlitePragmas))
	if err != nil {
		return fail(err)
	}
	_, err = db.ExecContext(ctx, `VACUUM INTO $1`, path)
	if err = errors.Join(err, db.Close()); err != nil {
		return fail(errors.Join(err, os.Remove(path)))
	}
	return nil
}

// Restore puts a backup in the place of a SQLite history, after checking it.
// A history that is there already is kept beside it under the name that Restore
// answers, empty where there was none. No program may have it open.
func Restore(ctx context.Context, backup string, o Options) (kept string, err error) {
	fail := func(err error) (string, error) {
		return "", fmt.Errorf("restore history %q from %q: %w", o.Path, backup, err)
	}
	if o.URL != "" {
		return fail(errors.New("this is for SQLite files: PostgreSQL is restored with its own pg_restore"))
	}
	if there, err := exists(backup); err != nil || !there {
		return fail(errors.Join(err, missing(there)))
	}
	next := o.Path + ".restoring"
	if err := copyChecked(ctx, backup, next); err != nil {
		return fail(errors.Join(err, dropped(next)))
	}
	there, err := exists(o.Path)
	if err != nil {
		return fail(err)
	}
	if there {
		kept = o.Path + ".before-restore"
		if taken, err := exists(kept); err != nil || taken {
			return fail(errors.Join(err, fmt.Errorf("%q is there already; move it away", kept)))
		}
		if err := settle(ctx, o.Path); err != nil {
			return fail(err)
		}
		if err := os.Rename(o.Path, kept); err != nil {
			return fail(err)
		}
	}
	if err := os.Rename(next, o.Path); err != nil {
		return fail(err)
	}
	return kept, nil
}

// copyChecked copies a database through SQLite itself, which reads every page,
// and checks the copy.
func copyChecked(ctx context.Context, from, to string) error {
	source := &store{}
	if err := source.openSQLite(ctx, from); err != nil {
		return err
	}
	defer source.closePools()
	damage, err := source.damage(ctx)
	if err != nil {
		return err
	}
	if damage != "" {
		return fmt.Errorf("the backup is damaged: %s", damage)
	}
	have, want, err := source.schema(ctx)
	switch {
	case err != nil:
		return err
	case have == 0:
		return errors.New("this is no history")
	case have > want:
		return ErrNewer
	}
	return source.Backup(ctx, to)
}

// settle takes the log of a database into its file, so that the file alone is
// the database, and fails where anybody else has it open.
func settle(ctx context.Context, path string) error {
	s := &store{}
	if err := s.openSQLite(ctx, path); err != nil {
		return err
	}
	_, err := s.writer.ExecContext(ctx, `PRAGMA journal_mode = DELETE`)
	return errors.Join(err, s.closePools())
}

func missing(there bool) error {
	if there {
		return nil
	}
	return ErrNone
}

// dropped removes a file if it is there.
func dropped(path string) error {
	if there, err := exists(path); err != nil || !there {
		return err
	}
	return os.Remove(path)
}
