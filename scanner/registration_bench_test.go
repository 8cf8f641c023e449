package scanner

import (
	"strings"
	"testing"
)

func BenchmarkReadRegistration(b *testing.B) {
	for name, text := range map[string]string{"cn": cnRecord, "rdap": rdapRecord, "terms": "NOT FOUND\n" + verisignTerms, "refusal": "Queried interval is too short."} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				ReadRegistration("example.cn", []byte(text))
			}
		})
	}
}

// A hostile answer is read in a time that its size bounds.
func BenchmarkReadHostileAnswer(b *testing.B) {
	for name, text := range map[string]string{
		"lines": strings.Repeat("a b\n", whoisSize/4), "labels": strings.Repeat("a: b\n", whoisSize/5), "one line": strings.Repeat("no match ", whoisSize/9),
		"words": strings.Repeat("exceeded a b c d e f \n\n", whoisSize/23), "domains": strings.Repeat("Domain Name: a.cn\n", whoisSize/18),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				ReadRegistration("example.cn", []byte(text))
			}
		})
	}
}
