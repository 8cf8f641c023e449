package reference

import "io/fs"

// Operation is one thing that a filer, or somebody for him, does.
type Operation struct {
	ID           string   `yaml:"id"`
	Name         Text     `yaml:"name"`
	Section      string   `yaml:"section"` // of the guide; empty outside the filing system
	Aliases      []string `yaml:"aliases"`
	Use          Text     `yaml:"use"`
	Rules        []Text   `yaml:"rules"`
	Days         [2]int   `yaml:"days"`      // expected working days, least and most; 0, 0: nobody can say
	Where        string   `yaml:"where"`     // code of the group "where" of the words
	Who          []string `yaml:"who"`       // codes of the group "who"
	Materials    []string `yaml:"materials"` // codes of the group "material"
	Risks        []string `yaml:"risks"`     // codes of the group "risk" that it always carries
	Filing       bool     `yaml:"filing"`    // an order in the filing system
	Irreversible bool     `yaml:"irreversible"`
}

// readOperations reads the operations, and how the states of an order are
// written in inventories.
func readOperations(fsys fs.FS) ([]Operation, map[string][]string, error) {
	var file struct {
		Heading     heading             `yaml:",inline"`
		Operations  []Operation         `yaml:"operations"`
		OrderStates map[string][]string `yaml:"order_states"`
	}
	if err := readYAML(fsys, "operations.yaml", &file, &file.Heading); err != nil {
		return nil, nil, err
	}
	m := mistakes{file: "operations.yaml"}
	seen := map[string]bool{}
	for _, o := range file.Operations {
		if !m.id("operation", o.ID, seen) {
			continue
		}
		at := "operation " + o.ID
		m.text(at+": name", o.Name)
		m.text(at+": use", o.Use)
		for _, rule := range o.Rules {
			m.text(at+": rule", rule)
		}
		if o.Days[0] < 0 || o.Days[1] < o.Days[0] {
			m.add("%s: days %d to %d", at, o.Days[0], o.Days[1])
		}
	}
	for state, words := range file.OrderStates {
		m.oneOf("order state", state, "draft", "submitted")
		if len(words) == 0 {
			m.add("order state %s: no words", state)
		}
	}
	return file.Operations, file.OrderStates, m.err()
}
