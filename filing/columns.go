package filing

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/goccy/go-yaml"
	"golang.org/x/text/width"
)

//go:embed columns.yaml
var columnsYAML []byte

// inventoryWhat is what an inventory is called in errors.
const inventoryWhat = "inventory"

// Column is one column of an inventory or feed.
type Column struct {
	Key     string   `yaml:"key"` // the English header
	ZH      string   `yaml:"zh"`  // the Chinese header
	Aliases []string `yaml:"aliases"`
	Level   string   `yaml:"level"`   // subject, service, item (domain or App), domain, app
	Kind    string   `yaml:"kind"`    // how a cell is read
	Example string   `yaml:"example"` // in a domain's row; "-" for none
	App     string   `yaml:"app"`     // in an App's row, where it differs
	Note    struct {
		ZH string `yaml:"zh"`
		EN string `yaml:"en"`
	} `yaml:"note"`
}

// Columns lists the columns that inventories may have, in the template's order.
func Columns() []Column {
	t := columns()
	out := make([]Column, len(t.list))
	copy(out, t.list)
	return out
}

// columnTable is the embedded table, indexed.
type columnTable struct {
	what     string          // is read: inventory, registry feed …
	marks    []int           // columns one of which every header has
	ignored  map[string]bool // folded headers that are known and of no use
	list     []Column
	byHeader map[string]int               // folded header to place in list
	byKey    map[string]int               // key to place in list
	blanks   map[string]bool              // upper-case texts that stand for an empty cell
	longTerm map[string]bool              // folded texts of a document without end
	words    map[string]map[string]string // kind, folded word → value
	choices  map[string]string            // kind → its values, for error texts
	chinese  map[string][]string          // kind → its values' first words
	template map[string]templateWords     // by language
	level    []level                      // by place in list
	slot     []int                        // place among the columns of its owner
	slots    [3]int                       // how many columns an owner has: subject, service, item
}

// templateWords are the names of the template's sheets and the header of the
// one that explains.
type templateWords struct {
	Data   string   `yaml:"data"`
	Help   string   `yaml:"help"`
	Header []string `yaml:"header"`
}

// level is what a column is about, in bits.
type level uint8

const (
	ofSubject level = 1 << iota
	ofService
	ofDomain
	ofApp
	ofItem = ofDomain | ofApp
)

// levels are the words of the table.
var levels = map[string]level{"subject": ofSubject, "service": ofService, "domain": ofDomain, "app": ofApp, "item": ofItem}

// owner is the place of a level in slots.
func (l level) owner() int {
	switch l {
	case ofSubject:
		return 0
	case ofService:
		return 1
	}
	return 2
}

// columns reads the embedded table once. A broken one is our own fault and
// shows in every test.
var columns = sync.OnceValue(func() *columnTable {
	t, err := readColumns(columnsYAML)
	if err != nil {
		panic(err)
	}
	return t
})

func readColumns(data []byte) (*columnTable, error) {
	var file struct {
		Columns  []Column                       `yaml:"columns"`
		Blanks   []string                       `yaml:"blanks"`
		LongTerm []string                       `yaml:"long_term"`
		Template map[string]templateWords       `yaml:"template"`
		Words    map[string]map[string][]string `yaml:"words"`
	}
	if err := yaml.UnmarshalWithOptions(data, &file, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("read the columns: %w", err)
	}
	t := &columnTable{
		what: inventoryWhat, list: file.Columns, template: file.Template, byHeader: map[string]int{}, byKey: map[string]int{},
		blanks: map[string]bool{}, longTerm: map[string]bool{}, words: map[string]map[string]string{}, choices: map[string]string{}, chinese: map[string][]string{},
	}
	for _, c := range file.Columns {
		l, ok := levels[c.Level]
		if !ok {
			return nil, fmt.Errorf("read the columns: %s: level %q", c.Key, c.Level)
		}
		t.level = append(t.level, l)
		t.slot = append(t.slot, t.slots[l.owner()])
		t.slots[l.owner()]++
	}
	if err := t.index(); err != nil {
		return nil, fmt.Errorf("read the columns: %w", err)
	}
	t.marks = []int{t.byKey["domain"], t.byKey["app_package"], t.byKey["app_platform"]}
	t.readWords(file.Words)
	for _, b := range file.Blanks {
		t.blanks[strings.ToUpper(b)] = true
	}
	for _, l := range file.LongTerm {
		t.longTerm[foldHeader(l)] = true
	}
	return t, nil
}

// index makes the columns known by their keys and headers.
func (t *columnTable) index() error {
	for i, c := range t.list {
		t.byKey[c.Key] = i
		for _, name := range append([]string{c.Key, c.ZH}, c.Aliases...) {
			if err := t.alias(i, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// alias makes a header that of a column, unless it is another's.
func (t *columnTable) alias(column int, header string) error {
	folded := foldHeader(header)
	if other, taken := t.byHeader[folded]; taken && other != column {
		return fmt.Errorf("%q is of both %s and %s", header, t.list[other].Key, t.list[column].Key)
	}
	t.byHeader[folded] = column
	return nil
}

// sample shows what an object of a JSON file begins like.
func (t *columnTable) sample() string { return `{"` + t.list[t.marks[0]].Key + `": …}` }

// readWords indexes the words of the columns that choose.
func (t *columnTable) readWords(kinds map[string]map[string][]string) {
	for kind, values := range kinds {
		t.words[kind] = map[string]string{}
		t.choices[kind] = strings.Join(slices.Sorted(maps.Keys(values)), ", ")
		for _, value := range slices.Sorted(maps.Keys(values)) {
			words := values[value]
			t.chinese[kind] = append(t.chinese[kind], words[0])
			for _, w := range append(words, value) {
				t.words[kind][foldHeader(w)] = value
			}
		}
	}
}

// find looks a header up.
func (t *columnTable) find(header string) (int, bool) {
	i, ok := t.byHeader[foldHeader(header)]
	return i, ok
}

// foldHeader is a header as it is compared: half-width, lower case, without
// blanks, signs that only separate, and the marks of required columns.
func foldHeader(header string) string {
	s := strings.ToLower(width.Fold.String(header))
	for _, mark := range []string{"(必填)", "(选填)", "(可选)", "(required)", "(optional)"} {
		s = strings.ReplaceAll(s, mark, "")
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune("_-*:", r) {
			return -1
		}
		return r
	}, s)
}
