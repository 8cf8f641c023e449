package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/report"
)

// remembered is what the commands on the history share.
type remembered struct {
	store  history.Store
	config config
	ref    *reference.Set
	teller *report.Teller
	today  filing.Day
}

// historyFlag adds the flag that names the history.
func historyFlag(cmd *cobra.Command) *string {
	return cmd.PersistentFlags().String("history", "", "SQLite file of the history (default: as configured under history)")
}

// historyOptions is which history is meant: by the flag or the configuration;
// where audits write none, one that was written before, by the default name.
func (c config) historyOptions(flag string) history.Options {
	o := c.History
	switch {
	case flag != "":
		o.Path, o.URL = flag, ""
	case !o.On():
		o.Path = history.DefaultPath
	}
	return o
}

// opened opens a history that is there already, and hands it to a function.
func (p *program) opened(ctx context.Context, flag string, do func(remembered) error) error {
	s, err := p.desk()
	if err != nil {
		return err
	}
	return p.openedBy(ctx, s, flag, do)
}

// openedBy is opened with a session that is there.
func (p *program) openedBy(ctx context.Context, s *session, flag string, do func(remembered) error) (err error) {
	o := s.config.historyOptions(flag)
	if err := thereIs(o); err != nil {
		return err
	}
	store, err := history.Open(ctx, o)
	if err != nil {
		return usage(err)
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return do(remembered{store, s.config, s.ref, s.teller, filing.DayOf(s.started)})
}

// thereIs refuses a file that is not there, which opening would make.
func thereIs(o history.Options) error {
	if o.URL != "" {
		return nil
	}
	if _, err := os.Stat(o.Path); err != nil {
		return usage(fmt.Errorf("open history: %w (icpaudit audit writes one, to history.path of the configuration or to --history FILE)", err))
	}
	return nil
}

// missing gives what was asked for in vain the exit code of a wrong use.
func missing(err error) error {
	if errors.Is(err, history.ErrNone) {
		return usage(err)
	}
	return incomplete(err)
}

// formats are how lists are written.
const formats = "table, csv or json (a line each)"

func checkFormat(format string) error {
	if format != "table" && format != "csv" && format != "json" {
		return usage(fmt.Errorf("format %q: it is %s", format, formats))
	}
	return nil
}

// tell writes a table in a format.
func (p *program) tell(t report.Table, format string) error {
	if format == "csv" {
		return t.CSV(p.out)
	}
	return t.Text(p.out)
}
