package history

import (
	"fmt"
	"slices"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
)

// WaiverReason is why a finding is not followed up: a closed list.
type WaiverReason string

// The reasons of a waiver.
const (
	WaiverFalse    WaiverReason = "false-finding" // a person looked, and the finding is wrong
	WaiverProgress WaiverReason = "in-progress"   // the order that mends it is with the authority
	WaiverClosing  WaiverReason = "closing-down"  // the service is being cancelled
	WaiverAgreed   WaiverReason = "agreed"        // the authority or the access provider agreed to it
	WaiverRisk     WaiverReason = "accepted-risk" // the operator knows and bears it
)

// WaiverReasons lists all of them.
func WaiverReasons() []WaiverReason {
	return []WaiverReason{WaiverFalse, WaiverProgress, WaiverClosing, WaiverAgreed, WaiverRisk}
}

// Waiver says that findings of one scene on one target are known and borne for
// a time. They keep their outcome and stay visible.
type Waiver struct {
	ID     int64        `json:"id"`
	Scene  checks.ID    `json:"scene"`
	Target string       `json:"target"` // subject number, service number, item key, A-label, or platform and package
	Reason WaiverReason `json:"reason"`
	Who    string       `json:"who"`
	Until  filing.Day   `json:"until"` // last day on which it holds
	Note   string       `json:"note,omitempty"`
	Made   time.Time    `json:"made"`
	Covers int          `json:"covers"` // open findings that it concerns, expired or not
}

// longest are the bounds of texts that people write, in bytes.
const (
	longestName  = 200
	longestNote  = 4000
	longestValue = 2000 // of an assignment, which PostgreSQL indexes
)

// Validate says what keeps a waiver from being taken on a day.
func (w Waiver) Validate(today filing.Day) error {
	switch {
	case w.Scene == "":
		return fmt.Errorf("the waiver names no scene")
	case w.Target == "" || len(w.Target) > longestNote:
		return fmt.Errorf("the waiver names no usable target")
	case !slices.Contains(WaiverReasons(), w.Reason):
		return fmt.Errorf("the reason %q is none of %v", w.Reason, WaiverReasons())
	case w.Who == "" || len(w.Who) > longestName:
		return fmt.Errorf("the waiver does not say who waives")
	case w.Until.IsZero():
		return fmt.Errorf("the waiver does not say until when")
	case w.Until.Before(today):
		return fmt.Errorf("the waiver's last day %s is past", w.Until)
	case len(w.Note) > longestNote:
		return fmt.Errorf("the note is longer than %d bytes", longestNote)
	}
	return nil
}

// Expired says whether the waiver holds no more on a day.
func (w Waiver) Expired(today filing.Day) bool { return w.Until.Before(today) }

// Unused says whether no open finding needs the waiver.
func (w Waiver) Unused() bool { return w.Covers == 0 }

// waiversFor are waivers by scene and target.
type waiversFor map[waived][]Waiver

type waived struct {
	scene  checks.ID
	target string
}

func waiversBy(all []Waiver) waiversFor {
	by := waiversFor{}
	for _, w := range all {
		key := waived{w.Scene, w.Target}
		by[key] = append(by[key], w)
	}
	return by
}

// of is the waiver in force on a day that concerns a scene of an item, the one
// that holds longest, of several the oldest; nil where there is none.
func (by waiversFor) of(scene checks.ID, i Item, today filing.Day) *Waiver {
	var best *Waiver
	for _, target := range i.names() {
		for n, w := range by[waived{scene, target}] {
			if !w.Expired(today) && (best == nil || best.Until.Before(w.Until) || !w.Until.Before(best.Until) && w.ID < best.ID) {
				best = &by[waived{scene, target}][n]
			}
		}
	}
	return best
}
