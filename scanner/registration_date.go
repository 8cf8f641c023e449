package scanner

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

// eastern are the registries that print the hour of UTC+8 without saying so.
var eastern = map[string]bool{
	"cn": true, "xn--fiqs8s": true, "xn--fiqz9s": true, "hk": true, "xn--j6w193g": true, "mo": true, "xn--mix891f": true,
	"tw": true, "xn--kpry57d": true, "xn--kprw13d": true, "sg": true, "my": true,
}

// zoneOf is the zone of the dates of a registry that names none.
func zoneOf(domain string) *time.Location {
	if eastern[domain[strings.LastIndexByte(domain, '.')+1:]] {
		return time.FixedZone("", 8*3600)
	}
	return time.UTC
}

var (
	fraction  = regexp.MustCompile(`(:\d\d)[.,]\d+`)
	noise     = regexp.MustCompile(`(?i)\((yyyy|dd|mm)[^)]*\)|^before |^on |\b(\d{1,2})(st|nd|rd|th)\b|^(mon|tue|wed|thu|fri|sat|sun)[a-z]*,? |,`)
	offset    = regexp.MustCompile(`(?i)\(?\b(?:utc|gmt)? ?([+-])(\d{1,2})(?::?(\d\d))?\)?$`)
	zoneWord  = regexp.MustCompile(`(?i)[( ]*\b(z|utc|gmt|[a-z]{2,4}t|cst)\b\)?`)
	clock     = regexp.MustCompile(`\b\d{1,2}:\d\d`)
	bigSpaces = regexp.MustCompile(`\s+`)
)

// zoneHours are the zones that registries name by letters.
var zoneHours = map[string]int{
	"z": 0, "utc": 0, "gmt": 0, "wet": 0, "bst": 1, "cet": 1, "west": 1, "eet": 2, "cest": 2, "eest": 3, "msk": 3, "sgt": 8, "hkt": 8, "myt": 8,
	"jst": 9, "kst": 9, "est": -5, "edt": -4, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}

// dayLayouts are the ways in which registries write a day, the sure ones first.
// A day and month in figures are read in that order, unless the second is no month.
var dayLayouts = []string{
	"2006-1-2", "2006/1/2", "2006.1.2", "20060102", "2006. 1. 2", "2006年1月2日",
	"2-Jan-2006", "2 Jan 2006", "2 January 2006", "2-January-2006", "2/Jan/2006", "2.Jan.2006", "2006-Jan-2", "Jan 2 2006", "January 2 2006", "Jan-2-2006",
	"2-1-2006", "2/1/2006", "2.1.2006", "1/2/2006", "1-2-2006", "2-Jan-06", "Jan 2006", "Jan-2006",
}

var clockLayouts = []string{"15:04:05", "15:04", "3:04:05 PM", "3:04 PM"}

// readDate reads a date as a registry prints it; nil where it is none. home is
// the zone that counts where none is named. A day alone begins there.
func readDate(raw string, home *time.Location) *observe.Date {
	raw = strings.TrimSpace(raw)
	if raw == "" || len(raw) > 80 {
		return nil
	}
	text, zone := cutZone(strings.TrimRight(fraction.ReplaceAllString(raw, "$1"), ". "), home)
	text = noise.ReplaceAllString(text, "$2 ")
	text = strings.TrimSpace(bigSpaces.ReplaceAllString(text, " "))
	for _, form := range [...]string{text, yearLast(text)} {
		if t, timed, ok := parseDate(form, zone); ok && t.Year() >= 1980 && t.Year() <= 2300 {
			return &observe.Date{Time: t, DateOnly: !timed, Raw: bounded(raw, 80)}
		}
	}
	return nil
}

// cutZone takes the zone off a moment. A day without a clock has none: the
// figures at its end are no offset.
func cutZone(text string, home *time.Location) (string, *time.Location) {
	place := clock.FindStringIndex(text)
	if place == nil {
		return text, home
	}
	if m := offset.FindStringSubmatchIndex(text); m != nil && m[0] > place[0] {
		hours, _ := strconv.Atoi(text[m[4]:m[5]])
		minutes := 0
		if m[6] >= 0 {
			minutes, _ = strconv.Atoi(text[m[6]:m[7]])
		}
		seconds := hours*3600 + minutes*60
		if text[m[2]] == '-' {
			seconds = -seconds
		}
		if seconds >= -14*3600 && seconds <= 14*3600 {
			return text[:m[0]], time.FixedZone("", seconds)
		}
	}
	if m := zoneWord.FindStringSubmatchIndex(text[place[1]:]); m != nil {
		word := strings.ToLower(text[place[1]:][m[2]:m[3]])
		rest := text[:place[1]+m[0]] + " " + text[place[1]+m[1]:]
		switch hours, known := zoneHours[word]; {
		case word == "cst" && home == time.UTC: // America's, where the registry is not China's
			return rest, time.FixedZone("", -6*3600)
		case word == "cst":
			return rest, home
		case known && hours == 0:
			return rest, time.UTC
		case known:
			return rest, time.FixedZone("", hours*3600)
		}
	}
	return gluedZ(text), zoneOfZ(text, home)
}

// gluedZ and zoneOfZ read the Z that stands right behind the seconds.
func gluedZ(text string) string { return strings.TrimSuffix(strings.TrimSuffix(text, "Z"), "z") }

func zoneOfZ(text string, home *time.Location) *time.Location {
	if gluedZ(text) != text {
		return time.UTC
	}
	return home
}

var clockBeforeYear = regexp.MustCompile(`^(.*?) (\d{1,2}:\d\d(?::\d\d)?) (\d{4})$`)

// yearLast turns the writing of ANSI C, "Jul 20 18:13:41 2010".
func yearLast(text string) string { return clockBeforeYear.ReplaceAllString(text, "$1 $3 $2") }

func parseDate(text string, zone *time.Location) (t time.Time, timed, ok bool) {
	day, rest, found := strings.Cut(text, "T")
	if !found || !clock.MatchString(rest) || strings.ContainsAny(day, " ") {
		day, rest = text, ""
		if i := clock.FindStringIndex(text); i != nil {
			day, rest = strings.TrimSpace(text[:i[0]]), strings.TrimSpace(text[i[0]:])
		}
	}
	for _, layout := range dayLayouts {
		if rest == "" {
			if t, err := time.ParseInLocation(layout, day, zone); err == nil {
				return t, false, true
			}
			continue
		}
		for _, hours := range clockLayouts {
			if t, err := time.ParseInLocation(layout+" "+hours, day+" "+rest, zone); err == nil {
				return t, true, true
			}
		}
	}
	return time.Time{}, false, false
}
