package checks

import (
	"errors"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/filing/number"
)

// subjectIDMismatch: the filed certificate number can be one at all: right
// check digit, and no number from before the codes were unified (GB 32100-2015;
// GB 11643 for individuals; guide section 2.1), and it is the one that the
// business registry has. Of an individual nothing more is to be known.
var subjectIDMismatch = Check{
	ID: "subject-id-mismatch", Level: LevelSubject,
	Asks:    []filing.EvidenceKind{filing.EvidenceRegistry},
	Reasons: []Reason{{ID: "check-digit"}, {ID: "old-number"}, {ID: "malformed"}, {ID: "other-code"}},
	Judge:   judgeSubjectID,
}

func judgeSubjectID(c Case) Verdict {
	licence := c.Subject.Licence
	switch {
	case licence.Number == "":
		return unverifiable(Note{Code: "certificate-not-filed"})
	case masked(licence.Number):
		return unverifiable(Note{Code: "certificate-masked"})
	case isPersonal(c.Subject):
		return judgeIDCard(licence.Number)
	case licence.Type == filing.CertPassport, licence.Type == filing.CertOther:
		return unverifiable(Note{Code: "certificate-kind", Detail: string(licence.Type)})
	}
	proof := Proof{What: "subject-id", Got: licence.Number}
	if !number.IsOldRegistration(licence.Number) {
		proof.Got = number.MaskAll(licence.Number) // somebody's identity number may have been entered
	}
	code, err := number.ParseUSCC(licence.Number)
	var syntax *number.SyntaxError
	switch {
	case err == nil:
		proof.Got = string(code)
		return judgeRegisteredCode(c, proof)
	case errors.As(err, &syntax) && syntax.Code == number.CodeCheckDigit:
		proof.Want = syntax.Want
		return deficient("check-digit", proof)
	case isOldNumber(licence):
		return deficient("old-number", proof)
	case licence.Type == "" && (c.Subject.Nature == filing.NatureMilitary || c.Subject.Nature == filing.NatureOther):
		return unverifiable(Note{Code: "certificate-kind", Detail: string(c.Subject.Nature)}) // not every such body has a credit code
	}
	return deficient("malformed", proof)
}

// judgeRegisteredCode holds a code that can be one against the registry's.
func judgeRegisteredCode(c Case, proof Proof) Verdict {
	found, why := inRegistry(c, func(r filing.RegistryRecord) string { return r.USCC }, sameText)
	if why.Code != "" {
		return unverifiable(why, proof)
	}
	code, err := number.ParseUSCC(found.value.USCC)
	if err != nil {
		return unverifiable(Note{Code: whyUnusable, Detail: number.MaskAll(found.value.USCC)}, proof)
	}
	proof = found.proof(proof.What, string(code), proof.Got)
	if proof.Got == string(code) {
		return pass(proof)
	}
	return c.ofNamesake(found, "other-code", proof)
}

// isPersonal says whether the subject is filed with an identity card.
func isPersonal(s *filing.Subject) bool {
	if s.Licence.Type != "" {
		return s.Licence.Type == filing.CertIDCard
	}
	_, err := number.ParseIDCard(s.Licence.Number)
	return s.Nature == filing.NatureIndividual || s.Nature == "" && err == nil
}

// isOldNumber says whether a number that is no credit code is one of those
// that the codes replaced, by itself or by the type filed with it.
func isOldNumber(licence filing.Certificate) bool {
	return isDigits(licence.Number) && len(licence.Number) == 15 || number.IsOrganisationCode(licence.Number) ||
		licence.Type == filing.CertRegistration || licence.Type == filing.CertOrganisation
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
