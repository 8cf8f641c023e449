package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// sqlitePragmas are set on every connection. With the write-ahead log NORMAL
// loses nothing when the program dies; when the machine does, the newest
// transactions may be missing, and the file is whole all the same.
const sqlitePragmas = "_pragma=busy_timeout(10000)&_pragma=synchronous(NORMAL)"

// openSQLite opens or makes a database file. One connection writes, so that
// nobody ever meets a lock of ours; the others read what was committed.
func (s *store) openSQLite(ctx context.Context, path string) error {
	s.engine, s.where = engineSQLite, path
	fail := func(err error) error { return fmt.Errorf("open history %q: %w", path, err) }
	if err := privateFile(path); err != nil {
		return fail(err)
	}
	var err error
	if s.writer, err = sql.Open("sqlite", dsn(path, sqlitePragmas+"&_pragma=journal_mode(WAL)&_txlock=immediate")); err != nil {
		return fail(err)
	}
	s.writer.SetMaxOpenConns(1)
	if err := s.writer.PingContext(ctx); err != nil {
		s.writer.Close()
		return fail(err)
	}
	if s.reader, err = sql.Open("sqlite", dsn(path, sqlitePragmas+"&_pragma=query_only(1)")); err != nil {
		s.writer.Close()
		return fail(err)
	}
	s.reader.SetMaxOpenConns(8)
	return nil
}

// dsn names a file as a URI, whatever signs are in its path.
func dsn(path, query string) string {
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: query}
	return u.String()
}

// privateFile makes the file where there is none and keeps it from others.
// SQLite gives its log and shared memory the same mode.
func privateFile(path string) error {
	network, err := onNetwork(filepath.Dir(path))
	if err != nil {
		return err
	}
	if network {
		return ErrNetworkFS
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		err = file.Chmod(0o600)
	}
	return errors.Join(err, file.Close())
}

// exists says whether something has that name.
func exists(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
