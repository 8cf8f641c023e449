package scanner

import (
	"strings"

	"github.com/icpaudit/icpaudit/observe"
)

// How far the code that sends visitors on is looked at.
const (
	maxSends    = 8
	maxPlaces   = 24  // of the word location in one script
	sendReach   = 60  // bytes from there to the URL
	sendExcerpt = 200 // bytes kept
)

// sends lists the other sites that inline script or a refresh sends visitors
// on to. Only a goal that stands in the code is seen: one that is computed
// takes a browser.
func (s *sheet) sends(own string) []observe.SentAlong {
	var all []observe.SentAlong
	add := func(goal, by, on, excerpt string) {
		t := parseHref(goal)
		if len(all) >= maxSends || !t.web() || !strings.Contains(t.host, ".") || siteOf(t.host) == own {
			return
		}
		for _, known := range all {
			if known.Host == t.host && known.By == by {
				return
			}
		}
		all = append(all, observe.SentAlong{Host: bounded(t.host, maxHost), By: by, On: on, Excerpt: tidy(excerpt, sendExcerpt)})
	}
	if goal := refreshGoal(s.refresh); goal != "" {
		add(goal, "refresh", "", s.refresh)
	}
	for i := range s.scripts {
		sc := &s.scripts[i]
		if sc.class() != kindCode || len(sc.text) == 0 {
			continue
		}
		text := sc.text
		for from, n := 0, 0; n < maxPlaces; n++ {
			at := strings.Index(text[from:], "location")
			if at < 0 {
				break
			}
			at += from
			from = at + len("location")
			if goal := goalAfter(text[from:min(len(text), from+sendReach+maxLocation)]); goal != "" {
				add(goal, "script", asks(text[:at]), text[max(0, at-80):min(len(text), from+120)])
			}
		}
	}
	return all
}

// goalAfter reads the absolute URL that is assigned to location, or handed to
// its replace or assign; empty where something else is done with it.
func goalAfter(code string) string {
	rest := code
	for _, member := range [...]string{".href", ".replace", ".assign"} {
		if cut, ok := strings.CutPrefix(rest, member); ok {
			rest = cut
			break
		}
	}
	rest = strings.TrimLeft(rest, " \t\r\n")
	if rest == "" || rest[0] != '=' && rest[0] != '(' || strings.HasPrefix(rest, "==") {
		return ""
	}
	rest = strings.TrimLeft(rest[1:], " \t\r\n(")
	if len(rest) < 9 || rest[0] != '"' && rest[0] != '\'' && rest[0] != '`' {
		return ""
	}
	goal, _, ended := strings.Cut(rest[1:], rest[:1])
	if goal = strings.ReplaceAll(goal, `\/`, "/"); !ended || !strings.HasPrefix(goal, "//") && !strings.HasPrefix(goal, "http") {
		return ""
	}
	return goal
}

// asks says what a script has looked at before it sends a visitor on.
func asks(code string) string {
	const near = 600 // bytes: what is further off asks for something else
	code = code[max(0, len(code)-near):]
	var on []string
	if strings.Contains(code, "document.referrer") || strings.Contains(code, "['referrer']") || strings.Contains(code, `["referrer"]`) {
		on = append(on, "referrer")
	}
	if strings.Contains(code, "userAgent") {
		on = append(on, "agent")
	}
	return strings.Join(on, " ")
}
