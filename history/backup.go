package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
)

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
	if o.URL != "" {
		return "", errors.New("restore history: this is for SQLite files: PostgreSQL is restored with its own pg_restore")
	}
	kept, err = restored(ctx, backup, o.Path)
	if err != nil {
		return "", fmt.Errorf("restore history %q from %q: %w", o.Path, backup, err)
	}
	return kept, nil
}

func restored(ctx context.Context, backup, path string) (kept string, err error) {
	if there, err := exists(backup); err != nil || !there {
		return "", errors.Join(err, missing(there))
	}
	next := path + ".restoring"
	defer func() {
		if err != nil {
			err = errors.Join(err, dropped(next))
		}
	}()
	if err := dropped(next); err != nil { // of a restore that was broken off
		return "", err
	}
	if err := copyChecked(ctx, backup, next); err != nil {
		return "", err
	}
	there, err := exists(path)
	if err != nil {
		return "", err
	}
	if there {
		kept = path + ".before-restore"
		if err := setAside(ctx, path, kept); err != nil {
			return "", err
		}
	}
	return kept, os.Rename(next, path)
}

// setAside gives a database another name that must be free.
func setAside(ctx context.Context, path, kept string) error {
	taken, err := exists(kept)
	if err != nil {
		return err
	}
	if taken {
		return fmt.Errorf("%q is there already; move it away", kept)
	}
	if err := settle(ctx, path); err != nil {
		return err
	}
	return os.Rename(path, kept)
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
