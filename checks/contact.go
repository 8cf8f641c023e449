package checks

import (
	"net/mail"
	"strings"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/filing/number"
)

// contactReasons are the ways in which contacts can be wrong by themselves.
func contactReasons() []Reason {
	return []Reason{{ID: "malformed-mobile"}, {ID: "malformed-landline"}, {ID: "malformed-emergency"}, {ID: "malformed-email"}, {ID: "missing"}}
}

// judgeContact judges what the filing alone shows of a person's contacts.
// Whether anybody answers, only calls can tell.
func judgeContact(p filing.Person) Verdict {
	if p.Mobile == "" && p.Landline == "" && p.Emergency == "" {
		if p.Email == "" {
			return unverifiable(Note{Code: "contact-not-filed"})
		}
		return suspected("missing", Proof{What: "phone"})
	}
	var bad []Verdict
	note := func(reason, what, text string, valid bool) {
		if text != "" && !valid {
			bad = append(bad, deficient(reason, Proof{What: what, Got: number.MaskPhone(text)}))
		}
	}
	_, err := number.ParseMobile(p.Mobile)
	note("malformed-mobile", "mobile", p.Mobile, err == nil)
	_, err = number.ParseLandline(p.Landline)
	note("malformed-landline", "landline", p.Landline, err == nil)
	_, err = number.ParsePhone(p.Emergency)
	note("malformed-emergency", "emergency", p.Emergency, err == nil)
	note("malformed-email", "email", p.Email, plainAddress(p.Email))
	if len(bad) == 0 {
		return unverifiable(Note{Code: "needs-call-result"})
	}
	return worst(contactReasons(), bad)
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
