package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/report"
)

func (p *program) feedCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "feed", Short: "Write a template of an evidence feed, or check a feed"}
	cmd.AddCommand(p.feedTemplateCommand(), p.feedCheckCommand())
	return cmd
}

// feedKind reads a kind of feed.
func feedKind(text string) (filing.EvidenceKind, error) {
	kind := filing.EvidenceKind(text)
	if !slices.Contains(filing.FeedKinds(), kind) {
		return "", usage(fmt.Errorf("feed %q: it is registry, contacts or documents", text))
	}
	return kind, nil
}

func (p *program) feedTemplateCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:       "template registry|contacts|documents",
		Short:     "Write a feed with every column and two examples to standard output",
		Args:      cobra.ExactArgs(1),
		ValidArgs: []string{string(filing.EvidenceRegistry), string(filing.EvidenceContacts), string(filing.EvidenceDocuments)},
		RunE: func(_ *cobra.Command, args []string) error {
			c, _, err := p.load()
			if err != nil {
				return err
			}
			kind, err := feedKind(args[0])
			if err != nil {
				return err
			}
			if format != "csv" && format != "xlsx" {
				return usage(fmt.Errorf("format %q: it is csv or xlsx", format))
			}
			return filing.WriteFeedTemplate(p.out, kind, format, c.Lang)
		},
	}
	cmd.Flags().StringVar(&format, "format", "csv", "csv or xlsx")
	return cmd
}

func (p *program) feedCheckCommand() *cobra.Command {
	var kindText, inventory, asOf string
	cmd := &cobra.Command{
		Use:   "check --kind registry|contacts|documents FILE",
		Short: "Name every row that can't be used and why, and with an inventory every row of no filing",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, _, err := p.load()
			if err != nil {
				return err
			}
			kind, err := feedKind(kindText)
			if err != nil {
				return err
			}
			// Only this feed is read, with what the configuration says of it.
			only := *c.Feeds.Of(kind)
			only.File = args[0]
			c.Feeds = filing.DefaultFeeds()
			*c.Feeds.Of(kind) = only
			if asOf != "" {
				if err := c.Feeds.Of(kind).AsOf.UnmarshalText([]byte(asOf)); err != nil {
					return usage(fmt.Errorf("--as-of %q: it is a day such as 2024-01-31", asOf))
				}
			}
			return p.checkFeed(cmd.Context(), c, inventory)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&kindText, "kind", "", "registry, contacts or documents")
	flags.StringVar(&inventory, "inventory", "", "inventory that the rows should be of")
	flags.StringVar(&asOf, "as-of", "", "day of the rows that have none, such as 2024-01-31")
	cmd.MarkFlagRequired("kind")
	return cmd
}

// checkFeed names all that is wrong with the one feed that is given.
func (p *program) checkFeed(ctx context.Context, c config, inventory string) error {
	ref, err := p.reference(c)
	if err != nil {
		return err
	}
	feeds, err := p.openFeeds(ctx, c, p.out)
	if err != nil {
		return err
	}
	defer feeds.Close()
	t := report.NewTeller(ref, c.Checks, c.Lang, p.now())
	for m := range feeds.Mistakes() {
		fmt.Fprintln(p.out, t.Mistake(m))
	}
	if inventory != "" {
		if err := p.matchFeed(ctx, c, feeds, inventory, t); err != nil {
			return err
		}
	}
	if err := feeds.Err(); err != nil {
		return incomplete(err)
	}
	if bad := badRows(feeds); bad > 0 {
		fmt.Fprintf(p.out, t.Say("feed-bad")+"\n", bad)
		return &exit{exitIncomplete, nil}
	}
	fmt.Fprintln(p.out, t.Say("feed-good"))
	return nil
}

// matchFeed names the rows that are of no filing of an inventory.
func (p *program) matchFeed(ctx context.Context, c config, feeds *filing.Feeds, path string, t *report.Teller) error {
	inv, err := filing.ReadInventory(ctx, path, filing.ReadOptions{TempDir: c.Audit.TempDir})
	if err != nil {
		return usage(err)
	}
	defer inv.Close()
	for subject, err := range inv.Subjects(ctx) {
		if err != nil {
			return incomplete(err)
		}
		feeds.Of(subject)
	}
	for m := range feeds.Unmatched() {
		fmt.Fprintln(p.out, t.Mistake(m))
	}
	for _, n := range feeds.Totals() {
		fmt.Fprintf(p.out, t.Say("feed-matched")+"\n", t.Say("feed-"+string(n.Kind)), report.Clean(n.File, 200), n.Matched, n.Unmatched)
	}
	return nil
}
