package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"

	"github.com/icpaudit/icpaudit/audit"
	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/report"
)

// auditFlags are the flags of the audit command; each beats the configuration.
type auditFlags struct {
	inventory    string
	out          string
	registration string
	failOn       string
	noConfirm    bool
	feeds        feedFlags
	history      string
	noHistory    bool
}

func (p *program) auditCommand() *cobra.Command {
	var f auditFlags
	cmd := &cobra.Command{
		Use:   "audit --inventory FILE --out DIR",
		Short: "Audit every filing of an inventory and write the reports",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, from, err := p.load()
			if err != nil {
				return err
			}
			if err := f.apply(&c); err != nil {
				return err
			}
			p.announce(p.out, from, report.In(c.Lang))
			return p.auditAll(cmd.Context(), c, f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.inventory, "inventory", "", "inventory of filings: CSV, XLSX or JSON")
	flags.StringVar(&f.out, "out", "", "directory for the reports; it must not exist yet")
	flags.StringVar(&f.registration, "registration", "", "cached, live or off: whether registries are asked")
	flags.StringVar(&f.failOn, "fail-on", "", "deficient or suspected: what makes the exit code 3")
	flags.BoolVar(&f.noConfirm, "no-confirm", false, "take no second look; what was absent is then only suspected")
	f.feeds.register(flags)
	flags.StringVar(&f.history, "history", "", "SQLite file that remembers the audit (default: as configured under history)")
	flags.BoolVar(&f.noHistory, "no-history", false, "keep no history of this audit")
	cmd.MarkFlagRequired("inventory")
	cmd.MarkFlagRequired("out")
	cmd.MarkFlagsMutuallyExclusive("history", "no-history")
	return cmd
}

func (f auditFlags) apply(c *config) error {
	if f.registration != "" {
		c.Scanner.Registration.Mode = f.registration
	}
	if f.failOn != "" {
		c.Audit.FailOn = f.failOn
	}
	if f.noConfirm {
		c.Audit.Confirm = false
	}
	if err := f.feeds.apply(&c.Feeds); err != nil {
		return usage(err)
	}
	if f.history != "" || f.noHistory {
		c.History.Path, c.History.URL = f.history, ""
	}
	for path, err := range c.validate() {
		return usage(fmt.Errorf("%s: %w", path, err))
	}
	return nil
}

// auditAll audits an inventory from its file to the reports.
func (p *program) auditAll(ctx context.Context, c config, f auditFlags) error {
	if _, err := os.Stat(f.out); err == nil {
		return usage(fmt.Errorf("report directory %q exists already; name a new one", f.out))
	}
	inv, err := filing.ReadInventory(ctx, f.inventory, filing.ReadOptions{TempDir: c.Audit.TempDir})
	if err != nil {
		return usage(err)
	}
	defer inv.Close()
	p.tellInventory(c, inv, f.inventory)
	totals := inv.Totals()
	if c.Scanner.Contact == "" && totals.Domains > c.Audit.MaxUnnamed {
		return usage(fmt.Errorf(report.In(c.Lang).Say("contact-unset"), c.Audit.MaxUnnamed, totals.Domains))
	}
	if f.registration == "" && c.Scanner.Registration.Live() && totals.Domains > c.Audit.LiveDomains {
		c.Scanner.Registration.Mode = "cached"
		fmt.Fprintf(p.out, report.In(c.Lang).Say("registration-many")+"\n", totals.Domains, c.Audit.LiveDomains)
	}
	feeds, err := p.openFeeds(ctx, c, p.out)
	if err != nil {
		return err
	}
	defer feeds.Close()
	s, err := p.begin(ctx, c, p.out)
	if err != nil {
		return err
	}
	defer s.close()
	s.feeds = feeds
	rec, err := p.remembering(ctx, s, inv, f)
	if err != nil {
		return err
	}
	s.tellCanaries(p.out)
	if err := s.watchAloud(p.out); err != nil {
		return err
	}
	a := s.audit(ctx, p)
	a.Dir = filepath.Dir(f.inventory)
	p.tellPace(s, inv)
	outlook, err := s.outlook(ctx)
	if err != nil {
		return incomplete(err)
	}
	book, err := s.openBook(ctx, inv, f)
	if err != nil {
		return err
	}
	progress := p.follow(s, book, totals.Subjects)
	var unseen atomic.Int64
	err = a.Run(ctx, inv.Subjects(ctx), func(r audit.Result) error {
		unseen.Add(int64(r.Unseen))
		rec.add(ctx, r)
		return s.tellSubject(book, outlook, r.Seq, r.Subject, r.Findings)
	})
	progress()
	if err != nil {
		err = fmt.Errorf("audit %q: %w", f.inventory, err)
	}
	return p.finish(ctx, s, book, rec, inv, int(unseen.Load()), err)
}

// finish writes the reports and the summary and settles the exit code. An audit
// that broke off reports the subjects that were finished, and says so.
func (p *program) finish(ctx context.Context, s *session, book *report.Book, rec *recorder, inv *filing.Inventory, unseen int, broke error) error {
	rows := inv.Totals()
	totals := book.Totals()
	totals.Rows, totals.BadRows = rows.Rows, rows.Bad
	holes := s.holes(totals)
	if broke != nil {
		holes = append(holes, fmt.Sprintf(s.teller.Say("incomplete-broke"), totals.Subjects, rows.Subjects))
	} else {
		holes = append(holes, s.provisional(rows, totals, unseen)...)
	}
	told, failed := rec.end(ctx, p.now(), totals, rows, broke != nil)
	if failed = errors.Join(s.forgotten, failed); failed != nil {
		holes = append(holes, fmt.Sprintf(s.teller.Say("history-failed"), report.Clean(failed.Error(), 500)))
	}
	paths, err := book.Close(report.End{
		Rows: rows.Rows, BadRows: rows.Bad, Mistakes: rowsSaid(inv, s.feeds), Feeds: s.feeds.Totals(), Incomplete: holes, Ended: p.now(),
	})
	if err != nil {
		return incomplete(errors.Join(broke, err))
	}
	fmt.Fprintln(p.out)
	if err := s.teller.Summary(p.out, checks.All(), totals); err != nil {
		return err
	}
	p.tellFeeds(s)
	scenes, unjudged := len(s.ref.Catalogue.Scenes), s.unjudged()
	fmt.Fprintf(p.out, s.teller.Say("judged")+"\n", scenes-len(unjudged), scenes)
	if len(unjudged) > 0 {
		fmt.Fprintf(p.out, s.teller.Say("unjudged")+"\n", len(unjudged), strings.Join(s.names(unjudged), s.teller.Say("list-comma")))
	}
	for _, hole := range holes {
		fmt.Fprintf(p.out, s.teller.Say("incomplete")+"\n", hole)
	}
	for _, line := range told {
		fmt.Fprintln(p.out, line)
	}
	p.tellReports(s.teller.Phrases, paths)
	if broke != nil {
		return incomplete(broke)
	}
	return s.verdict(totals, len(holes) > 0)
}

// holes says in words why the audit is incomplete.
func (s *session) holes(t report.Totals) []string {
	var holes []string
	if n := t.Outcomes[checks.Error]; n > 0 {
		holes = append(holes, fmt.Sprintf(s.teller.Say("incomplete-error"), n))
	}
	if t.BadRows > 0 {
		holes = append(holes, fmt.Sprintf(s.teller.Say("incomplete-rows"), t.BadRows))
	}
	if n := badRows(s.feeds); n > 0 {
		holes = append(holes, fmt.Sprintf(s.teller.Say("incomplete-feeds"), n))
	}
	if err := s.feeds.Err(); err != nil {
		holes = append(holes, fmt.Sprintf(s.teller.Say("incomplete-feed"), report.Clean(err.Error(), 500)))
	}
	if rate, ok := t.Coverage(); ok && rate < s.config.Audit.MinCoverage {
		holes = append(holes, fmt.Sprintf(s.teller.Say("incomplete-cover"), report.Percent(rate), report.Percent(s.config.Audit.MinCoverage)))
	}
	return holes
}

// unjudged lists the scenes of the catalogue that no check judges.
func (s *session) unjudged() []string {
	ids := []string{}
	for _, scene := range s.ref.Catalogue.Scenes {
		if !scene.Judged {
			ids = append(ids, scene.ID)
		}
	}
	return ids
}

func (s *session) names(ids []string) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = s.teller.SceneName(id)
	}
	return names
}

// openBook opens the book of an audit by hand.
func (s *session) openBook(ctx context.Context, inv *filing.Inventory, f auditFlags) (*report.Book, error) {
	info, err := s.runInfo(ctx, history.OneShot(filepath.Base(f.inventory)), f.inventory, inv.Digest(), 0)
	if err != nil {
		return nil, incomplete(err)
	}
	info.Unknown = inv.UnknownColumns()
	book, err := report.NewBook(f.out, s.config.Report, s.teller, info)
	if err != nil {
		return nil, usage(err)
	}
	return book, nil
}

// runInfo is what the reports say of a run of a schedule over an inventory. Its
// earlier runs are those published before a position, or up to now where that is 0.
func (s *session) runInfo(ctx context.Context, schedule, inventory, digest string, before int64) (report.RunInfo, error) {
	info := report.RunInfo{
		Version: version(), Started: s.started, Inventory: filepath.Base(inventory), Digest: digest, Reference: s.ref.Digest,
		Vantage: s.config.Checks.Vantage, Unjudged: s.unjudged(), Policy: s.config.Checks, Feeds: s.feeds.Infos(), History: s.history != nil,
	}
	if !strings.HasPrefix(schedule, history.OneShot("")) {
		info.Schedule = schedule
	}
	if s.history == nil {
		return info, nil
	}
	var err error
	info.Earlier, err = earlier(ctx, s.history, schedule, before)
	return info, err
}

// tellPace says how long the registries' pace will take.
func (p *program) tellPace(s *session, inv *filing.Inventory) {
	if o := s.config.Scanner.Registration; !o.Live() {
		fmt.Fprintf(p.out, s.teller.Say("registration-off")+"\n", o.Mode)
		return
	}
	for _, pace := range s.scanner.Pace(inv.CountByTLD()) {
		fmt.Fprintf(p.out, s.teller.Say("pace")+"\n", pace.Server, pace.Queries, pace.Duration)
	}
}
