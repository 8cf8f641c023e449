package reference

import (
	"io/fs"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Standing is what a state in the business registry means for a filing.
type Standing string

// The standings, the gravest first.
const (
	StandingClosed   Standing = "closed"   // may not do business, or not any more
	StandingAbnormal Standing = "abnormal" // on a list of the regulator
	StandingUnclear  Standing = "unclear"  // a person has to look
	StandingGood     Standing = "good"
)

func standings() []Standing {
	return []Standing{StandingClosed, StandingAbnormal, StandingUnclear, StandingGood}
}

// RegistryStatus knows the words of the business registry.
type RegistryStatus struct{ byWord map[string]Standing }

// Of tells what a state means, as written in a feed. Of several words in it the
// gravest counts. A word that nobody knows comes back as unknown, and then the
// state has no standing: what it adds might turn the rest round.
func (s *RegistryStatus) Of(state string) (standing Standing, unknown string) {
	parts := stateParts(state)
	if found, ok := s.byWord[strings.Join(parts, "")]; ok {
		return found, ""
	}
	for _, part := range parts {
		found, ok := s.byWord[part]
		if !ok {
			return "", part
		}
		if standing == "" || slices.Index(standings(), found) < slices.Index(standings(), standing) {
			standing = found
		}
	}
	if standing == "" {
		return "", state
	}
	return standing, ""
}

// stateParts are the words between signs and blanks.
func stateParts(state string) []string {
	return strings.FieldsFunc(width.Fold.String(state), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

func readRegistryStatus(fsys fs.FS) (*RegistryStatus, error) {
	const name = "registry_status.yaml"
	var file struct {
		Heading heading `yaml:",inline"`
		States  []struct {
			Means Standing `yaml:"means"`
			Words []string `yaml:"words"`
		} `yaml:"states"`
	}
	if err := readYAML(fsys, name, &file, &file.Heading); err != nil {
		return nil, err
	}
	m := mistakes{file: name}
	s := &RegistryStatus{byWord: map[string]Standing{}}
	for _, state := range file.States {
		if !slices.Contains(standings(), state.Means) {
			m.add("means %q: want one of %v", state.Means, standings())
		}
		for _, word := range state.Words {
			key := strings.Join(stateParts(word), "")
			switch _, twice := s.byWord[key]; {
			case key == "":
				m.add("%s: an empty word", state.Means)
			case twice:
				m.add("the word %s comes twice", word)
			}
			s.byWord[key] = state.Means
		}
	}
	if len(s.byWord) == 0 {
		m.add("no words")
	}
	return s, m.err()
}
