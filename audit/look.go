package audit

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"

	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/scanner"
)

// how is what makes looks differ.
type how struct {
	kinds   observe.Want // that are looked at where there was a look before; the others are kept
	instead bool         // of the last look, which our own trouble has spoilt
}

// start looks at the items of a job and ends the job when the last look is
// there. It blocks until we are well ourselves and each item has a place.
func (r *run) start(ctx context.Context, c *job, items []item, h how) error {
	c.open = 1 // held by this function, so that no early look ends the job
	for _, it := range items {
		if err := r.health.ready(ctx); err != nil {
			return err
		}
		if err := r.inFlight.Acquire(ctx, 1); err != nil {
			return context.Cause(ctx)
		}
		c.mu.Lock()
		c.open++
		c.mu.Unlock()
		r.look(ctx, c, it, h)
	}
	r.leave(ctx, c)
	return nil
}

// look starts the looks at one item: all of them the first time, afterwards
// those that are asked for, with the rest kept from before. It holds a place
// only for the network looks, never while a registry keeps its pace: whichever
// half ends last completes the item.
func (r *run) look(ctx context.Context, c *job, it item, how how) {
	before := c.newest(it.name)
	s := c.spansOf(it.name)
	h := &halves{run: r, left: 2, done: func(d observe.Dossier) {
		c.add(it.name, d, *s, how.instead)
		r.leave(ctx, c)
	}}
	switch {
	case it.app:
		h.registered(observe.Seen[observe.Registration]{})
	case before != nil && !how.kinds.Has(observe.WantRegistration):
		h.registered(before.Registration)
	default:
		r.looks.Add(1)
		s.Registration.From = r.health.now()
		r.Looker.Enqueue(ctx, it.target.Domain, before != nil, func(seen observe.Seen[observe.Registration]) {
			defer r.looks.Done()
			s.Registration.To = r.health.now()
			h.registered(seen)
		})
	}
	r.looks.Go(func() {
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
		case before == nil || how.kinds&observe.WantNetwork != 0:
			s.Network.From = r.health.now()
			d = r.network(ctx, it.target)
			s.Network.To = r.health.now()
			r.health.crowd.ended(c.pass+c.repeats > 1, &d, s.Network)
		default:
			d = *before
			d.At, d.Unclean = r.Now(), false
		}
		r.inFlight.Release(1)
		h.visited(d)
	})
}

// network keeps a panic in a look to that look.
func (r *run) network(ctx context.Context, t scanner.Target) (d observe.Dossier) {
	defer func() {
		if p := recover(); p != nil {
			f := internal(t.Domain, p)
			d = observe.Dossier{Target: t.Domain, At: r.Now(), DNS: observe.Seen[observe.DNS]{Fault: f},
				Owners: observe.Seen[observe.Owners]{Fault: f}, Visit: observe.Seen[observe.Visit]{Fault: f}, Page: observe.Seen[observe.Page]{Fault: f}}
		}
	}()
	return r.Looker.Look(ctx, t)
}

// packaged reads an App's package.
func (r *run) packaged(ctx context.Context, it item) (seen observe.Seen[observe.App]) {
	defer func() {
		if p := recover(); p != nil {
			seen = observe.Seen[observe.App]{Fault: internal(it.path, p), At: r.Now()}
		}
	}()
	path := it.path
	if path != "" && r.Dir != "" && !filepath.IsAbs(path) {
		path = filepath.Join(r.Dir, path)
	}
	return r.Looker.Package(ctx, path)
}

func internal(where string, p any) *observe.Fault {
	return &observe.Fault{Kind: observe.FaultInternal, Where: where, Detail: fmt.Sprintf("panic: %.200v", p)}
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
