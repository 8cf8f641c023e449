package history

import (
	"slices"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
)

// Item is something that findings are about: a subject, a service, a domain or
// an App, as the newest run that saw it filed it.
type Item struct {
	ID      int64        `json:"-"`
	Level   checks.Level `json:"level"`
	Key     string       `json:"key"` // unique within the level; see checks.Key
	Subject string       `json:"subject"`
	Service string       `json:"service,omitempty"`
	Name    string       `json:"name,omitempty"`  // A-label, or platform and package
	Label   string       `json:"label,omitempty"` // for people: U-label, or the name of the subject or service
	Kind    string       `json:"kind,omitempty"`  // of the service
	Owner   string       `json:"owner,omitempty"` // as the inventory names it
	Tags    []string     `json:"tags,omitempty"`
	Seq     int          `json:"seq"`
	First   int64        `json:"first"`          // position of the first run that saw it
	Last    int64        `json:"last"`           // position of the newest
	Left    bool         `json:"left,omitempty"` // newer runs of the same schedule saw it no more
}

// names are what people may call the item by.
func (i Item) names() []string { return []string{i.Key, i.Name, i.Service, i.Subject} }

// answersTo says whether people may mean the item by a text.
func (i Item) answersTo(target string) bool {
	return target != "" && slices.Contains(i.names(), target)
}

// Change is a run in which an item was not as before.
type Change struct {
	Run      int64      `json:"run"`
	Position int64      `json:"position"`
	Day      filing.Day `json:"day"`
	Outcomes Outcomes   `json:"outcomes"`
	Nights   int        `json:"nights"` // on which it was seen so, this one counted
}

// Difference is how an item differs between two runs. Nil outcomes: the run did
// not know it.
type Difference struct {
	Item Item
	A, B Outcomes
}

// Scenes lists the scenes that differ, sorted.
func (d Difference) Scenes() []checks.ID {
	var all []checks.ID
	for scene, s := range d.A {
		if d.B[scene] != s {
			all = append(all, scene)
		}
	}
	for scene := range d.B {
		if _, both := d.A[scene]; !both {
			all = append(all, scene)
		}
	}
	slices.Sort(all)
	return all
}

// Stored is what a run judged of one subject, and how.
type Stored struct {
	Subject  *filing.Subject
	Evidence filing.Evidence                      // of the feeds
	Looks    map[string]checks.Looks              // by item name
	Outcomes map[checks.Level]map[string]Outcomes // by level and key
	Missing  []string                             // names of items whose looks are not kept any more
	Stripped []string                             // names of items whose looks are kept without the text of their pages
}

// Finding is a finding with its life.
type Finding struct {
	Item     Item
	Life     Life
	Status   Status         // empty: never deficient
	Detail   checks.Finding // of the last change: proofs, advice, causes
	FirstRun int64          // id; 0: never deficient
	LastRun  int64          // id of the run of the last change
	Owner    string         // who answers for it
	Waiver   *Waiver        // in force; nil: none
}

// Filter says which findings are wanted; the zero Filter means all deficiencies
// that are not mended.
type Filter struct {
	Status  Status         // empty or StatusOpen: all that are not mended
	Seen    bool           // also what was never deficient: suspected, unverifiable, error
	Outcome checks.Outcome // as it was last seen; empty: all
	Scene   checks.ID      // empty: all
	Owner   string         // empty: all
	Target  string         // what the item answers to; empty: all
	Today   filing.Day     // for overdue and expired; required
}

// wants says whether a finding passes the filter.
func (f Filter) wants(found Finding) bool {
	switch {
	case f.Scene != "" && found.Detail.Scene != f.Scene, f.Owner != "" && found.Owner != f.Owner,
		f.Target != "" && !found.Item.answersTo(f.Target):
		return false
	case found.Status == "":
		return f.Seen
	case f.Status == "" || f.Status == StatusOpen:
		return found.Status != StatusResolved
	}
	return found.Status == f.Status
}

// Pruned counts what retention took away.
type Pruned struct {
	Dossiers int `json:"dossiers"` // removed
	Stripped int `json:"stripped"` // that lost the text of their pages
	Stages   int `json:"stages"`   // of runs that never ended
	Letters  int `json:"letters"`  // rows about letters, sent or not
}

// Health tells how the store is.
type Health struct {
	Engine   string `json:"engine"` // sqlite or postgres
	Where    string `json:"where"`  // file, or address without the password
	Schema   int64  `json:"schema"`
	Wanted   int64  `json:"wanted"` // schema of this program
	Bytes    int64  `json:"bytes"`
	Free     int64  `json:"free"` // of these bytes of a file, kept for what comes
	Runs     int64  `json:"runs"`
	Items    int64  `json:"items"`
	Changes  int64  `json:"changes"`
	Dossiers int64  `json:"dossiers"`
	Findings int64  `json:"findings"`
	Damage   string `json:"damage,omitempty"` // what the integrity check found; empty: nothing
}
