package scanner

import (
	"bytes"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

const (
	refreshReach = 8 << 10 // bytes at the start of a page in which a refresh is looked for
	refreshDelay = 5       // seconds; a longer one is a page that reloads itself
)

// metaRefresh returns the goal of a <meta http-equiv="refresh"> that sends the
// visitor on at once. One inside noscript is for visitors without script and
// does not count.
func metaRefresh(page []byte) string {
	head := page[:min(len(page), refreshReach)]
	if !containsFold(head, "http-equiv") || !containsFold(head, "refresh") {
		return ""
	}
	z := html.NewTokenizer(bytes.NewReader(head))
	noscript := false
	for {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken, html.SelfClosingTagToken:
			name, attrs := z.TagName()
			switch string(name) {
			case "noscript":
				noscript = true
			case "meta":
				if goal := refreshIn(z, attrs); goal != "" && !noscript {
					return goal
				}
			}
		case html.EndTagToken:
			if name, _ := z.TagName(); string(name) == "noscript" {
				noscript = false
			}
		}
	}
}

func refreshIn(z *html.Tokenizer, more bool) string {
	refresh, content := false, ""
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		switch string(key) {
		case "http-equiv":
			refresh = strings.EqualFold(strings.TrimSpace(string(value)), "refresh")
		case "content":
			content = string(value)
		}
	}
	if !refresh {
		return ""
	}
	return refreshGoal(content)
}

// refreshGoal reads "0;url=/index.html" (HTML 4.2.5.3, as browsers read it);
// empty where the delay is too long or no URL is named.
func refreshGoal(content string) string {
	content = strings.TrimSpace(content)
	end := strings.IndexFunc(content, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if end <= 0 {
		return ""
	}
	if delay, err := strconv.ParseFloat(content[:end], 64); err != nil || delay > refreshDelay {
		return ""
	}
	goal := strings.TrimLeft(content[end:], " \t\r\n;,")
	if len(goal) >= 3 && strings.EqualFold(goal[:3], "url") {
		if rest, ok := strings.CutPrefix(strings.TrimLeft(goal[3:], " \t\r\n"), "="); ok {
			goal = strings.TrimSpace(rest)
		}
	}
	if goal != "" && (goal[0] == '"' || goal[0] == '\'') {
		goal, _, _ = strings.Cut(goal[1:], goal[:1])
	}
	return strings.TrimSpace(goal)
}

// containsFold says whether an ASCII text stands in the bytes, in any case.
func containsFold(data []byte, text string) bool {
	first := text[0]
	for i := 0; i+len(text) <= len(data); i++ {
		if data[i]|0x20 == first && strings.EqualFold(string(data[i:i+len(text)]), text) {
			return true
		}
	}
	return false
}
