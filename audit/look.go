package audit

import (
	"context"
	"fmt"
	"sync"

	"github.com/icpaudit/icpaudit/observe"
)

// look starts the looks at one item: all of them the first time, afterwards
// those that are asked for, with the rest kept from before. It holds a place
// only for the network looks, never while a registry keeps its pace: whichever
// half ends last completes the item.
func (r *run) look(ctx context.Context, c *job, it item, kinds observe.Want, group *sync.WaitGroup) {
	before := c.newest(it.name)
	h := &halves{run: r, left: 2, done: func(d observe.Dossier) {
		c.add(it.name, d)
		r.leave(ctx, c)
	}}
	switch {
	case it.app:
		h.registered(observe.Seen[observe.Registration]{})
	case before != nil && !kinds.Has(observe.WantRegistration):
		h.registered(before.Registration)
	default:
		group.Add(1)
		r.Looker.Enqueue(ctx, it.target.Domain, before != nil, func(seen observe.Seen[observe.Registration]) {
			defer group.Done()
			h.registered(seen)
		})
	}
	group.Go(func() {
		var d observe.Dossier
		switch {
		case it.app:
			r.inFlight.Release(1) // reading waits for its own turn
			d = observe.Dossier{Target: it.name, At: r.Now()}
			if before != nil {
				d.App = before.App
			} else {
				d.App = r.packaged(ctx, it)
			}
			h.visited(d)
			return
		case before == nil || kinds&observe.WantNetwork != 0:
			d = r.network(ctx, it.target)
		default:
			d = *before
			d.At = r.Now()
		}
		r.inFlight.Release(1)
		h.visited(d)
	})
}

// halves joins the network looks at an item with the one at its registration.
type halves struct {
	run  *run
	done func(observe.Dossier)

	mu           sync.Mutex
	left         int
	dossier      *observe.Dossier // nil while there is none, or it lies on the shelf
	shelved      place
	registration observe.Seen[observe.Registration]
}

// registered takes in the registration.
func (h *halves) registered(seen observe.Seen[observe.Registration]) {
	h.mu.Lock()
	h.registration = seen
	h.left--
	last := h.left == 0
	h.mu.Unlock()
	if !last {
		return
	}
	d, err := h.takeBack()
	if err != nil {
		h.run.cancel(fmt.Errorf("join the looks at an item: %w", err))
		return
	}
	d.Registration = seen
	h.done(d)
}

// visited takes in the network looks. They hold whole pages, so that only some
// wait in memory for their registration, and the others on disk.
func (h *halves) visited(d observe.Dossier) {
	h.mu.Lock()
	h.left--
	if h.left > 0 {
		if err := h.putBy(d); err != nil {
			h.run.cancel(fmt.Errorf("set the looks at %s aside: %w", d.Target, err))
		}
		h.mu.Unlock()
		return
	}
	d.Registration = h.registration
	h.mu.Unlock()
	h.done(d)
}

func (h *halves) putBy(d observe.Dossier) (err error) {
	if h.run.pages.Add(1) <= int64(h.run.Options.InFlight) {
		h.dossier = &d
		return nil
	}
	h.run.pages.Add(-1)
	h.shelved, err = h.run.shelf.put(d)
	return err
}

func (h *halves) takeBack() (d observe.Dossier, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.dossier != nil {
		h.run.pages.Add(-1)
		return *h.dossier, nil
	}
	err = h.run.shelf.get(h.shelved, &d)
	return d, err
}
