package reference

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/filing/number"
)

// Provinces is what the provinces, and the natures of subjects, add to the guide.
type Provinces struct {
	Rules []ProvinceRule
}

// ProvinceRule is one such fact, with its source and date: the authorities
// change them often.
type ProvinceRule struct {
	ID        string   `yaml:"id"`
	Provinces []string `yaml:"provinces"` // letters of filing numbers; none: everywhere
	Natures   []string `yaml:"natures"`   // ids of the natures of a subject; none: all
	Suffixes  []string `yaml:"suffixes"`  // as people write them: domains should be under one of these; none: not about domains
	Words     Text     `yaml:"words"`
	Source    string   `yaml:"source"`
	Date      string   `yaml:"date"` // a day, or two months as 2025-11/2026-07
}

// Rule finds a rule that holds for a province and a nature. The province is a
// letter in either spelling, or the name of the province. Where the province or
// the nature is not known, a rule that names any does not hold.
func (p *Provinces) Rule(id, province, nature string) (ProvinceRule, bool) {
	for _, r := range p.Rules {
		if r.ID == id && r.holds(province, nature) {
			return r, true
		}
	}
	return ProvinceRule{}, false
}

// For lists all rules that hold for a province and a nature, in the order of the file.
func (p *Provinces) For(province, nature string) []ProvinceRule {
	var rules []ProvinceRule
	for _, r := range p.Rules {
		if r.holds(province, nature) {
			rules = append(rules, r)
		}
	}
	return rules
}

func (r ProvinceRule) holds(province, nature string) bool {
	if len(r.Natures) > 0 && !slices.Contains(r.Natures, nature) {
		return false
	}
	if len(r.Provinces) == 0 {
		return true
	}
	letter, ok := provinceLetter(province)
	return ok && slices.Contains(r.Provinces, letter)
}

// Suits says whether a domain (A-labels) is under one of the rule's suffixes.
func (r ProvinceRule) Suits(domain string) bool {
	return slices.ContainsFunc(r.Suffixes, func(suffix string) bool { return strings.HasSuffix(domain, "."+toASCII(suffix)) })
}

// provinceLetter is the letter of filing numbers for a letter or a name.
func provinceLetter(province string) (string, bool) {
	for _, p := range number.Provinces() {
		switch province {
		case p.Letter, p.Everyday, p.Name, p.Name + "省", p.Name + "市":
			return p.Letter, true
		}
	}
	return "", false
}

var ruleDate = regexp.MustCompile(`^\d{4}-\d{2}(-\d{2}|/\d{4}-\d{2})$`)

func readProvinces(fsys fs.FS) (*Provinces, error) {
	var file struct {
		Heading heading        `yaml:",inline"`
		Rules   []ProvinceRule `yaml:"rules"`
	}
	if err := readYAML(fsys, "provinces.yaml", &file, &file.Heading); err != nil {
		return nil, err
	}
	m := mistakes{file: "provinces.yaml"}
	seen := map[string]bool{}
	for _, r := range file.Rules {
		if !m.id("rule", r.ID, seen) {
			continue
		}
		at := "rule " + r.ID
		m.text(at+": words", r.Words)
		for _, p := range r.Provinces {
			if letter, ok := provinceLetter(p); !ok || letter != p {
				m.add("%s: province %q: want the letter of a filing number", at, p)
			}
		}
		for _, n := range r.Natures {
			m.oneOf(at+": nature", n, "company", "individual", "sole-trader", "institution", "government", "association", "military", "non-enterprise", "other")
		}
		for _, suffix := range r.Suffixes {
			if !isSuffix(toASCII(suffix)) {
				m.add("%s: suffix %q: want one such as gov.cn", at, suffix)
			}
		}
		if r.Source == "" {
			m.add("%s: no source", at)
		}
		if !ruleDate.MatchString(r.Date) {
			m.add("%s: date %q: want YYYY-MM-DD or YYYY-MM/YYYY-MM", at, r.Date)
		}
	}
	return &Provinces{Rules: file.Rules}, m.err()
}
