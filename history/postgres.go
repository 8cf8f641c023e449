package history

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// openPostgres connects to a PostgreSQL database, which has to exist.
func (s *store) openPostgres(ctx context.Context, raw string) error {
	u, err := parseURL(raw)
	if err != nil {
		return fmt.Errorf("open history: %w", err)
	}
	s.engine, s.where = enginePostgres, redacted(u)
	db, err := sql.Open("pgx", raw)
	if err != nil {
		return fmt.Errorf("open history %q: %w", s.where, err)
	}
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(8)
	// A database that moved to another machine is found again after that.
	db.SetConnMaxLifetime(30 * time.Minute)
	if err := db.PingContext(ctx); err != nil {
		db.Close()
		return fmt.Errorf("open history %q: %w", s.where, err)
	}
	s.writer, s.reader = db, db
	return nil
}
