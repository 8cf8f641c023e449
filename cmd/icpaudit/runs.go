package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/report"
)

func (p *program) runsCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "runs", Short: "List the runs of the history, show one, or compare two"}
	file := historyFlag(cmd)
	format := cmd.PersistentFlags().String("format", "table", formats)
	limit := 0
	list := &cobra.Command{
		Use: "list", Short: "List the runs, the newest first", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withFormat(cmd.Context(), *file, *format, func(h remembered) error { return p.listRuns(cmd.Context(), h, limit, *format) })
		},
	}
	list.Flags().IntVar(&limit, "limit", 30, "how many; 0: all")
	cmd.AddCommand(list, &cobra.Command{
		Use: "show RUN", Short: "Show one run: what was audited, with which rules, and what came of it", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withFormat(cmd.Context(), *file, *format, func(h remembered) error {
				r, err := h.run(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				if *format == "json" {
					return p.jsonLine(r)
				}
				return p.tell(h.teller.Run(r), *format)
			})
		},
	}, &cobra.Command{
		Use: "diff A B", Short: "Compare two runs, scene by scene", Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.withFormat(cmd.Context(), *file, *format, func(h remembered) error { return p.diffRuns(cmd.Context(), h, args, *format) })
		},
	})
	return cmd
}

// withFormat opens the history after the format was found good.
func (p *program) withFormat(ctx context.Context, file, format string, do func(remembered) error) error {
	if err := checkFormat(format); err != nil {
		return err
	}
	return p.opened(ctx, file, do)
}

func (p *program) jsonLine(v any) error {
	line, err := report.JSONLine(v)
	if err != nil {
		return err
	}
	_, err = p.out.Write(line)
	return err
}

func (p *program) listRuns(ctx context.Context, h remembered, limit int, format string) error {
	runs, err := h.store.Runs(ctx, limit)
	if err != nil {
		return incomplete(err)
	}
	if format != "json" {
		return p.tell(h.teller.Runs(runs), format)
	}
	for _, r := range runs {
		if err := p.jsonLine(r); err != nil {
			return err
		}
	}
	return nil
}

// run is the run that an argument names.
func (h remembered) run(ctx context.Context, arg string) (history.Run, error) {
	id, err := strconv.ParseInt(arg, 10, 64)
	if err != nil {
		return history.Run{}, usage(fmt.Errorf("run %q: it is a number (icpaudit runs list shows them)", arg))
	}
	r, err := h.store.Run(ctx, id)
	if err != nil {
		return r, missing(err)
	}
	return r, nil
}

// published is the run that an argument names, and it has to be published.
func (h remembered) published(ctx context.Context, arg string) (history.Run, error) {
	r, err := h.run(ctx, arg)
	if err == nil && r.Position == 0 {
		err = usage(fmt.Errorf("run %d is not published: it left nothing to look at", r.ID))
	}
	return r, err
}

func (p *program) diffRuns(ctx context.Context, h remembered, args []string, format string) error {
	a, err := h.published(ctx, args[0])
	if err != nil {
		return err
	}
	b, err := h.published(ctx, args[1])
	if err != nil {
		return err
	}
	var all []history.Difference
	for d, err := range h.store.Diff(ctx, a, b) {
		if err != nil {
			return incomplete(err)
		}
		all = append(all, d)
	}
	return p.differences(h, all, format)
}

// differences writes differences in a format.
func (p *program) differences(h remembered, all []history.Difference, format string) error {
	switch {
	case format == "json":
		for _, d := range all {
			for _, scene := range d.Scenes() {
				if err := p.jsonLine(differenceLine{report.CleanItem(d.Item), scene, sightIn(d.A, scene), sightIn(d.B, scene)}); err != nil {
					return err
				}
			}
		}
		return nil
	case len(all) == 0 && format == "table":
		_, err := fmt.Fprintln(p.out, h.teller.Say("nothing-differs"))
		return err
	}
	return p.tell(h.teller.Differences(all), format)
}

// differenceLine is a difference as JSON; null where a run did not know the item.
type differenceLine struct {
	Item   history.Item   `json:"item"`
	Scene  checks.ID      `json:"scene"`
	Before *history.Sight `json:"before"`
	After  *history.Sight `json:"after"`
}

func sightIn(o history.Outcomes, scene checks.ID) *history.Sight {
	s, ok := o[scene]
	if !ok {
		return nil
	}
	return &s
}
