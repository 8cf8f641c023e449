package history

import (
	"fmt"
	"slices"
	"time"

	"github.com/icpaudit/icpaudit/checks"
)

// AssignmentKind is by what findings are assigned.
type AssignmentKind string

// The kinds, from the one that beats all others to the weakest.
const (
	AssignFinding AssignmentKind = "finding" // by scene and item key, as FindingValue writes them
	AssignService AssignmentKind = "service" // by service number
	AssignSubject AssignmentKind = "subject" // by subject number
	AssignTag     AssignmentKind = "tag"     // by a tag of the inventory
	AssignScene   AssignmentKind = "scene"   // by scene
)

// AssignmentKinds lists the kinds, the strongest first.
func AssignmentKinds() []AssignmentKind {
	return []AssignmentKind{AssignFinding, AssignService, AssignSubject, AssignTag, AssignScene}
}

// FindingValue is what an assignment of a single finding names: its scene and
// the key of its item. A scene is judged at one level, so that this is one finding.
func FindingValue(scene checks.ID, key string) string { return string(scene) + " " + key }

// Assignment says who answers for findings. It beats the owner that the
// inventory names.
type Assignment struct {
	Kind  AssignmentKind `json:"kind"`
	Value string         `json:"value"`
	Owner string         `json:"owner"` // empty takes the assignment back
	Who   string         `json:"who"`
	Made  time.Time      `json:"made"`
}

// Validate says what keeps an assignment from being taken.
func (a Assignment) Validate() error {
	switch {
	case !slices.Contains(AssignmentKinds(), a.Kind):
		return fmt.Errorf("%q is none of %v", a.Kind, AssignmentKinds())
	case a.Value == "" || len(a.Value) > longestValue:
		return fmt.Errorf("the assignment does not say what is assigned")
	case len(a.Owner) > longestName:
		return fmt.Errorf("the owner is longer than %d bytes", longestName)
	case a.Who == "" || len(a.Who) > longestName:
		return fmt.Errorf("the assignment does not say who assigns")
	}
	return nil
}

// owners are assignments by what they name.
type owners map[assigned]string

type assigned struct {
	kind  AssignmentKind
	value string
}

func ownersOf(all []Assignment) owners {
	o := make(owners, len(all))
	for _, a := range all {
		o[assigned{a.Kind, a.Value}] = a.Owner
	}
	return o
}

// of is who answers for a scene of an item: by the strongest kind of assignment
// that names it, else as filed; of several tags by the first.
func (o owners) of(scene checks.ID, i Item) string {
	for _, kind := range AssignmentKinds() {
		var values []string
		switch kind {
		case AssignFinding:
			values = []string{FindingValue(scene, i.Key)}
		case AssignService:
			values = []string{i.Service}
		case AssignSubject:
			values = []string{i.Subject}
		case AssignTag:
			values = i.Tags
		case AssignScene:
			values = []string{string(scene)}
		}
		for _, value := range values {
			if owner, ok := o[assigned{kind, value}]; ok && value != "" {
				return owner
			}
		}
	}
	return i.Owner
}

// Note is what somebody wrote about a target.
type Note struct {
	ID     int64     `json:"id"`
	Target string    `json:"target"`          // as of a waiver
	Scene  checks.ID `json:"scene,omitempty"` // empty: about the whole target
	Who    string    `json:"who"`
	Text   string    `json:"text"`
	Made   time.Time `json:"made"`
}

// Validate says what keeps a note from being taken.
func (n Note) Validate() error {
	switch {
	case n.Target == "" || len(n.Target) > longestNote:
		return fmt.Errorf("the note names no usable target")
	case n.Who == "" || len(n.Who) > longestName:
		return fmt.Errorf("the note does not say who wrote it")
	case n.Text == "" || len(n.Text) > longestNote:
		return fmt.Errorf("a note has 1 to %d bytes", longestNote)
	}
	return nil
}
