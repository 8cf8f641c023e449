package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/icpaudit/icpaudit/filing"
)

// asker is what queries run on: a pool or a transaction.
type asker interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// statements runs many statements in one transaction and prepares each only
// once. They are closed with the transaction.
type statements struct {
	tx       *sql.Tx
	prepared map[string]*sql.Stmt
}

func prepare(tx *sql.Tx) *statements {
	return &statements{tx: tx, prepared: map[string]*sql.Stmt{}}
}

func (s *statements) of(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt, ok := s.prepared[query]; ok {
		return stmt, nil
	}
	stmt, err := s.tx.PrepareContext(ctx, query)
	if err == nil {
		s.prepared[query] = stmt
	}
	return stmt, err
}

// exec runs a statement and tells how many rows it concerned.
func (s *statements) exec(ctx context.Context, query string, args ...any) (int64, error) {
	stmt, err := s.of(ctx, query)
	if err != nil {
		return 0, err
	}
	res, err := stmt.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// row reads the one row of a query; found is false where there is none.
func (s *statements) row(ctx context.Context, query string, args []any, into ...any) (found bool, err error) {
	stmt, err := s.of(ctx, query)
	if err != nil {
		return false, err
	}
	err = stmt.QueryRowContext(ctx, args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// within runs a function in a transaction of its own.
func (s *store) within(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	if err := do(tx); err != nil {
		return errors.Join(err, ended(tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// ended drops the error of a rollback after the context has rolled back already.
func ended(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// affected runs a statement and tells how many rows it concerned.
func affected(ctx context.Context, on asker, query string, args ...any) (int64, error) {
	res, err := on.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// each reads all rows of a query, one by one, before anything else may be asked.
func each(ctx context.Context, on asker, query string, args []any, row func(scan func(...any) error) error) error {
	rows, err := on.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// millis is a moment as the tables hold it; the zero time is 0.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func moment(millis int64) time.Time {
	if millis == 0 {
		return time.Time{}
	}
	return time.UnixMilli(millis).UTC()
}

// day reads a day of the tables.
func day(text string) (filing.Day, error) {
	var d filing.Day
	if err := d.UnmarshalText([]byte(text)); err != nil {
		return d, fmt.Errorf("read a day of the database: %w", err)
	}
	return d, nil
}
