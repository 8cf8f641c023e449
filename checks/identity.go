package checks

import (
	"strings"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/filing/number"
)

// judgeValidTo judges whether a person's filed identity document still holds:
// through the whole of its last day, Beijing time.
func judgeValidTo(c Case, p filing.Person, what string) Verdict {
	proof := Proof{What: what, Want: "≥ " + c.Today().String(), Got: p.ID.ValidTo.String()}
	var v Verdict
	switch {
	case p.ID.LongTerm:
		proof.Got = "long-term"
		v = pass(proof)
	case p.ID.ValidTo.IsZero():
		v = unverifiable(Note{Code: "id-date-not-filed"})
	case p.ID.ValidTo.Before(c.Today()):
		v = deficient("expired", proof)
	default:
		v = pass(proof)
	}
	if looksLikeIDCard(p.ID) {
		if _, err := number.ParseIDCard(p.ID.Number); err != nil {
			v = v.advise(Note{Code: "id-number-malformed", Detail: number.MaskID(p.ID.Number)})
		}
	}
	return v
}

// looksLikeIDCard says whether a document has to be a resident's identity card,
// by its type or where none is filed by its length, and is not masked.
func looksLikeIDCard(id filing.Certificate) bool {
	if id.Number == "" || masked(id.Number) {
		return false
	}
	return id.Type == filing.CertIDCard || id.Type == "" && (len(id.Number) == 18 || len(id.Number) == 15 && isDigits(id.Number))
}

// masked says whether the middle of a number or address was made unreadable
// before it came into the inventory.
func masked(text string) bool { return strings.ContainsAny(text, "*＊●•×") }

// isDigits says whether a text is all digits.
func isDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }
