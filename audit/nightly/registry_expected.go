package nightly

import (
	"context"
	"time"

	"github.com/icpaudit/icpaudit/history"
)

// forecastTime is for how long the counts behind a forecast serve.
const forecastTime = time.Minute

// forecast is how it stands with the queues of the registries. Names that are
// due within one second are counted once: there may be a million of them.
type forecast struct {
	made       time.Time
	registries map[string]history.Registry
	before     map[place]int
}

// place is a second in the queue of a registry.
type place struct {
	server  string
	urgency history.Urgency
	second  int64
}

// doubted says whether a registry is not to be believed that names are free.
func (e *Engine) doubted(ctx context.Context, server string) (bool, error) {
	e.casting.Lock()
	defer e.casting.Unlock()
	if err := e.look(ctx); err != nil {
		return false, err
	}
	return e.cast.registries[server].Doubtful(e.Now()), nil
}

// look looks at the registries once a minute. It is called with the lock held.
func (e *Engine) look(ctx context.Context) error {
	now := e.Now()
	if e.cast != nil && now.Sub(e.cast.made).Abs() <= forecastTime {
		return nil
	}
	all, err := e.Store.Registries(ctx, now)
	if err != nil {
		return err
	}
	e.cast = &forecast{made: now, registries: map[string]history.Registry{}, before: map[place]int{}}
	for _, one := range all {
		e.cast.registries[one.Server] = one
	}
	return nil
}

// expected is by when a name will have been asked for, if all goes well.
func (e *Engine) expected(ctx context.Context, r history.Registration) (time.Time, error) {
	e.casting.Lock()
	defer e.casting.Unlock()
	if err := e.look(ctx); err != nil {
		return time.Time{}, err
	}
	at := place{r.Server, r.Urgency, r.Due.Unix() + 1}
	n, ok := e.cast.before[at]
	if !ok {
		r.Due = time.Unix(at.second, 0)
		var err error
		if n, err = e.Store.RegistrationsBefore(ctx, r); err != nil {
			return time.Time{}, err
		}
		e.cast.before[at] = n
	}
	begin := e.Now()
	if r.Due.After(begin) {
		begin = r.Due
	}
	interval, daily := e.Registries.Rate(r.Server)
	return turnOf(n, begin, interval, daily, e.cast.registries[r.Server]), nil
}

// turnOf is when the question after n others is asked: as many a day, Beijing
// time, as the cap and the pace allow, from a moment or the end of a rest on.
func turnOf(n int, begin time.Time, interval time.Duration, daily int, r history.Registry) time.Time {
	if !r.Rest.Over(begin) {
		begin = r.Rest.Until
	}
	left := max(0, daily-r.AskedOn(begin.In(Location()).Format(time.DateOnly)))
	for perDay := max(1, daily); ; {
		year, month, day := begin.In(Location()).Date()
		midnight := time.Date(year, month, day+1, 0, 0, 0, 0, Location())
		if interval > 0 {
			left = min(left, int((midnight.Sub(begin)-1)/interval)+1) // that are before midnight
		}
		if n < left {
			return begin.Add(time.Duration(n) * interval)
		}
		n, begin, left = n-left, midnight, perDay
	}
}
