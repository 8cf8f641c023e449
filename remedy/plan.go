package remedy

import "github.com/icpaudit/icpaudit/filing"

// Plan is what puts one subject right. All texts in it are codes, ids and
// values of the filing: the words live in the reference data.
type Plan struct {
	Subject    string        `json:"subject"`
	Today      filing.Day    `json:"today"`
	Due        filing.Day    `json:"due,omitzero"` // the earliest of the findings
	End        [2]filing.Day `json:"end"`          // expected, at the earliest and at the latest
	Days       [2]int        `json:"days"`         // expected working days, least and most
	Orders     int           `json:"orders"`       // new orders, the one already open apart
	Steps      []Step        `json:"steps"`
	Questions  []Question    `json:"questions"`
	Considered []Alternative `json:"considered"`
	Unsettled  []Unsettled   `json:"unsettled"`
	Notes      []Note        `json:"notes"`
}

// Step is one thing to be done by somebody.
type Step struct {
	ID          int           `json:"id"` // from 1, in the order in which steps begin
	Operation   string        `json:"operation"`
	Targets     []string      `json:"targets"`           // ids of the subject, of services or of items
	Changes     []Change      `json:"changes,omitempty"` // what exactly is changed
	Materials   []string      `json:"materials,omitempty"`
	Who         []string      `json:"who,omitempty"`
	Where       string        `json:"where,omitempty"`
	At          string        `json:"at,omitempty"` // the access provider's name, or the account
	Days        [2]int        `json:"days"`         // expected working days, least and most
	After       []int         `json:"after,omitempty"`
	Begin       [2]filing.Day `json:"begin"`                 // when it can begin, at the earliest and at the latest
	End         [2]filing.Day `json:"end"`                   // when it is expected to be done
	LatestStart filing.Day    `json:"latest_start,omitzero"` // keeps the due date even if every step takes its longest
	LastChance  filing.Day    `json:"last_chance,omitzero"`  // keeps it only if every step takes its shortest
	Solves      []Ref         `json:"solves,omitempty"`
	Risks       []string      `json:"risks,omitempty"`
	Rules       []RuleRef     `json:"rules,omitempty"` // that made it what it is
}

// Change is one field of the filing, or of what stands around it.
type Change struct {
	Field string `json:"field"`          // code
	Item  string `json:"item,omitempty"` // service or item; empty: the subject
	Old   string `json:"old,omitempty"`
	New   string `json:"new,omitempty"` // empty: see How
	How   string `json:"how,omitempty"` // code of where the new value is from, or removed
}

// Ref names one finding.
type Ref struct {
	Scene string `json:"scene"`
	Item  string `json:"item"`
}

// Question is what a person has to decide before anything can be planned.
type Question struct {
	Code    string     `json:"code"`
	Scene   string     `json:"scene,omitempty"`
	Reason  string     `json:"reason,omitempty"`
	Items   []string   `json:"items"`
	Options [][]string `json:"options,omitempty"` // operations of each way, in order
	Rules   []RuleRef  `json:"rules,omitempty"`   // why no way was taken by itself
}

// Alternative is a way that was considered and not taken.
type Alternative struct {
	Scene      string   `json:"scene"`
	Items      []string `json:"items"`
	Operations []string `json:"operations"`
	Excluded   bool     `json:"excluded"` // false: it would work, and is demoted
	Rule       RuleRef  `json:"rule"`
}

// RuleRef names a rule, where it comes from, and of when that is.
type RuleRef struct {
	ID     string `json:"id"`
	Source string `json:"source,omitempty"`
	Date   string `json:"date,omitempty"`
}

// Unsettled is a finding that lacks evidence: nothing is planned for it.
type Unsettled struct {
	Scene string   `json:"scene"`
	Why   string   `json:"why"` // code; its words say what would settle it
	Items []string `json:"items"`
}

// Note is a code with a detail.
type Note struct {
	Code   string `json:"code"`
	Detail string `json:"detail,omitempty"`
}

// Needed says whether there is anything to do or to ask.
func (p Plan) Needed() bool { return len(p.Steps)+len(p.Questions) > 0 }
