package history

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
)

// RunState is how far a run came.
type RunState string

// The states of a run.
const (
	RunStaged      RunState = "staged"      // under way, or broken off without anybody telling
	RunPublished   RunState = "published"   // its findings are the history's
	RunProvisional RunState = "provisional" // ended, but not fit to be published: see Why
)

// Run is one audit of an inventory.
type Run struct {
	ID        int64     `json:"id"`
	Schedule  string    `json:"schedule"`         // name of the schedule, or see OneShot
	Planned   time.Time `json:"planned"`          // unique within the schedule
	Family    string    `json:"family,omitempty"` // runs about the same inventory have the same; Begin makes it the schedule where it is empty
	Part      bool      `json:"part,omitempty"`   // it takes only some of the inventory: what it does not see has not left
	Started   time.Time `json:"started"`
	Ended     time.Time `json:"ended,omitzero"`
	State     RunState  `json:"state"`
	Why       string    `json:"why,omitempty"`      // code of why it is provisional
	Position  int64     `json:"position,omitempty"` // 1 for the first published run; 0: not published
	Inventory string    `json:"inventory"`          // digest of the inventory
	Rules     string    `json:"rules"`              // see RulesDigest
	Reference string    `json:"reference"`          // digest of the reference data
	Version   string    `json:"version"`            // of the program
	Vantage   string    `json:"vantage"`
	Totals    Totals    `json:"totals"`
}

// OneShot is the schedule of audits of an inventory file that were started by
// hand: each file is a schedule of its own, so that the audit of another one
// does not look as if everything had left the inventory.
func OneShot(file string) string { return "once:" + file }

// Codes of why a run is provisional.
const (
	WhyBroke    = "broke-off"    // it ended before all subjects were done
	WhySums     = "sums"         // what was staged is not what the inventory holds
	WhyOurs     = "own-trouble"  // our own trouble kept too much from being seen to the end
	WhyCoverage = "low-coverage" // too much could not be judged
	WhyStore    = "store-failed" // some of it could not be staged
	WhyClock    = "clock"        // the clock was put far forward or back while it was under way
	WhyOverlap  = "overlap"      // it was not begun: the run before it was still under way
)

// Limits are what a run has to come to, else it is provisional.
type Limits struct {
	Ended    float64 // share of the inventory's items that were seen to the end, 0 to 1
	Coverage float64 // share of the verdicts that could be judged, 0 to 1
}

// Unfit says why a run is not fit to be published, as a code, or nothing. It has
// to hold every subject and item of the inventory (want), all of them staged;
// our own trouble may not have kept more items than the limit from being seen to
// the end, and enough must have been judged. A run that judged nothing has no
// coverage to measure (judged is false).
func (l Limits) Unfit(want, got Totals, staged int, judged bool) string {
	switch {
	case staged != want.Subjects, got.Subjects != want.Subjects, got.Items != want.Items:
		return WhySums
	case float64(got.Items-got.Unseen) < l.Ended*float64(want.Items):
		return WhyOurs
	case judged && got.Coverage < l.Coverage:
		return WhyCoverage
	}
	return ""
}

// Totals are the sums of a run.
type Totals struct {
	Rows     int                    `json:"rows"` // of the inventory
	BadRows  int                    `json:"bad_rows"`
	Subjects int                    `json:"subjects"`
	Items    int                    `json:"items"`            // domains and Apps
	Unseen   int                    `json:"unseen,omitempty"` // of these, that our own trouble kept from being seen to the end
	Findings int                    `json:"findings"`
	Outcomes map[checks.Outcome]int `json:"outcomes,omitempty"`
	Faults   map[string]int         `json:"faults,omitempty"`  // unverifiable and error, by code of why
	Coverage float64                `json:"coverage"`          // 0 to 1; 0 where nothing was judged at all
	Doubled  int                    `json:"doubled,omitempty"` // items whose key another one of the run has: the first counts
	Moves    Moves                  `json:"moves"`
}

// Count adds what was found about one subject, and how many of its items were unseen.
func (t *Totals) Count(subject *filing.Subject, findings []checks.Finding, unseen int) {
	if t.Outcomes == nil {
		t.Outcomes, t.Faults = map[checks.Outcome]int{}, map[string]int{}
	}
	t.Subjects++
	t.Items += subject.Items()
	t.Unseen += unseen
	t.Findings += len(findings)
	for _, f := range findings {
		t.Outcomes[f.Outcome]++
		if f.Why != nil && (f.Outcome == checks.Unverifiable || f.Outcome == checks.Error) {
			t.Faults[f.Why.Code]++
		}
	}
}

// Moves counts what a published run changed.
type Moves struct {
	Items     int `json:"items"` // that were not as before, new ones too
	New       int `json:"new"`
	Resolved  int `json:"resolved"`
	Regressed int `json:"regressed"`
	Unseen    int `json:"unseen"` // deficient before, not seen this time
}

// End is what is known of a run when it ends.
type End struct {
	At     time.Time
	Why    string // code, of Abandon
	Totals Totals // Moves and Doubled are filled in by Publish
	// Due is the day by which a finding of a scene begun on a day has to be put
	// right; nil: ten working days later.
	Due func(scene checks.ID, begun filing.Day) filing.Day
}

// Result is everything that a run found out about one subject.
type Result struct {
	Seq      int // of the subject in the inventory, from 0
	Subject  *filing.Subject
	Findings []checks.Finding
	Looks    map[string]checks.Looks // by item name
	Evidence filing.Evidence         // of the feeds
}

// Staged counts what lies on a stage.
type Staged struct {
	Subjects int
	Rows     int // subjects, services, domains and Apps with findings
	Changed  int // of which not as before
}

// RulesDigest names the rules in force: the checks with their reasons, and the
// policy. A change inside a rule is seen in the version of the program only.
func RulesDigest(all []checks.Check, p checks.Policy) string {
	type rule struct {
		ID      checks.ID
		Level   checks.Level
		Reasons []checks.Reason
		Causes  []checks.Cause
	}
	rules := make([]rule, len(all))
	for i, c := range all {
		rules[i] = rule{c.ID, c.Level, c.Reasons, c.Causes}
	}
	data, err := json.Marshal(struct {
		Rules  []rule
		Policy checks.Policy
	}{rules, p})
	if err != nil {
		return "" // plain values always marshal
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
