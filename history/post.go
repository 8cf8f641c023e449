package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Post is how letters about published runs wait until they are sent. The methods
// that take a transaction of the caller's are like StageTx.
type Post interface {
	// Pack makes the body of a letter: JSON, compressed.
	Pack(letter any) ([]byte, error)
	// Unpack reads what Pack made.
	Unpack(body []byte, letter any) error
	// NotifyTx keeps a letter and gives it its id. ErrTwice where the run has one
	// with the same Message already.
	NotifyTx(ctx context.Context, tx *sql.Tx, n Notification) (Notification, error)
	// Notification is one letter with its body, ErrNone where there is none.
	Notification(ctx context.Context, id int64) (Notification, error)
	// Notifications lists the newest letters first, without their bodies, all where
	// limit is 0; of one run where run is not 0, in one state where that is not empty.
	Notifications(ctx context.Context, run int64, state NotificationState, limit int) ([]Notification, error)
	// CountNotifications counts the letters by state.
	CountNotifications(ctx context.Context) (map[NotificationState]int, error)
	// Take gives a letter that is pending to a worker, which then alone may send
	// it: false where it is not pending any more, or where another one has it that
	// was alive after a moment (see Beat).
	Take(ctx context.Context, id int64, worker string, alive time.Time) (bool, error)
	// GiveBack ends what Take began, the letter not being sent; tries are the
	// failures that pass, so far, and next is when it is tried again. Nothing
	// happens where the worker does not have it any more.
	GiveBack(ctx context.Context, id int64, worker string, tries int, detail string, next time.Time) error
	// ToldTx ends a letter that is pending: sent, which empties its body, or
	// failed. ErrDone where it is not pending any more.
	ToldTx(ctx context.Context, tx *sql.Tx, id int64, state NotificationState, detail string, at time.Time) error
	// DecideTx moves the letters of a run that are held or failed to pending, or
	// those and what is pending to dropped, which empties their bodies; what a worker
	// has just taken stays. It answers their ids; detail is put before what each says
	// already.
	DecideTx(ctx context.Context, tx *sql.Tx, run int64, state NotificationState, detail string, at time.Time) ([]int64, error)
}

// NotificationState is how far a letter came.
type NotificationState string

// The states of a letter.
const (
	NotificationPending NotificationState = "pending"
	NotificationHeld    NotificationState = "held" // until a person lets it go
	NotificationSent    NotificationState = "sent"
	NotificationFailed  NotificationState = "failed"
	NotificationDropped NotificationState = "dropped" // a person ended it
)

// NotificationStates lists the states.
func NotificationStates() []NotificationState {
	return []NotificationState{NotificationPending, NotificationHeld, NotificationFailed, NotificationSent, NotificationDropped}
}

// Notification is a letter about a run.
type Notification struct {
	ID        int64             `json:"id"`
	Run       int64             `json:"run"`
	Channel   string            `json:"channel"`
	Recipient string            `json:"recipient"` // mail address, or name of a chat
	Team      string            `json:"team"`      // those whose findings it tells
	Message   string            `json:"message_id"`
	State     NotificationState `json:"state"`
	Body      []byte            `json:"-"`      // as Pack made it; none once it is sent or dropped
	Detail    string            `json:"detail"` // what happened last
	Tries     int               `json:"tries"`  // that failed for a while
	Next      time.Time         `json:"next,omitzero"`
	Made      time.Time         `json:"made"`
	Told      time.Time         `json:"told,omitzero"` // of the last change of state
}

func (s *store) Pack(letter any) ([]byte, error) { return s.packer.pack(letter) }

func (s *store) Unpack(body []byte, letter any) error { return s.packer.unpack(body, letter) }

func (s *store) NotifyTx(ctx context.Context, tx *sql.Tx, n Notification) (Notification, error) {
	err := tx.QueryRowContext(ctx, `INSERT INTO notifications (run, channel, recipient, team, message, state, body, detail, made_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (run, message) DO NOTHING RETURNING id`,
		n.Run, n.Channel, n.Recipient, n.Team, n.Message, n.State, n.Body, n.Detail, millis(n.Made)).Scan(&n.ID)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrTwice
	}
	if err != nil {
		return n, fmt.Errorf("keep a letter about run %d: %w", n.Run, err)
	}
	return n, nil
}

const notificationColumns = `id, run, channel, recipient, team, message, state, detail, tries, next_at, made_at, told_at`

func scanNotification(scan func(...any) error, more ...any) (Notification, error) {
	var n Notification
	var next, made, told int64
	err := scan(append([]any{&n.ID, &n.Run, &n.Channel, &n.Recipient, &n.Team, &n.Message, &n.State, &n.Detail, &n.Tries, &next, &made, &told}, more...)...)
	n.Next, n.Made, n.Told = moment(next), moment(made), moment(told)
	return n, err
}

// Notification asks the writer: what depends on it must not be late.
func (s *store) Notification(ctx context.Context, id int64) (Notification, error) {
	var body []byte
	n, err := scanNotification(s.writer.QueryRowContext(ctx, `SELECT `+notificationColumns+`, body FROM notifications WHERE id = $1`, id).Scan, &body)
	n.Body = body
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNone
	}
	if err != nil {
		return n, fmt.Errorf("read letter %d: %w", id, err)
	}
	return n, nil
}

func (s *store) Notifications(ctx context.Context, run int64, state NotificationState, limit int) ([]Notification, error) {
	query := `SELECT ` + notificationColumns + ` FROM notifications WHERE (run = $1 OR $2 = 0) AND (state = $3 OR $4 = '') ORDER BY id DESC`
	args := []any{run, run, state, state}
	if limit > 0 {
		query += ` LIMIT $5`
		args = append(args, limit)
	}
	var all []Notification
	err := each(ctx, s.reader, query, args, func(scan func(...any) error) error {
		n, err := scanNotification(scan)
		all = append(all, n)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list letters: %w", err)
	}
	return all, nil
}

func (s *store) CountNotifications(ctx context.Context) (map[NotificationState]int, error) {
	counts := map[NotificationState]int{}
	err := each(ctx, s.reader, `SELECT state, COUNT(*) FROM notifications GROUP BY state`, nil, func(scan func(...any) error) error {
		var state NotificationState
		var n int
		err := scan(&state, &n)
		counts[state] = n
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count letters: %w", err)
	}
	return counts, nil
}

func (s *store) Take(ctx context.Context, id int64, worker string, alive time.Time) (bool, error) {
	n, err := affected(ctx, s.writer, `UPDATE notifications SET holder = $1 WHERE id = $2 AND state = $3
		AND (holder IN ('', $4) OR holder NOT IN (SELECT id FROM workers WHERE beat_at > $5))`,
		worker, id, NotificationPending, worker, millis(alive))
	if err != nil {
		return false, fmt.Errorf("take letter %d: %w", id, err)
	}
	return n == 1, nil
}

func (s *store) GiveBack(ctx context.Context, id int64, worker string, tries int, detail string, next time.Time) error {
	_, err := s.writer.ExecContext(ctx, `UPDATE notifications SET holder = '', tries = $1, detail = $2, next_at = $3 WHERE id = $4 AND state = $5 AND holder = $6`,
		tries, detail, millis(next), id, NotificationPending, worker)
	if err != nil {
		return fmt.Errorf("give letter %d back: %w", id, err)
	}
	return nil
}

func (s *store) ToldTx(ctx context.Context, tx *sql.Tx, id int64, state NotificationState, detail string, at time.Time) error {
	set := `state = $1, detail = $2, told_at = $3, holder = '', next_at = 0`
	if state == NotificationSent {
		set += `, body = NULL`
	}
	n, err := affected(ctx, tx, `UPDATE notifications SET `+set+` WHERE id = $4 AND state = $5`, state, detail, millis(at), id, NotificationPending)
	if err == nil && n == 0 {
		err = ErrDone
	}
	if err != nil {
		return fmt.Errorf("note what became of letter %d: %w", id, err)
	}
	return nil
}

func (s *store) DecideTx(ctx context.Context, tx *sql.Tx, run int64, state NotificationState, detail string, at time.Time) ([]int64, error) {
	set, also := `state = $1, detail = $2 || detail, told_at = $3, tries = 0, next_at = 0`, NotificationFailed
	if state == NotificationDropped {
		set += `, body = NULL`
		also = NotificationPending
	}
	var ids []int64
	err := each(ctx, tx, `UPDATE notifications SET `+set+` WHERE run = $4 AND state IN ($5, $6, $7) AND holder = '' RETURNING id`,
		[]any{state, detail, millis(at), run, NotificationHeld, NotificationFailed, also}, func(scan func(...any) error) error {
			var id int64
			err := scan(&id)
			ids = append(ids, id)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("decide on the letters of run %d: %w", run, err)
	}
	slices.Sort(ids)
	return ids, nil
}
