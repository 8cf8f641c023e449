package checks

import (
	"fmt"
	"time"
)

// Policy is what an operator may choose about judging.
type Policy struct {
	ConfirmAfter    time.Duration `yaml:"confirm_after" json:"confirm_after"`       // least time between two looks that confirm an absence
	Vantage         string        `yaml:"vantage" json:"vantage"`                   // where the scanner stands: mainland, overseas, unknown
	RegistrationAge time.Duration `yaml:"registration_age" json:"registration_age"` // an older registration answer is stale
	AddressDataAge  time.Duration `yaml:"address_data_age" json:"address_data_age"` // older address data are warned of
	RegistryAge     time.Duration `yaml:"registry_age" json:"registry_age"`         // older rows of a business registry are stale
	ContactsAge     time.Duration `yaml:"contacts_age" json:"contacts_age"`         // older calls and statements are stale
	DocumentsAge    time.Duration `yaml:"documents_age" json:"documents_age"`       // older lists of documents are stale
	CallTries       int           `yaml:"call_tries" json:"call_tries"`             // calls without success that prove that nobody can be reached
	DueWorkingDays  int           `yaml:"due_working_days" json:"due_working_days"` // from the finding to its due date
}

// DefaultPolicy is the policy where nothing is configured.
func DefaultPolicy() Policy {
	return Policy{
		ConfirmAfter:    20 * time.Minute,
		Vantage:         "unknown",
		RegistrationAge: 45 * 24 * time.Hour,
		AddressDataAge:  180 * 24 * time.Hour,
		RegistryAge:     90 * 24 * time.Hour,
		ContactsAge:     180 * 24 * time.Hour,
		DocumentsAge:    365 * 24 * time.Hour,
		CallTries:       3,
		DueWorkingDays:  10,
	}
}

// Validate names every value that can't be used, by its YAML key.
func (p Policy) Validate() map[string]error {
	bad := map[string]error{}
	for key, d := range map[string]time.Duration{
		"confirm_after": p.ConfirmAfter, "registration_age": p.RegistrationAge, "address_data_age": p.AddressDataAge,
		"registry_age": p.RegistryAge, "contacts_age": p.ContactsAge, "documents_age": p.DocumentsAge,
	} {
		if d <= 0 {
			bad[key] = fmt.Errorf("%s is not above zero", d)
		}
	}
	if p.Vantage != "mainland" && p.Vantage != "overseas" && p.Vantage != "unknown" {
		bad["vantage"] = fmt.Errorf("%q is none of mainland, overseas, unknown", p.Vantage)
	}
	if p.CallTries < 1 || p.CallTries > 100 {
		bad["call_tries"] = fmt.Errorf("%d is not between 1 and 100", p.CallTries)
	}
	if p.DueWorkingDays < 1 || p.DueWorkingDays > 250 {
		bad["due_working_days"] = fmt.Errorf("%d is not between 1 and 250", p.DueWorkingDays)
	}
	return bad
}
