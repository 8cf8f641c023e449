package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"github.com/icpaudit/icpaudit/audit"
	"github.com/icpaudit/icpaudit/audit/nightly"
	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/remedy"
	"github.com/icpaudit/icpaudit/report"
	"github.com/icpaudit/icpaudit/report/deliver"
	"github.com/icpaudit/icpaudit/scanner"
)

// config is config.yaml: each block is the Options of the package it names.
type config struct {
	Lang      string             `yaml:"lang"` // zh or en
	Data      string             `yaml:"data"` // directory whose files override the embedded reference data
	Scanner   scanner.Options    `yaml:"scanner"`
	Checks    checks.Policy      `yaml:"checks"`
	Audit     audit.Options      `yaml:"audit"`
	Remedy    remedy.Options     `yaml:"remedy"`
	Report    report.Options     `yaml:"report"`
	Feeds     filing.FeedOptions `yaml:"feeds"` // evidence that no network shows
	History   history.Options    `yaml:"history"`
	Deliver   deliver.Options    `yaml:"deliver"` // who is told of what
	Serve     nightly.Options    `yaml:"serve"`
	Schedules []nightly.Schedule `yaml:"schedules"`
}

func defaultConfig() config {
	return config{
		Lang: "zh", Scanner: scanner.Default(), Checks: checks.DefaultPolicy(), Audit: audit.Default(), Remedy: remedy.Default(), Report: report.Default(), Feeds: filing.DefaultFeeds(),
		History: history.Default(),
		Deliver: deliver.Default(),
		Serve:   nightly.Default(), Schedules: []nightly.Schedule{},
	}
}

// validate names every value that can't be used, by its YAML path.
func (c config) validate() map[string]error {
	bad := map[string]error{}
	if c.Lang != "zh" && c.Lang != "en" {
		bad["lang"] = fmt.Errorf("%q is neither zh nor en", c.Lang)
	}
	for block, mistakes := range map[string]map[string]error{
		"scanner": c.Scanner.Validate(), "checks": c.Checks.Validate(), "audit": c.Audit.Validate(), "remedy": c.Remedy.Validate(), "report": c.Report.Validate(), "feeds": c.Feeds.Validate(),
		"history": c.History.Validate(),
		"deliver": c.Deliver.Validate(),
		"serve":   c.Serve.Validate(),
	} {
		for key, err := range mistakes {
			bad[block+"."+key] = err
		}
	}
	for key, err := range nightly.ValidateSchedules(c.Schedules) {
		bad["schedules"+key] = err
	}
	return bad
}

// load reads the configuration and says where it came from; from is empty for
// the built-in defaults.
func (p *program) load() (c config, from string, err error) {
	c, from = defaultConfig(), p.configPath
	if from == "" {
		from = "config.yaml"
	}
	data, err := os.ReadFile(from)
	switch {
	case err == nil:
		if err := readConfig(data, &c); err != nil {
			return c, from, usage(fmt.Errorf("read configuration %q: %w", from, err))
		}
	case p.configPath == "" && errors.Is(err, fs.ErrNotExist):
		from = ""
	default:
		return c, from, usage(fmt.Errorf("read configuration: %w", err))
	}
	if p.lang != "" {
		c.Lang = p.lang
	}
	if c.Lang != "zh" && c.Lang != "en" {
		return c, from, usage(fmt.Errorf("language %q: it is zh or en", c.Lang))
	}
	return c, from, nil
}

// readConfig reads YAML over the defaults in c, strictly, and shows all
// mistakes at once, each with its line and path.
func readConfig(data []byte, c *config) error {
	mistakes, file := strictly(data, *c)
	if len(mistakes) == 0 {
		// An empty document would be decoded as zeros over the defaults.
		if len(file.Docs) > 0 && !empty(file.Docs[0]) {
			if err := yaml.Unmarshal(data, c); err != nil {
				return err
			}
		}
		for path, err := range c.validate() {
			mistakes = append(mistakes, mistake{line: lineOf(file, path), path: path, text: err.Error()})
		}
	}
	if len(mistakes) == 0 {
		return nil
	}
	slices.SortFunc(mistakes, func(a, b mistake) int {
		if a.line != b.line {
			return a.line - b.line
		}
		return strings.Compare(a.path, b.path)
	})
	var b strings.Builder
	for _, m := range mistakes {
		fmt.Fprintf(&b, "\n  %s", m)
	}
	return errors.New(b.String()[1:])
}

// announce says which configuration is in force.
func (p *program) announce(w io.Writer, from string, say report.Phrases) {
	if from == "" {
		fmt.Fprintln(w, say.Say("config-default"))
		return
	}
	fmt.Fprintf(w, say.Say("config-file")+"\n", from)
}

func (p *program) configCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "config", Short: "Check or show the configuration"}
	cmd.AddCommand(&cobra.Command{
		Use: "check", Short: "Check the configuration, and name every mistake with line and path", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			c, from, err := p.load()
			if err != nil {
				return err
			}
			ref, err := p.reference(c)
			if err != nil {
				return err
			}
			if _, err := deliver.NewWriter(ref, c.Deliver, deliver.Run{}, c.Report.Headers); err != nil {
				return usage(err)
			}
			say := report.In(c.Lang)
			p.announce(p.out, from, say)
			fmt.Fprintln(p.out, say.Say("config-good"))
			return p.showSchedules(p.out, c)
		},
	}, &cobra.Command{
		Use: "show", Short: "Show every value in force, defaults included", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			c, from, err := p.load()
			if err != nil {
				return err
			}
			p.announce(p.err, from, report.In(c.Lang))
			data, err := yaml.Marshal(c)
			if err != nil {
				return err
			}
			_, err = p.out.Write(data)
			return err
		},
	})
	return cmd
}
