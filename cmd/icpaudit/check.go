package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/icpaudit/icpaudit/audit"
	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/filing/number"
	"github.com/icpaudit/icpaudit/report"
)

// checkFlags are the flags of the check command: the filing, from an inventory
// or by hand.
type checkFlags struct {
	inventory string
	number    string
	subject   string
	provider  string
	ips       []string
	name      string
	psb       string
	noConfirm bool
	failOn    string
	format    string
	feeds     feedFlags
}

func (p *program) checkCommand() *cobra.Command {
	var f checkFlags
	cmd := &cobra.Command{
		Use:   "check DOMAIN",
		Short: "Check one domain now, against its filing where one is given",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, from, err := p.load()
			if err != nil {
				return err
			}
			if err := (auditFlags{failOn: f.failOn, noConfirm: f.noConfirm, feeds: f.feeds}).apply(&c); err != nil {
				return err
			}
			if f.format != "text" && f.format != "json" {
				return usage(fmt.Errorf("format %q: it is text or json", f.format))
			}
			p.announce(p.err, from, report.In(c.Lang))
			return p.checkOne(cmd.Context(), c, args[0], f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.inventory, "inventory", "", "inventory that holds the domain's filing")
	flags.StringVar(&f.number, "number", "", "filed service number, such as 京ICP备12345678号-1")
	flags.StringVar(&f.subject, "subject", "", "filed name of the subject")
	flags.StringVar(&f.provider, "provider", "", "filed access provider")
	flags.StringSliceVar(&f.ips, "ip", nil, "filed address or CIDR range (may be repeated)")
	flags.StringVar(&f.name, "name", "", "filed name of the website")
	flags.StringVar(&f.psb, "psb", "", "filed public-security number")
	flags.BoolVar(&f.noConfirm, "no-confirm", false, "take no second look; what was absent is then only suspected")
	flags.StringVar(&f.failOn, "fail-on", "", "deficient or suspected: what makes the exit code 3")
	f.feeds.register(flags)
	flags.StringVar(&f.format, "format", "text", "text or json")
	return cmd
}

// checkInterval is the time between two rounds of canaries for one domain: it
// should not be kept waiting.
const checkInterval = time.Second

// checkOne audits the one domain on the path that the whole inventory takes.
func (p *program) checkOne(ctx context.Context, c config, domain string, f checkFlags) error {
	name, err := filing.ParseDomain(domain)
	if err != nil {
		return usage(err)
	}
	subject, err := f.filed(ctx, name)
	if err != nil {
		return usage(err)
	}
	// One domain is confirmed sooner than a whole run would.
	c.Checks.ConfirmAfter = min(c.Checks.ConfirmAfter, c.Audit.ConfirmCheck)
	c.Audit.Health.Interval = min(c.Audit.Health.Interval, checkInterval)
	c.Audit.Health.Pause = min(c.Audit.Health.Pause, c.Audit.ConfirmCheck)
	feeds, err := p.openFeeds(ctx, c, p.err)
	if err != nil {
		return err
	}
	defer feeds.Close()
	s, err := p.begin(ctx, c, p.err)
	if err != nil {
		return err
	}
	defer s.close()
	s.feeds = feeds
	tellRefused(p.err, s, "feed-more-check")
	s.recall(ctx, p.err)
	s.tellCanaries(p.err)
	if err := s.watchAloud(p.err); err != nil {
		return err
	}
	a := s.audit(ctx, p)
	a.Only = func(item string) bool { return item == name.Name }
	a.Waits = func(items int) { fmt.Fprintf(p.err, s.teller.Say("second-look")+"\n", items, c.Checks.ConfirmAfter) }
	var result audit.Result
	one := func(yield func(*filing.Subject, error) bool) { yield(subject, nil) }
	if err := a.Run(ctx, one, func(r audit.Result) error { result = r; return nil }); err != nil {
		return incomplete(fmt.Errorf("check %q: %w", domain, err))
	}
	result.Findings = concerning(result, subject, name.Name)
	totals := report.Count(result.Findings)
	if err := p.tellCheck(s, f, name, result); err != nil {
		return err
	}
	if err := feeds.Err(); err != nil {
		return incomplete(fmt.Errorf("check %q: %w", domain, err))
	}
	return s.verdict(totals, totals.Outcomes[checks.Error] > 0 || badRows(feeds) > 0)
}

// concerning keeps the findings of the domain, its services and its subject.
func concerning(r audit.Result, subject *filing.Subject, name string) []checks.Finding {
	var services []string
	for _, s := range subject.Services {
		if slices.ContainsFunc(s.Domains, func(d *filing.Domain) bool { return d.Name == name }) {
			services = append(services, s.ID(subject))
		}
	}
	return slices.DeleteFunc(r.Findings, func(f checks.Finding) bool {
		switch f.Level {
		case checks.LevelItem:
			return f.Name != name
		case checks.LevelService:
			return !slices.Contains(services, f.Service)
		}
		return false
	})
}

func (p *program) tellCheck(s *session, f checkFlags, name filing.DomainName, r audit.Result) error {
	if f.format == "json" {
		return s.teller.SingleJSON(p.out, r.Subject, r.Findings, r.Looks)
	}
	fmt.Fprintf(p.out, s.teller.Say("audited")+"\n", name)
	if err := s.teller.Looks(p.out, r.Looks[name.Name]); err != nil {
		return err
	}
	leave := func(checks.Finding) bool { return false }
	if f.unfiled() {
		var scenes []string
		leave = func(f checks.Finding) bool { return f.Why != nil && checks.LacksFiling(f.Why.Code) }
		for _, finding := range r.Findings {
			if leave(finding) {
				scenes = append(scenes, string(finding.Scene))
			}
		}
		if err := s.teller.Single(p.out, r.Subject, r.Findings, leave); err != nil {
			return err
		}
		fmt.Fprintf(p.out, s.teller.Say("without-filing")+"\n", joinNames(s, scenes))
		return nil
	}
	return s.teller.Single(p.out, r.Subject, r.Findings, leave)
}

func joinNames(s *session, scenes []string) string {
	if len(scenes) == 0 {
		return s.teller.Say("none")
	}
	return strings.Join(s.names(scenes), s.teller.Say("list-comma"))
}

// unfiled says whether nothing of a filing was given.
func (f checkFlags) unfiled() bool {
	return f.inventory == "" && f.number == "" && f.subject == "" && f.provider == "" && len(f.ips) == 0 && f.name == "" && f.psb == ""
}

// filed is the subject that the domain is filed under, from the inventory or
// made from the flags.
func (f checkFlags) filed(ctx context.Context, name filing.DomainName) (*filing.Subject, error) {
	if f.inventory != "" {
		return f.fromInventory(ctx, name)
	}
	service := &filing.Service{Kind: filing.Website, Name: f.name, Provider: f.provider}
	subject := &filing.Subject{Name: f.subject, Services: []*filing.Service{service}, Row: 1}
	domain := &filing.Domain{Name: name.Name, Label: name.Label, Row: 1}
	if f.number != "" {
		n, _, err := number.ParseInventory(f.number)
		if err != nil {
			return nil, fmt.Errorf("read --number %q: %w", f.number, err)
		}
		subject.Number = n.Subject().String()
		if n.Service > 0 {
			service.Number = n.String()
		}
	}
	if f.psb != "" {
		n, _, err := number.ParsePSB(f.psb)
		if err != nil {
			return nil, fmt.Errorf("read --psb %q: %w", f.psb, err)
		}
		domain.PSB = n.String()
	}
	var err error
	if service.IPs, err = prefixes(f.ips); err != nil {
		return nil, err
	}
	service.Domains = []*filing.Domain{domain}
	return subject, nil
}

func (f checkFlags) fromInventory(ctx context.Context, name filing.DomainName) (*filing.Subject, error) {
	inv, err := filing.ReadInventory(ctx, f.inventory, filing.ReadOptions{})
	if err != nil {
		return nil, err
	}
	defer inv.Close()
	for subject, err := range inv.Subjects(ctx) {
		if err != nil {
			return nil, err
		}
		for _, service := range subject.Services {
			if slices.ContainsFunc(service.Domains, func(d *filing.Domain) bool { return d.Name == name.Name }) {
				return subject, nil
			}
		}
	}
	return nil, fmt.Errorf("find %s in inventory %q: no usable row has it (icpaudit inventory check names the rows that can't be used)", name, f.inventory)
}
