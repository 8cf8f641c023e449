package number

import (
	"errors"
	"strings"
	"testing"
)

func codeOf(err error) string {
	var syntax *SyntaxError
	if errors.As(err, &syntax) {
		return syntax.Code
	}
	return ""
}

func TestParseUSCC(t *testing.T) {
	for in, code := range map[string]string{
		"91110000600037341L":     "",
		"91110000600037341l":     "",
		" 9111 0000 6000 37341L": "",
		"91110000600037341M":     CodeCheckDigit,
		"91110000600037341I":     CodeUnknown,
		"110000600037341":        CodeUnknown,
		"":                       CodeEmpty,
	} {
		if _, err := ParseUSCC(in); codeOf(err) != code {
			t.Errorf("ParseUSCC(%q): %v, want the code %q", in, err, code)
		}
	}
}

func TestParseIDCard(t *testing.T) {
	for in, code := range map[string]string{
		"11010519491231002X": "",
		"11010519491231002x": "",
		"440524188001010014": "",
		"110105194912310021": CodeCheckDigit,
		"11010519491331002X": CodeUnknown,
		"99010519491231002X": CodeUnknown,
		"110105491231002":    CodeUnknown,
		"":                   CodeEmpty,
	} {
		_, err := ParseIDCard(in)
		if codeOf(err) != code {
			t.Errorf("ParseIDCard(%q): %v, want the code %q", in, err, code)
		}
		if err != nil && len(in) == 18 && strings.Contains(err.Error(), in) {
			t.Errorf("the error shows the whole number: %v", err)
		}
	}
}

func TestOldCodes(t *testing.T) {
	for code, want := range map[string]bool{"110108000000016": true, "110108000000017": false, "11010800000001": false, "11010800000001A": false} {
		if got := IsOldRegistration(code); got != want {
			t.Errorf("IsOldRegistration(%q) = %v", code, got)
		}
	}
	for code, want := range map[string]bool{"D2143569-X": true, "D2143569X": true, "D2143569-1": false, "600037341": true, "D21": false} {
		if got := IsOrganisationCode(code); got != want {
			t.Errorf("IsOrganisationCode(%q) = %v", code, got)
		}
	}
}

func TestPhones(t *testing.T) {
	for in, want := range map[string]Phone{
		"13812345678": "13812345678", "+86 138-1234-5678": "13812345678", "008613812345678": "13812345678",
		"8613812345678": "13812345678", "010-12345678": "", "1381234567": "", "12812345678": "", "14012345678": "", "138123456789": "",
	} {
		if got, err := ParseMobile(in); got != want || (err == nil) != (want != "") {
			t.Errorf("ParseMobile(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
	for in, want := range map[string]Phone{
		"010-62345678": "01062345678", "(0755)86123456": "075586123456", "0755-86123456-801": "075586123456", "0898-66123456转12": "089866123456",
		"400-810-1234": "4008101234", "62345678": "", "013812345678": "", "010-1234567": "", "0266-6123456": "", "abc": "",
	} {
		if got, err := ParseLandline(in); got != want || (err == nil) != (want != "") {
			t.Errorf("ParseLandline(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
}

func FuzzMaskAll(f *testing.F) {
	f.Add("证件 11010519491231002X，电话13812345678，代码91110000600037341L")
	f.Add("8613812345678 138123456789")
	f.Fuzz(func(t *testing.T, text string) {
		masked := MaskAll(text)
		if again := MaskAll(masked); again != masked {
			t.Fatalf("masking %q again gives %q", masked, again)
		}
		for i := 0; i+18 <= len(masked); i++ {
			before := i > 0 && isDigit(rune(masked[i-1]))
			behind := i+18 < len(masked) && isDigit(rune(masked[i+18]))
			if _, err := ParseIDCard(masked[i : i+18]); err == nil && !before && !behind && isDigit(rune(masked[i])) && len(strings.TrimSpace(masked[i:i+18])) == 18 {
				t.Fatalf("%q still shows the identity number at %d", masked, i)
			}
		}
	})
}
