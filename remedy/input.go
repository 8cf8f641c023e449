package remedy

import (
	"fmt"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/reference"
)

// Options is the remedy block of the configuration.
type Options struct {
	Receiver string `yaml:"receiver"` // whether a subject stands ready to take services over: none, unit, individual
}

// The receivers of Options.
const (
	ReceiverNone       = "none"
	ReceiverUnit       = "unit"
	ReceiverIndividual = "individual"
)

// Default is the configuration where nothing is configured.
func Default() Options { return Options{Receiver: ReceiverNone} }

// Validate names every value that can't be used, by its YAML key.
func (o Options) Validate() map[string]error {
	bad := map[string]error{}
	if o.Receiver != ReceiverNone && o.Receiver != ReceiverUnit && o.Receiver != ReceiverIndividual {
		bad["receiver"] = fmt.Errorf("%q is none of none, unit, individual", o.Receiver)
	}
	return bad
}

// Problem is one finding as a plan sees it: what is wrong where, without its proofs.
type Problem struct {
	Scene   string     `json:"scene"`
	Reason  string     `json:"reason,omitempty"`
	Outcome string     `json:"outcome"` // pass, deficient, suspected, unverifiable …
	Level   string     `json:"level"`   // subject, service or item
	Item    string     `json:"item"`    // of the finding's key
	Service string     `json:"service,omitempty"`
	Name    string     `json:"name,omitempty"` // A-label, or platform and package
	What    string     `json:"what,omitempty"` // code of what was compared
	Filed   string     `json:"filed,omitempty"`
	Seen    string     `json:"seen,omitempty"`
	Why     string     `json:"why,omitempty"` // code
	Causes  []string   `json:"caused_by,omitempty"`
	Due     filing.Day `json:"due,omitzero"`
}

// The outcomes that a plan tells apart, as the catalogue calls them.
const (
	outcomePass         = "pass"
	outcomeDeficient    = "deficient"
	outcomeSuspected    = "suspected"
	outcomeUnverifiable = "unverifiable"
)

// Input is all that a plan is made of: one subject with all its services, and
// all findings on it.
type Input struct {
	Subject   *filing.Subject
	Problems  []Problem
	Today     filing.Day
	Options   Options
	Reference *reference.Set
}

// rule is where a rule comes from: of the province and nature, or of everywhere.
func (in Input) rule(id string) RuleRef {
	if r, ok := in.Reference.Provinces.Rule(id, in.Subject.Province, string(in.Subject.Nature)); ok {
		return RuleRef{ID: id, Source: r.Source, Date: r.Date}
	}
	r, _ := in.Reference.Rules.Of(id)
	return RuleRef{ID: id, Source: r.Source, Date: r.Date}
}

// holds says whether a rule of provinces and natures holds for the subject.
func (in Input) holds(id string) bool {
	_, ok := in.Reference.Provinces.Rule(id, in.Subject.Province, string(in.Subject.Nature))
	return ok
}
