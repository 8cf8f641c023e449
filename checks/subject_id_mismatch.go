package checks

import (
	"errors"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/filing/number"
)

// subjectIDMismatch: the filed certificate number can be one at all: right
// check digit, and no number from before the codes were unified (GB 32100-2015;
// guide section 2.1). Whether it is the registry's needs the registry.
var subjectIDMismatch = Check{
	ID: "subject-id-mismatch", Level: LevelSubject,
	Reasons: []Reason{{ID: "check-digit"}, {ID: "old-number"}, {ID: "malformed"}},
	Judge:   judgeSubjectID,
}

func judgeSubjectID(c Case) Verdict {
	licence := c.Subject.Licence
	if licence.Number == "" {
		return unverifiable(Note{Code: "certificate-not-filed"})
	}
	switch {
	case licence.Type == filing.CertIDCard, licence.Type == "" && c.Subject.Nature == filing.NatureIndividual:
		return judgeIDCard(licence.Number)
	case licence.Type == filing.CertPassport, licence.Type == filing.CertOther:
		return unverifiable(Note{Code: "certificate-kind", Detail: string(licence.Type)})
	}
	_, err := number.ParseUSCC(licence.Number)
	if err == nil {
		return unverifiable(Note{Code: "needs-business-registry"}, Proof{What: "subject-id", Got: licence.Number})
	}
	proof := Proof{What: "subject-id", Got: licence.Number}
	var syntax *number.SyntaxError
	switch {
	case errors.As(err, &syntax) && syntax.Code == number.CodeCheckDigit:
		proof.Want = syntax.Want
		return deficient("check-digit", proof)
	case isDigits(licence.Number) && len(licence.Number) == 15, number.IsOrganisationCode(licence.Number):
		return deficient("old-number", proof)
	}
	return deficient("malformed", proof)
}

func judgeIDCard(text string) Verdict {
	proof := Proof{What: "subject-id", Got: number.MaskID(text)}
	_, err := number.ParseIDCard(text)
	var syntax *number.SyntaxError
	switch {
	case err == nil:
		return pass(proof)
	case errors.As(err, &syntax) && syntax.Code == number.CodeCheckDigit:
		return deficient("check-digit", proof)
	case isDigits(text) && len(text) == 15:
		return deficient("old-number", proof)
	}
	return deficient("malformed", proof)
}
