package history

import (
	"context"
	"fmt"
	"time"
)

func (s *store) Notify(ctx context.Context, n Notification) error {
	_, err := s.writer.ExecContext(ctx, `INSERT INTO notifications (run, channel, recipient, state, body, detail, made_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (run, channel, recipient) DO NOTHING`,
		n.Run, n.Channel, n.Recipient, n.State, n.Body, n.Detail, millis(n.Made))
	if err != nil {
		return fmt.Errorf("queue a message about run %d: %w", n.Run, err)
	}
	return nil
}

func (s *store) Notifications(ctx context.Context, state NotificationState) ([]Notification, error) {
	var all []Notification
	err := each(ctx, s.reader, `SELECT id, run, channel, recipient, state, body, detail, made_at, told_at FROM notifications
		WHERE state = $1 ORDER BY id`, []any{state}, func(scan func(...any) error) error {
		var n Notification
		var made, told int64
		err := scan(&n.ID, &n.Run, &n.Channel, &n.Recipient, &n.State, &n.Body, &n.Detail, &made, &told)
		n.Made, n.Told = moment(made), moment(told)
		all = append(all, n)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list messages: %w", err)
	}
	return all, nil
}

func (s *store) Told(ctx context.Context, id int64, state NotificationState, detail string, at time.Time) error {
	res, err := s.writer.ExecContext(ctx, `UPDATE notifications SET state = $1, detail = $2, told_at = $3 WHERE id = $4`, state, detail, millis(at), id)
	if err == nil {
		var n int64
		if n, err = res.RowsAffected(); err == nil && n == 0 {
			err = ErrNone
		}
	}
	if err != nil {
		return fmt.Errorf("note what became of message %d: %w", id, err)
	}
	return nil
}
