package scanner

import (
	"context"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

// goodFor is how long an answer serves, by the nearness of the expiry: long
// while it is far, a day when it is past. That a name is free holds a day.
func goodFor(r observe.Registration, now time.Time) time.Duration {
	const day = 24 * time.Hour
	switch {
	case r.State != observe.StateRegistered:
		return day
	case r.Expires == nil:
		return 10 * day
	}
	expires := r.Expires.Time
	if own := r.RegistrarExpires; own != nil && own.Time.Before(expires) {
		expires = own.Time
	}
	switch left := expires.Sub(now); {
	case left > 180*day:
		return 30 * day
	case left >= 45*day:
		return 10 * day
	case left > 0:
		return 3 * day
	}
	return day
}

// Due is when an answer is to be asked for again, to the day: as soon as it is
// older than it may be for the nearness of the expiry. That a name is not
// registered is asked a second time after confirm, so that it confirms itself.
func Due(r observe.Registration, confirm time.Duration) time.Time {
	if r.State == observe.StateAvailable && r.AsOf.Sub(r.Since) < confirm {
		return r.Since.Add(confirm)
	}
	at := r.AsOf
	for at.Sub(r.AsOf) < goodFor(r, at) {
		at = at.AddDate(0, 0, 1)
	}
	return at
}

// absenceHolds is for how long it is said again that a name is not registered,
// where nobody is asked: anybody may register it at any time.
const absenceHolds = 48 * time.Hour

// newest is the answer that is kept, whatever its age, but for an old absence.
func (r *registrations) newest(name string, kept *observe.Registration, seen observe.Seen[observe.Registration]) observe.Seen[observe.Registration] {
	switch {
	case kept == nil:
		seen.Fault = &observe.Fault{Kind: observe.FaultNotLookedUp, Where: name, Detail: "no answer is kept yet"}
	case kept.State != observe.StateRegistered && seen.At.Sub(kept.AsOf) > absenceHolds:
		seen.Fault = &observe.Fault{Kind: observe.FaultNotLookedUp, Where: name, Detail: "not registered on " + registryDay(kept.AsOf) + ", and not asked again since"}
	default:
		seen.Value, seen.Via = kept, "cache"
	}
	return seen
}

// keep keeps an answer, and says since when answers in a row have told that a
// name is not registered. An answer that can't be kept is good all the same: it
// is only asked for again.
func (r *registrations) keep(ctx context.Context, answer observe.Registration) observe.Registration {
	ctx = context.WithoutCancel(ctx) // what was asked for is not lost because nobody waits any more
	if answer.State == observe.StateAvailable {
		answer.Since = answer.AsOf
		before, ok, err := r.keeper.Answer(ctx, answer.Domain)
		if err == nil && ok && before.State == observe.StateAvailable && !before.Since.IsZero() {
			answer.Since = before.Since
		}
	}
	_ = r.keeper.Keep(ctx, answer)
	return answer
}
