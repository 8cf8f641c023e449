package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/report"
)

func (p *program) inventoryCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "inventory", Short: "Write an inventory template, or check an inventory"}
	var format string
	template := &cobra.Command{
		Use:   "template",
		Short: "Write an inventory with every column and an example to standard output",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			c, _, err := p.load()
			if err != nil {
				return err
			}
			if format != "csv" && format != "xlsx" {
				return usage(fmt.Errorf("format %q: it is csv or xlsx", format))
			}
			return filing.WriteTemplate(p.out, format, c.Lang)
		},
	}
	template.Flags().StringVar(&format, "format", "csv", "csv or xlsx")
	check := &cobra.Command{
		Use:   "check FILE",
		Short: "Name every row that can't be used, and why",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, _, err := p.load()
			if err != nil {
				return err
			}
			inv, err := filing.ReadInventory(cmd.Context(), args[0], filing.ReadOptions{TempDir: c.Audit.TempDir})
			if err != nil {
				return usage(err)
			}
			defer inv.Close()
			ref, err := p.reference(c)
			if err != nil {
				return err
			}
			t := report.NewTeller(ref, c.Checks, c.Lang, p.now())
			for m := range inv.Mistakes() {
				fmt.Fprintln(p.out, t.Mistake(m))
			}
			if err := inv.Err(); err != nil {
				return incomplete(err)
			}
			p.tellInventory(c, inv, args[0])
			if bad := inv.Totals().Bad; bad > 0 {
				fmt.Fprintf(p.out, t.Say("inventory-bad")+"\n", bad)
				return &exit{exitIncomplete, nil}
			}
			fmt.Fprintln(p.out, t.Say("inventory-good"))
			return nil
		},
	}
	cmd.AddCommand(template, check)
	return cmd
}

// tellInventory says what an inventory holds.
func (p *program) tellInventory(c config, inv *filing.Inventory, path string) {
	tellInventory(p.out, report.In(c.Lang), inv, path)
}

func tellInventory(w io.Writer, say report.Phrases, inv *filing.Inventory, path string) {
	t := inv.Totals()
	fmt.Fprintf(w, say.Say("inventory")+"\n", path, t.Rows, t.Subjects, t.Services, t.Domains, t.Apps, t.Bad, t.Warnings)
	if unknown := inv.UnknownColumns(); len(unknown) > 0 {
		fmt.Fprintf(w, say.Say("unknown-columns")+"\n", report.Clean(strings.Join(unknown, say.Say("list-comma")), 2000))
	}
}
