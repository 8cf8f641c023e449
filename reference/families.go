package reference

import (
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Families is the CNAME suffixes of acceleration, protection and hosting services.
type Families struct {
	All []Family

	vendors  map[string]Text
	suffixes map[string]*Family
	patterns []*Family
}

// Family is one suffix, or pattern of suffixes, and whose it is.
type Family struct {
	Suffix     string   `yaml:"suffix"`
	Provider   string   `yaml:"provider"` // an id of the providers, or of the vendors here
	Product    string   `yaml:"product"`
	Confidence string   `yaml:"confidence"` // high, medium; low decides nothing
	Sources    []string `yaml:"sources"`
	Note       string   `yaml:"note"`

	pattern *regexp.Regexp
}

// Match finds the family of a name, a trailing dot and capitals aside. The
// longest tail of whole labels wins, and of one tail the plain suffix.
func (f *Families) Match(name string) (*Family, bool) {
	tail := strings.ToLower(strings.TrimSuffix(name, "."))
	for more := true; more; _, tail, more = strings.Cut(tail, ".") {
		if family := f.suffixes[tail]; family != nil {
			return family, true
		}
		for _, family := range f.patterns {
			if family.pattern.MatchString(tail) {
				return family, true
			}
		}
	}
	return nil, false
}

// Vendor is the name of a vendor that is no access provider.
func (f *Families) Vendor(id string) (Text, bool) {
	t, ok := f.vendors[id]
	return t, ok
}

// cnameShape is a plain suffix: at least two labels, lower case.
var cnameShape = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$`)

// cnamePatternEnd is how a pattern ends: with a literal domain, or a choice of them.
var cnamePatternEnd = regexp.MustCompile(`\\\.([a-z]+|\([a-z]+(\|[a-z]+)*\))\$$`)

func readFamilies(fsys fs.FS) (*Families, error) {
	const file = "cdn_suffixes.yaml"
	var raw struct {
		Heading  heading           `yaml:",inline"`
		Sources  map[string]string `yaml:"sources"`
		Vendors  map[string]Text   `yaml:"vendors"`
		Suffixes []Family          `yaml:"suffixes"`
	}
	if err := readYAML(fsys, file, &raw, &raw.Heading); err != nil {
		return nil, err
	}
	f := &Families{All: raw.Suffixes, vendors: raw.Vendors, suffixes: map[string]*Family{}}
	m := mistakes{file: file}
	for _, id := range slices.Sorted(maps.Keys(raw.Vendors)) {
		m.id("vendor", id, map[string]bool{})
		m.text("vendor "+id, raw.Vendors[id])
	}
	for i := range f.All {
		family := &f.All[i]
		m.id(family.Suffix+": provider", family.Provider, map[string]bool{})
		m.oneOf(family.Suffix+": confidence", family.Confidence, "high", "medium", "low")
		m.oneOf(family.Suffix+": product", family.Product, "cdn", "waf", "ddos", "edgeone", "live", "elb", "ga", "oss", "gtm", "gslb", "paas", "pages")
		for _, source := range family.Sources {
			if raw.Sources[source] == "" {
				m.add("%s: source %q is not named", family.Suffix, source)
			}
		}
		f.index(&m, family)
	}
	return f, m.err()
}

// index checks how a family is written and makes it findable.
func (f *Families) index(m *mistakes, family *Family) {
	expr, isPattern := strings.CutPrefix(family.Suffix, "~")
	if !isPattern {
		if !cnameShape.MatchString(family.Suffix) {
			m.add("%s: want at least two labels in small letters", family.Suffix)
		}
		if f.suffixes[family.Suffix] != nil {
			m.add("%s comes twice", family.Suffix)
		}
		f.suffixes[family.Suffix] = family
		return
	}
	var err error
	switch family.pattern, err = regexp.Compile(expr); {
	case err != nil:
		m.add("%s: %w", family.Suffix, err)
	case !strings.HasPrefix(expr, "^") || !cnamePatternEnd.MatchString(expr):
		m.add("%s: want a pattern from ^ to a literal top-level domain and $", family.Suffix)
	default:
		f.patterns = append(f.patterns, family)
	}
}
