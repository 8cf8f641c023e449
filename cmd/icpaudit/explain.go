package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/report"
)

func (p *program) explainCommand() *cobra.Command {
	var from string
	cmd := &cobra.Command{
		Use:   "explain SCENE ITEM --from DIR | explain SCENE|OPERATION|RULE",
		Short: "Explain a finding of an audit, or a scene, an operation or a rule, in words",
		Args:  cobra.RangeArgs(1, 3),
		RunE: func(_ *cobra.Command, args []string) error {
			s, err := p.desk()
			if err != nil {
				return err
			}
			key := strings.Join(args, " ")
			found, err := report.Explain(p.out, s.ref, key, s.config.Lang)
			if err != nil || found {
				return err
			}
			scene, item, ok := strings.Cut(key, " ")
			switch {
			case !ok:
				return usage(fmt.Errorf("there is no scene, operation or rule %q (icpaudit catalogue lists them)", key))
			case from == "":
				return usage(fmt.Errorf("explain the finding %q: say with --from where the audit's reports are", key))
			}
			return p.explainFinding(s, from, scene, item)
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "directory that an audit wrote its reports to")
	return cmd
}

// explainFinding tells one finding, what its scene means, and the steps and
// questions of the subject's plan that are about it.
func (p *program) explainFinding(s *session, from, scene, item string) error {
	if known, ok := s.ref.Catalogue.Scene(scene); ok {
		scene = known.ID
	}
	found := false
	err := s.told(from, func(told report.Judged) error {
		for _, f := range told.Findings {
			if string(f.Scene) != scene || f.Item != item {
				continue
			}
			found = true
			other := func(o checks.Finding) bool { return o.Key != f.Key }
			if err := s.teller.Single(p.out, told.Subject, told.Findings, other); err != nil {
				return err
			}
			plan := s.planner().Until(told.Subject, told.Findings, filing.DayOf(p.now()), told.Due)
			if err := s.teller.PlanFor(p.out, plan, scene, item); err != nil {
				return err
			}
			_, err := report.Explain(p.out, s.ref, scene, s.config.Lang)
			return err
		}
		return nil
	})
	if err == nil && !found {
		err = usage(fmt.Errorf("the audit in %q has no finding %q at %q (the columns scene and item of findings.jsonl name them)", from, scene, item))
	}
	return err
}
