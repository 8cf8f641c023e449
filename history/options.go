package history

import (
	"fmt"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
)

// Options is the history block of the configuration.
type Options struct {
	Path         string         `yaml:"path"`           // SQLite file, from the working directory; empty with an empty URL: audits write no history
	URL          string         `yaml:"url"`            // postgres://… ; beats Path
	PageTextDays int            `yaml:"page_text_days"` // the text of pages is kept so long after it was last the newest
	DossierDays  int            `yaml:"dossier_days"`   // looks and filings that are not the newest any more
	EvidenceDays int            `yaml:"evidence_days"`  // those with a deficiency
	DueDays      map[string]int `yaml:"due_days"`       // working days by scene; others: checks.due_working_days
}

// DefaultPath is the file where the history is kept if nothing is named.
const DefaultPath = "icpaudit.db"

// Default is the configuration where nothing is configured.
func Default() Options {
	return Options{Path: DefaultPath, PageTextDays: 90, DossierDays: 400, EvidenceDays: 1100}
}

// On says whether a history is configured.
func (o Options) On() bool { return o.Path != "" || o.URL != "" }

// Validate names every value that can't be used, by its YAML key.
func (o Options) Validate() map[string]error {
	bad := map[string]error{}
	const century = 36500
	for key, days := range map[string]int{"page_text_days": o.PageTextDays, "dossier_days": o.DossierDays, "evidence_days": o.EvidenceDays} {
		if days < 1 || days > century {
			bad[key] = fmt.Errorf("%d is not between 1 and %d", days, century)
		}
	}
	if o.EvidenceDays < o.DossierDays {
		bad["evidence_days"] = fmt.Errorf("%d is less than dossier_days", o.EvidenceDays)
	}
	for scene, days := range o.DueDays {
		if days < 1 || days > 250 {
			bad["due_days."+scene] = fmt.Errorf("%d is not between 1 and 250", days)
		}
	}
	if o.URL != "" {
		if _, err := parseURL(o.URL); err != nil {
			bad["url"] = err
		}
	}
	return bad
}

// Due is the policy on due dates: the working days of the scene, or else those
// that hold for all; after is the day a number of working days after another.
func (o Options) Due(otherwise int, after func(filing.Day, int) filing.Day) func(scene checks.ID, begun filing.Day) filing.Day {
	return func(scene checks.ID, begun filing.Day) filing.Day {
		days, ok := o.DueDays[string(scene)]
		if !ok {
			days = otherwise
		}
		return after(begun, days)
	}
}
