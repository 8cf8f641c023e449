package main

import (
	"strings"
	"testing"
)

func TestConfigurationShowsEveryMistakeWithLineAndPath(t *testing.T) {
	for name, c := range map[string]struct {
		yaml string
		want []string // substrings, in this order
	}{
		"good":                  {yaml: "lang: en\naudit:\n  in_flight: 10\n"},
		"empty":                 {yaml: ""},
		"comment only":          {yaml: "# nothing\n"},
		"a key without a value": {yaml: "audit:\nlang: en\n", want: []string{"audit: the key has no value"}},
		"unknown keys, all of them": {
			yaml: "langg: en\naudit:\n  in_flihgt: 10\n  confirm: true\nscanner:\n  dns:\n    resolver: []\n",
			want: []string{"line 1: langg: unknown key", "line 3: audit.in_flihgt: unknown key", "line 7: scanner.dns.resolver: unknown key"},
		},
		"wrong types": {
			yaml: "audit:\n  in_flight: many\nchecks:\n  confirm_after: soon\nscanner:\n  dns:\n    resolvers: 1.1.1.1\n",
			want: []string{"line 2: audit.in_flight", "line 4: checks.confirm_after", "line 7: scanner.dns.resolvers: a list"},
		},
		"values out of range": {
			yaml: "lang: fr\naudit:\n  in_flight: 0\n  min_coverage: 2\nchecks:\n  vantage: moon\n",
			want: []string{"line 1: lang", "line 3: audit.in_flight", "line 4: audit.min_coverage", "line 6: checks.vantage"},
		},
		"no YAML":                      {yaml: "a: [1\n", want: []string{"(whole file)"}},
		"a list where keys are wanted": {yaml: "- a\n", want: []string{"keys with values"}},
	} {
		t.Run(name, func(t *testing.T) {
			config := defaultConfig()
			err := readConfig([]byte(c.yaml), &config)
			if len(c.want) == 0 {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil {
				t.Fatal("no mistake was found")
			}
			rest := err.Error()
			for _, want := range c.want {
				_, after, found := strings.Cut(rest, want)
				if !found {
					t.Fatalf("%q is not in, or not in this order in:\n%s", want, err)
				}
				rest = after
			}
		})
	}
}

func FuzzConfiguration(f *testing.F) {
	f.Add("lang: en\n")
	f.Add("audit: {in_flight: [1,2}\n")
	f.Add("scanner: &a\n  dns: *a\n")
	f.Fuzz(func(t *testing.T, text string) {
		config := defaultConfig()
		// Only a panic can fail here: any text is either usable or refused.
		if err := readConfig([]byte(text), &config); err == nil && len(config.validate()) > 0 {
			t.Fatal("a configuration with unusable values was accepted")
		}
	})
}
