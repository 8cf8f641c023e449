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
	var from source
	cmd := &cobra.Command{
		Use:   "explain SCENE ITEM [--run ID|--from DIR] | explain SCENE|OPERATION|RULE",
		Short: "Explain a finding of an audit, or a scene, an operation or a rule, in words",
		Args:  cobra.RangeArgs(1, 3),
		RunE: func(cmd *cobra.Command, args []string) error {
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
			if !ok {
				return usage(fmt.Errorf("there is no scene, operation or rule %q (icpaudit catalogue lists them)", key))
			}
			return p.lines(cmd.Context(), s, from, item, func(t told) error { return p.explainFinding(s, t, scene, item) })
		},
	}
	from.register(cmd)
	return cmd
}

// explainFinding tells one finding, what its scene means, and the steps and
// questions of the subject's plan that are about it.
func (p *program) explainFinding(s *session, t told, scene, item string) error {
	if known, ok := s.ref.Catalogue.Scene(scene); ok {
		scene = known.ID
	}
	found := false
	err := s.read(t, func(told report.Judged) error {
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
		err = usage(fmt.Errorf("the audit in %s has no finding %q at %q (the columns scene and item of findings.jsonl name them)", t.name, scene, item))
	}
	return err
}
