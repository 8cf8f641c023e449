package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/report"
	"github.com/icpaudit/icpaudit/scanner"
)

func (p *program) inspectApp() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "app FILE…",
		Short: "Read id, label, version and signers of APKs (split ones as directory, .apks or .xapk), IPAs, HAPs and app packs",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return usage(fmt.Errorf("format %q: it is text or json", format))
			}
			s, err := p.desk()
			if err != nil {
				return err
			}
			write := func(app report.Package) error { return s.teller.App(p.out, app) }
			if format == "json" {
				write = func(app report.Package) error { return s.teller.AppJSON(p.out, app) }
			}
			return inTurn(args, s.ref, func(ref *reference.Set, name string) (report.Package, error) {
				app, fault := scanner.ReadPackage(cmd.Context(), name)
				if fault != nil && fault.Kind == observe.FaultNoPackage {
					return report.Package{}, fmt.Errorf("read package %q: %s", name, fault.Detail)
				}
				return report.InspectedApp(ref, name, app, fault), nil
			}, write)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	return cmd
}
