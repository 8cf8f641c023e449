package reference

import "io/fs"

// Text is a text in both languages.
type Text struct {
	ZH string `yaml:"zh"`
	EN string `yaml:"en"`
}

// In returns the text in the language, "zh" or "en".
func (t Text) In(lang string) string {
	if lang == "en" {
		return t.EN
	}
	return t.ZH
}

// Catalogue is the 30 scenes and the operations.
type Catalogue struct {
	Scenes     []Scene
	Operations []Operation
}

// Scene is one deficiency of the remediation catalogue.
type Scene struct {
	ID       string          `yaml:"id"`
	Group    string          `yaml:"group"` // subject, service, contact, access
	Level    string          `yaml:"level"`
	Judged   bool            `yaml:"judged"`   // false: no check judges it yet
	Severity string          `yaml:"severity"` // critical, major, minor
	Name     Text            `yaml:"name"`     // zh: the guide's short name
	Section  string          `yaml:"section"`
	Aliases  []string        `yaml:"aliases"`
	Meaning  Text            `yaml:"meaning"`  // what is wrong and why it matters
	Evidence Text            `yaml:"evidence"` // what settles it
	Reasons  map[string]Text `yaml:"reasons"`
	Remedies []Remedy        `yaml:"remedies"`
}

// Remedy is one way to put a scene right.
type Remedy struct {
	When       Text     `yaml:"when"`
	Operations []string `yaml:"operations"` // ids, in order
	Words      Text     `yaml:"words"`
}

// Operation is one thing that a filer, or somebody for him, does.
type Operation struct {
	ID           string   `yaml:"id"`
	Name         Text     `yaml:"name"`
	Section      string   `yaml:"section"`
	Aliases      []string `yaml:"aliases"`
	Use          Text     `yaml:"use"`
	Rules        []Text   `yaml:"rules"`
	Days         [2]int   `yaml:"days"`   // expected working days, least and most
	Filing       bool     `yaml:"filing"` // an order in the filing system
	Irreversible bool     `yaml:"irreversible"`
}

// Words maps the codes of the program to words for readers.
type Words struct {
	byCode map[string]Text
}

// Of returns the words for a code in a group ("why", "proof", "fault", "input", "advice", "outcome"), or the code itself.
func (w *Words) Of(group, code, lang string) string {
	if t, ok := w.byCode[group+"."+code]; ok {
		return t.In(lang)
	}
	return code
}

func readCatalogue(fsys fs.FS) (*Catalogue, error) { return &Catalogue{}, nil }

func readWords(fsys fs.FS) (*Words, error) { return &Words{}, nil }
