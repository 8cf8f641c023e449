package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/icpaudit/icpaudit/observe"
)

func (s *store) KeepRegistration(ctx context.Context, domain string, r observe.Registration) error {
	body, err := s.packer.pack(r)
	if err == nil {
		_, err = s.writer.ExecContext(ctx, `INSERT INTO registrations (domain, as_of, body) VALUES ($1, $2, $3)
			ON CONFLICT (domain) DO UPDATE SET as_of = excluded.as_of, body = excluded.body WHERE registrations.as_of <= excluded.as_of`,
			domain, millis(r.AsOf), body)
	}
	if err != nil {
		return fmt.Errorf("keep the registration of %q: %w", domain, err)
	}
	return nil
}

func (s *store) Registration(ctx context.Context, domain string) (observe.Registration, error) {
	var r observe.Registration
	var body []byte
	err := s.reader.QueryRowContext(ctx, `SELECT body FROM registrations WHERE domain = $1`, domain).Scan(&body)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		err = ErrNone
	case err == nil:
		err = s.packer.unpack(body, &r)
	}
	if err != nil {
		return r, fmt.Errorf("read the registration of %q: %w", domain, err)
	}
	return r, nil
}
