package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

func (s *store) RegistrationsBefore(ctx context.Context, r Registration) (n int, err error) {
	err = s.reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM registrations WHERE server = $1 AND wanted = 1 AND (urgency > $2 OR urgency = $2 AND due_at < $3)`,
		r.Server, r.Urgency, millis(r.Due)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count what %s is asked for before %q: %w", r.Server, r.Name, err)
	}
	return n, nil
}

func (s *store) Ending(ctx context.Context, before time.Time) (map[string]bool, error) {
	names := map[string]bool{}
	err := each(ctx, s.reader, `SELECT domain FROM registrations WHERE expires_at <> 0 AND expires_at < $1`, []any{millis(before)}, func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		names[name] = true
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list registrations that end: %w", err)
	}
	return names, nil
}

func (s *store) Registries(ctx context.Context, now time.Time) ([]Registry, error) {
	var all []Registry
	err := each(ctx, s.reader, `SELECT r.server, r.day, r.asked, r.rest_until, r.failures, r.last, r.doubted_at, CASE WHEN EXISTS (SELECT 1 FROM registrations AS n
		WHERE n.server = r.server AND n.wanted = 1 AND n.urgency IN (0, 1, 2) AND n.due_at <= $1 AND n.held_until <= $1) THEN 1 ELSE 0 END
		FROM registries AS r ORDER BY r.server`, []any{millis(now)}, func(scan func(...any) error) error {
		var r Registry
		var until, doubted, due int64
		err := scan(&r.Server, &r.Day, &r.Asked, &until, &r.Rest.Failures, &r.Rest.Last, &doubted, &due)
		r.Rest.Until, r.Doubted, r.Due = moment(until), moment(doubted), due == 1
		all = append(all, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list registries: %w", err)
	}
	return all, nil
}

func (s *store) DueRegistrations(ctx context.Context, now time.Time) (map[string]int, error) {
	counts := map[string]int{}
	err := each(ctx, s.reader, `SELECT server, COUNT(*) FROM registrations WHERE wanted = 1 AND due_at <= $1 GROUP BY server`, []any{millis(now)}, func(scan func(...any) error) error {
		var server string
		var n int
		err := scan(&server, &n)
		counts[server] = n
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count the registrations that are due: %w", err)
	}
	return counts, nil
}

func (s *store) Turn(ctx context.Context, server string, t Turn) (Turn, error) {
	now, interval := millis(t.Now), t.Interval.Milliseconds()
	var next, until int64
	err := s.writer.QueryRowContext(ctx, `INSERT INTO registries (server, day, asked, next_at) VALUES ($1, $2, 1, CAST($3 AS BIGINT) + CAST($4 AS BIGINT))
		ON CONFLICT (server) DO UPDATE SET asked = CASE WHEN registries.day = excluded.day THEN registries.asked + 1 ELSE 1 END,
		answered = CASE WHEN registries.day = excluded.day THEN registries.answered ELSE 0 END,
		turned = CASE WHEN registries.day = excluded.day THEN registries.turned ELSE 0 END, day = excluded.day,
		next_at = CAST($4 AS BIGINT) + CASE
			WHEN registries.next_at BETWEEN CAST($3 AS BIGINT) AND CAST($5 AS BIGINT) AND registries.next_at >= registries.rest_until THEN registries.next_at
			WHEN registries.rest_until BETWEEN CAST($3 AS BIGINT) AND CAST($5 AS BIGINT) THEN registries.rest_until
			ELSE CAST($3 AS BIGINT) END
		WHERE registries.day <> excluded.day OR registries.asked < $6 RETURNING next_at, rest_until, failures, last`,
		server, t.Day, now, interval, millis(t.Now.Add(longestRest)), t.Cap).Scan(&next, &until, &t.Rest.Failures, &t.Rest.Last)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		t.Full = true
		return t, nil
	case err != nil:
		return t, fmt.Errorf("take a turn at %s: %w", server, err)
	}
	t.At = moment(next - interval)
	if t.Rest.Until = moment(until); t.Rest.Until.After(t.Now.Add(longestRest)) {
		t.Rest.Until = time.Time{}
	}
	return t, nil
}

func (s *store) GiveBackTurn(ctx context.Context, server, day string) error {
	if _, err := s.writer.ExecContext(ctx, `UPDATE registries SET asked = asked - 1 WHERE server = $1 AND day = $2 AND asked > 0`, server, day); err != nil {
		return fmt.Errorf("give a turn at %s back: %w", server, err)
	}
	return nil
}

func (s *store) Rest(ctx context.Context, server string, r Rest) error {
	_, err := s.writer.ExecContext(ctx, `INSERT INTO registries (server, rest_until, failures, last) VALUES ($1, $2, $3, $4)
		ON CONFLICT (server) DO UPDATE SET rest_until = excluded.rest_until, failures = excluded.failures, last = excluded.last`,
		server, millis(r.Until), r.Failures, r.Last)
	if err != nil {
		return fmt.Errorf("note how %s failed: %w", server, err)
	}
	return nil
}

func (s *store) Asked(ctx context.Context, server, day string) (n int, err error) {
	err = s.writer.QueryRowContext(ctx, `SELECT asked FROM registries WHERE server = $1 AND day = $2`, server, day).Scan(&n)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("count the questions to %s: %w", server, err)
	}
	return n, nil
}
