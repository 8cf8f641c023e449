package checks

import (
	"strings"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/filing/number"
)

// judgeValidTo judges whether a person's filed identity document still holds.
func judgeValidTo(c Case, p filing.Person, what string) Verdict {
	var v Verdict
	switch {
	case p.ID.LongTerm:
		v = pass(Proof{What: what, Want: c.Today().String(), Got: "long-term"})
	case p.ID.ValidTo.IsZero():
		v = unverifiable(Note{Code: "id-date-not-filed"})
	case p.ID.ValidTo.Before(c.Today()):
		v = deficient("expired", Proof{What: what, Want: "≥ " + c.Today().String(), Got: p.ID.ValidTo.String()})
	default:
		v = pass(Proof{What: what, Want: "≥ " + c.Today().String(), Got: p.ID.ValidTo.String()})
	}
	if p.ID.Number != "" && (p.ID.Type == filing.CertIDCard || p.ID.Type == "") {
		if _, err := number.ParseIDCard(p.ID.Number); err != nil {
			v = v.advise(Note{Code: "id-number-malformed", Detail: number.MaskID(p.ID.Number)})
		}
	}
	return v
}

// isDigits says whether a text is all digits.
func isDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }
