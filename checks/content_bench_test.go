package checks_test

import (
	"strings"
	"testing"

	"github.com/icpaudit/icpaudit/filing"
)

// BenchmarkContent reads and judges a page of about 20 KB for both scenes;
// hostile is one that is full of words of the lexicon.
func BenchmarkContent(b *testing.B) {
	ref := load(b)
	for name, line := range map[string]string{
		"honest":  "<p>公司主营各类水泵与阀门，产品远销海内外，欢迎新老客户来电洽谈。</p>",
		"hostile": "<p>百家乐彩票投注警方时时彩老虎机赌博记者提款</p>",
	} {
		b.Run(name, func(b *testing.B) {
			p := labelled{nature: filing.NatureIndividual, subject: "林小雨", page: "<!DOCTYPE html><html><head><title>泵阀制造有限公司</title></head><body>" + strings.Repeat(line, 20<<10/len(line)) + "</body></html>"}
			for b.Loop() {
				p.judge(b, ref)
			}
		})
	}
}
