package number

import (
	"strings"
	"time"
)

// USCC is a unified social credit code (GB 32100-2015): 18 characters.
type USCC string

const (
	usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	wantUSCC     = "91110000600037341L"
)

// ParseUSCC reads a unified social credit code and proves its check character.
// Errors are of type *SyntaxError with CodeEmpty, CodeUnknown, or CodeCheckDigit.
func ParseUSCC(text string) (USCC, error) {
	code := plain(text)
	if code == "" {
		return "", &SyntaxError{Code: CodeEmpty, Text: text, Want: wantUSCC}
	}
	if len(code) != 18 || strings.Trim(code, usccAlphabet) != "" || strings.Trim(code[2:8], "0123456789") != "" {
		return "", &SyntaxError{Code: CodeUnknown, Text: MaskID(code), Want: wantUSCC}
	}
	weights := [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}
	sum := 0
	for i, w := range weights {
		sum += w * strings.IndexByte(usccAlphabet, code[i])
	}
	if want := usccAlphabet[(31-sum%31)%31]; code[17] != want {
		return "", &SyntaxError{Code: CodeCheckDigit, Text: code, Want: code[:17] + string(want)}
	}
	return USCC(code), nil
}

// CodeCheckDigit is the code of a SyntaxError where the check digit doesn't fit.
const CodeCheckDigit = "check-digit"

// IsOldRegistration says whether a text is an industry-and-commerce
// registration number of 15 digits, as licences carried until 2015-10-01; its
// last digit is an ISO 7064 MOD 11,10 check digit.
func IsOldRegistration(text string) bool {
	code := plain(text)
	if len(code) != 15 || strings.Trim(code, "0123456789") != "" {
		return false
	}
	p := 10
	for i := range 14 {
		s := (int(code[i]-'0') + p) % 10
		if s == 0 {
			s = 10
		}
		p = s * 2 % 11
	}
	return (int(code[14]-'0')+p)%10 == 1
}

// IsOrganisationCode says whether a text is an old organisation code of 9
// characters (GB 11714) with a right check character.
func IsOrganisationCode(text string) bool {
	code := strings.ReplaceAll(plain(text), "-", "")
	if len(code) != 9 {
		return false
	}
	weights := [8]int{3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		switch c := code[i]; {
		case isDigit(rune(c)):
			sum += w * int(c-'0')
		case c >= 'A' && c <= 'Z':
			sum += w * int(c-'A'+10)
		default:
			return false
		}
	}
	return code[8] == "0123456789X0"[11-sum%11]
}

// IDCard is a resident identity card number of 18 characters (GB 11643).
type IDCard string

// ParseIDCard reads an identity card number, and proves its province, date and
// check character. The number never appears whole in an error.
func ParseIDCard(text string) (IDCard, error) {
	code := plain(text)
	if code == "" {
		return "", &SyntaxError{Code: CodeEmpty, Text: text}
	}
	if len(code) != 18 || strings.Trim(code[:17], "0123456789") != "" || strings.Trim(code[17:], "0123456789X") != "" {
		return "", &SyntaxError{Code: CodeUnknown, Text: MaskID(code)}
	}
	if !birth("20060102", code[6:14]) || !cardRegion(code) {
		return "", &SyntaxError{Code: CodeUnknown, Text: MaskID(code)}
	}
	if code[17] != idCheck(code) {
		return "", &SyntaxError{Code: CodeCheckDigit, Text: MaskID(code)}
	}
	return IDCard(code), nil
}

// birth says whether digits are a date on which a card holder can be born.
func birth(layout, digits string) bool {
	t, err := time.Parse(layout, digits)
	return err == nil && t.Year() >= 1850 && t.Year() < 2100
}

// cardRegion says whether 18 digits begin with a region: of residents at once,
// of foreigners with permanent residence behind a 9.
func cardRegion(code string) bool {
	return knownRegion(code[:2]) || code[0] == '9' && knownRegion(code[1:3])
}

func idCheck(code string) byte {
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += w * int(code[i]-'0')
	}
	return "10X98765432"[sum%11]
}

// knownRegion says whether two digits begin a region code; cards are also
// issued to residents of Hong Kong, Macao and Taiwan (81, 82, 83, 71).
func knownRegion(code string) bool {
	for _, p := range Provinces() {
		if p.Code == code {
			return true
		}
	}
	return code == "71" || code == "81" || code == "82" || code == "83"
}

// plain folds width and case and drops blanks.
func plain(text string) string {
	var b strings.Builder
	for _, l := range letters(text, 0, min(len(text), 200)) {
		if l.r != ' ' {
			b.WriteRune(l.r)
		}
	}
	return b.String()
}
