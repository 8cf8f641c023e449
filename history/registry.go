package history

import (
	"context"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

// Registrations is the stream of questions to registries: which names are to be
// asked for, what is known of them, and how it stands with each server. All
// programs on one database keep one pace and one daily count together.
type Registrations interface {
	// KeepRegistration keeps the answer about a registrable name (A-label) unless
	// a newer one is kept, and when it is to be asked for again. That a name is not
	// registered is urgent to be asked a second time when it is said first.
	KeepRegistration(ctx context.Context, r observe.Registration, due time.Time) error
	// Registration is what is known of a name; ErrNone where nothing is.
	Registration(ctx context.Context, name string) (Registration, error)
	// Want has names asked for, in one transaction. One that is known keeps its
	// due time unless the request is urgent.
	Want(ctx context.Context, w Want) error
	// Unwant ends the asking for names that a family of runs wanted before a
	// moment and not since, and says how many there were.
	Unwant(ctx context.Context, family string, before time.Time) (int, error)
	// TakeRegistration names what a server is to be asked for first, and holds it
	// from others until a moment; ErrNone where nothing is due.
	TakeRegistration(ctx context.Context, server string, now, held time.Time) (name string, err error)
	// ReleaseRegistration gives back a name that was taken and not asked for.
	ReleaseRegistration(ctx context.Context, name string) error
	// ReleaseRegistrations gives back all that was taken from a server, by somebody
	// who is gone.
	ReleaseRegistrations(ctx context.Context, server string) error
	// FailRegistration notes how a try failed and when to try again; the answer
	// before stays.
	FailRegistration(ctx context.Context, name string, f observe.Fault, due time.Time) error
	// RegistrationsBefore counts the names that the server is asked for before one.
	RegistrationsBefore(ctx context.Context, r Registration) (int, error)
	// Ending is the set of names whose registration ends before a moment, or has
	// ended, by the newest answer.
	Ending(ctx context.Context, before time.Time) (map[string]bool, error)

	// Registries lists the servers that names were wanted of, by name.
	Registries(ctx context.Context, now time.Time) ([]Registry, error)
	// DueRegistrations counts the names that are due, by server.
	DueRegistrations(ctx context.Context, now time.Time) (map[string]int, error)
	// Turn counts a question to a server and gives its turn out: no sooner than
	// the interval after the turn before, nor in the server's rest.
	Turn(ctx context.Context, server string, t Turn) (Turn, error)
	// GiveBackTurn takes the count of a question back that was never asked.
	GiveBackTurn(ctx context.Context, server, day string) error
	// Rest notes how a server refuses or fails; the zero Rest: it answers.
	Rest(ctx context.Context, server string, r Rest) error
	// Asked is how many questions a server has had on a day.
	Asked(ctx context.Context, server, day string) (int, error)
}

// Urgency says what is asked for first.
type Urgency int

// The urgencies.
const (
	UrgencyNone    Urgency = iota // by its due time
	UrgencyConfirm                // an absence that was said once
	UrgencyDemand                 // a person waits
)

// Want is names that a run wants asked for.
type Want struct {
	Family  string    // of the run
	At      time.Time // when the run began; urgent names are due then
	Urgency Urgency
	Names   []Wanted
}

// Wanted is a registrable name, the server that knows of it, and when it is due
// if nobody has asked for it yet.
type Wanted struct {
	Name, Server string
	Due          time.Time
}

// Registration is what is known of a name.
type Registration struct {
	Name    string
	Server  string                // empty: no run wants it
	Answer  *observe.Registration // the newest one; nil: there is none yet. Kept: how a later try failed
	Due     time.Time             // when it is asked for next, if it is wanted
	Urgency Urgency
	Wanted  bool
	Tries   int            // that failed since the answer
	Failed  *observe.Fault // the newest failure since the answer; nil: none failed
}

// Registry is how it stands with a server.
type Registry struct {
	Server string
	Day    string // that is counted: Beijing's, as 2006-01-02
	Asked  int    // questions on that day
	Rest   Rest
	// Doubted is when it last told so many names in a day to be free, which were
	// not before, that it rather told so to whoever asked; the zero time: never.
	Doubted time.Time
	Due     bool // some name is due and held by nobody
}

// AskedOn is how many questions the server has had on a day so far.
func (r Registry) AskedOn(day string) int {
	if r.Day != day {
		return 0
	}
	return r.Asked
}

// Answers that a name is not registered any more are in doubt where there are
// so many of them in a day, and they are so large a share of the day's answers;
// and then for a while. Meanwhile whatever is told to be free counts as such.
const (
	doubtCount = 30
	doubtShare = 0.5
	doubtTime  = 72 * time.Hour
)

// Doubtful says whether the server is not to be believed that names are free.
func (r Registry) Doubtful(now time.Time) bool {
	return !r.Doubted.IsZero() && now.Sub(r.Doubted) < doubtTime
}

// Turn is a question's turn at a server. Its times are of the system's clock.
type Turn struct {
	Day      string // that is counted
	Cap      int    // questions on that day
	Now      time.Time
	Interval time.Duration // between two turns

	// What is answered:
	Full bool      // the cap is reached: there is no turn
	At   time.Time // when the turn has come
	Rest Rest      // of the server
}

// Rest is how a server refused or failed of late.
type Rest struct {
	Failures int               // in a row
	Until    time.Time         // it is not asked before, by the system's clock
	Last     observe.FaultKind // the newest failure
}

// longestRest bounds what is believed of a rest or a turn to come: one farther
// off was written by a clock that was wrong.
const longestRest = 24 * time.Hour

// Over says whether a server may be asked.
func (r Rest) Over(now time.Time) bool {
	return !r.Until.After(now) || r.Until.After(now.Add(longestRest))
}
