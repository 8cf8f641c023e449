package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/icpaudit/icpaudit/fixtures"
	"github.com/icpaudit/icpaudit/report"
)

func (p *program) demoCommand() *cobra.Command {
	var out, remembered string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Audit a sample inventory on a simulated internet on this machine",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			world, err := fixtures.Start(cmd.Context(), fixtures.Options{Now: p.now})
			if err != nil {
				return incomplete(err)
			}
			defer world.Close()
			dir, err := os.MkdirTemp("", "icpaudit-demo-")
			if err != nil {
				return incomplete(fmt.Errorf("make a place for the demo: %w", err))
			}
			defer os.RemoveAll(dir)
			c := defaultConfig()
			if err := readConfig(world.Config(), &c); err != nil {
				return usage(fmt.Errorf("read the demo's configuration: %w", err))
			}
			if p.lang != "" {
				c.Lang = p.lang
			}
			c.History.Path = remembered
			c.Scanner.Registration.Cache = filepath.Join(dir, "registrations")
			inventory := filepath.Join(dir, "inventory.csv")
			if err := os.WriteFile(inventory, world.Inventory(), 0o600); err != nil {
				return incomplete(fmt.Errorf("write the demo's inventory: %w", err))
			}
			fmt.Fprintf(p.out, report.In(c.Lang).Say("demo-start")+"\n", len(world.Domains()))
			return p.auditAll(cmd.Context(), c, auditFlags{inventory: inventory, out: out})
		},
	}
	cmd.Flags().StringVar(&out, "out", "demo-out", "directory for the reports; it must not exist yet")
	cmd.Flags().StringVar(&remembered, "history", "", "SQLite file that remembers the audit (default: none)")
	return cmd
}
