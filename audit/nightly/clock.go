package nightly

import (
	"context"
	"fmt"
	"time"

	"github.com/icpaudit/icpaudit/history"
)

// astray is how far before the beginning of a run the clock may stand: what is
// judged by days is right to a day then.
const astray = 24 * time.Hour

// outlived says why a run is to be ended at a moment, as a code, or nothing: it
// takes too long, or the clock was put back to long before its beginning, and
// who knows when it comes to it again. A clock that was put far forward looks
// like a run that takes too long.
func (e *Engine) outlived(run history.Run, now time.Time) string {
	switch age := now.Sub(run.Started); {
	case age > e.Options.Longest:
		return history.WhyBroke
	case age < -astray:
		return history.WhyClock
	}
	return ""
}

// timely refuses to judge a run that is to be ended.
func (e *Engine) timely(run history.Run) error {
	now := e.Now()
	if why := e.outlived(run, now); why != "" {
		return fmt.Errorf("judge run %d: it is %s since its beginning: %s", run.ID, now.Sub(run.Started), why)
	}
	return nil
}

// later is the later of two moments: no run ends before it began, whatever the
// clock says.
func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// steady is the time that has passed since the engine's first question, whatever
// is done to the clock meanwhile.
func (e *Engine) steady() time.Duration {
	if e.Steady != nil {
		return e.Steady()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.origin.IsZero() {
		e.origin = time.Now()
	}
	return time.Since(e.origin)
}

// waited notes that the last of the first looks at a shard was taken now.
func (e *Engine) waited(shard shardArgs, apart time.Duration) {
	now := e.steady()
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.firsts == nil {
		e.firsts = map[shardArgs]time.Duration{}
	}
	for other, since := range e.firsts {
		if now-since >= apart {
			delete(e.firsts, other) // it does not matter any more
		}
	}
	e.firsts[shard] = now
}

// wait is how long the second looks at a shard have to wait still, at most as
// long as looks have to be apart. A clock that was put forward does not shorten
// it where the first looks were this process's: else two looks of the same
// minute would confirm each other.
func (e *Engine) wait(shard shardArgs, due time.Time, apart time.Duration) time.Duration {
	wait := due.Sub(e.Now())
	now := e.steady()
	e.mu.Lock()
	defer e.mu.Unlock()
	if since, ok := e.firsts[shard]; ok {
		wait = max(wait, apart-(now-since))
	}
	return min(max(wait, 0), apart)
}

// lateJobs is how far ahead of the clock the queue may have put off a job that
// is to be tried at once, or again.
const lateJobs = 5 * time.Minute

// wake has jobs done that the queue would put off for as long as the clock was
// put back.
func (e *Engine) wake(ctx context.Context) error {
	const query = `UPDATE river_job SET scheduled_at = %s WHERE state IN ('available', 'retryable') AND scheduled_at > %s OR state = 'scheduled' AND scheduled_at > %s`
	from := func(d time.Duration) string {
		return fmt.Sprintf("datetime('now', 'subsec', '+%d seconds')", int(d.Seconds()))
	}
	if e.Postgres {
		from = func(d time.Duration) string { return fmt.Sprintf("now() + interval '%d seconds'", int(d.Seconds())) }
	}
	// No second look waits longer than the longest run.
	res, err := e.Store.Writer().ExecContext(ctx, fmt.Sprintf(query, from(0), from(lateJobs), from(e.Options.Longest)))
	if err != nil {
		return fmt.Errorf("wake the jobs of the future: %w", err)
	}
	if n, err := res.RowsAffected(); err == nil && n > 0 {
		e.Log.Warn("jobs-woken", "jobs", n, "why", "the clock was put back")
	}
	return nil
}
