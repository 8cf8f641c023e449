package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"time"

	"github.com/icpaudit/icpaudit/audit"
	"github.com/icpaudit/icpaudit/audit/nightly"
	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/report"
)

// A shard is staged in one transaction when it holds so many subjects, or the
// looks at so many items, which are held in memory until then.
const (
	shardSubjects = 100
	shardLooks    = 500
)

// endTime is what a run that was told to stop may take to be closed in the history.
const endTime = 30 * time.Second

// recorder stages the results of a run as they come, which is not in inventory
// order: the history puts them in order when the run is published. A nil
// recorder records nothing.
type recorder struct {
	s   *session
	run history.Run

	mu     sync.Mutex
	shard  []history.Result
	looks  int // in the shard
	totals history.Totals
	failed error // the first mistake; nothing is staged after it
}

// remember opens the history where one is configured. What registries say is
// kept there then, and not in files.
func (s *session) remember(ctx context.Context) error {
	if !s.config.History.On() {
		return nil
	}
	store, err := history.Open(ctx, s.config.History)
	if err != nil {
		return usage(err)
	}
	s.history = store
	if s.scanner != nil {
		s.scanner.KeepIn(nightly.Keeper{Store: store, Confirm: s.config.Checks.ConfirmAfter})
	}
	return nil
}

// recall opens a history that is there already. One that can't be used is told,
// and is no reason not to look.
func (s *session) recall(ctx context.Context, log io.Writer) {
	if s.config.History.URL == "" && thereIs(s.config.History) != nil {
		return
	}
	if err := s.remember(ctx); err != nil {
		fmt.Fprintf(log, s.teller.Say("history-none")+"\n", report.Clean(err.Error(), 500))
	}
}

// remembering begins a run in the history where one is configured. An audit
// goes on without one that can't be used, and is incomplete then: at night
// nobody is there to mend it, and the findings are worth more than their past.
// Only a history that was named for this very audit has to be usable.
func (p *program) remembering(ctx context.Context, s *session, inv *filing.Inventory, f auditFlags) (*recorder, error) {
	rec, err := s.record(ctx, inv, f.inventory)
	if err == nil || f.history != "" || ctx.Err() != nil {
		return rec, err
	}
	if s.history != nil {
		err = errors.Join(err, s.history.Close())
		s.history = nil
	}
	s.forgotten = err
	fmt.Fprintf(p.out, s.teller.Say("history-none")+"\n", report.Clean(err.Error(), 500))
	fmt.Fprintln(p.out, s.teller.Say("history-off"))
	return nil, nil
}

// record begins a run in the history where one is configured, and refuses a
// damaged one.
func (s *session) record(ctx context.Context, inv *filing.Inventory, path string) (*recorder, error) {
	if err := s.remember(ctx); err != nil || s.history == nil {
		return nil, err
	}
	health, err := s.history.Health(ctx)
	if err != nil {
		return nil, incomplete(err)
	}
	if health.Damage != "" {
		return nil, usage(damaged(health))
	}
	run, err := s.history.Begin(ctx, history.Run{
		Schedule: history.OneShot(filepath.Base(path)), Planned: s.started, Started: s.started, Inventory: inv.Digest(),
		Rules: history.RulesDigest(checks.All(), s.config.Checks), Reference: s.ref.Digest, Version: version(), Vantage: s.config.Checks.Vantage,
	})
	if err != nil {
		return nil, incomplete(err)
	}
	return &recorder{s: s, run: run}, nil
}

func damaged(h history.Health) error {
	return fmt.Errorf("history %q is damaged: %s (icpaudit db restore BACKUP puts a backup in its place)", h.Where, report.Clean(h.Damage, 300))
}

// add stages a result with the next shard. What keeps it from that is told at
// the end: an audit goes on without its history.
func (r *recorder) add(ctx context.Context, result audit.Result) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.totals.Count(result.Subject, result.Findings, result.Unseen)
	r.shard = append(r.shard, history.Result{Seq: result.Seq, Subject: result.Subject, Findings: result.Findings, Looks: result.Looks, Evidence: result.Evidence})
	r.looks += len(result.Looks)
	if len(r.shard) >= shardSubjects || r.looks >= shardLooks {
		r.flush(ctx)
	}
}

func (r *recorder) flush(ctx context.Context) {
	if r.failed == nil {
		r.failed = r.s.history.Stage(ctx, r.run.ID, r.shard)
	}
	r.shard, r.looks = nil, 0
}

// end publishes the run, or says why not. It works also after the run was told
// to stop. The lines are what there is to tell.
func (r *recorder) end(ctx context.Context, now time.Time, totals report.Totals, rows filing.Totals, broke bool) (lines []string, err error) {
	if r == nil {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.flush(ctx)
	end := history.End{At: now, Due: r.s.config.History.Due(r.s.config.Checks.DueWorkingDays, r.s.due), Totals: r.totals}
	end.Totals.Rows, end.Totals.BadRows = totals.Rows, totals.BadRows
	var judged bool
	end.Totals.Coverage, judged = totals.Coverage()
	staged, err := r.s.history.Staged(ctx, r.run.ID)
	err = errors.Join(r.failed, err)
	switch {
	case broke:
		end.Why = history.WhyBroke
	case err != nil:
		end.Why = history.WhyStore
	default:
		want := history.Totals{Subjects: rows.Subjects, Items: rows.Domains + rows.Apps}
		end.Why = limits(r.s.config.Audit).Unfit(want, end.Totals, staged.Subjects, judged)
	}
	if end.Why == "" {
		lines, err = r.publish(ctx, end)
		return lines, err
	}
	if _, abandoned := r.s.history.Abandon(ctx, r.run.ID, end); abandoned != nil {
		err = errors.Join(err, abandoned)
	}
	why := r.s.ref.Words.Of("run-why", end.Why, r.s.config.Lang)
	return []string{fmt.Sprintf(r.s.teller.Say("history-provisional"), r.run.ID, why)}, err
}

// publish publishes the run and keeps to the retention policy.
func (r *recorder) publish(ctx context.Context, end history.End) ([]string, error) {
	say := r.s.teller
	run, err := r.s.history.Publish(ctx, r.run.ID, end)
	if err != nil {
		return nil, err
	}
	where := r.s.config.History.Path
	if r.s.config.History.URL != "" {
		where = "PostgreSQL"
	}
	m := run.Totals.Moves
	lines := []string{fmt.Sprintf(say.Say("history-published"), run.ID, where, m.New, m.Regressed, m.Resolved, m.Unseen)}
	if n := run.Totals.Doubled; n > 0 {
		lines = append(lines, fmt.Sprintf(say.Say("history-doubled"), n))
	}
	today := filing.DayOf(end.At)
	waivers, err := r.s.history.Waivers(ctx)
	if line := idleWaivers(say, waivers, today); line != "" {
		lines = append(lines, line)
	}
	_, pruning := r.s.history.Prune(ctx, today)
	return lines, errors.Join(err, pruning)
}

// idleWaivers says how many waivers are expired or not used, if any.
func idleWaivers(say *report.Teller, waivers []history.Waiver, today filing.Day) string {
	expired, unused := 0, 0
	for _, w := range waivers {
		switch {
		case w.Expired(today):
			expired++
		case w.Unused():
			unused++
		}
	}
	if expired+unused == 0 {
		return ""
	}
	return fmt.Sprintf(say.Say("waivers-expired"), expired, unused)
}

// past tells the past of items to one judgement; before a position, or up to
// now where that is 0. Each item is asked for once, and one whose past can't be
// read has none: what rests on it is then unverifiable.
func past(ctx context.Context, store history.Store, before int64) func(item string) *checks.Past {
	known := map[string]*checks.Past{}
	return func(item string) *checks.Past {
		p, ok := known[item]
		if !ok {
			var err error
			if p, err = store.Past(ctx, item, before); err != nil {
				p = nil
			}
			known[item] = p
		}
		return p
	}
}
