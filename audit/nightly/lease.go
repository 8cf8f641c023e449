package nightly

import (
	"context"
	"sync"
	"time"
)

// lease is how long a process may take it that nobody has taken over its work:
// it lasts for two thirds of the time after which others do, from each sign of
// life that was written. Time is the system's: what the sign says is for others.
type lease struct {
	mu     sync.Mutex
	ctx    context.Context // ends with the lease
	cancel context.CancelFunc
	timer  *time.Timer
}

// renew makes the lease last from now on, anew where it has ended.
func (l *lease) renew(rescue time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	last := rescue * 2 / 3
	if l.timer != nil && l.timer.Stop() {
		l.timer.Reset(last)
		return
	}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	l.timer = time.AfterFunc(last, l.cancel)
}

// during is a context that ends when another one does, or with the lease.
func (l *lease) during(ctx context.Context) (context.Context, context.CancelFunc) {
	l.mu.Lock()
	defer l.mu.Unlock()
	ctx, cancel := context.WithCancel(ctx)
	if l.ctx == nil { // no sign of life was ever written
		cancel()
		return ctx, cancel
	}
	stop := context.AfterFunc(l.ctx, cancel)
	return ctx, func() {
		stop()
		cancel()
	}
}

// end ends the lease.
func (l *lease) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.timer != nil {
		l.timer.Stop()
		l.cancel()
	}
}
