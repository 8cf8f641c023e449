// Package audit looks at one subject's items, judges them, looks again where
// an absence needs it, and does so for a whole inventory at once. A batch is
// the single subject in a loop.
package audit

import (
	"fmt"
	"strconv"
	"time"

	"github.com/icpaudit/icpaudit/scanner"
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
	LiveDomains  int     `yaml:"live_domains"`  // domains above which a single audit waits for no registry, and sees what is kept; 0: it never waits

	// Canaries answer for as long as our own way out is whole: "dns:NAME", or a
	// URL. Small pages of several operators and networks; empty: none is asked.
	Canaries []string      `yaml:"canaries"`
	Health   HealthOptions `yaml:"health"`
}

// HealthOptions is the health block of the audit: when what we don't see is
// put down to ourselves.
type HealthOptions struct {
	Interval     Wait    `yaml:"interval"`      // between two rounds: one canary of each kind in turn, every fourth time all; half of it while they fail
	Pause        Wait    `yaml:"pause"`         // longest wait for them to answer again; then the run goes on, and nothing absent counts
	Stall        Wait    `yaml:"stall"`         // time for which this process stands still that puts its looks in doubt; 0: never
	ClusterCount int     `yaml:"cluster_count"` // looks at one network, CDN or registry from which equal failures count as a block
	ClusterShare float64 `yaml:"cluster_share"` // share of them that failed alike, above 0 to 1
	MinEnded     float64 `yaml:"min_ended"`     // 0 to 1: share of the items that have to be seen, else the run is provisional
}

func defaultHealth() HealthOptions {
	return HealthOptions{Interval: 5 * time.Second, Pause: 30 * time.Minute, Stall: 2 * time.Second, ClusterCount: 30, ClusterShare: 0.5, MinEnded: 0.99}
}

// defaultCanaries are small pages of five large operators of the mainland,
// each in networks of its own, over every way that an audit takes.
func defaultCanaries() []string {
	return []string{
		"dns:www.gov.cn", "dns:www.cnnic.cn",
		"http://www.baidu.com/robots.txt", "http://www.163.com/robots.txt",
		"https://www.qq.com/robots.txt", "https://www.taobao.com/robots.txt",
	}
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
		LiveDomains:  1000,
		Canaries:     defaultCanaries(),
		Health:       defaultHealth(),
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
	if o.LiveDomains < 0 {
		bad["live_domains"] = fmt.Errorf("%d is negative", o.LiveDomains)
	}
	for i, text := range o.Canaries {
		if _, err := scanner.ParseCanary(text); err != nil {
			bad["canaries["+strconv.Itoa(i)+"]"] = err
		}
	}
	if len(o.Canaries) > maxCanaries {
		bad["canaries"] = fmt.Errorf("%d canaries, at most %d", len(o.Canaries), maxCanaries)
	}
	for key, err := range o.Health.validate() {
		bad["health."+key] = err
	}
	return bad
}

const maxCanaries = 64

func (o HealthOptions) validate() map[string]error {
	bad := map[string]error{}
	if o.Interval <= 0 {
		bad["interval"] = fmt.Errorf("%s is not above zero", o.Interval)
	}
	for key, d := range map[string]Wait{"pause": o.Pause, "stall": o.Stall} {
		if d < 0 {
			bad[key] = fmt.Errorf("%s is negative", d)
		}
	}
	if o.Stall > 0 && o.Stall < 100*time.Millisecond {
		bad["stall"] = fmt.Errorf("%s is less than 100ms", o.Stall)
	}
	if o.ClusterCount < 2 {
		bad["cluster_count"] = fmt.Errorf("%d is less than 2", o.ClusterCount)
	}
	if o.ClusterShare <= 0 || o.ClusterShare > 1 {
		bad["cluster_share"] = fmt.Errorf("%g is not above 0 and at most 1", o.ClusterShare)
	}
	if o.MinEnded < 0 || o.MinEnded > 1 {
		bad["min_ended"] = fmt.Errorf("%g is not between 0 and 1", o.MinEnded)
	}
	return bad
}
