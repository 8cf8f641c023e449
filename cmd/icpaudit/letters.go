package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/spf13/cobra"

	"github.com/icpaudit/icpaudit/audit/nightly"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/report"
)

// toldReleased is the phrase of letters that are queued.
const toldReleased = "letters-released"

func (p *program) lettersCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "letters", Short: "List the letters that icpaudit serve sends, and decide on those that are not sent"}
	file := historyFlag(cmd)
	var state, run, format string
	limit := 0
	list := &cobra.Command{
		Use: "list", Short: "List letters, the newest first: to whom, about which run, and what became of them", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if s := history.NotificationState(state); s != "" && !slices.Contains(history.NotificationStates(), s) {
				return usage(fmt.Errorf("state %q: it is one of %v", state, history.NotificationStates()))
			}
			return p.withFormat(cmd.Context(), *file, format, func(h remembered) error {
				return p.listLetters(cmd.Context(), h, run, history.NotificationState(state), limit, format)
			})
		},
	}
	list.Flags().StringVar(&state, "state", "", "only those that are pending, held, failed, sent or dropped")
	list.Flags().StringVar(&run, "run", "", "only those about that run")
	list.Flags().IntVar(&limit, "limit", 200, "how many; 0: all")
	list.Flags().StringVar(&format, "format", "table", formats)
	cmd.AddCommand(list,
		p.decideCommand(file, "release RUN --by NAME", "Have the letters about a run sent that are held or failed", toldReleased, (*nightly.Engine).Release),
		p.decideCommand(file, "drop RUN --by NAME", "End the letters about a run that are held, failed or pending: they are never sent", "letters-dropped", (*nightly.Engine).Drop))
	return cmd
}

func (p *program) listLetters(ctx context.Context, h remembered, run string, state history.NotificationState, limit int, format string) error {
	var about history.Run
	if run != "" {
		var err error
		if about, err = h.run(ctx, run); err != nil {
			return err
		}
	}
	all, err := h.store.Notifications(ctx, about.ID, state, limit)
	if err != nil {
		return incomplete(err)
	}
	if format == "json" {
		for _, n := range all {
			if err := p.jsonLine(n); err != nil {
				return err
			}
		}
		return nil
	}
	if err := p.tell(h.teller.Letters(all), format); err != nil || format != "table" {
		return err
	}
	_, err = fmt.Fprintf(p.out, h.teller.Say("letters-count")+"\n", len(all))
	return err
}

// decideCommand is a command by which a person decides on the letters about a
// run; told is the phrase of what was done.
func (p *program) decideCommand(file *string, use, short, told string, decide func(*nightly.Engine, context.Context, int64, string) (int, error)) *cobra.Command {
	var by string
	cmd := &cobra.Command{
		Use: use, Short: short, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if by == "" {
				return usage(errors.New("say with --by who decides"))
			}
			ctx := cmd.Context()
			return p.opened(ctx, *file, func(h remembered) error {
				run, err := h.run(ctx, args[0])
				if err != nil {
					return err
				}
				e := &nightly.Engine{
					Store: h.store, Postgres: h.config.historyOptions(*file).URL != "", ID: workerID(p.now()), Options: h.config.Serve,
					Log: slog.New(slog.NewTextHandler(p.err, nil)), Now: p.now,
				}
				if err := e.Open(ctx, nightly.RoleClient); err != nil {
					return incomplete(err)
				}
				n, err := decide(e, ctx, run.ID, by)
				if err != nil {
					return missing(err)
				}
				fmt.Fprintf(p.out, h.teller.Say(told)+"\n", n, run.ID)
				return p.tellWorking(ctx, e, h.teller.Phrases, told)
			})
		},
	}
	cmd.Flags().StringVar(&by, "by", "", "who decides (required)")
	return cmd
}

// tellWorking says so where nobody works who would send what was released.
func (p *program) tellWorking(ctx context.Context, e *nightly.Engine, say report.Phrases, told string) error {
	if told != toldReleased {
		return nil
	}
	working, err := e.Working(ctx)
	if err != nil {
		return incomplete(err)
	}
	if !working {
		fmt.Fprintln(p.out, say.Say("letters-nobody"))
	}
	return nil
}
