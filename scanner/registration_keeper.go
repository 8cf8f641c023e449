package scanner

import (
	"context"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

// Keeper keeps what registries said, and when and how often each server was
// asked. Programs that share one keep one pace and one daily cap together.
// All methods are safe for concurrent use.
type Keeper interface {
	// Answer is the newest answer about a registrable name (A-label), with Kept
	// where a later try failed; ok is false where there is none.
	Answer(ctx context.Context, name string) (r observe.Registration, ok bool, err error)
	// Keep keeps an answer in place of the one before.
	Keep(ctx context.Context, r observe.Registration) error
	// Turn counts a question to a server and says when it may be asked: no sooner
	// than the interval after the turn before it, nor in the server's rest.
	Turn(ctx context.Context, server string, ask Asking) (Turn, error)
	// GiveBack takes the count of a question back that was never asked.
	GiveBack(ctx context.Context, server, day string) error
	// Rest notes how a server has refused or failed; the zero Rest: it answers.
	Rest(ctx context.Context, server string, r Rest) error
	// Asked is how many questions a server has had on a day.
	Asked(ctx context.Context, server, day string) (int, error)
}

// Asking is a question that wants a turn.
type Asking struct {
	Day      string        // Beijing's, YYYY-MM-DD, whose questions are counted
	Cap      int           // questions to the server on that day
	Now      time.Time     // of the system's clock, which paces
	Interval time.Duration // between two turns
}

// Turn is when a question may be asked.
type Turn struct {
	Full bool      // the day's cap is reached: there is no turn
	At   time.Time // of the system's clock
	Rest Rest      // of the server, as of now
}

// Rest is how a server refused or failed of late, and how long it is left alone.
type Rest struct {
	Failures int               // in a row
	Until    time.Time         // no question before, by the system's clock
	Last     observe.FaultKind // the newest failure
}

// registryDay is the Beijing day of a moment.
func registryDay(t time.Time) string {
	return t.In(time.FixedZone("", 8*3600)).Format(time.DateOnly)
}

// KeepIn has the scanner keep registrations elsewhere than in files. It is
// called before the first look.
func (s *Scanner) KeepIn(k Keeper) {
	s.registrations.keeper = k
	s.registrations.servers.keeper = k
}
