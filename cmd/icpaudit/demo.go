package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/icpaudit/icpaudit/filing"
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
			if err := readConfig(append(world.Config(), world.Teams()...), &c); err != nil {
				return usage(fmt.Errorf("read the demo's configuration: %w", err))
			}
			if p.lang != "" {
				c.Lang = p.lang
			}
			c.History.Path = remembered
			c.Scanner.Registration.Cache = filepath.Join(dir, "registrations")
			c.Report.Formats = report.Formats()
			inventory := filepath.Join(dir, "inventory.csv")
			if err := writeDemo(dir, world); err != nil {
				return incomplete(fmt.Errorf("write the demo's files: %w", err))
			}
			for _, kind := range filing.FeedKinds() {
				c.Feeds.Of(kind).File = filepath.Join(dir, string(kind)+".csv")
			}
			if err := world.WritePackages(dir); err != nil {
				return incomplete(err)
			}
			fmt.Fprintf(p.out, report.In(c.Lang).Say("demo-start")+"\n", len(world.Domains()))
			ended := p.auditAll(cmd.Context(), c, auditFlags{inventory: inventory, out: out, history: remembered})
			if _, err := os.Stat(filepath.Join(out, "findings.jsonl")); err != nil || cmd.Context().Err() != nil {
				return ended
			}
			if err := p.notify(cmd.Context(), c, notifyFlags{from: source{from: out}, to: filepath.Join(out, "letters")}); err != nil {
				return err
			}
			return ended
		},
	}
	cmd.Flags().StringVar(&out, "out", "demo-out", "directory for the reports; it must not exist yet")
	cmd.Flags().StringVar(&remembered, "history", "", "SQLite file that remembers the audit (default: none)")
	return cmd
}

// writeDemo writes the world's inventory and evidence feeds.
func writeDemo(dir string, world *fixtures.World) error {
	files, err := world.Feeds()
	if err != nil {
		return err
	}
	files["inventory.csv"] = world.Inventory()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}
