package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/report"
)

func (p *program) databaseCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "db", Short: "Look after the database of the history"}
	file := historyFlag(cmd)
	cmd.AddCommand(p.migrateCommand(file), p.statusCommand(file), p.backupCommand(file), p.restoreCommand(file))
	return cmd
}

func (p *program) migrateCommand(file *string) *cobra.Command {
	return &cobra.Command{
		Use: "migrate", Short: "Bring the tables up to this program, or make them", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, _, err := p.load()
			if err != nil {
				return err
			}
			from, to, err := history.Migrate(cmd.Context(), c.historyOptions(*file))
			if err != nil {
				return usage(err)
			}
			fmt.Fprintf(p.out, report.In(c.Lang).Say("migrated")+"\n", from, to)
			return nil
		},
	}
}

func (p *program) statusCommand(file *string) *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "Show engine, schema and sizes, and check the file", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := p.desk()
			if err != nil {
				return err
			}
			o := s.config.historyOptions(*file)
			if err := thereIs(o); err != nil {
				return err
			}
			h, err := history.Inspect(cmd.Context(), o)
			if err != nil {
				return usage(err)
			}
			table, err := s.teller.Health(h)
			if err != nil {
				return err
			}
			if err := table.Text(p.out); err != nil {
				return err
			}
			if h.Damage != "" {
				return incomplete(damaged(h))
			}
			return nil
		},
	}
}

func (p *program) backupCommand(file *string) *cobra.Command {
	return &cobra.Command{
		Use: "backup FILE", Short: "Write a copy of a SQLite history into a new file, while audits go on", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.opened(cmd.Context(), *file, func(h remembered) error {
				if err := h.store.Backup(cmd.Context(), args[0]); err != nil {
					return usage(err)
				}
				fmt.Fprintf(p.out, h.teller.Say("backed-up")+"\n", args[0])
				return nil
			})
		},
	}
}

func (p *program) restoreCommand(file *string) *cobra.Command {
	return &cobra.Command{
		Use: "restore FILE", Short: "Put a backup in the place of a SQLite history; the former one is kept beside it", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, _, err := p.load()
			if err != nil {
				return err
			}
			kept, err := history.Restore(cmd.Context(), args[0], c.historyOptions(*file))
			if err != nil {
				return usage(err)
			}
			say := report.In(c.Lang)
			fmt.Fprintf(p.out, say.Say("restored")+"\n", args[0])
			if kept != "" {
				fmt.Fprintf(p.out, say.Say("restored-kept")+"\n", kept)
			}
			return nil
		},
	}
}
