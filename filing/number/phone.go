package number

import "strings"

// Phone is a mainland phone number as it is dialled, without +86 and signs.
type Phone string

const (
	wantMobile   = "13812345678"
	wantLandline = "010-12345678"
)

// ParseMobile reads a mainland mobile number: 11 digits, of a segment that is
// in use (13 to 19; not 140 to 144, 154, 142 and the like, which carry no voice).
func ParseMobile(text string) (Phone, error) {
	digits := dialled(text)
	if digits == "" {
		return "", &SyntaxError{Code: CodeEmpty, Text: text, Want: wantMobile}
	}
	if len(digits) != 11 || digits[0] != '1' || digits[1] < '3' {
		return "", &SyntaxError{Code: CodeUnknown, Text: MaskPhone(digits), Want: wantMobile}
	}
	switch digits[:3] {
	case "140", "141", "142", "143", "144", "154", "160", "161", "163", "164", "168", "169", "179", "194":
		return "", &SyntaxError{Code: CodeUnknown, Text: MaskPhone(digits), Want: wantMobile}
	}
	return Phone(digits), nil
}

// ParseLandline reads a mainland landline with its area code, an extension
// allowed, or a 400 or 800 number.
func ParseLandline(text string) (Phone, error) {
	digits := dialled(text)
	if digits == "" {
		return "", &SyntaxError{Code: CodeEmpty, Text: text, Want: wantLandline}
	}
	if (strings.HasPrefix(digits, "400") || strings.HasPrefix(digits, "800")) && len(digits) == 10 {
		return Phone(digits), nil
	}
	area, local, ok := areaCode(digits)
	if !ok || len(local) != 8 && (len(local) != 7 || len(area) == 3) || local[0] < '2' {
		return "", &SyntaxError{Code: CodeUnknown, Text: MaskPhone(digits), Want: wantLandline}
	}
	return Phone(area + local), nil
}

// areaCode cuts the area code off: three digits for those that begin with 01
// and 02, whose cities have eight-digit numbers, four for the others.
func areaCode(digits string) (area, local string, ok bool) {
	switch {
	case len(digits) < 10 || digits[0] != '0':
		return "", "", false
	case digits[1] == '1':
		return digits[:3], digits[3:], digits[2] == '0'
	case digits[1] == '2':
		return digits[:3], digits[3:], digits[2] != '6'
	}
	return digits[:4], digits[4:], digits[1] >= '3'
}

// ParsePhone reads either.
func ParsePhone(text string) (Phone, error) {
	if p, err := ParseMobile(text); err == nil {
		return p, nil
	}
	return ParseLandline(text)
}

// dialled is the digits of a phone number; an extension behind a sign is cut,
// +86 and 0086 too. Any other sign makes it empty of sense, and stays in.
func dialled(text string) string {
	flat := plain(text)
	for _, sign := range []string{"转", "EXT", "X", "#"} {
		if i := strings.Index(flat, sign); i > 6 {
			flat = flat[:i]
		}
	}
	flat = strings.TrimPrefix(strings.TrimPrefix(flat, "+86"), "0086")
	if parts := strings.Split(flat, "-"); len(parts) == 3 && strings.HasPrefix(flat, "0") && len(parts[2]) <= 5 {
		flat = parts[0] + parts[1]
	}
	flat = strings.NewReplacer("-", "", "(", "", ")", "", "/", "").Replace(flat)
	if strings.HasPrefix(flat, "86") && len(flat) == 13 {
		flat = flat[2:]
	}
	return flat
}
