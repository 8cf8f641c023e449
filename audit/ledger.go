package audit

import "time"

// span is when a look was under way, in time since its Health was made: on the
// monotonic clock, so that no step of the wall clock moves it.
type span struct {
	From time.Duration `json:"from"`
	To   time.Duration `json:"to"`
}

func (s span) overlaps(o span) bool { return s.From <= o.To && o.From <= s.To }

// maxSpans bounds a ledger.
const maxSpans = 512

// ledger keeps the times at which our own health was in doubt, in order.
type ledger struct{ spans []span }

// add notes a time. Where there are too many, the two that lie nearest to each
// other become one with the time between: that errs on the side of doubt.
func (l *ledger) add(s span) {
	at := len(l.spans)
	for at > 0 && l.spans[at-1].From > s.From {
		at--
	}
	l.spans = append(l.spans, span{})
	copy(l.spans[at+1:], l.spans[at:])
	l.spans[at] = s
	kept := l.spans[:1]
	for _, next := range l.spans[1:] {
		last := &kept[len(kept)-1]
		if last.overlaps(next) {
			last.To = max(last.To, next.To)
			continue
		}
		kept = append(kept, next)
	}
	l.spans = kept
	if len(l.spans) <= maxSpans {
		return
	}
	nearest := 0
	for i := range len(l.spans) - 1 {
		if l.gap(i) < l.gap(nearest) {
			nearest = i
		}
	}
	l.spans[nearest].To = l.spans[nearest+1].To
	l.spans = append(l.spans[:nearest+1], l.spans[nearest+2:]...)
}

func (l *ledger) gap(i int) time.Duration { return l.spans[i+1].From - l.spans[i].To }

// doubts says whether our health was in doubt at any moment of the span.
func (l *ledger) doubts(s span) bool {
	for i := len(l.spans) - 1; i >= 0 && l.spans[i].To >= s.From; i-- {
		if l.spans[i].overlaps(s) {
			return true
		}
	}
	return false
}
