package reference

import (
	"io/fs"
	"regexp"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Families is the CNAME suffixes of acceleration and protection services.
type Families struct {
	suffixes map[string]*Family
	patterns []*Family
}

// Family is one suffix, or pattern of suffixes, and whose it is.
type Family struct {
	Suffix     string   `yaml:"suffix"`
	Provider   string   `yaml:"provider"`
	Product    string   `yaml:"product"`
	Confidence string   `yaml:"confidence"`
	Sources    []string `yaml:"sources"`
	Note       string   `yaml:"note"`

	pattern *regexp.Regexp
	tails   bool // the pattern is tried on every tail of the name
}

// Match finds the family of a name: lower case, no trailing dot. The longest
// suffix of whole labels wins, patterns come after.
func (f *Families) Match(name string) (*Family, bool) {
	for tail := name; tail != ""; {
		if family, ok := f.suffixes[tail]; ok {
			return family, true
		}
		_, rest, ok := strings.Cut(tail, ".")
		if !ok {
			break
		}
		tail = rest
	}
	registrable, err := publicsuffix.EffectiveTLDPlusOne(name)
	for _, family := range f.patterns {
		if family.tails && matchTail(family.pattern, name) || !family.tails && err == nil && family.pattern.MatchString(registrable) {
			return family, true
		}
	}
	return nil, false
}

func matchTail(pattern *regexp.Regexp, name string) bool {
	for ok := true; ok; _, name, ok = strings.Cut(name, ".") {
		if pattern.MatchString(name) {
			return true
		}
	}
	return false
}

func readFamilies(fsys fs.FS) (*Families, error) {
	const file = "cdn_suffixes.yaml"
	var raw struct {
		Source   string            `yaml:"source"`
		Date     string            `yaml:"date"`
		Sources  map[string]string `yaml:"sources"`
		Suffixes []Family          `yaml:"suffixes"`
	}
	if err := readYAML(fsys, file, &raw); err != nil {
		return nil, err
	}
	if err := checkHeading(file, raw.Source, raw.Date); err != nil {
		return nil, err
	}
	f := &Families{suffixes: map[string]*Family{}}
	m := mistakes{file: file}
	for i := range raw.Suffixes {
		family := &raw.Suffixes[i]
		m.oneOf(family.Suffix+": confidence", family.Confidence, "high", "medium", "low")
		for _, source := range family.Sources {
			if raw.Sources[source] == "" {
				m.add("%s: source %q is not named", family.Suffix, source)
			}
		}
		expr, isPattern := strings.CutPrefix(family.Suffix, "~")
		if !isPattern {
			if f.suffixes[family.Suffix] != nil {
				m.add("%s comes twice", family.Suffix)
			}
			f.suffixes[family.Suffix] = family
			continue
		}
		var err error
		if family.pattern, err = regexp.Compile(expr); err != nil {
			m.add("%s: %w", family.Suffix, err)
			continue
		}
		family.tails = family.Product == "oss" || family.Product == "elb" || family.Product == "paas"
		f.patterns = append(f.patterns, family)
	}
	return f, m.err()
}
