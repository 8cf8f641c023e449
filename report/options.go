package report

import (
	"fmt"
	"slices"

	"github.com/icpaudit/icpaudit/checks"
)

// Options is the report block of the configuration.
type Options struct {
	Formats  []string `yaml:"formats"`  // of Formats: which reports an audit writes
	Headers  string   `yaml:"headers"`  // of the CSV: zh for words in the report's language, or key for the stable English keys
	Outcomes []string `yaml:"outcomes"` // that the CSV lists; empty: all. The JSON lines always hold all
	Issuer   string   `yaml:"issuer"`   // who sends the notices; empty: the notice leaves the name out
	Call     string   `yaml:"call"`     // whom the filer may call about a notice: a mail address or phone, shown as it is
}

// Default is the configuration where nothing is configured.
func Default() Options {
	return Options{Formats: []string{"csv", "jsonl", "xlsx", "html"}, Headers: "zh"}
}

// Validate names every value that can't be used, by its YAML key.
func (o Options) Validate() map[string]error {
	bad := map[string]error{}
	if o.Headers != "zh" && o.Headers != "key" {
		bad["headers"] = fmt.Errorf("%q is neither zh nor key", o.Headers)
	}
	if err := CheckFormats(o.Formats); err != nil {
		bad["formats"] = err
	}
	for _, name := range o.Outcomes {
		if !slices.Contains(checks.Outcomes(), checks.Outcome(name)) {
			bad["outcomes"] = fmt.Errorf("%q is no outcome", name)
		}
	}
	return bad
}
