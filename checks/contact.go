package checks

import (
	"net/mail"
	"strings"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/filing/number"
)

// contactReasons are the ways in which contacts can be wrong: by themselves,
// and by how calls to them ended. A body that is closed answers no calls.
func contactReasons() []Reason {
	closed := []Cause{"subject-status-abnormal:closed"}
	return []Reason{
		{ID: "malformed-mobile"}, {ID: "malformed-landline"}, {ID: "malformed-emergency"}, {ID: "malformed-email"},
		{ID: string(filing.CallNoSuchNumber), Causes: closed}, {ID: string(filing.CallSuspended), Causes: closed},
		{ID: string(filing.CallSwitchedOff), Causes: closed}, {ID: string(filing.CallNoAnswer), Causes: closed},
		{ID: string(filing.CallUnverified), Causes: closed}, {ID: "missing"},
	}
}

// judgeContact judges a person's contacts: by what the filing alone shows of
// them, and then by the calls.
func judgeContact(c Case, p filing.Person, role filing.Role) Verdict {
	if p.Mobile == "" && p.Landline == "" && p.Emergency == "" {
		if p.Email == "" {
			return unverifiable(Note{Code: "contact-not-filed"})
		}
		return suspected("missing", Proof{What: "phone"})
	}
	contacts := []struct {
		reason, what, text string
		valid              func(string) bool
	}{
		{"malformed-mobile", "mobile", p.Mobile, func(t string) bool { _, err := number.ParseMobile(t); return err == nil }},
		{"malformed-landline", "landline", p.Landline, isPhone}, // where there is no landline, a mobile number is filed
		{"malformed-emergency", "emergency", p.Emergency, isPhone},
		{"malformed-email", "email", p.Email, plainAddress},
	}
	var bad []Verdict
	hidden := false
	for _, k := range contacts {
		switch {
		case masked(k.text):
			hidden = true
		case k.text != "" && !k.valid(k.text):
			bad = append(bad, deficient(k.reason, Proof{What: k.what, Got: number.MaskPhone(k.text)}))
		}
	}
	if len(bad) > 0 {
		return worst(contactReasons(), bad)
	}
	v := judgeCalls(c, p, role)
	if hidden && v.outcome == Unverifiable {
		return unverifiable(Note{Code: "contact-masked"})
	}
	return v
}

func isPhone(text string) bool {
	_, err := number.ParsePhone(text)
	return err == nil
}

// plainAddress says whether a text is a mail address and nothing else.
func plainAddress(text string) bool {
	a, err := mail.ParseAddress(text)
	if err != nil || a.Name != "" || a.Address != strings.TrimSpace(text) {
		return false
	}
	_, host, _ := strings.Cut(a.Address, "@")
	return strings.Contains(host, ".")
}
