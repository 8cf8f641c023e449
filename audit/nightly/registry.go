package nightly

import (
	"context"
	"fmt"
	"time"

	"github.com/icpaudit/icpaudit/audit"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/observe"
)

// Registries knows registries and asks them; scanner.Scanner is the one of the
// program. It keeps what it is told in the engine's store.
type Registries interface {
	// Registry is the registrable part of a domain, and the server that is asked
	// about it; ok is false where none is known.
	Registry(domain string) (name, server string, ok bool)
	// Rate is how long two questions to a server are apart, and how many it gets a day.
	Rate(server string) (interval time.Duration, daily int)
	// Registration asks, fresh in any case, at the server's pace, and keeps the
	// answer. A fault of no tries: nobody was asked.
	Registration(ctx context.Context, domain string, fresh bool) observe.Seen[observe.Registration]
	// Newest is the newest answer that is kept; nobody is asked.
	Newest(ctx context.Context, domain string) observe.Seen[observe.Registration]
}

// want has the registries asked for the domains of shards. Names that nobody
// has asked for yet come in the order of the inventory.
func (e *Engine) want(ctx context.Context, run history.Run, urgency history.Urgency, shards []history.Shard) error {
	if e.Registries == nil || !e.Live {
		return nil
	}
	w := history.Want{Family: run.Family, At: run.Started, Urgency: urgency}
	for _, shard := range shards {
		for _, dealt := range shard.Subjects {
			for _, service := range dealt.Subject.Services {
				for _, d := range service.Domains {
					if name, server, ok := e.Registries.Registry(d.Name); ok {
						due := run.Started.Add(time.Duration(dealt.Seq) * time.Millisecond)
						w.Names = append(w.Names, history.Wanted{Name: name, Server: server, Due: due})
					}
				}
			}
		}
	}
	return e.Store.Want(ctx, w)
}

// ending says of which domains the registration ends within the days of a
// filter, or has ended, by the newest answers.
func (e *Engine) ending(ctx context.Context, f Filter, now time.Time) (func(domain string) bool, error) {
	if f.ExpiringDays == 0 || e.Registries == nil {
		return func(string) bool { return false }, nil
	}
	names, err := e.Store.Ending(ctx, now.AddDate(0, 0, f.ExpiringDays))
	return func(domain string) bool {
		name, _, ok := e.Registries.Registry(domain)
		return ok && names[name]
	}, err
}

// known is a looker that waits for no registry: it sees the newest answer that
// is there. Where the database can't be read it sees nothing, and fail is told:
// what is looked at is looked at again then.
type known struct {
	audit.Looker
	engine *Engine
	fail   func(error)
}

// Enqueue answers at once.
func (k known) Enqueue(ctx context.Context, domain string, _ bool, done func(observe.Seen[observe.Registration])) {
	seen := k.engine.Registries.Newest(ctx, domain)
	if seen.Fault != nil && seen.Fault.Ours() {
		k.fail(seen.Fault)
	}
	if r := seen.Value; r != nil && r.State == observe.StateAvailable {
		doubted, err := k.engine.doubted(ctx, r.Server)
		if err != nil {
			k.fail(err)
		}
		if doubted || err != nil {
			seen.Value = nil
			seen.Fault = &observe.Fault{Kind: observe.FaultDenied, Where: r.Server, Detail: "it tells too many names at once to be free"}
		}
	}
	if k.engine.Live && seen.Fault != nil && seen.Fault.Kind == observe.FaultNotLookedUp {
		seen.Fault = k.engine.awaited(ctx, seen.Fault)
	}
	done(seen)
}

// awaited is why there is no answer yet, and when one is to be expected.
func (e *Engine) awaited(ctx context.Context, before *observe.Fault) *observe.Fault {
	fault := *before
	r, err := e.Store.Registration(ctx, fault.Where)
	if err != nil || !r.Wanted {
		return &fault // nothing is known of it, which is what the fault says
	}
	if r.Answer == nil && r.Failed != nil {
		fault = *r.Failed
	}
	at, err := e.expected(ctx, r)
	if err != nil {
		e.Log.Error("expected", "name", r.Name, "error", err)
		return &fault
	}
	fault.Expected = at
	fault.Detail = fmt.Sprintf("%s; expected by %s", fault.Detail, at.In(Location()).Format("2006-01-02 15:04"))
	return &fault
}
