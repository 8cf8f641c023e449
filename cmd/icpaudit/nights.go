package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/icpaudit/icpaudit/audit"
	"github.com/icpaudit/icpaudit/audit/nightly"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/report"
	"github.com/icpaudit/icpaudit/report/deliver"
)

// nights makes audits and reports for the engine, from one session.
type nights struct {
	p   *program
	s   *session
	log *slog.Logger

	mu    sync.Mutex
	feeds map[int64]*filing.Feeds // evidence by run: each run reads the feeds anew
}

func (n *nights) read(ctx context.Context, path string) (*filing.Inventory, error) {
	return readInventory(ctx, n.s.config, path)
}

// of is the session of one run.
func (n *nights) of(ctx context.Context, run history.Run) (*session, error) {
	feeds, err := n.evidence(ctx, run.ID)
	if err != nil {
		return nil, err
	}
	s := *n.s
	s.started, s.feeds = run.Started, feeds
	s.teller = report.NewTeller(s.ref, s.config.Checks, s.config.Lang, s.started)
	return &s, nil
}

// evidence opens the feeds of a run, and closes those of runs that are over.
func (n *nights) evidence(ctx context.Context, run int64) (*filing.Feeds, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if feeds, ok := n.feeds[run]; ok {
		return feeds, nil
	}
	open, err := n.s.history.Open(ctx)
	if err != nil {
		return nil, err
	}
	for id, feeds := range n.feeds {
		if !slices.ContainsFunc(open, func(r history.Run) bool { return r.ID == id }) {
			delete(n.feeds, id)
			if err := feeds.Close(); err != nil {
				return nil, fmt.Errorf("close the feeds of run %d: %w", id, err)
			}
		}
	}
	feeds, err := n.p.openFeeds(ctx, n.s.config, n.p.err)
	if err != nil {
		return nil, err
	}
	n.feeds[run] = feeds
	return feeds, nil
}

// audit makes the audit of a run's shard: the shards share the places, and the
// watch over our own health.
func (n *nights) audit(ctx context.Context, run history.Run) (*audit.Audit, error) {
	s, err := n.of(ctx, run)
	if err != nil {
		return nil, err
	}
	a := s.audit(ctx, n.p)
	a.Options.InFlight = max(1, a.Options.InFlight/s.config.Serve.Shards)
	for _, schedule := range s.config.Schedules {
		if schedule.Name == nightly.ScheduleOf(run) {
			a.Dir = inventoryDir(schedule)
		}
	}
	return a, nil
}

// report writes the reports of a run into a directory of their own, which is
// there whole or not at all, and hands its letters to tell.
func (n *nights) report(ctx context.Context, over nightly.Over, tell func(deliver.Letter) error) error {
	if len(n.s.config.Deliver.Teams) == 0 {
		tell = nil
	}
	if over.Schedule.Out == "" {
		if tell == nil {
			return nil
		}
		return n.onlyTell(ctx, over, tell)
	}
	dir := filepath.Join(over.Schedule.Out, over.Schedule.Name+"-"+over.Run.Planned.In(nightly.Location()).Format("20060102-1504"))
	part := dir + ".part"
	if err := os.MkdirAll(over.Schedule.Out, 0o755); err != nil {
		return err
	}
	if err := os.RemoveAll(part); err != nil {
		return err
	}
	formats := n.s.config.Report.Formats
	paths, err := n.book(ctx, over, part, formats, tell)
	if err != nil {
		return err
	}
	for _, path := range paths {
		if !over.Schedule.Keeps(strings.TrimPrefix(filepath.Ext(path), ".")) {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	if err := os.RemoveAll(dir); err != nil { // of a try that was cut off
		return err
	}
	return os.Rename(part, dir)
}

// onlyTell writes the letters of a run whose reports nobody keeps.
func (n *nights) onlyTell(ctx context.Context, over nightly.Over, tell func(deliver.Letter) error) (err error) {
	dir, err := os.MkdirTemp(n.s.config.Audit.TempDir, "icpaudit-letters-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	_, err = n.book(ctx, over, filepath.Join(dir, "run"), []string{"jsonl"}, tell)
	return err
}

// book writes a run into a directory that does not exist yet, and answers the
// files. The letters are made from the findings.jsonl among them.
func (n *nights) book(ctx context.Context, over nightly.Over, dir string, formats []string, tell func(deliver.Letter) error) ([]string, error) {
	s, err := n.of(ctx, over.Run)
	if err != nil {
		return nil, err
	}
	outlook, err := s.outlook(ctx)
	if err != nil {
		return nil, err
	}
	info, err := s.runInfo(ctx, over.Run.Schedule, over.Schedule.Inventory, over.Run.Inventory, 0)
	if err != nil {
		return nil, err
	}
	var mistakes iter.Seq[filing.Mistake]
	var done func()
	info.Unknown, mistakes, done = n.inventory(ctx, s, over)
	defer done()
	options := s.config.Report
	options.Formats = formats
	passing := tell != nil && !slices.Contains(formats, "jsonl")
	if passing {
		options.Formats = append(slices.Clone(formats), "jsonl")
	}
	book, err := report.NewBook(dir, options, s.teller, info)
	if err != nil {
		return nil, err
	}
	for found, err := range over.Results {
		if err == nil {
			err = s.tellSubject(book, outlook, found.Seq, found.Subject, found.Findings)
		}
		if err != nil {
			_, closing := book.Close(report.End{Ended: over.Ended, Mistakes: mistakes})
			return nil, errors.Join(err, closing)
		}
	}
	totals := book.Totals()
	totals.Rows, totals.BadRows = over.Totals.Rows, over.Totals.BadRows
	holes := s.holes(totals)
	if over.Why != "" {
		holes = append(holes, s.ref.Words.Of("run-why", over.Why, s.config.Lang))
	}
	paths, err := book.Close(report.End{
		Rows: over.Totals.Rows, BadRows: over.Totals.BadRows, Mistakes: mistakes, Feeds: s.feeds.Totals(), Incomplete: holes, Ended: over.Ended,
	})
	if err != nil || tell == nil {
		return paths, err
	}
	lines := filepath.Join(dir, "findings.jsonl")
	if err := n.letters(over.Run, lines, tell); err != nil {
		return nil, err
	}
	if passing {
		paths = slices.DeleteFunc(paths, func(path string) bool { return path == lines })
		err = os.Remove(lines)
	}
	return paths, err
}

// letters plans the letters of a run from its lines and writes them.
func (n *nights) letters(run history.Run, lines string, tell func(deliver.Letter) error) error {
	m := &mailing{p: n.p, c: n.s.config, ref: n.s.ref}
	if err := m.read(lines); err != nil {
		return err
	}
	if m.plan.Unclaimed > 0 {
		n.log.Warn("letters-unclaimed", "run", run.ID, "findings", m.plan.Unclaimed)
	}
	for _, d := range m.plan.Drafts {
		if d.Skip != "" {
			continue
		}
		letter, err := m.writer.Write(d)
		if err == nil {
			err = tell(letter)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// inventory is what the reports tell of the inventory's columns and mistakes,
// where it is still the one that was audited.
func (n *nights) inventory(ctx context.Context, s *session, over nightly.Over) (unknown []string, mistakes iter.Seq[filing.Mistake], done func()) {
	inv, err := n.read(ctx, over.Schedule.Inventory)
	if err != nil {
		return nil, s.feeds.Mistakes(), func() {}
	}
	if inv.Digest() != over.Run.Inventory {
		return nil, s.feeds.Mistakes(), func() { inv.Close() }
	}
	return inv.UnknownColumns(), rowsSaid(inv, s.feeds), func() { inv.Close() }
}
