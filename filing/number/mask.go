package number

import "strings"

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

// MaskAll hides identity card and mobile numbers in a text that is shown or
// logged. Longer runs of digits are neither and stay as they are.
func MaskAll(text string) string {
	var b strings.Builder
	done := 0
	for i := 0; i < len(text); {
		if !isDigit(rune(text[i])) {
			i++
			continue
		}
		end := i
		for end < len(text) && isDigit(rune(text[end])) {
			end++
		}
		if masked, stop, ok := maskRun(text, i, end); ok {
			b.WriteString(text[done:i])
			b.WriteString(masked)
			done, end = stop, stop
		}
		i = end
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

// maskRun masks one run of digits where it is a personal number.
func maskRun(text string, from, to int) (masked string, stop int, ok bool) {
	run := text[from:to]
	if len(run) == 17 && to < len(text) && (text[to] == 'X' || text[to] == 'x') {
		run, to = text[from:to+1], to+1
	}
	switch {
	case len(run) == 18:
		if _, err := ParseIDCard(run); err == nil {
			return MaskID(run), to, true
		}
	case len(run) == 11 && run[0] == '1' && run[1] >= '3', len(run) == 13 && strings.HasPrefix(run, "861") && run[3] >= '3':
		return run[:len(run)-8] + "****" + run[len(run)-4:], to, true
	}
	return "", 0, false
}
