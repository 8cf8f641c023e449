package reference

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

//go:generate go run ./internal/gencatalogue ../docs/catalogue.md

// Catalogue is the 30 scenes of the filing audit and the operations that mend
// them, each in the order in which reports show them.
type Catalogue struct {
	Source      string // where the facts come from
	Date        string // of that source, YYYY-MM-DD
	Scenes      []Scene
	Operations  []Operation
	OrderStates map[string][]string // how an inventory writes the state of an open order: draft, submitted
}

// Scene is one deficiency of the remediation catalogue.
type Scene struct {
	ID       string          `yaml:"id"`
	Group    string          `yaml:"group"`    // subject, service, contact, access
	Level    string          `yaml:"level"`    // subject, service, item
	Judged   bool            `yaml:"judged"`   // false: no check judges it yet
	Severity string          `yaml:"severity"` // critical, major, minor
	Name     Text            `yaml:"name"`     // zh: the guide's short name
	Section  string          `yaml:"section"`  // of the guide
	Aliases  []string        `yaml:"aliases"`  // further names that people search for
	Meaning  Text            `yaml:"meaning"`  // what is wrong and why it matters
	Evidence Text            `yaml:"evidence"` // what settles it
	Reasons  map[string]Text `yaml:"reasons"`  // by id, the ways in which it can be deficient
	Remedies []Remedy        `yaml:"remedies"` // ways to put it right, the preferred one first
}

// ReasonIDs lists the ids of the reasons, sorted.
func (s *Scene) ReasonIDs() []string { return slices.Sorted(maps.Keys(s.Reasons)) }

// Remedy is one way to put a scene right.
type Remedy struct {
	When       Text     `yaml:"when"`       // the circumstances in which this way is the right one
	Operations []string `yaml:"operations"` // ids, in order
	Assumes    string   `yaml:"assumes"`    // the fact that it rests on, one of Assumptions; empty: on none
	Except     []string `yaml:"except"`     // reasons that it can't mend
	Ask        []string `yaml:"ask"`        // reasons for which only a person can tell whether it is possible
	Words      Text     `yaml:"words"`
}

// The facts that a remedy may rest on.
const (
	AssumesInUse     = "in-use"     // the item stays in use
	AssumesUnused    = "unused"     // the item is given up
	AssumesLeft      = "left"       // only this access provider was left
	AssumesOtherUnit = "other-unit" // another unit takes over
	AssumesSameUnit  = "same-unit"  // the subject is still the same unit
	AssumesRenamed   = "renamed"    // the subject was renamed to what is seen
	AssumesAnswer    = "answer"     // something that only a person can tell
	AssumesFallback  = "fallback"   // the other ways prove impossible
)

// Scene finds a scene by its id, its name in either language, or an alias.
func (c *Catalogue) Scene(key string) (*Scene, bool) {
	for i := range c.Scenes {
		s := &c.Scenes[i]
		if called(key, s.ID, s.Name, s.Aliases) {
			return s, true
		}
	}
	return nil, false
}

// Operation finds an operation by its id, its name in either language, or an alias.
func (c *Catalogue) Operation(key string) (*Operation, bool) {
	for i := range c.Operations {
		o := &c.Operations[i]
		if called(key, o.ID, o.Name, o.Aliases) {
			return o, true
		}
	}
	return nil, false
}

func called(key, id string, name Text, aliases []string) bool {
	return key != "" && (key == id || key == name.ZH || strings.EqualFold(key, name.EN) || slices.Contains(aliases, key))
}

func readCatalogue(fsys fs.FS) (*Catalogue, error) {
	var scenes struct {
		Heading heading `yaml:",inline"`
		Scenes  []Scene `yaml:"scenes"`
	}
	if err := readYAML(fsys, "catalogue.yaml", &scenes, &scenes.Heading); err != nil {
		return nil, err
	}
	operations, states, err := readOperations(fsys)
	if err != nil {
		return nil, err
	}
	c := &Catalogue{Source: scenes.Heading.Source, Date: scenes.Heading.Date, Scenes: scenes.Scenes, Operations: operations, OrderStates: states}
	m := mistakes{file: "catalogue.yaml"}
	c.check(&m)
	return c, m.err()
}

// check finds what a strict decoder can't: ids twice or missing, texts in one
// language only, values that are none, operations that don't exist.
func (c *Catalogue) check(m *mistakes) {
	seen := map[string]bool{}
	for i := range c.Scenes {
		s := &c.Scenes[i]
		if !m.id("scene", s.ID, seen) {
			continue
		}
		at := "scene " + s.ID
		m.oneOf(at+": group", s.Group, "subject", "service", "contact", "access")
		m.oneOf(at+": level", s.Level, "subject", "service", "item")
		m.oneOf(at+": severity", s.Severity, "critical", "major", "minor")
		m.text(at+": name", s.Name)
		m.text(at+": meaning", s.Meaning)
		m.text(at+": evidence", s.Evidence)
		if s.Section == "" {
			m.add("%s: no section", at)
		}
		if s.Judged && len(s.Reasons) == 0 {
			m.add("%s: judged, but without reasons", at)
		}
		for _, id := range s.ReasonIDs() {
			m.text(at+": reason "+id, s.Reasons[id])
		}
		c.checkRemedies(at, s.Remedies, s.Reasons, m)
	}
	for _, id := range sceneIDs() {
		if !seen[id] {
			m.add("scene %s is missing", id)
		}
	}
	for _, s := range c.Scenes {
		if !slices.Contains(sceneIDs(), s.ID) {
			m.add("scene %s is unknown", s.ID)
		}
	}
}

func (c *Catalogue) checkRemedies(at string, remedies []Remedy, reasons map[string]Text, m *mistakes) {
	if len(remedies) == 0 {
		m.add("%s: no remedy", at)
	}
	for i, r := range remedies {
		at := fmt.Sprintf("%s: remedy %d", at, i+1)
		m.text(at+": when", r.When)
		m.text(at+": words", r.Words)
		m.oneOf(at+": assumes", r.Assumes, "", AssumesInUse, AssumesUnused, AssumesLeft, AssumesOtherUnit, AssumesSameUnit, AssumesRenamed, AssumesAnswer, AssumesFallback)
		for _, id := range slices.Concat(r.Except, r.Ask) {
			if _, ok := reasons[id]; !ok {
				m.add("%s: except or ask %q: the scene has no such reason", at, id)
			}
		}
		if len(r.Operations) == 0 {
			m.add("%s: no operation", at)
		}
		for _, id := range r.Operations {
			if !slices.ContainsFunc(c.Operations, func(o Operation) bool { return o.ID == id }) {
				m.add("%s: operation %q is unknown", at, id)
			}
		}
	}
}

// sceneIDs is every scene that the guide's chapter 2 knows. An edited
// catalogue may change their words, never their number.
func sceneIDs() []string {
	return []string{
		"subject-status-abnormal", "subject-name-mismatch", "subject-id-mismatch", "subject-address-mismatch", "subject-license-outdated",
		"principal-not-legal-representative", "principal-id-expired",
		"content-violation", "content-out-of-scope", "site-unreachable", "icp-number-wrong", "icp-number-unlinked", "psb-number-missing",
		"manager-id-expired", "domain-expired", "domain-expiring", "domain-holder-mismatch", "registrar-unapproved",
		"domain-registered-after-filing", "service-name-mismatch", "app-package-mismatch", "app-platform-invalid", "app-signature-invalid",
		"service-unused", "service-left-provider",
		"principal-contact-unverified", "manager-contact-unverified",
		"dns-not-at-provider", "dns-overseas", "dns-not-filed-ip",
	}
}
