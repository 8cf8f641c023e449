package scanner

import (
	"slices"
	"strings"
)

// maxComments bounds the comments of one text.
const maxComments = 300

// commented is the parts of a text that stand in comments of a template
// language (JSP, Blade, JSX) which reached the page without being rendered.
type commented [][2]int

func commentsIn(text string) commented {
	var parts commented
	for _, pair := range [...][2]string{{"<%--", "--%>"}, {"{{--", "--}}"}, {"{/*", "*/}"}} {
		for at := 0; len(parts) < maxComments; {
			start := strings.Index(text[at:], pair[0])
			if start < 0 {
				break
			}
			start += at
			length := strings.Index(text[start:], pair[1])
			if length < 0 {
				break
			}
			at = start + length
			parts = append(parts, [2]int{start, at})
		}
	}
	return parts
}

func (c commented) holds(place int) bool {
	return slices.ContainsFunc(c, func(p [2]int) bool { return p[0] <= place && place < p[1] })
}
