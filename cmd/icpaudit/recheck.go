package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/spf13/cobra"

	"github.com/icpaudit/icpaudit/audit/nightly"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/scanner"
)

func (p *program) recheckCommand() *cobra.Command {
	var state string
	cmd := &cobra.Command{
		Use:   "recheck DOMAIN | --state open",
		Short: "Have icpaudit serve look at a domain, or at all open findings, again now",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (len(args) == 1) == (state != "") {
				return usage(errors.New("name a domain, or a state with --state"))
			}
			name := ""
			if len(args) == 1 {
				name = args[0]
			}
			return p.recheck(cmd.Context(), name, state)
		},
	}
	cmd.Flags().StringVar(&state, "state", "", "look at all subjects with findings in that state, as in icpaudit findings list")
	return cmd
}

func (p *program) recheck(ctx context.Context, name, state string) error {
	c, _, err := p.load()
	if err != nil {
		return err
	}
	if err := ableToWork(c, nightly.RoleServe); err != nil {
		return usage(err)
	}
	s, err := p.furnish(c)
	if err != nil {
		return err
	}
	if err := s.remember(ctx); err != nil {
		return err
	}
	defer s.history.Close()
	wanted, err := rechecked(ctx, s, name, state)
	if err != nil {
		return err
	}
	err = p.queueRecheck(ctx, s, wanted)
	if errors.Is(err, nightly.ErrNoMatch) {
		return usage(err)
	}
	return err
}

// queueRecheck has icpaudit serve look at subjects again, and tells how to
// follow it; nightly.ErrNoMatch where no schedule has them.
func (p *program) queueRecheck(ctx context.Context, s *session, wanted func(*filing.Subject) bool) error {
	// It looks at nothing here: it only knows which registry knows of what.
	names, err := scanner.New(s.config.Scanner, s.ref, p.now)
	if err != nil {
		return usage(err)
	}
	defer names.Close()
	asking := *s
	asking.scanner = names
	e := p.engine(&asking, slog.New(slog.NewTextHandler(p.err, nil)))
	if err := e.Open(ctx, nightly.RoleClient); err != nil {
		return incomplete(err)
	}
	run, subjects, err := e.Recheck(ctx, wanted)
	if errors.Is(err, nightly.ErrNoMatch) {
		return err
	}
	if err != nil {
		return incomplete(err)
	}
	fmt.Fprintf(p.out, s.teller.Say("recheck-queued")+"\n", subjects, run.ID, run.ID)
	working, err := e.Working(ctx)
	if err == nil && !working {
		fmt.Fprintln(p.out, s.teller.Say("recheck-nobody"))
	}
	return err
}

// rechecked says which subjects are meant.
func rechecked(ctx context.Context, s *session, name, state string) (func(*filing.Subject) bool, error) {
	if state == "" {
		domain, err := filing.ParseDomain(name)
		if err != nil {
			return nil, usage(err)
		}
		return func(subject *filing.Subject) bool { return holds(subject, domain.Name) }, nil
	}
	subjects := map[string]bool{}
	filter := history.Filter{Status: history.Status(state), Today: filing.DayOf(s.started)}
	if !slices.Contains(history.Statuses(), filter.Status) {
		return nil, usage(fmt.Errorf("state %q: it is one of %v", state, history.Statuses()))
	}
	for f, err := range s.history.Findings(ctx, filter) {
		if err != nil {
			return nil, incomplete(err)
		}
		subjects[f.Item.Subject] = true
	}
	return func(subject *filing.Subject) bool { return subjects[subject.ID()] }, nil
}

func holds(subject *filing.Subject, domain string) bool {
	for _, service := range subject.Services {
		for _, d := range service.Domains {
			if d.Name == domain {
				return true
			}
		}
	}
	return false
}
