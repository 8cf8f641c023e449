package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/report"
)

func (p *program) catalogueCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "catalogue [ID]",
		Short: "Show the 30 scenes and the operations, or one of them whole",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			s, err := p.desk()
			if err != nil {
				return err
			}
			if len(args) == 0 {
				return report.CatalogueList(p.out, s.ref, s.config.Lang)
			}
			found, err := report.CatalogueEntry(p.out, s.ref, args[0], s.config.Lang)
			if err == nil && !found {
				err = usage(fmt.Errorf("the catalogue has no scene or operation %q (icpaudit catalogue lists them)", args[0]))
			}
			return err
		},
	}
}

func (p *program) dataCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "data", Short: "Work with the reference data"}
	cmd.AddCommand(&cobra.Command{
		Use:   "export DIR",
		Short: "Write the embedded reference data into a new directory, for editing (then: data: DIR in config.yaml)",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			c, _, err := p.load()
			if err != nil {
				return err
			}
			if err := reference.Export(args[0]); err != nil {
				return usage(err)
			}
			fmt.Fprintf(p.out, report.In(c.Lang).Say("wrote")+"\n", args[0])
			return nil
		},
	})
	return cmd
}
