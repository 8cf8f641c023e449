package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/report"
)

func (p *program) waiveCommand() *cobra.Command {
	var w history.Waiver
	var scene, reason, until string
	cmd := &cobra.Command{
		Use:   "waive TARGET",
		Short: "Waive a scene for a domain, App, service number or subject number, for a time; the finding stays visible",
		Args:  cobra.ExactArgs(1),
	}
	file := historyFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		w.Target, w.Scene, w.Reason, w.Made = targetOf(args[0]), checks.ID(scene), history.WaiverReason(reason), p.now()
		if err := w.Until.UnmarshalText([]byte(until)); err != nil {
			return usage(fmt.Errorf("--until %q: it is a day such as 2026-12-31", until))
		}
		if err := w.Validate(filing.DayOf(w.Made)); err != nil {
			return usage(err)
		}
		return p.opened(cmd.Context(), *file, func(h remembered) error {
			if _, ok := h.ref.Catalogue.Scene(scene); !ok {
				return usage(fmt.Errorf("the catalogue has no scene %q (icpaudit catalogue lists them)", scene))
			}
			made, err := h.store.Waive(cmd.Context(), w)
			if err != nil {
				return incomplete(err)
			}
			fmt.Fprintf(p.out, h.teller.Say("waived")+"\n", made.ID, report.Clean(made.Target, 200), h.teller.SceneName(scene), made.Until)
			return nil
		})
	}
	var reasons []string
	for _, r := range history.WaiverReasons() {
		reasons = append(reasons, string(r))
	}
	flags := cmd.Flags()
	flags.StringVar(&scene, "scene", "", "scene that is waived (required)")
	flags.StringVar(&reason, "reason", "", "one of "+strings.Join(reasons, ", ")+" (required)")
	flags.StringVar(&until, "until", "", "last day on which it holds, such as 2026-12-31 (required)")
	flags.StringVar(&w.Who, "by", "", "who waives (required)")
	flags.StringVar(&w.Note, "note", "", "for those who read it later")
	cmd.AddCommand(p.waiversCommand(file), p.endWaiverCommand(file))
	return cmd
}

func (p *program) waiversCommand(file *string) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use: "list", Short: "List the waivers, those that are expired or not used too", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.withFormat(cmd.Context(), *file, format, func(h remembered) error {
				all, err := h.store.Waivers(cmd.Context())
				if err != nil {
					return incomplete(err)
				}
				if format != "json" {
					return p.tell(h.teller.Waivers(all, h.today), format)
				}
				for _, w := range all {
					if err := p.jsonLine(report.CleanWaiver(w)); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&format, "format", "table", formats)
	return cmd
}

func (p *program) endWaiverCommand(file *string) *cobra.Command {
	return &cobra.Command{
		Use: "end WAIVER", Short: "End a waiver before its time", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return usage(fmt.Errorf("waiver %q: it is a number (icpaudit waive list shows them)", args[0]))
			}
			return p.opened(cmd.Context(), *file, func(h remembered) error {
				if err := h.store.EndWaiver(cmd.Context(), id, p.now()); err != nil {
					return missing(err)
				}
				fmt.Fprintf(p.out, h.teller.Say("waiver-ended")+"\n", id)
				return nil
			})
		},
	}
}
