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
	switch {
	case len(bad) > 0:
		return worst(contactReasons(), bad)
	case hidden:
		return unverifiable(Note{Code: "contact-masked"})
	}
	return unverifiable(Note{Code: "needs-call-result"})
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
