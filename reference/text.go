package reference

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

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

// heading is what every YAML file of the reference data begins with: where its
// facts come from, and the date of that source.
type heading struct {
	Source string `yaml:"source"`
	Date   string `yaml:"date"`
}

func (h *heading) check(file string) error {
	if strings.TrimSpace(h.Source) == "" {
		return fmt.Errorf("%s: no source", file)
	}
	if _, err := time.Parse(time.DateOnly, h.Date); err != nil {
		return fmt.Errorf("%s: date %q: want YYYY-MM-DD", file, h.Date)
	}
	return nil
}

// readYAML decodes a file strictly: unknown keys and keys given twice are
// errors. The heading is the one in what is decoded into.
func readYAML(fsys fs.FS, name string, into any, head *heading) error {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	if err := yaml.UnmarshalWithOptions(data, into, yaml.Strict()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return head.check(name)
}

// mistakes collects all that is wrong with one file.
type mistakes struct {
	file string
	all  []error
}

func (m *mistakes) add(format string, args ...any) {
	m.all = append(m.all, fmt.Errorf("%s: "+format, append([]any{m.file}, args...)...))
}

func (m *mistakes) err() error { return errors.Join(m.all...) }

// idShape is how every id is written.
var idShape = regexp.MustCompile(`^[a-z0-9]+([-_][a-z0-9]+)*$`)

// id checks an id and that it comes once; false where it can't be used to name what follows.
func (m *mistakes) id(what, id string, seen map[string]bool) bool {
	switch {
	case !idShape.MatchString(id):
		m.add("%s id %q: want small letters, digits and hyphens", what, id)
		return false
	case seen[id]:
		m.add("%s %s comes twice", what, id)
		return false
	}
	seen[id] = true
	return true
}

// text checks that a text is there in both languages.
func (m *mistakes) text(at string, t Text) {
	if strings.TrimSpace(t.ZH) == "" {
		m.add("%s: no Chinese text", at)
	}
	if strings.TrimSpace(t.EN) == "" {
		m.add("%s: no English text", at)
	}
}

func (m *mistakes) oneOf(at, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		m.add("%s %q: want one of %s", at, value, strings.Join(allowed, ", "))
	}
}
