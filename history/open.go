package history

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations
var migrations embed.FS

// store is the one layer of queries.
type store struct {
	engine  engine
	where   string
	writer  *sql.DB
	reader  *sql.DB
	packer  *packer
	options Options
}

// engine is which database it is.
type engine string

const (
	engineSQLite   engine = "sqlite"
	enginePostgres engine = "postgres"
)

// Open opens the history that the options name, and makes it where there is
// none yet: an empty database gets its tables. ErrOld and ErrNewer where the
// tables are not those of this program, ErrNetworkFS where the file is to lie
// on a network file system.
func Open(ctx context.Context, o Options) (Store, error) {
	var s *store
	err := alone(ctx, o, func() (err error) {
		if s, err = connect(ctx, o); err != nil {
			return err
		}
		if err := s.ready(ctx); err != nil {
			s.Close()
			return fmt.Errorf("open history %q: %w", s.where, err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Migrate brings the tables up to this program's schema, each step in a
// transaction of its own, and says from which schema to which.
func Migrate(ctx context.Context, o Options) (from, to int64, err error) {
	err = alone(ctx, o, func() error {
		s, err := connect(ctx, o)
		if err != nil {
			return err
		}
		defer s.Close()
		if from, to, err = s.migrate(ctx); err != nil {
			return fmt.Errorf("migrate history %q: %w", s.where, err)
		}
		return nil
	})
	return from, to, err
}

// Inspect tells the health of a history whatever its schema.
func Inspect(ctx context.Context, o Options) (Health, error) {
	s, err := connect(ctx, o)
	if err != nil {
		return Health{}, err
	}
	defer s.Close()
	return s.Health(ctx)
}

func connect(ctx context.Context, o Options) (*store, error) {
	p, err := newPacker()
	if err != nil {
		return nil, err
	}
	s := &store{packer: p, options: o}
	if o.URL != "" {
		err = s.openPostgres(ctx, o.URL)
	} else {
		err = s.openSQLite(ctx, o.Path)
	}
	return s, err
}

// parseURL reads the address of a PostgreSQL database.
func parseURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		// The error of url.Parse quotes the address, and with it the password.
		return nil, fmt.Errorf("this is no address such as postgres://user@host/name")
	}
	if u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return nil, fmt.Errorf("an address begins with postgres://, not with %s://", u.Scheme)
	}
	return u, nil
}

// ready makes the tables of an empty database and refuses others than ours.
func (s *store) ready(ctx context.Context) error {
	have, want, err := s.schema(ctx)
	switch {
	case err != nil:
		return err
	case have == 0:
		_, _, err = s.migrate(ctx)
		return err
	case have < want:
		return ErrOld
	case have > want:
		return ErrNewer
	}
	return nil
}

// provider is goose over the migrations of the engine.
func (s *store) provider() (*goose.Provider, error) {
	dir, err := fs.Sub(migrations, "migrations/"+string(s.engine))
	if err != nil {
		return nil, err
	}
	if s.engine == engineSQLite {
		return goose.NewProvider(goose.DialectSQLite3, s.writer, dir)
	}
	// Programs that start at the same time make the tables once: the others ask
	// every second, for ten minutes at most.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 600), lock.WithUnlockTimeout(1, 10))
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, s.writer, dir, goose.WithSessionLocker(locker))
}

// schema is the version of the tables that are there, and of those wanted.
func (s *store) schema(ctx context.Context) (have, want int64, err error) {
	p, err := s.provider()
	if err != nil {
		return 0, 0, err
	}
	sources := p.ListSources()
	want = sources[len(sources)-1].Version
	have, err = p.GetDBVersion(ctx)
	if err != nil {
		return 0, want, fmt.Errorf("read the schema's version: %w", err)
	}
	return have, want, nil
}

func (s *store) migrate(ctx context.Context) (from, to int64, err error) {
	p, err := s.provider()
	if err != nil {
		return 0, 0, err
	}
	from, want, err := s.schema(ctx)
	if err != nil {
		return 0, 0, err
	}
	if from > want {
		return from, from, ErrNewer
	}
	if _, err := p.Up(ctx); err != nil {
		return from, from, fmt.Errorf("make the tables: %w", err)
	}
	to, _, err = s.schema(ctx)
	return from, to, err
}

// Writer is the pool that writes.
func (s *store) Writer() *sql.DB { return s.writer }

// Close closes both pools.
func (s *store) Close() error {
	s.packer.dec.Close()
	return s.closePools()
}

func (s *store) closePools() error {
	if s.reader == s.writer {
		return s.writer.Close()
	}
	return errors.Join(s.reader.Close(), s.writer.Close())
}

// redacted is an address without its password.
func redacted(u *url.URL) string { return strings.TrimSuffix(u.Redacted(), "/") }

// lockPause is how often a program asks whether the other one is ready.
const lockPause = 50 * time.Millisecond

// alone lets one program at a time open a SQLite file: two that start at once
// would both make the tables, or one find them half made. Where the lock can't
// be had for want of rights, nothing can be made either.
func alone(ctx context.Context, o Options, do func() error) error {
	if o.URL != "" {
		return do()
	}
	lock := flock.New(o.Path+".lock", flock.SetPermissions(0o600))
	if held, err := lock.TryLockContext(ctx, lockPause); err == nil && held {
		defer lock.Unlock()
	}
	return do()
}
