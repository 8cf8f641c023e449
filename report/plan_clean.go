package report

import (
	"slices"

	"github.com/icpaudit/icpaudit/remedy"
)

// cleanPlan is a copy of a plan whose foreign texts are safe to show.
func cleanPlan(p remedy.Plan) remedy.Plan {
	one := func(text string) string { return Clean(text, longestCell) }
	many := func(texts []string) []string {
		clean := slices.Clone(texts)
		for i := range clean {
			clean[i] = one(clean[i])
		}
		return clean
	}
	p.Subject = one(p.Subject)
	p.Steps = slices.Clone(p.Steps)
	for i := range p.Steps {
		s := &p.Steps[i]
		s.Targets, s.At, s.Changes, s.Solves = many(s.Targets), one(s.At), slices.Clone(s.Changes), slices.Clone(s.Solves)
		for k, c := range s.Changes {
			s.Changes[k] = remedy.Change{Field: c.Field, Item: one(c.Item), Old: one(c.Old), New: one(c.New), How: c.How}
		}
		for k, r := range s.Solves {
			s.Solves[k].Item = one(r.Item)
		}
	}
	p.Questions = slices.Clone(p.Questions)
	for i := range p.Questions {
		p.Questions[i].Items = many(p.Questions[i].Items)
	}
	p.Considered = slices.Clone(p.Considered)
	for i := range p.Considered {
		p.Considered[i].Items = many(p.Considered[i].Items)
	}
	p.Unsettled = slices.Clone(p.Unsettled)
	for i := range p.Unsettled {
		p.Unsettled[i].Items = many(p.Unsettled[i].Items)
	}
	p.Notes = slices.Clone(p.Notes)
	for i := range p.Notes {
		p.Notes[i].Detail = one(p.Notes[i].Detail)
	}
	return p
}
