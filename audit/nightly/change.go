package nightly

import (
	"context"
	"database/sql"
)

// Change is a change of state of a run or of a shard, as the engine makes it.
type Change string

// The changes, in the order in which a run goes through them.
const (
	ChangeBegun     Change = "begun"     // a run, with the job that deals it
	ChangeEmptied   Change = "emptied"   // shards are away that an earlier try to deal the run left
	ChangeCut       Change = "cut"       // some shards of a run, which nobody works on yet
	ChangeDealt     Change = "dealt"     // a run, with the jobs of its shards
	ChangeKept      Change = "kept"      // how far a shard came, with what it finished
	ChangeWaiting   Change = "waiting"   // a shard, for its second looks
	ChangeDone      Change = "done"      // a shard, with its job
	ChangeSummed    Change = "summed"    // a run whose shards are all done: its publication is queued
	ChangeReported  Change = "reported"  // the reports of a run are written
	ChangePublished Change = "published" // a run, with its letters
	ChangeAbandoned Change = "abandoned" // a run that is provisional
	ChangeDropped   Change = "dropped"   // the shards of a run that is over
)

// Changes lists all, in the order in which a run goes through them.
func Changes() []Change {
	return []Change{
		ChangeBegun, ChangeEmptied, ChangeCut, ChangeDealt, ChangeKept, ChangeWaiting, ChangeDone, ChangeSummed, ChangeReported,
		ChangePublished, ChangeAbandoned, ChangeDropped,
	}
}

// making makes a change, and tells Watch right before and right after it.
func (e *Engine) making(c Change, change func() error) error {
	e.watched(c, false)
	err := change()
	if err == nil {
		e.watched(c, true)
	}
	return err
}

func (e *Engine) watched(c Change, made bool) {
	if e.Watch != nil {
		e.Watch(c, made)
	}
}

// changing makes a change in a transaction, see within: Watch is told right
// before the commit and right after it.
func (e *Engine) changing(ctx context.Context, c Change, do func(tx *sql.Tx) error) error {
	err := e.within(ctx, func(tx *sql.Tx) error {
		err := do(tx)
		if err == nil {
			e.watched(c, false)
		}
		return err
	})
	if err == nil {
		e.watched(c, true)
	}
	return err
}
