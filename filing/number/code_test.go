package number

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
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
		"9111000A600037341L":     CodeUnknown,
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
		"911124198108030024": "", // a foreigner with permanent residence
		"110105000112310021": CodeUnknown,
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
		"400-810-1234": "4008101234", "62345678": "", "013812345678": "", "010-1234567": "", "010-6234567": "", "0571-6234567": "05716234567", "0266-6123456": "", "abc": "",
	} {
		if got, err := ParseLandline(in); got != want || (err == nil) != (want != "") {
			t.Errorf("ParseLandline(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestMaskAll(t *testing.T) {
	for in, want := range map[string]string{
		"":                       "",
		"无号码":                    "无号码",
		"证件 11010519491231002X。": "证件 110105********002X。",
		"11010519491231002x":     "110105********002X",
		"110105194912310021":     "110105********0021", // the check digit is wrong: mistyped, but a person's
		"110105491231002":        "110105*****1002",
		"１１０１０５１９４９１２３１００２Ｘ": "110105********002X",
		"91110000600037341L":            "91110000600037341L",
		"911124198108030024":            "911124********0024",
		"110108000000016":               "110108000000016",
		"电话13812345678，传真010-62345678":  "电话138****5678，传真010-62345678",
		"+8613812345678":                "+86138****5678",
		"138-1234-5678 / 139 1234 5678": "138-****-5678 / 139 **** 5678",
		"008613812345678":               "0086138****5678",
		"138-1234-567":                  "138-1234-567",
		"138-1234 5678":                 "138-1234 5678",
		"１３８１２３４５６７８":                   "138****5678",
		"138123456789":                  "138123456789",
		"京ICP备12345678号-1":              "京ICP备12345678号-1",
		"京公网安备11010502030143号":          "京公网安备11010502030143号",
		"\xff13812345678\xff":           "\xff138****5678\xff",
	} {
		if got := MaskAll(in); got != want {
			t.Errorf("MaskAll(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestMaskOne(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{MaskID("11010519491231002X"), "110105********002X"}, {MaskID("D2143569X"), "D2*****9X"}, {MaskID("123"), "***"},
		{MaskPhone("13812345678"), "138****5678"}, {MaskPhone("1234"), "****"},
		{MaskName("张三丰"), "张**"}, {MaskName("李"), "李*"}, {MaskName(" "), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// FuzzMaskAll holds that masking twice is masking once, and that no run of
// digits is left that is an identity card or mobile number.
func FuzzMaskAll(f *testing.F) {
	f.Add("证件 11010519491231002X，电话13812345678，代码91110000600037341L")
	f.Add("8613812345678 138123456789")
	f.Add("138-1234-5678139 1234 5678")
	f.Add("110105194912310021138x１３８")
	f.Fuzz(func(t *testing.T, text string) {
		masked := MaskAll(text)
		if again := MaskAll(masked); again != masked {
			t.Fatalf("masking %q gives %q, again %q", text, masked, again)
		}
		for i := 0; i < len(masked); {
			r := digitRun(masked, i)
			if r.digits == "" {
				i++
				continue
			}
			candidates := []string{r.digits}
			if x, size := utf8.DecodeRuneInString(masked[r.end:]); len(r.digits) == 17 && strings.ContainsRune("XxＸｘ", x) {
				candidates = append(candidates, masked[i:r.end+size])
			}
			for _, c := range candidates {
				if _, err := ParseIDCard(c); err == nil {
					t.Fatalf("%q still shows the identity number %q", masked, c)
				}
				if _, err := ParseMobile(c); err == nil {
					t.Fatalf("%q still shows the mobile number %q", masked, c)
				}
			}
			i = r.end
		}
	})
}

func BenchmarkMaskAll(b *testing.B) {
	text := strings.Repeat("地址：北京市海淀区西三旗 85 号，电话 010-62345678，京ICP备12345678号-1，https://example.cn/2026/11/24/ ", 20)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		MaskAll(text)
	}
}
