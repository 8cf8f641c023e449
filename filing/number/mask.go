package number

import (
	"strings"
	"unicode/utf8"
)

// MaskID hides the middle of an identity or certificate number:
// 110105********002X. Short ones are hidden whole.
func MaskID(id string) string {
	r := []rune(id)
	switch {
	case len(r) >= 15:
		return string(r[:6]) + strings.Repeat("*", len(r)-10) + string(r[len(r)-4:])
	case len(r) >= 8:
		return string(r[:2]) + strings.Repeat("*", len(r)-4) + string(r[len(r)-2:])
	}
	return strings.Repeat("*", len(r))
}

// MaskPhone hides the middle of a phone number: 138****5678.
func MaskPhone(phone string) string {
	r := []rune(phone)
	if len(r) < 7 {
		return strings.Repeat("*", len(r))
	}
	return string(r[:3]) + strings.Repeat("*", len(r)-7) + string(r[len(r)-4:])
}

// MaskName hides a person's name but for its first character: 张**.
func MaskName(name string) string {
	r := []rune(strings.TrimSpace(name))
	if len(r) == 0 {
		return ""
	}
	return string(r[:1]) + strings.Repeat("*", max(1, len(r)-1))
}

// MaskAll hides identity card and mobile numbers in a text that is shown or
// logged, also those of full-width digits or with 3-4-4 grouping. What only
// looks like an identity number, its check digit being wrong, is hidden too.
// Longer runs of digits are neither and stay as they are. It is idempotent.
func MaskAll(text string) string {
	var b strings.Builder
	done := 0
	for i := 0; i < len(text); {
		run := digitRun(text, i)
		if run.digits == "" {
			_, size := utf8.DecodeRuneInString(text[i:])
			i += size
			continue
		}
		if masked, end, ok := maskRun(text, run); ok {
			b.WriteString(text[done:i])
			b.WriteString(masked)
			done, run.end = end, end
		}
		i = run.end
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

// run is a run of digits of either width.
type run struct {
	digits string // as ASCII
	end    int    // byte offset behind it
}

func digitRun(text string, at int) run {
	var b strings.Builder
	for at < len(text) {
		r, size := utf8.DecodeRuneInString(text[at:])
		if r >= '０' && r <= '９' {
			r -= '０' - '0'
		}
		if !isDigit(r) {
			break
		}
		b.WriteRune(r)
		at += size
	}
	return run{b.String(), at}
}

// maskRun masks one run of digits where it is a personal number.
func maskRun(text string, r run) (masked string, end int, ok bool) {
	d, end := r.digits, r.end
	if x, size := utf8.DecodeRuneInString(text[end:]); len(d) == 17 && strings.ContainsRune("XxＸｘ", x) {
		d, end = d+"X", end+size
	}
	switch {
	case len(d) == 18 && cardLike(d), len(d) == 15 && birth("060102", d[6:12]) && knownRegion(d[:2]):
		return MaskID(d), end, true
	case len(d) == 11 && mobileLike(d), len(d) == 13 && d[:2] == "86" && mobileLike(d[2:]), len(d) == 15 && d[:4] == "0086" && mobileLike(d[4:]):
		return d[:len(d)-8] + "****" + d[len(d)-4:], end, true
	case len(d) == 3 && mobileLike(d):
		return maskGrouped(text, d, end)
	}
	return "", 0, false
}

// cardLike says whether 18 characters may be an identity card number. Those of
// foreigners begin like credit codes, so that for them the check digit decides.
func cardLike(d string) bool {
	if knownRegion(d[:2]) {
		return birth("20060102", d[6:14])
	}
	_, err := ParseIDCard(d)
	return err == nil
}

// maskGrouped masks 138-1234-5678 and 138 1234 5678 from the end of its first group.
func maskGrouped(text, first string, at int) (masked string, end int, ok bool) {
	if at == len(text) || text[at] != '-' && text[at] != ' ' {
		return "", 0, false
	}
	sign := text[at : at+1]
	second := digitRun(text, at+1)
	if len(second.digits) != 4 || !strings.HasPrefix(text[second.end:], sign) {
		return "", 0, false
	}
	third := digitRun(text, second.end+1)
	if len(third.digits) != 4 {
		return "", 0, false
	}
	return first + sign + "****" + sign + third.digits, third.end, true
}

// mobileLike says whether digits begin as mobile numbers do.
func mobileLike(digits string) bool { return digits[0] == '1' && digits[1] >= '3' }
