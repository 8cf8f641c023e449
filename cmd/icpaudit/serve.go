package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	"github.com/spf13/cobra"

	"github.com/icpaudit/icpaudit/audit/nightly"
	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/report"
	"github.com/icpaudit/icpaudit/report/deliver"
)

func (p *program) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Run the audits of the configured schedules, night after night",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return p.work(cmd.Context(), nightly.RoleServe) },
	}
}

func (p *program) workerCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "worker",
		Short: "Help icpaudit serve on another machine, through the same PostgreSQL",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return p.work(cmd.Context(), nightly.RoleWorker) },
	}
}

// work serves or helps until the program is told to stop. Told so while it
// still starts, it has nothing to put by, and ends well whatever that broke off.
func (p *program) work(ctx context.Context, role nightly.Role) error {
	ready := false
	err := p.workUntil(ctx, role, func() { ready = true })
	if !ready && ctx.Err() != nil {
		return nil
	}
	return err
}

func (p *program) workUntil(ctx context.Context, role nightly.Role, ready func()) error {
	c, from, err := p.load()
	if err != nil {
		return err
	}
	p.announce(p.err, from, report.In(c.Lang))
	if err := ableToWork(c, role); err != nil {
		return usage(err)
	}
	if c.History.URL == "" {
		unlock, err := lockFile(c.History.Path)
		if err != nil {
			return err
		}
		defer unlock()
	}
	s, err := p.begin(ctx, c, p.err)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.remember(ctx); err != nil {
		return err
	}
	if health, err := s.history.Health(ctx); err != nil {
		return incomplete(err)
	} else if health.Damage != "" {
		return usage(damaged(health))
	}
	log := slog.New(slog.NewTextHandler(p.err, nil))
	if err := s.watchInLog(log); err != nil {
		return err
	}
	e := p.engine(s, log)
	if role == nightly.RoleServe && len(c.Deliver.Teams) > 0 {
		if e.Send, err = p.sender(s); err != nil {
			return usage(err)
		}
	}
	if err := e.Open(ctx, role); err != nil {
		return incomplete(err)
	}
	if err := e.Listen(ctx); err != nil {
		return usage(err)
	}
	service := newNotifier()
	defer service.close()
	err = e.Run(ctx, role, func() {
		ready()
		e.Log.Info("ready", "id", e.ID, "schedules", len(e.Schedules))
		service.tell("READY=1")
	}, func() { service.tell("WATCHDOG=1") })
	service.tell("STOPPING=1")
	if err != nil {
		return incomplete(err)
	}
	return nil
}

// sender sends letters. A missing secret or a broken template is found now, and
// not in the night.
func (p *program) sender(s *session) (func(context.Context, deliver.Letter) error, error) {
	o := s.config.Deliver
	if _, err := deliver.NewWriter(s.ref, o, deliver.Run{}, s.config.Report.Headers); err != nil {
		return nil, err
	}
	post, err := p.postman(s.config, s.ref, func(channel deliver.Channel, _ string) bool { return channel == deliver.ByChat || o.Mail.Host != "" })
	if err != nil {
		return nil, err
	}
	return post.Send, nil
}

func ableToWork(c config, role nightly.Role) error {
	switch {
	case !c.History.On():
		return errors.New("history.path or history.url has to name the history: the nights are kept there")
	case role == nightly.RoleServe && len(c.Schedules) == 0:
		return errors.New("schedules: none is configured, so that there is nothing to run")
	case role == nightly.RoleWorker && c.History.URL == "":
		return errors.New("history.url has to name the PostgreSQL database of icpaudit serve: a SQLite file has one process that works")
	}
	return nil
}

// lockFile makes this the only process that works on a SQLite file.
func lockFile(path string) (unlock func(), err error) {
	lock := flock.New(path+".serve", flock.SetPermissions(0o600))
	got, err := lock.TryLock()
	if err != nil {
		return nil, usage(fmt.Errorf("lock the history %q: %w", path, err))
	}
	if !got {
		return nil, usage(fmt.Errorf("another icpaudit serve works on the history %q", path))
	}
	return func() { lock.Close() }, nil
}

// engine makes the engine of this session.
func (p *program) engine(s *session, log *slog.Logger) *nightly.Engine {
	c := s.config
	n := &nights{p: p, s: s, log: log, feeds: map[int64]*filing.Feeds{}}
	return &nightly.Engine{
		Store: s.history, Postgres: c.History.URL != "", ID: workerID(p.now()), Options: c.Serve, Schedules: c.Schedules, Log: log, Now: p.now,
		Stamp: func(r history.Run) history.Run {
			r.Rules, r.Reference = history.RulesDigest(checks.All(), c.Checks), s.ref.Digest
			r.Version, r.Vantage = version(), c.Checks.Vantage
			return r
		},
		Read: n.read, Audit: n.audit, Report: n.report,
		Registries: s.scanner, Live: c.Scanner.Registration.Live(),
		Due: c.History.Due(c.Checks.DueWorkingDays, s.due), Limits: limits(c.Audit), Health: s.health, Watch: p.watch,
	}
}

// workerID is the name of this process among all that work.
func workerID(now time.Time) string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%.60s-%d-%d", host, os.Getpid(), now.UnixNano())
}

// inventoryDir is the directory of a schedule's inventory, that paths of packages are
// relative to.
func inventoryDir(s nightly.Schedule) string { return filepath.Dir(s.Inventory) }

// readInventory reads an inventory and keeps to the limit for audits without a contact.
func readInventory(ctx context.Context, c config, path string) (*filing.Inventory, error) {
	inv, err := filing.ReadInventory(ctx, path, filing.ReadOptions{TempDir: c.Audit.TempDir})
	if err != nil {
		return nil, err
	}
	if n := inv.Totals().Domains; c.Scanner.Contact == "" && n > c.Audit.MaxUnnamed {
		inv.Close()
		return nil, fmt.Errorf(report.In(c.Lang).Say("contact-unset"), c.Audit.MaxUnnamed, n)
	}
	return inv, nil
}

// showSchedules prints the next three times of each schedule.
func (p *program) showSchedules(w io.Writer, c config) error {
	for _, s := range c.Schedules {
		times, err := nightly.Parse(s.Cron)
		if err != nil {
			return usage(fmt.Errorf("schedule %q: %w", s.Name, err))
		}
		fmt.Fprintf(w, report.In(c.Lang).Say("schedule-next")+"\n", s.Name, s.Cron, nightly.Zone)
		for _, next := range times.NextN(p.now(), 3) {
			fmt.Fprintln(w, "  "+next.Format("2006-01-02 15:04 Mon"))
		}
	}
	return nil
}
