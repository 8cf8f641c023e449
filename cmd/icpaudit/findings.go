package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/report"
)

// findingsFlags narrow a list of findings down.
type findingsFlags struct {
	state     string
	scene     string
	owner     string
	target    string
	undecided bool
	format    string
}

func (p *program) findingsCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "findings", Short: "List findings with their lives, assign them, write notes on them, and read an edited list back"}
	file := historyFlag(cmd)
	cmd.AddCommand(p.findingsListCommand(file), p.assignCommand(file), p.assignmentsCommand(file), p.noteCommand(file), p.importCommand(file))
	return cmd
}

func (p *program) findingsListCommand(file *string) *cobra.Command {
	var f findingsFlags
	list := &cobra.Command{
		Use: "list", Short: "List findings; without flags all that are not mended", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			states := []string{}
			for _, s := range history.Statuses() {
				states = append(states, string(s))
			}
			if !slices.Contains(states, f.state) {
				return usage(fmt.Errorf("state %q: it is one of %s; open means all that are not mended", f.state, strings.Join(states, ", ")))
			}
			return p.withFormat(cmd.Context(), *file, f.format, func(h remembered) error { return p.listFindings(cmd.Context(), h, f) })
		},
	}
	flags := list.Flags()
	flags.StringVar(&f.state, "state", "open", "new, regressed, overdue, resolved, or open for all that are not mended")
	flags.StringVar(&f.scene, "scene", "", "of this scene only")
	flags.StringVar(&f.owner, "owner", "", "that this person answers for")
	flags.StringVar(&f.target, "item", "", "of this domain, App, service number or subject number")
	flags.BoolVar(&f.undecided, "undecided", false, "also what was never deficient: suspected, unverifiable, error")
	flags.StringVar(&f.format, "format", "table", formats)
	return list
}

func (p *program) listFindings(ctx context.Context, h remembered, f findingsFlags) error {
	if _, ok := h.ref.Catalogue.Scene(f.scene); f.scene != "" && !ok {
		return usage(fmt.Errorf("the catalogue has no scene %q (icpaudit catalogue lists them)", f.scene))
	}
	filter := history.Filter{
		Status: history.Status(f.state), Seen: f.undecided, Scene: checks.ID(f.scene), Owner: f.owner, Target: targetOf(f.target), Today: h.today,
	}
	var all []history.Finding
	for found, err := range h.store.Findings(ctx, filter) {
		if err != nil {
			return incomplete(err)
		}
		if f.format != "json" {
			all = append(all, found)
			continue
		}
		line, err := h.teller.FindingLine(found)
		if err != nil {
			return err
		}
		if _, err := p.out.Write(line); err != nil {
			return err
		}
	}
	if f.format == "json" {
		return nil
	}
	if err := p.tell(h.teller.Findings(all), f.format); err != nil || f.format == "csv" {
		return err
	}
	fmt.Fprintf(p.out, h.teller.Say("findings-count")+"\n", len(all))
	return p.tellIdleWaivers(ctx, h)
}

func (p *program) tellIdleWaivers(ctx context.Context, h remembered) error {
	waivers, err := h.store.Waivers(ctx)
	if err != nil {
		return incomplete(err)
	}
	if line := idleWaivers(h.teller, waivers, h.today); line != "" {
		fmt.Fprintln(p.out, line)
	}
	return nil
}

// targetOf is what an argument names: a domain in any writing as its A-label,
// everything else as it is.
func targetOf(arg string) string {
	if d, err := filing.ParseDomain(arg); err == nil {
		return d.Name
	}
	return arg
}

func (p *program) assignCommand(file *string) *cobra.Command {
	var a history.Assignment
	cmd := &cobra.Command{
		Use:   "assign finding|service|subject|tag|scene VALUE",
		Short: "Name who answers for one finding (SCENE and item key), or those of a service, a subject, a tag or a scene; without --owner nobody any more",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			a.Kind, a.Value, a.Made = history.AssignmentKind(args[0]), args[1], p.now()
			if err := a.Validate(); err != nil {
				return usage(err)
			}
			return p.opened(cmd.Context(), *file, func(h remembered) error {
				if err := h.store.Assign(cmd.Context(), a); err != nil {
					return incomplete(err)
				}
				if a.Owner == "" {
					fmt.Fprintf(p.out, h.teller.Say("unassigned")+"\n", a.Kind, report.Clean(a.Value, 200))
					return nil
				}
				fmt.Fprintf(p.out, h.teller.Say("assigned")+"\n", a.Kind, report.Clean(a.Value, 200), report.Clean(a.Owner, 200))
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&a.Owner, "owner", "", "who answers for them")
	cmd.Flags().StringVar(&a.Who, "by", "", "who assigns")
	cmd.MarkFlagRequired("by")
	return cmd
}

func (p *program) assignmentsCommand(file *string) *cobra.Command {
	return &cobra.Command{
		Use: "assignments", Short: "List who answers for what", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.opened(cmd.Context(), *file, func(h remembered) error {
				all, err := h.store.Assignments(cmd.Context())
				if err != nil {
					return incomplete(err)
				}
				return h.teller.Assignments(all).Text(p.out)
			})
		},
	}
}

func (p *program) noteCommand(file *string) *cobra.Command {
	var n history.Note
	var scene string
	cmd := &cobra.Command{
		Use: "note TARGET TEXT", Short: "Write a note on a domain, App, service or subject (icpaudit item shows it)", Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			n.Target, n.Text, n.Scene, n.Made = targetOf(args[0]), args[1], checks.ID(scene), p.now()
			if err := n.Validate(); err != nil {
				return usage(err)
			}
			return p.opened(cmd.Context(), *file, func(h remembered) error {
				if err := h.store.AddNote(cmd.Context(), n); err != nil {
					return incomplete(err)
				}
				_, err := fmt.Fprintln(p.out, h.teller.Say("noted"))
				return err
			})
		},
	}
	cmd.Flags().StringVar(&scene, "scene", "", "that the note is about")
	cmd.Flags().StringVar(&n.Who, "by", "", "who writes")
	cmd.MarkFlagRequired("by")
	return cmd
}
