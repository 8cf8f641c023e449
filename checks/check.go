// Package checks holds what the observations mean: one file a scene of the
// catalogue, each a pure function of a Case. No clock, no disk, no network.
package checks

import (
	"strings"
	"time"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
)

// ID is the stable identifier of a scene of the catalogue.
type ID string

// Outcome is what a check found; the catalogue defines the words.
type Outcome string

// The outcomes. The zero Outcome is invalid.
const (
	Pass          Outcome = "pass"
	Deficient     Outcome = "deficient"
	Suspected     Outcome = "suspected"
	Unverifiable  Outcome = "unverifiable"
	NotApplicable Outcome = "not_applicable"
	Error         Outcome = "error"
)

// Outcomes is every outcome in the order in which reports show them.
func Outcomes() []Outcome {
	return []Outcome{Deficient, Suspected, Unverifiable, Error, Pass, NotApplicable}
}

// Level is what a finding is about.
type Level string

// The levels.
const (
	LevelSubject Level = "subject"
	LevelService Level = "service"
	LevelItem    Level = "item" // a domain or an App
)

// Reason is one way in which a scene can be deficient or suspected.
type Reason struct {
	ID      string
	Absence bool    // rests on something that was not there: needs two clean looks
	Causes  []Cause // what explains this reason, besides the causes of its check
}

// Cause is what explains a finding: a scene, or one reason of a scene, written
// scene:reason.
type Cause string

// split is the cause's scene, and its reason, empty where any explains.
func (c Cause) split() (scene ID, reason string) {
	id, reason, _ := strings.Cut(string(c), ":")
	return ID(id), reason
}

// Check is one scene's rule.
type Check struct {
	ID           ID
	Level        Level
	For          []filing.ServiceKind  // the kinds of service it can concern; others are not_applicable
	Blind        []filing.ServiceKind  // kinds it concerns but that no look of ours reaches: Inside judges them
	Inside       func(Case) Verdict    // judges the Blind kinds by evidence and the package; nil: unverifiable with why "inside-app"
	Needs        observe.Want          // it receives exactly these, and a fault in any is unverifiable
	Registration bool                  // it receives the registration where there is one, which by itself settles nothing
	Package      bool                  // it receives an App's package, or the fault in its place, which by itself settles nothing
	Asks         []filing.EvidenceKind // it receives the evidence of exactly these feeds
	Reasons      []Reason              // in order of precedence, the gravest first
	NeedsPlace   bool                  // deficient only from a mainland vantage or an honoured mainland view
	Causes       []Cause               // what of the same item, or of its service or subject, explains this scene
	Judge        func(Case) Verdict
}

// Case is everything that a rule may look at.
type Case struct {
	Now       time.Time
	Policy    Policy
	Reference *reference.Set
	Subject   *filing.Subject
	Service   *filing.Service // nil at subject level
	Domain    *filing.Domain  // nil for Apps and above item level
	App       *filing.App

	// What was seen, only the kinds that the check needs.
	DNS          observe.Seen[observe.DNS]
	Owners       observe.Seen[observe.Owners]
	Visit        observe.Seen[observe.Visit]
	Page         observe.Seen[observe.Page]
	Registration observe.Seen[observe.Registration]
	Package      observe.Seen[observe.App]

	Evidence filing.Evidence // of the feeds that the check asks, about the whole subject
	Past     *Past           // nil where there is no history
}

// Past is what the history knows of earlier nights of an item.
type Past struct {
	Observations int        // nights with a clean look
	NightsAbsent int        // of these in a row up to now: no resolution, no page, no registration
	AbsentSince  filing.Day // of the first of these
	NightsAway   int        // in a row up to now: resolved, and never to the provider's mainland nodes
	AwaySince    filing.Day
}

// Today is the Beijing day of Now.
func (c Case) Today() filing.Day { return filing.DayOf(c.Now) }

// Proof is one piece of evidence: two cells that explain a row by themselves.
type Proof struct {
	What    string    `json:"what"` // code; its words live in the reference data
	Want    string    `json:"want,omitempty"`
	Got     string    `json:"got,omitempty"`
	Where   string    `json:"where,omitempty"` // URL, resolver, server, column
	Excerpt string    `json:"excerpt,omitempty"`
	At      time.Time `json:"at,omitzero"`
}

// WhyUnconfirmed is the code of a suspicion that rests on one look at an absence.
const WhyUnconfirmed = "unconfirmed"

// Note is a code with a detail: why something is unverifiable, or advice.
type Note struct {
	Code   string `json:"code"`
	Detail string `json:"detail,omitempty"` // foreign text or values, never a sentence
}

// Verdict is what a rule answers. It is made only by the functions below.
type Verdict struct {
	outcome Outcome
	reason  string
	why     Note
	proofs  []Proof
	advice  []Note
}

func pass(proofs ...Proof) Verdict { return Verdict{outcome: Pass, proofs: proofs} }

func deficient(reason string, proof Proof, more ...Proof) Verdict {
	return Verdict{outcome: Deficient, reason: reason, proofs: append([]Proof{proof}, more...)}
}

func suspected(reason string, proof Proof, more ...Proof) Verdict {
	return Verdict{outcome: Suspected, reason: reason, proofs: append([]Proof{proof}, more...)}
}

func unverifiable(why Note, proofs ...Proof) Verdict {
	return Verdict{outcome: Unverifiable, why: why, proofs: proofs}
}

func notApplicable(why Note) Verdict { return Verdict{outcome: NotApplicable, why: why} }

// because adds why a suspected verdict is no more than that.
func (v Verdict) because(why Note) Verdict {
	v.why = why
	return v
}

// advise adds advice, which is never counted.
func (v Verdict) advise(notes ...Note) Verdict {
	v.advice = append(v.advice, notes...)
	return v
}

// Key is what makes a finding the same one from night to night.
type Key struct {
	Scene ID     `json:"scene"`
	Level Level  `json:"level"`
	Item  string `json:"item"` // subject number, service number, or service number + name
}

// Finding is one check's answer on one case. There is exactly one for each.
type Finding struct {
	Key
	Subject  string      `json:"subject"`           // subject number or what stands for it
	Service  string      `json:"service,omitempty"` // service number or what stands for it
	Name     string      `json:"name,omitempty"`    // A-label or package
	Outcome  Outcome     `json:"outcome"`
	Reason   string      `json:"reason,omitempty"`
	Why      *Note       `json:"why,omitempty"`
	Proofs   []Proof     `json:"proofs,omitempty"`
	Advice   []Note      `json:"advice,omitempty"`
	CausedBy []ID        `json:"caused_by,omitempty"`
	Looks    []time.Time `json:"looks,omitempty"` // of the looks that it rests on, oldest first
}
