package report

import "testing"

// A key stands in one table, and has words in both languages.
func TestPhrasesAreSaidOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, all := range In("zh").all {
		for key, text := range all {
			if seen[key] {
				t.Errorf("the phrase %s stands in two tables", key)
			}
			seen[key] = true
			if text.ZH == "" || text.EN == "" {
				t.Errorf("the phrase %s lacks a language", key)
			}
		}
	}
}
