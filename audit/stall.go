package audit

import (
	"context"
	"time"
)

// ticksPerStall is how many ticks of the watchdog fit into the stall that it looks for.
const ticksPerStall = 5

// guard notes when this process stood still: a busy processor, a frozen
// machine, one that slept. What timed out meanwhile proves nothing.
func (h *Health) guard(ctx context.Context) {
	if h.options.Stall == 0 {
		return
	}
	tick := time.NewTicker(h.options.Stall / ticksPerStall)
	defer tick.Stop()
	last := time.Now()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		now := time.Now()
		if lost := stalled(now.Sub(last), now.Round(0).Sub(last.Round(0)), h.options.Stall); lost > 0 {
			h.doubt(span{last.Sub(h.began), now.Sub(h.began)})
			h.tell(Event{Kind: EventStalled, Lasted: lost})
		}
		last = now
	}
}

// stalled is how long the process stood still between two ticks; 0 where that
// is below the limit. A machine that sleeps moves the wall clock only. A wall
// clock that is put back says nothing.
func stalled(steady, wall, limit time.Duration) time.Duration {
	if lost := max(steady, wall); lost >= limit {
		return lost
	}
	return 0
}
