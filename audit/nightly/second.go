package nightly

import (
	"context"
	"fmt"
	"slices"

	"github.com/icpaudit/icpaudit/audit"
	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/scanner"
)

// second looks again at what waits, and judges both looks together. What a whole
// group missed counts for the run, by whomever its shards were looked at.
func (p *part) second(ctx context.Context, waiting []history.Waiting) error {
	subjects := map[int]history.Dealt{}
	for _, d := range p.shard.Subjects {
		subjects[d.Seq] = d
	}
	before := &before{Looker: p.audit.Looker, audit: p.audit, of: map[string]lastLook{}}
	var dealt []history.Dealt
	var names []string
	for _, w := range waiting {
		d, ok := subjects[w.Seq]
		if !ok {
			return fmt.Errorf("shard %d of run %d: subject %d waits and was not dealt", p.shard.N, p.shard.Run, w.Seq)
		}
		dealt = append(dealt, d)
		before.know(w)
		names = append(names, audit.GroupsOf(w.Seq, w.Looks)...)
	}
	counts, err := p.engine.Store.Counted(ctx, p.shard.Run, names)
	if err != nil {
		return err
	}
	groups := audit.NewGroups(p.audit.Options.Health, counts)
	again := *p.audit
	again.Looker, again.Second = before, true
	again.Only = func(item string) bool { return before.of[item].want != 0 }
	err = again.Run(ctx, subjectsOf(dealt), func(r audit.Result) error {
		w := waiting[r.Seq]
		r.Looks = both(w, r.Looks)
		groups.Mark(w.Seq, r.Looks)
		r.Unseen = audit.Unseen(r.Looks)
		r.Findings = p.audit.Bench(p.engine.Now()).Judge(r.Subject, r.Looks)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.shard.State.Waiting = slices.DeleteFunc(p.shard.State.Waiting, func(other history.Waiting) bool { return other.Seq == w.Seq })
		return p.finished(ctx, w.Seq, r)
	})
	if err != nil {
		return fmt.Errorf("look again at shard %d of run %d: %w", p.shard.N, p.shard.Run, err)
	}
	return nil
}

// both are the first looks, with the second ones at the items that needed one.
func both(w history.Waiting, second map[string]checks.Looks) map[string]checks.Looks {
	looks := map[string]checks.Looks{}
	for name, first := range w.Looks {
		looks[name] = slices.Clone(first)
	}
	for name := range w.Again {
		looks[name] = append(looks[name], second[name]...)
	}
	return looks
}

// before is a looker that takes only the looks that are asked for, and answers
// the others from the first look.
type before struct {
	audit.Looker
	audit *audit.Audit
	of    map[string]lastLook // by item name, which is the domain
}

// lastLook is the first look at an item, and what is to be looked at again.
type lastLook struct {
	want observe.Want
	look observe.Dossier
}

func (b *before) know(w history.Waiting) {
	for name, want := range w.Again {
		known := b.of[name]
		known.want |= want
		if looks := w.Looks[name]; len(looks) > 0 {
			known.look = looks[len(looks)-1]
		}
		b.of[name] = known
	}
}

// Look looks again where that was asked for.
func (b *before) Look(ctx context.Context, t scanner.Target) observe.Dossier {
	known, ok := b.of[t.Domain]
	if !ok || known.want&observe.WantNetwork != 0 {
		return b.Looker.Look(ctx, t)
	}
	d := known.look
	d.At = b.audit.Now()
	return d
}

// Enqueue looks at the registration again where that was asked for: what is
// known before is the first look.
func (b *before) Enqueue(ctx context.Context, domain string, fresh bool, done func(observe.Seen[observe.Registration])) {
	known, ok := b.of[domain]
	if ok && !known.want.Has(observe.WantRegistration) {
		done(known.look.Registration)
		return
	}
	b.Looker.Enqueue(ctx, domain, fresh || ok, done)
}
