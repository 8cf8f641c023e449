package audit

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

// parking keeps jobs that wait for their next step on disk, first in first
// out: many may wait, and each holds whole pages.
type parking struct {
	shelf *shelf

	mu     sync.Mutex
	queue  []parked
	closed bool
	wake   chan struct{} // closed and renewed when something changes
}

// parked is one waiting job.
type parked struct {
	from *shelf
	at   place
	due  time.Time
}

// record is how a job lies on disk.
type record struct {
	Seq     int                     `json:"seq"`
	Subject *filing.Subject         `json:"subject"`
	Looks   map[string]checks.Looks `json:"looks"`
	Again   map[string]observe.Want `json:"again"` // items to look at again, and the kinds of looks
	Spans   map[string]spans        `json:"spans"`
	Pass    int                     `json:"pass"`
	Repeats int                     `json:"repeats"`
}

func newParking(s *shelf) *parking { return &parking{shelf: s, wake: make(chan struct{})} }

// Put parks a job until it is due.
func (p *parking) Put(c *job, again map[string]observe.Want, due time.Time) error {
	at, err := p.shelf.put(record{Seq: c.seq, Subject: c.subject, Looks: c.looks, Again: again, Spans: c.spans, Pass: c.pass, Repeats: c.repeats})
	if err != nil {
		return fmt.Errorf("park subject %q: %w", c.subject.ID(), err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queue = append(p.queue, parked{from: p.shelf, at: at, due: due})
	p.notify()
	return nil
}

// Finish says that nothing more will be parked but what waits already.
func (p *parking) Finish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.notify()
}

func (p *parking) notify() {
	close(p.wake)
	p.wake = make(chan struct{})
}

// Take hands out the job that was parked first; false when there will be none.
func (p *parking) Take(ctx context.Context) (parked, bool) {
	for {
		p.mu.Lock()
		if len(p.queue) > 0 {
			next := p.queue[0]
			p.queue = p.queue[1:]
			p.mu.Unlock()
			return next, true
		}
		closed, wake := p.closed, p.wake
		p.mu.Unlock()
		if closed {
			return parked{}, false
		}
		select {
		case <-wake:
		case <-ctx.Done():
			return parked{}, false
		}
	}
}

// read brings the job back, with what is to be looked at again.
func (p parked) read() (*job, map[string]observe.Want, error) {
	var rec record
	if err := p.from.get(p.at, &rec); err != nil {
		return nil, nil, fmt.Errorf("read a parked subject back: %w", err)
	}
	return &job{seq: rec.Seq, subject: rec.Subject, looks: rec.Looks, spans: rec.Spans, pass: rec.Pass, repeats: rec.Repeats}, rec.Again, nil
}
