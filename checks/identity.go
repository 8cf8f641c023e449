package checks

import (
	"strings"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/filing/number"
)

// judgeValidTo judges whether a person's identity document still holds: through
// the whole of its last day, Beijing time. Where the filing leaves the day open,
// the documents on file tell it; where they differ, the filing counts.
func judgeValidTo(c Case, p filing.Person, role filing.Role, what string) Verdict {
	proof := Proof{What: what, Want: "≥ " + c.Today().String(), Got: validTo(p.ID.ValidTo, p.ID.LongTerm)}
	on, why := c.identity(p, role)
	var v Verdict
	switch {
	case proof.Got != "":
		v = judgeDay(c, proof, p.ID.ValidTo, p.ID.LongTerm)
		if why.Code == "" && validTo(on.value.ValidTo, on.value.LongTerm) != proof.Got {
			v = v.advise(Note{Code: "document-date-differs", Detail: validTo(on.value.ValidTo, on.value.LongTerm) + " " + on.where()})
		}
	case why.Code != "":
		v = unverifiable(Note{Code: "id-date-not-filed"})
	default:
		v = judgeDay(c, on.proof(what, proof.Want, validTo(on.value.ValidTo, on.value.LongTerm)), on.value.ValidTo, on.value.LongTerm)
	}
	if looksLikeIDCard(p.ID) {
		if _, err := number.ParseIDCard(p.ID.Number); err != nil {
			v = v.advise(Note{Code: "id-number-malformed", Detail: number.MaskID(p.ID.Number)})
		}
	}
	return v
}

func judgeDay(c Case, proof Proof, to filing.Day, longTerm bool) Verdict {
	if !longTerm && to.Before(c.Today()) {
		return deficient("expired", proof)
	}
	return pass(proof)
}

// validTo is the end of a document's validity for people; empty where it is not known.
func validTo(to filing.Day, longTerm bool) string {
	if longTerm {
		return "long-term"
	}
	return to.String()
}

// identity is the newest identity document on file of a person that says how
// long it holds.
func (c Case) identity(p filing.Person, role filing.Role) (row[filing.Document], Note) {
	rows, why := documents(c, filing.DocumentIdentity, func(d filing.Document) bool {
		return d.Role == role && (d.Person == "" || p.Name == "" || sameName(d.Person, p.Name)) &&
			(c.Service == nil || d.Service == "" || d.Service == c.Service.Number) && validTo(d.ValidTo, d.LongTerm) != ""
	})
	if why.Code != "" {
		return row[filing.Document]{}, why
	}
	return newest(rows, func(a, b filing.Document) bool {
		return validTo(a.ValidTo, a.LongTerm) == validTo(b.ValidTo, b.LongTerm)
	})
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
