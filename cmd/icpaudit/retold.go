package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/audit/nightly"
	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/report"
)

// namedMissing is how many items without looks a report names; the others are counted.
const namedMissing = 20

// retelling is a run of the history that is judged again and told into a book.
type retelling struct {
	h       remembered
	s       *session // as of the run's start
	run     history.Run
	book    *report.Book
	outlook *history.Outlook
	only    []string // subjects that are wanted; none: all
	n       rejudged
	untold  int      // verdicts that rested on texts that are not kept any more
	names   []string // of the first items whose looks are not kept any more
}

// retold hands the JSON lines of a published run to a function, judged with
// today's rules over what was seen, and says where that is not what was found
// then. Where they are about something, only the subjects that it means are
// told, for judging all takes its time.
func (p *program) retold(ctx context.Context, h remembered, run history.Run, about string, read func(told) error) (err error) {
	dir, err := os.MkdirTemp(h.config.Audit.TempDir, "icpaudit-run-")
	if err != nil {
		return incomplete(fmt.Errorf("make a place for run %d: %w", run.ID, err))
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	say := report.In(h.config.Lang)
	fmt.Fprintf(p.err, say.Say("retold-run")+"\n", run.ID, report.Clean(run.Schedule, 200), filing.DayOf(run.Started))
	r := &retelling{h: h, run: run, s: &session{config: h.config, ref: h.ref, started: run.Started, history: h.store}}
	r.s.teller = report.NewTeller(h.ref, h.config.Checks, h.config.Lang, run.Started)
	// Of a run of a part only all subjects together tell whether it is known which.
	if about != "" && !run.Part {
		if r.only, err = h.store.Subjects(ctx, about); err != nil {
			return incomplete(err)
		}
	}
	if err := r.tell(ctx, filepath.Join(dir, "run")); err != nil {
		return err
	}
	for _, line := range r.differs() {
		fmt.Fprintln(p.err, line)
	}
	return read(told{path: filepath.Join(dir, "run", "findings.jsonl"), name: fmt.Sprintf("run %d", run.ID), run: run.ID})
}

// tell writes the book of the run.
func (r *retelling) tell(ctx context.Context, dir string) error {
	var err error
	if r.outlook, err = history.LookBack(ctx, r.h.store, r.run, r.h.config.History.Due(r.h.config.Checks.DueWorkingDays, r.s.due)); err != nil {
		return incomplete(err)
	}
	info, err := r.info(ctx)
	if err != nil {
		return incomplete(err)
	}
	o := r.h.config.Report
	o.Formats = []string{"jsonl"}
	if r.book, err = report.NewBook(dir, o, r.s.teller, info); err != nil {
		return incomplete(err)
	}
	err = r.subjects(ctx)
	if err == nil {
		err = r.whole()
	}
	totals := r.book.Totals()
	totals.Rows, totals.BadRows = r.run.Totals.Rows, r.run.Totals.BadRows
	_, closing := r.book.Close(report.End{
		Rows: totals.Rows, BadRows: totals.BadRows, Mistakes: func(func(filing.Mistake) bool) {}, Incomplete: r.holes(totals), Ended: r.run.Ended,
	})
	switch {
	case err != nil:
		return err
	case closing != nil:
		return incomplete(closing)
	}
	return nil
}

// subjects judges every subject again and adds it to the book.
func (r *retelling) subjects(ctx context.Context) error {
	for stored, err := range r.h.store.Dossiers(ctx, r.run, r.only...) {
		if err != nil {
			return incomplete(err)
		}
		findings := r.known(stored, r.h.judge(ctx, stored, r.run))
		r.n.compare(stored, findings)
		if err := r.s.tellSubject(r.book, r.outlook, r.n.subjects-1, stored.Subject, findings); err != nil {
			return incomplete(err)
		}
		r.n.differences = nil // only their number is told
	}
	return nil
}

// known leaves out what can't be judged any more: all of an item whose looks are
// not kept, and of one whose page texts are not kept whatever came out
// differently without them.
func (r *retelling) known(stored history.Stored, findings []checks.Finding) []checks.Finding {
	r.names = append(r.names, stored.Missing[:min(len(stored.Missing), namedMissing-len(r.names))]...)
	return slices.DeleteFunc(findings, func(f checks.Finding) bool {
		if f.Level != checks.LevelItem {
			return false
		}
		if slices.Contains(stored.Missing, f.Name) {
			return true
		}
		then, judged := stored.Outcomes[f.Level][f.Item][f.Scene]
		if !slices.Contains(stored.Stripped, f.Name) || !judged || history.SightOf(f) == then {
			return false
		}
		delete(stored.Outcomes[f.Level][f.Item], f.Scene)
		r.untold++
		return true
	})
}

// whole refuses a run of a part of its inventory where later runs made it
// impossible to tell which part that was.
func (r *retelling) whole() error {
	if r.run.Part && r.n.subjects > r.run.Totals.Subjects {
		return usage(fmt.Errorf("tell of run %d: it looked at %d subjects only, and since later runs saw the same the history can't tell which (its reports can: --from DIR)",
			r.run.ID, r.run.Totals.Subjects))
	}
	return nil
}

// info is what the book says of the run: as it was then, but for the rules and
// data that it is judged by now.
func (r *retelling) info(ctx context.Context) (report.RunInfo, error) {
	info, err := r.s.runInfo(ctx, r.run.Schedule, inventoryName(r.h.config, r.run), r.run.Inventory, r.run.Position)
	info.Version, info.Vantage = r.run.Version, r.run.Vantage
	return info, err
}

// inventoryName is the file name of the inventory that a run was about; where
// its schedule is not configured any more, what the history calls it.
func inventoryName(c config, run history.Run) string {
	if file, ok := strings.CutPrefix(run.Schedule, history.OneShot("")); ok {
		return file
	}
	for _, s := range c.Schedules {
		if s.Name == nightly.ScheduleOf(run) {
			return filepath.Base(s.Inventory)
		}
	}
	return filepath.Base(strings.TrimPrefix(run.Family, "file:"))
}

// holes says in words what the book lacks of the run.
func (r *retelling) holes(totals report.Totals) []string {
	var holes []string
	say := r.s.teller.Say
	if len(r.only) == 0 {
		holes = r.s.holes(totals)
	}
	if r.n.differ > 0 {
		holes = append(holes, fmt.Sprintf(say("retold-differ"), r.n.differ))
	}
	if r.n.missing > 0 {
		names := report.Clean(strings.Join(r.names, say("list-comma")), 2000)
		if r.n.missing > len(r.names) {
			names += say("list-comma") + "…"
		}
		holes = append(holes, fmt.Sprintf(say("retold-missing"), r.n.missing, names))
	}
	if r.untold > 0 {
		holes = append(holes, fmt.Sprintf(say("retold-untold"), r.untold))
	}
	switch then := r.run.Totals.Subjects; {
	case len(r.only) > 0:
	case r.n.subjects < then:
		holes = append(holes, fmt.Sprintf(say("retold-gone"), then-r.n.subjects))
	case r.n.subjects > then:
		holes = append(holes, fmt.Sprintf(say("retold-more"), r.n.subjects-then))
	}
	return holes
}

// differs says in words why the run is not told as it was found then, if so.
func (r *retelling) differs() []string {
	return append(r.h.rulesDiffer(r.run), r.holes(report.Totals{})...)
}
