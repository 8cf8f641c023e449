package filing

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

//go:embed feeds.yaml
var feedsYAML []byte

// feedWhat is what a feed is called in errors.
func feedWhat(kind EvidenceKind) string { return string(kind) + " feed" }

// FeedKinds lists the kinds of feed that are read from files, in the order in
// which they are reported.
func FeedKinds() []EvidenceKind {
	return []EvidenceKind{EvidenceRegistry, EvidenceContacts, EvidenceDocuments}
}

// FeedColumns lists the columns that a feed may have, in the template's order;
// none for what is no feed.
func FeedColumns(kind EvidenceKind) []Column {
	t := feedTables()[kind]
	if t == nil {
		return nil
	}
	return slices.Clone(t.list)
}

// feedTables reads the embedded tables once, by kind. A broken one is our own
// fault and shows in every test.
var feedTables = sync.OnceValue(func() map[EvidenceKind]*columnTable {
	tables, err := readFeedTables(feedsYAML)
	if err != nil {
		panic(err)
	}
	return tables
})

// feedSheet is one feed in the file of the tables.
type feedSheet struct {
	Marks    []string                 `yaml:"marks"`
	Columns  []Column                 `yaml:"columns"`
	Ignored  []string                 `yaml:"ignored"`
	Template map[string]templateWords `yaml:"template"`
}

func readFeedTables(data []byte) (map[EvidenceKind]*columnTable, error) {
	var file struct {
		Registry  feedSheet                      `yaml:"registry"`
		Contacts  feedSheet                      `yaml:"contacts"`
		Documents feedSheet                      `yaml:"documents"`
		Words     map[string]map[string][]string `yaml:"words"`
	}
	if err := yaml.UnmarshalWithOptions(data, &file, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("read the columns of feeds: %w", err)
	}
	tables := map[EvidenceKind]*columnTable{}
	for kind, sheet := range map[EvidenceKind]feedSheet{
		EvidenceRegistry: file.Registry, EvidenceContacts: file.Contacts, EvidenceDocuments: file.Documents,
	} {
		t, err := sheet.table(feedWhat(kind), file.Words)
		if err != nil {
			return nil, fmt.Errorf("read the columns of the %s: %w", feedWhat(kind), err)
		}
		tables[kind] = t
	}
	return tables, nil
}

// table indexes a feed's columns. What stands for an empty cell or for a term
// without end is as in inventories.
func (s feedSheet) table(what string, words map[string]map[string][]string) (*columnTable, error) {
	t := &columnTable{
		what: what, list: s.Columns, template: s.Template, byHeader: map[string]int{}, byKey: map[string]int{}, ignored: map[string]bool{},
		blanks: columns().blanks, longTerm: columns().longTerm, words: map[string]map[string]string{}, choices: map[string]string{}, chinese: map[string][]string{},
	}
	if err := t.index(); err != nil {
		return nil, err
	}
	t.readWords(words)
	for i := range t.list {
		t.slot = append(t.slot, i)
	}
	for _, name := range s.Ignored {
		if i, taken := t.find(name); taken {
			return nil, fmt.Errorf("%q is ignored and of %s", name, t.list[i].Key)
		}
		t.ignored[foldHeader(name)] = true
	}
	for _, key := range s.Marks {
		i, ok := t.byKey[key]
		if !ok {
			return nil, fmt.Errorf("no column %q", key)
		}
		t.marks = append(t.marks, i)
	}
	return t, nil
}

// withAliases is the table with further headers, by the columns' keys.
func (t *columnTable) withAliases(more map[string][]string) (*columnTable, error) {
	if len(more) == 0 {
		return t, nil
	}
	wider := *t
	wider.byHeader = maps.Clone(t.byHeader)
	for _, key := range slices.Sorted(maps.Keys(more)) {
		i, ok := t.byKey[key]
		if !ok {
			return nil, fmt.Errorf("%q is no column of the %s: it has %s", key, t.what, strings.Join(slices.Sorted(maps.Keys(t.byKey)), ", "))
		}
		for _, header := range more[key] {
			if foldHeader(header) == "" {
				return nil, fmt.Errorf("an alias of %s is empty", key)
			}
			if err := wider.alias(i, header); err != nil {
				return nil, err
			}
		}
	}
	return &wider, nil
}

// values are what a column that chooses accepts, each in Chinese and as its key.
func (t *columnTable) values(kind string) string {
	var b strings.Builder
	for i, value := range strings.Split(t.choices[kind], ", ") {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(t.chinese[kind][i] + " " + value)
	}
	return b.String()
}
