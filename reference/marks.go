package reference

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/goccy/go-yaml"
)

// Marks tells parking, default, block, challenge and error pages from sites,
// and scripts that only count visitors from scripts that make a page.
type Marks struct {
	Marks    []Mark   `yaml:"marks"`
	Counters []string `yaml:"counters"` // domains whose scripts show a visitor nothing
}

// Mark is the sign of one kind of page that is not the site itself. A page
// bears it when it has no more visible text than Most, and any of the clues
// holds. The first mark of the list that a page bears names it.
type Mark struct {
	ID   string `yaml:"id"`
	Kind string `yaml:"kind"` // parking, default, block, challenge or error
	Most int    `yaml:"most"` // runes of visible text: a page about such pages says more
	When []Clue `yaml:"when"`
}

// Clue holds when everything in it does. Title and text are compared in lower
// case, the source as it is.
type Clue struct {
	Title   []string `yaml:"title"`    // all of these stand in the title
	TitleIs []string `yaml:"title_is"` // the title is one of these
	Text    []string `yaml:"text"`     // all of these stand in the visible text
	Source  []string `yaml:"source"`   // all of these stand in the page's source
	Host    []string `yaml:"host"`     // the page's host is one of these, or of them
	Path    []string `yaml:"path"`     // all of these stand in the path
	Status  []int    `yaml:"status"`   // the HTTP status is one of these
}

// mostText bounds Most: what says more is a site.
const mostText = 2000

func readMarks(fsys fs.FS) (*Marks, error) {
	const name = "page_marks.yaml"
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("read %q: %w", name, err)
	}
	var m Marks
	if err := yaml.UnmarshalWithOptions(data, &m, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("read %q: %w", name, err)
	}
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("read %q: %w", name, err)
	}
	return &m, nil
}

// check names all mistakes at once, and brings phrases into the form that they
// are compared in.
func (m *Marks) check() error {
	var errs []error
	seen := make(map[string]bool)
	for i := range m.Marks {
		mark := &m.Marks[i]
		wrong := func(format string, args ...any) {
			errs = append(errs, fmt.Errorf("mark %d (%q): "+format, append([]any{i + 1, mark.ID}, args...)...))
		}
		if mark.ID == "" || seen[mark.ID] {
			wrong("an id is needed, and each once")
		}
		seen[mark.ID] = true
		switch mark.Kind {
		case "parking", "default", "block", "challenge", "error":
		default:
			wrong("kind %q is none of parking, default, block, challenge, error", mark.Kind)
		}
		if mark.Most < 1 || mark.Most > mostText {
			wrong("most is %d, want 1 to %d runes of visible text", mark.Most, mostText)
		}
		if len(mark.When) == 0 {
			wrong("it has no clue")
		}
		for j := range mark.When {
			if err := mark.When[j].check(); err != nil {
				wrong("clue %d: %w", j+1, err)
			}
		}
	}
	return errors.Join(errs...)
}

func (c *Clue) check() error {
	lists := [][]string{c.Title, c.TitleIs, c.Text, c.Source, c.Host, c.Path}
	n := 0
	for i, list := range lists {
		n += len(list)
		for j, phrase := range list {
			if len(phrase) < 2 {
				return fmt.Errorf("phrase %q is too short to tell anything", phrase)
			}
			if i != 3 { // the source is compared as it is
				list[j] = strings.ToLower(phrase)
			}
		}
	}
	if n == 0 {
		return errors.New("a status alone tells no kind")
	}
	return nil
}
