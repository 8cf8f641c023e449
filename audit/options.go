// Package audit looks at one subject's items, judges them, looks again where
// an absence needs it, and does so for a whole inventory at once. A batch is
// the single subject in a loop.
package audit

import (
	"fmt"
	"time"
)

// Options is the audit block of the configuration.
type Options struct {
	InFlight     int     `yaml:"in_flight"`     // targets looked at at the same time, 1 to 20000
	MinCoverage  float64 `yaml:"min_coverage"`  // 0 to 1: below it the audit counts as incomplete
	Confirm      bool    `yaml:"confirm"`       // look again at what was absent
	ConfirmCheck Wait    `yaml:"confirm_check"` // the wait before the second look of a single check
	TempDir      string  `yaml:"temp_dir"`      // for spools; empty: the system's
	FailOn       string  `yaml:"fail_on"`       // deficient or suspected: what makes the exit code 3
	MaxUnnamed   int     `yaml:"max_unnamed"`   // domains that may be audited while scanner.contact is unset
}

// Wait is a duration of the configuration.
type Wait = time.Duration

// Default is the configuration where nothing is configured.
func Default() Options {
	return Options{
		InFlight:     200,
		MinCoverage:  0.5,
		Confirm:      true,
		ConfirmCheck: 30 * time.Second,
		FailOn:       "deficient",
		MaxUnnamed:   100,
	}
}

// Validate names every value that can't be used, by its YAML key.
func (o Options) Validate() map[string]error {
	bad := map[string]error{}
	if o.InFlight < 1 || o.InFlight > 20000 {
		bad["in_flight"] = fmt.Errorf("%d is not between 1 and 20000", o.InFlight)
	}
	if o.MinCoverage < 0 || o.MinCoverage > 1 {
		bad["min_coverage"] = fmt.Errorf("%g is not between 0 and 1", o.MinCoverage)
	}
	if o.ConfirmCheck < 0 {
		bad["confirm_check"] = fmt.Errorf("%s is negative", o.ConfirmCheck)
	}
	if o.FailOn != "deficient" && o.FailOn != "suspected" {
		bad["fail_on"] = fmt.Errorf("%q is neither deficient nor suspected", o.FailOn)
	}
	if o.MaxUnnamed < 0 {
		bad["max_unnamed"] = fmt.Errorf("%d is negative", o.MaxUnnamed)
	}
	return bad
}
