package reference

import "io/fs"

// Rules is what a plan keeps everywhere: rules of the guide, and those that
// weigh one workable plan against another. What holds in some provinces only
// is in Provinces.
type Rules struct{ all []Rule }

// Rule is one such rule, with its source and the date of that source.
type Rule struct {
	ID     string `yaml:"id"`
	Words  Text   `yaml:"words"`
	Source string `yaml:"source"`
	Date   string `yaml:"date"` // a day, or two months as 2025-11/2026-07
}

// Of finds a rule by its id.
func (r *Rules) Of(id string) (Rule, bool) {
	for _, rule := range r.all {
		if rule.ID == id {
			return rule, true
		}
	}
	return Rule{}, false
}

// All lists the rules in the order of the file.
func (r *Rules) All() []Rule { return r.all }

func readRules(fsys fs.FS) (*Rules, error) {
	var file struct {
		Heading heading `yaml:",inline"`
		Rules   []Rule  `yaml:"rules"`
	}
	if err := readYAML(fsys, "rules.yaml", &file, &file.Heading); err != nil {
		return nil, err
	}
	m := mistakes{file: "rules.yaml"}
	seen := map[string]bool{}
	for _, r := range file.Rules {
		if !m.id("rule", r.ID, seen) {
			continue
		}
		m.text("rule "+r.ID+": words", r.Words)
		if r.Source == "" {
			m.add("rule %s: no source", r.ID)
		}
		if !ruleDate.MatchString(r.Date) {
			m.add("rule %s: date %q: want YYYY-MM-DD or YYYY-MM/YYYY-MM", r.ID, r.Date)
		}
	}
	return &Rules{all: file.Rules}, m.err()
}
