package nightly

import (
	"context"
	"errors"
	"time"

	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/scanner"
)

// Keeper is the scanner's keeper over a history, so that every program on it
// shares answers, pace and daily cap.
type Keeper struct {
	Store   history.Store
	Confirm time.Duration // after which an absence is asked for a second time
}

// Answer is the newest answer about a name.
func (k Keeper) Answer(ctx context.Context, name string) (r observe.Registration, ok bool, err error) {
	kept, err := k.Store.Registration(ctx, name)
	switch {
	case errors.Is(err, history.ErrNone):
		return r, false, nil
	case err != nil || kept.Answer == nil:
		return r, false, err
	}
	return *kept.Answer, true, nil
}

// Keep keeps an answer, and notes when it is to be asked for again.
func (k Keeper) Keep(ctx context.Context, r observe.Registration) error {
	return k.Store.KeepRegistration(ctx, r, scanner.Due(r, k.Confirm))
}

// Turn gives out the next turn at a server.
func (k Keeper) Turn(ctx context.Context, server string, ask scanner.Asking) (scanner.Turn, error) {
	t, err := k.Store.Turn(ctx, server, history.Turn{Day: ask.Day, Cap: ask.Cap, Now: ask.Now, Interval: ask.Interval})
	return scanner.Turn{Full: t.Full, At: t.At, Rest: scanner.Rest(t.Rest)}, err
}

// GiveBack takes the count of a question back.
func (k Keeper) GiveBack(ctx context.Context, server, day string) error {
	return k.Store.GiveBackTurn(ctx, server, day)
}

// Rest notes how a server refuses or fails.
func (k Keeper) Rest(ctx context.Context, server string, r scanner.Rest) error {
	return k.Store.Rest(ctx, server, history.Rest(r))
}

// Asked counts the questions of a day.
func (k Keeper) Asked(ctx context.Context, server, day string) (int, error) {
	return k.Store.Asked(ctx, server, day)
}
