package report

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
)

// JSONLine is a value as one line of JSON in which characters that change how
// a terminal shows a line, such as those of bidirectional text, are escaped.
func JSONLine(value any) ([]byte, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	for _, r := range string(data) {
		// Beyond ASCII nothing stands in JSON but text in strings.
		if r < unicode.MaxASCII || !unicode.IsControl(r) && !unicode.Is(unicode.Cf, r) {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	b.WriteByte('\n')
	return []byte(b.String()), nil
}
