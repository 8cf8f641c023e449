package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/report"
)

// latest names the newest published run.
const latest = "latest"

// source is the run that a command tells of: by the directory of its reports, or
// by its number in the history. With neither it is the newest published run.
type source struct {
	from    string
	run     string
	history string
}

// register adds the flags that name the run.
func (s *source) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&s.from, "from", "", "directory of an audit's reports, or its findings.jsonl")
	flags.StringVar(&s.run, "run", "", "number of a run of the history, or "+latest+", the newest published one (default, without --from)")
	flags.StringVar(&s.history, "history", "", "SQLite file of the history that holds the run (default: as configured under history)")
	cmd.MarkFlagsMutuallyExclusive("from", "run")
	cmd.MarkFlagsMutuallyExclusive("from", "history")
}

// take takes the run from the arguments of a command that may name it there.
func (s *source) take(args []string) error {
	if len(args) == 0 {
		return nil
	}
	if s.from != "" || s.run != "" {
		return usage(fmt.Errorf("run %q: the run is named once, as an argument, with --run or with --from", args[0]))
	}
	s.run = args[0]
	return nil
}

// told is a run that can be read: its JSON lines, and what messages call it.
type told struct {
	path string
	name string
	run  int64 // of the history; 0: of a directory
}

// lines hands the JSON lines of a run to a function. Those of a run of the
// history are made anew, and are gone afterwards; about names what the caller
// wants to know of, by number, name or key, and may leave out all else.
func (p *program) lines(ctx context.Context, s *session, from source, about string, read func(told) error) error {
	if from.from != "" {
		return read(told{path: jsonLinesOf(from.from), name: fmt.Sprintf("%q", from.from)})
	}
	if from.run == "" {
		if err := s.hasHistory(from.history); err != nil {
			return usage(fmt.Errorf("say which run is meant: --from DIR names the directory of its reports, --run ID a run of the history: %w", err))
		}
	}
	return p.openedBy(ctx, s, from.history, func(h remembered) error {
		run, err := h.chosen(ctx, from.run)
		if err != nil {
			return err
		}
		return p.retold(ctx, h, run, about, read)
	})
}

// hasHistory says why there is no history to take the newest run from, if so.
func (s *session) hasHistory(flag string) error {
	if flag == "" && !s.config.History.On() {
		return errors.New("no history is configured")
	}
	return thereIs(s.config.historyOptions(flag))
}

// chosen is the published run that an argument names; without one the newest of
// a whole inventory, or the newest at all.
func (h remembered) chosen(ctx context.Context, arg string) (history.Run, error) {
	if arg != "" && arg != latest {
		return h.published(ctx, arg)
	}
	runs, err := h.store.Runs(ctx, 0)
	if err != nil {
		return history.Run{}, incomplete(err)
	}
	var newest history.Run
	for _, r := range runs {
		if r.Position > 0 && (newest.ID == 0 || newest.Part && !r.Part || newest.Part == r.Part && r.Position > newest.Position) {
			newest = r
		}
	}
	if newest.ID == 0 {
		return newest, usage(errors.New("the history has no published run yet (icpaudit runs list shows what there is)"))
	}
	return newest, nil
}

// ledger hands a run to a function, with the words that are in force now; about
// is as of lines.
func (p *program) ledger(ctx context.Context, from source, about string, do func(s *session, t told, teller *report.Teller, l *report.Ledger) error) error {
	s, err := p.desk()
	if err != nil {
		return err
	}
	return p.lines(ctx, s, from, about, func(t told) error {
		l, err := report.OpenLedger(t.path)
		if err != nil {
			return usage(err)
		}
		return do(s, t, report.NewTeller(s.ref, l.Run.Policy, s.config.Lang, l.Run.Started), l)
	})
}

// jsonLinesOf is the file of the JSON lines; people name it, or its directory.
func jsonLinesOf(from string) string {
	if strings.HasSuffix(from, ".jsonl") {
		return from
	}
	return filepath.Join(from, "findings.jsonl")
}
