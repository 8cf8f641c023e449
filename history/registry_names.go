package history

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

func (s *store) KeepRegistration(ctx context.Context, r observe.Registration, due time.Time) error {
	urgency, free := UrgencyNone, 0
	if r.State == observe.StateAvailable {
		free = 1
		if r.Since.Equal(r.AsOf) {
			urgency = UrgencyConfirm
		}
	}
	r.Kept = nil
	body, err := s.packer.pack(r)
	if err == nil {
		err = s.within(ctx, func(tx *sql.Tx) error {
			if err := countAnswer(ctx, tx, r, free); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, `INSERT INTO registrations (domain, as_of, body, due_at, urgency, free, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
				ON CONFLICT (domain) DO UPDATE SET as_of = excluded.as_of, body = excluded.body, due_at = excluded.due_at, urgency = excluded.urgency,
				free = excluded.free, expires_at = excluded.expires_at, held_until = 0, tries = 0, failed = '' WHERE registrations.as_of <= excluded.as_of`,
				r.Domain, millis(r.AsOf), body, millis(due), urgency, free, millis(ends(r)))
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("keep the registration of %q: %w", r.Domain, err)
	}
	return nil
}

// countAnswer counts an answer of the day, and notes where too many names are
// told to be free at once.
func countAnswer(ctx context.Context, tx *sql.Tx, r observe.Registration, free int) error {
	var turned int
	err := tx.QueryRowContext(ctx, `SELECT CAST($1 AS BIGINT) * CASE WHEN EXISTS (SELECT 1 FROM registries WHERE server = $2 AND doubted_at > $3) THEN 1
		ELSE 1 - COALESCE((SELECT free FROM registrations WHERE domain = $4), 0) END`, free, r.Server, millis(r.AsOf.Add(-doubtTime)), r.Domain).Scan(&turned)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE registries SET answered = answered + 1, turned = turned + $1,
		doubted_at = CASE WHEN turned + $1 >= $2 AND turned + $1 >= CAST($3 AS DOUBLE PRECISION) * (answered + 1) AND $1 > 0 THEN $4 ELSE doubted_at END
		WHERE server = $5 AND day = $6`, turned, doubtCount, doubtShare, millis(r.AsOf), r.Server, filing.DayOf(r.AsOf).String())
	return err
}

// ends is when a registration ends by what registry and registrar say.
func ends(r observe.Registration) time.Time {
	var end time.Time
	for _, d := range []*observe.Date{r.Expires, r.RegistrarExpires} {
		if d != nil && (end.IsZero() || d.Time.Before(end)) {
			end = d.Time
		}
	}
	return end
}

func (s *store) Registration(ctx context.Context, name string) (Registration, error) {
	r := Registration{Name: name}
	var body []byte
	var due, wanted int64
	var failed string
	err := s.reader.QueryRowContext(ctx, `SELECT server, body, due_at, urgency, wanted, tries, failed FROM registrations WHERE domain = $1`, name).
		Scan(&r.Server, &body, &due, &r.Urgency, &wanted, &r.Tries, &failed)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNone
	}
	r.Due, r.Wanted = moment(due), wanted == 1
	if err == nil && failed != "" {
		err = json.Unmarshal([]byte(failed), &r.Failed)
	}
	if err == nil && len(body) > 0 {
		if err = s.packer.unpack(body, &r.Answer); err == nil {
			r.Answer.Kept = r.Failed
		}
	}
	if err != nil {
		return r, fmt.Errorf("read the registration of %q: %w", name, err)
	}
	return r, nil
}

// wantRows is how many names one statement takes in.
const wantRows = 200

func (s *store) Want(ctx context.Context, w Want) error {
	names := slices.Clone(w.Names)
	slices.SortStableFunc(names, func(a, b Wanted) int { return strings.Compare(a.Name, b.Name) }) // one order of locks, and each name once
	names = slices.CompactFunc(names, func(a, b Wanted) bool { return a.Name == b.Name })
	servers := map[string]bool{}
	for _, n := range names {
		servers[n.Server] = true
	}
	err := s.within(ctx, func(tx *sql.Tx) error {
		for server := range servers {
			if _, err := tx.ExecContext(ctx, `INSERT INTO registries (server) VALUES ($1) ON CONFLICT (server) DO NOTHING`, server); err != nil {
				return err
			}
		}
		for chunk := range slices.Chunk(names, wantRows) {
			if err := wantChunk(ctx, tx, w, chunk); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("want registrations: %w", err)
	}
	return nil
}

func wantChunk(ctx context.Context, tx *sql.Tx, w Want, names []Wanted) error {
	var rows []string
	args := []any{w.Family, millis(w.At), w.Urgency}
	for _, n := range names {
		due := n.Due
		if w.Urgency > UrgencyNone {
			due = w.At
		}
		at := len(args)
		rows = append(rows, fmt.Sprintf(`($%d, $%d, $%d, 0, '', 1, $1, $2, $3)`, at+1, at+2, at+3))
		args = append(args, n.Name, n.Server, millis(due))
	}
	again := `wanted = 1, family = excluded.family, server = excluded.server,
		wanted_at = CASE WHEN excluded.wanted_at > registrations.wanted_at THEN excluded.wanted_at ELSE registrations.wanted_at END`
	if w.Urgency > UrgencyNone {
		again += `, urgency = excluded.urgency, due_at = excluded.due_at`
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO registrations (domain, server, due_at, as_of, body, wanted, family, wanted_at, urgency) VALUES `+
		strings.Join(rows, ", ")+` ON CONFLICT (domain) DO UPDATE SET `+again, args...)
	return err
}

func (s *store) Unwant(ctx context.Context, family string, before time.Time) (int, error) {
	n, err := affected(ctx, s.writer, `UPDATE registrations SET wanted = 0 WHERE wanted = 1 AND family = $1 AND wanted_at < $2`, family, millis(before))
	if err != nil {
		return 0, fmt.Errorf("end the asking for what left %q: %w", family, err)
	}
	return int(n), nil
}

func (s *store) TakeRegistration(ctx context.Context, server string, now, held time.Time) (name string, err error) {
	for _, urgency := range []Urgency{UrgencyDemand, UrgencyConfirm, UrgencyNone} {
		err = s.writer.QueryRowContext(ctx, `UPDATE registrations SET held_until = $1 WHERE held_until <= $2 AND domain = (SELECT n.domain FROM registrations AS n
			WHERE n.server = $3 AND n.wanted = 1 AND n.urgency = $4 AND n.due_at <= $2 AND n.held_until <= $2 ORDER BY n.due_at LIMIT 1) RETURNING domain`,
			millis(held), millis(now), server, urgency).Scan(&name)
		if !errors.Is(err, sql.ErrNoRows) {
			break
		}
		err = ErrNone
	}
	if err != nil {
		return "", fmt.Errorf("take what %s is asked for next: %w", server, err)
	}
	return name, nil
}

func (s *store) ReleaseRegistration(ctx context.Context, name string) error {
	if _, err := s.writer.ExecContext(ctx, `UPDATE registrations SET held_until = 0 WHERE domain = $1`, name); err != nil {
		return fmt.Errorf("give %q back: %w", name, err)
	}
	return nil
}

func (s *store) ReleaseRegistrations(ctx context.Context, server string) error {
	if _, err := s.writer.ExecContext(ctx, `UPDATE registrations SET held_until = 0 WHERE server = $1 AND held_until > 0`, server); err != nil {
		return fmt.Errorf("give back what %s was to be asked for: %w", server, err)
	}
	return nil
}

func (s *store) FailRegistration(ctx context.Context, name string, f observe.Fault, due time.Time) error {
	failed, err := json.Marshal(f)
	if err == nil {
		_, err = s.writer.ExecContext(ctx, `UPDATE registrations SET held_until = 0, urgency = $1, due_at = $2, tries = tries + 1, failed = $3 WHERE domain = $4`,
			UrgencyNone, millis(due), string(failed), name)
	}
	if err != nil {
		return fmt.Errorf("note how the question for %q failed: %w", name, err)
	}
	return nil
}
