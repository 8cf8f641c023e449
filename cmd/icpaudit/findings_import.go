package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/icpaudit/icpaudit/audit/nightly"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/report"
)

func (p *program) importCommand(file *string) *cobra.Command {
	var by string
	var dry bool
	cmd := &cobra.Command{
		Use:   "import LIST.xlsx",
		Short: "Read the yellow columns of a workbook back: who answers, what is waived, what is said to be mended",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.opened(cmd.Context(), *file, func(h remembered) error {
				h.config.History = h.config.historyOptions(*file)
				i := &importer{remembered: h, by: by, now: p.now()}
				if err := i.read(cmd.Context(), args[0]); err != nil {
					return err
				}
				if err := i.decide(cmd.Context()); err != nil {
					return incomplete(err)
				}
				return p.importList(cmd.Context(), i, dry)
			})
		},
	}
	cmd.Flags().StringVar(&by, "by", "", "who hands the list in (default: the person of each row)")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say what would be done, and do nothing")
	return cmd
}

// importList tells what a list asks for, does it, and sums up.
func (p *program) importList(ctx context.Context, i *importer, dry bool) error {
	for _, row := range i.refused {
		fmt.Fprintln(p.out, i.teller.Unfit(row))
	}
	for _, a := range i.acts {
		fmt.Fprintln(p.out, i.teller.Handled(a.row, a.found))
	}
	if !dry {
		if err := p.carryOut(ctx, i); err != nil {
			return err
		}
	}
	n := i.counts()
	fmt.Fprintf(p.out, i.teller.Say("handled-sums")+"\n", n[report.HandlingAssigned], n[report.HandlingWaived], n[report.HandlingMended], i.same, i.resolved, i.untouched, len(i.refused))
	if dry {
		fmt.Fprintln(p.out, i.teller.Say("handled-dry"))
	}
	if len(i.refused) > 0 {
		return &exit{exitIncomplete, nil}
	}
	return nil
}

// carryOut does what is decided. The look is queued before the claims are
// noted, so that a list that was broken off can be handed in again.
func (p *program) carryOut(ctx context.Context, i *importer) error {
	mended := map[string]bool{}
	for _, a := range i.acts {
		if a.row.Handling == report.HandlingMended {
			mended[a.found.Item.Subject] = true
			continue
		}
		if err := i.do(ctx, a); err != nil {
			return incomplete(err)
		}
	}
	if len(mended) == 0 {
		return nil
	}
	if err := p.lookAgain(ctx, i, mended); err != nil {
		return err
	}
	for _, a := range i.acts {
		if a.row.Handling != report.HandlingMended {
			continue
		}
		if err := i.store.AddNote(ctx, i.note(a)); err != nil {
			return incomplete(err)
		}
	}
	return nil
}

// lookAgain queues a look at subjects, or says what to run instead.
func (p *program) lookAgain(ctx context.Context, i *importer, subjects map[string]bool) error {
	fmt.Fprintln(p.out, i.teller.Say("handled-closes"))
	if ableToWork(i.config, nightly.RoleServe) != nil {
		fmt.Fprintln(p.out, i.teller.Say("handled-no-serve"))
		return nil
	}
	s := &session{config: i.config, ref: i.ref, teller: i.teller, started: i.now, history: i.store}
	err := p.queueRecheck(ctx, s, func(subject *filing.Subject) bool { return subjects[subject.ID()] })
	if errors.Is(err, nightly.ErrNoMatch) {
		fmt.Fprintf(p.out, i.teller.Say("handled-not-there")+"\n", report.Clean(err.Error(), 500))
		return nil
	}
	return err
}
