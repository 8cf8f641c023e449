package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/report"
)

func (p *program) itemCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "item DOMAIN",
		Short: "Show the history of a domain, an App, a service number or a subject number",
		Args:  cobra.ExactArgs(1),
	}
	file := historyFlag(cmd)
	format := cmd.Flags().String("format", "table", formats)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return p.withFormat(cmd.Context(), *file, *format, func(h remembered) error {
			return p.tellItem(cmd.Context(), h, targetOf(args[0]), *format)
		})
	}
	return cmd
}

func (p *program) tellItem(ctx context.Context, h remembered, target, format string) error {
	items, err := h.store.Items(ctx, target)
	if err != nil {
		return incomplete(err)
	}
	if len(items) == 0 {
		return usage(fmt.Errorf("the history knows no item %q", report.Clean(target, 200)))
	}
	for _, i := range items {
		changes, err := h.store.Changes(ctx, i.ID)
		if err != nil {
			return incomplete(err)
		}
		switch format {
		case "json":
			err = p.jsonLine(struct {
				history.Item
				Changes []history.Change `json:"changes"`
			}{report.CleanItem(i), changes})
		case "csv":
			err = p.tell(h.teller.Changes(changes), format)
		default:
			err = p.tellItemText(h, i, changes)
		}
		if err != nil {
			return err
		}
	}
	if format != "table" {
		return nil
	}
	return p.tellAround(ctx, h, target)
}

func (p *program) tellItemText(h remembered, i history.Item, changes []history.Change) error {
	fmt.Fprintf(p.out, h.teller.Say("item-seen")+"\n", report.Clean(i.Key, 200), report.Clean(i.Label, 100),
		h.ref.Words.Of("level", string(i.Level), h.config.Lang), i.First, i.Last)
	if err := h.teller.Changes(changes).Text(p.out); err != nil {
		return err
	}
	_, err := fmt.Fprintln(p.out)
	return err
}

// tellAround shows the findings of all items meant, and what people wrote.
func (p *program) tellAround(ctx context.Context, h remembered, target string) error {
	var all []history.Finding
	for _, status := range []history.Status{history.StatusOpen, history.StatusResolved} {
		for f, err := range h.store.Findings(ctx, history.Filter{Status: status, Target: target, Today: h.today}) {
			if err != nil {
				return incomplete(err)
			}
			all = append(all, f)
		}
	}
	if err := h.teller.Findings(all).Text(p.out); err != nil {
		return err
	}
	notes, err := h.store.Notes(ctx, target)
	if err != nil {
		return incomplete(err)
	}
	if len(notes) == 0 {
		return nil
	}
	fmt.Fprintln(p.out)
	return h.teller.Notes(notes).Text(p.out)
}
