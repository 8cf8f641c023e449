package history

import (
	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
)

// LifeState is where in its life a finding stands in the store. What readers
// are shown is Status.
type LifeState string

// The states of a life.
const (
	LifeNone     LifeState = ""         // nothing to remember
	LifeSeen     LifeState = "seen"     // suspected, unverifiable or error, and never deficient
	LifeOpen     LifeState = "open"     // deficient, and not seen mended since
	LifeResolved LifeState = "resolved" // was deficient, and was seen mended
)

// Life is the life of one finding: of one scene of one item. It begins with the
// first deficiency.
type Life struct {
	State       LifeState
	Sight                  // of the newest run in which the item was not as before
	First       int64      // position of the first deficiency
	Begun       int64      // position of the present life: the first deficiency, or the one after a mending
	BegunDay    filing.Day // of that run
	Changed     int64      // position of the last change of state, outcome, reason or why
	Resolved    int64      // position of the last mending
	Due         filing.Day // by which it has to be put right; zero where it was never deficient
	Regressions int        // how often it came back after a mending
}

// Moment is a published run in the course of time.
type Moment struct {
	Position int64
	Day      filing.Day // Beijing's, of the run's start
}

// Move is what a run does to a life.
type Move string

// The moves.
const (
	MoveNone      Move = ""
	MoveNew       Move = "new"
	MoveResolved  Move = "resolved"
	MoveRegressed Move = "regressed"
	MoveUnseen    Move = "unseen"  // deficient before; this time nobody could tell
	MoveChanged   Move = "changed" // anything else that readers may want to know
)

// Next is the life after a further sight. Only pass and not_applicable mend, and
// they do at once: whoever can't see any more has not seen it mended. What
// deficient itself needs, two looks or one, the checks have settled before.
func (l Life) Next(s Sight, at Moment, due func(begun filing.Day) filing.Day) (Life, Move) {
	next := l
	next.Sight = s
	move := MoveNone
	if l.Sight != s {
		move = MoveChanged
	}
	switch {
	case s.Outcome == checks.Deficient && l.State != LifeOpen:
		next.State, next.Begun, next.BegunDay, next.Due = LifeOpen, at.Position, at.Day, due(at.Day)
		move = MoveRegressed
		if l.State != LifeResolved {
			next.First, move = at.Position, MoveNew
		} else {
			next.Regressions++
		}
	case settled(s.Outcome) && l.State == LifeOpen:
		next.State, next.Resolved, move = LifeResolved, at.Position, MoveResolved
	case settled(s.Outcome) && l.State != LifeResolved:
		return Life{}, MoveNone
	case l.State == LifeOpen && l.Outcome == checks.Deficient && s.Outcome != checks.Deficient:
		move = MoveUnseen
	case l.State == LifeNone:
		next.State, move = LifeSeen, MoveNone
	}
	if l.Sight != s || l.State != next.State {
		next.Changed = at.Position
	}
	return next, move
}

// Status is what readers are told of a finding.
type Status string

// The statuses. A finding has exactly one; StatusOpen as a filter means all that
// are not mended.
const (
	StatusNew       Status = "new"       // first found in the newest run that saw the item
	StatusOpen      Status = "open"      // found earlier, not mended, still in time
	StatusRegressed Status = "regressed" // was mended once, and is back since the newest run that saw the item
	StatusOverdue   Status = "overdue"   // not mended, and the due date is past
	StatusResolved  Status = "resolved"
)

// Statuses lists all in the order in which reports show them.
func Statuses() []Status {
	return []Status{StatusNew, StatusRegressed, StatusOverdue, StatusOpen, StatusResolved}
}

// Status is the status on a day, where newest is the position of the newest run
// that saw the item. A life without a deficiency has none: empty.
func (l Life) Status(newest int64, today filing.Day) Status {
	switch {
	case l.State == LifeResolved:
		return StatusResolved
	case l.State != LifeOpen:
		return ""
	case l.Due.Before(today) && !l.Due.IsZero():
		return StatusOverdue
	case l.Regressions > 0 && l.Begun == newest:
		return StatusRegressed
	case l.First == newest:
		return StatusNew
	}
	return StatusOpen
}

// Unseen says whether an open finding was not seen the last time: nobody could
// tell whether it is still there.
func (l Life) Unseen() bool { return l.State == LifeOpen && l.Outcome != checks.Deficient }
