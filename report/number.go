package report

import (
	"errors"

	"github.com/icpaudit/icpaudit/filing/number"
)

// Number is how a number is read, as inspection shows it. Personal numbers are
// masked.
type Number struct {
	Value     string        `json:"value"`
	Kind      string        `json:"kind"` // icp, psb, uscc, registration, organisation, id-card, mobile, landline, unknown
	Canonical string        `json:"canonical,omitempty"`
	Subject   string        `json:"subject,omitempty"` // of an ICP number
	Service   int           `json:"service,omitempty"`
	Notes     []number.Note `json:"notes,omitempty"`
	Error     string        `json:"error,omitempty"` // code of why it is none
	Want      string        `json:"want,omitempty"`  // what would be right
}

// InspectedNumber reads a text as every kind of number in turn. What comes
// close to an ICP number is told with what is wrong.
func InspectedNumber(text string) Number {
	out := Number{Value: Clean(text, longestCell), Kind: "unknown"}
	icp, notes, err := number.ParseInventory(text)
	if err == nil {
		out.Kind, out.Canonical, out.Subject, out.Service, out.Notes = "icp", icp.String(), icp.Subject().String(), icp.Service, notes
		return out
	}
	if psb, notes, err := number.ParsePSB(text); err == nil {
		out.Kind, out.Canonical, out.Notes = "psb", psb.String(), notes
		return out
	}
	if kind, canonical, ok := identifier(text); ok {
		out.Kind, out.Canonical = kind, canonical
		return out
	}
	if syntax, ok := errors.AsType[*number.SyntaxError](err); ok {
		out.Error, out.Want = syntax.Code, syntax.Want
		if syntax.Code != number.CodeUnknown {
			out.Kind = "icp"
		}
	}
	if _, err := number.ParseUSCC(text); out.Error == number.CodeUnknown {
		if syntax, ok := errors.AsType[*number.SyntaxError](err); ok && syntax.Code == number.CodeCheckDigit {
			out.Kind, out.Error, out.Want = "uscc", syntax.Code, syntax.Want
		}
	}
	return out
}

// identifier reads the numbers that identify bodies, people and phones.
func identifier(text string) (kind, canonical string, ok bool) {
	if card, err := number.ParseIDCard(text); err == nil {
		return "id-card", number.MaskID(string(card)), true
	}
	if code, err := number.ParseUSCC(text); err == nil {
		return "uscc", string(code), true
	}
	switch {
	case number.IsOldRegistration(text):
		return "registration", Clean(text, longestCell), true
	case number.IsOrganisationCode(text):
		return "organisation", Clean(text, longestCell), true
	}
	if phone, err := number.ParseMobile(text); err == nil {
		return "mobile", number.MaskPhone(string(phone)), true
	}
	if phone, err := number.ParseLandline(text); err == nil {
		return "landline", number.MaskPhone(string(phone)), true
	}
	return "", "", false
}
