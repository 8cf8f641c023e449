package reference

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func embeddedLexicon(t testing.TB) *Lexicon {
	t.Helper()
	l, err := readLexicon(overlay{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// own reads the lexicon with an operator's file beside it.
func own(t testing.TB, text string) (*Lexicon, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "lexicon_own.yaml"), []byte("source: test\ndate: \"2026-11-24\"\n"+text), 0o600); err != nil {
		t.Fatal(err)
	}
	return readLexicon(overlay{dir: dir})
}

func texts(hits []Hit) string {
	var all []string
	for _, h := range hits {
		all = append(all, h.Text)
	}
	return strings.Join(all, " ")
}

func TestLexiconFinds(t *testing.T) {
	l := embeddedLexicon(t)
	for text, want := range map[string]string{
		"注册送彩金":             "注册送彩金", // and neither 送彩金 nor 彩金
		"轮盘赌选择算法":           "轮盘赌选择 算法",
		"戒赌":                "戒赌",
		"ＰＫ１０":              "pk10",
		"百 家 乐":             "百家乐",
		"百\u200b家\u200d乐":   "百家乐",
		"PORN":              "porn",
		"popcorn pornstars": "", // Latin words count whole
		"mdma2":             "mdma",
		"西湖龙井":              "",
		"":                  "",
	} {
		if got := texts(l.Find(Fold(text))); got != want {
			t.Errorf("%q: found %q, want %q", text, got, want)
		}
	}
}

func TestFoldKeepsWordsApart(t *testing.T) {
	for text, want := range map[string]string{
		"首页 关于我们": "首页 关于我们",
		"A Ｂ":      "a b",
		"百 家 乐 城": "百家乐城",
		"第 一章":     "第 一章",
		"共 3 页":    "共 3 页",
	} {
		if got := Fold(text); got != want || Fold(got) != got {
			t.Errorf("%q: %q, want %q, and the same when folded again", text, got, want)
		}
	}
}

func TestPoliticsIsTheOperators(t *testing.T) {
	var ids []string
	for _, c := range embeddedLexicon(t).Violations {
		ids = append(ids, c.ID)
	}
	if got := strings.Join(ids, " "); got != "gambling pornography drugs fraud" {
		t.Errorf("our categories are %s", got)
	}
}

func TestOwnLexicon(t *testing.T) {
	l, err := own(t, `violations:
  - {id: gambling, least: 20, drop: [百家乐], terms: [{weight: 9, words: [某某娱乐]}]}
  - {id: our-brand, name: {zh: 品牌, en: brand}, least: 5, terms: [{weight: 5, words: [某某客服]}]}
`)
	if err != nil {
		t.Fatal(err)
	}
	if got := texts(l.Find("百家乐 某某娱乐 某某客服")); got != "某某娱乐 某某客服" {
		t.Errorf("found %q", got)
	}
	gambling, _ := l.Category("gambling")
	brand, ok := l.Category("our-brand")
	if !ok || !brand.Own || gambling.Own || gambling.Least != 20 || gambling.Sure != 5 {
		t.Errorf("gambling %+v, brand %+v", gambling, brand)
	}
}

func TestLexiconMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"violations: [{id: x, least: 5}]":                                                       "no Chinese text",
		"violations: [{id: x, name: {zh: 甲, en: a}}]":                                           "least is 0",
		"violations: [{id: X y, name: {zh: 甲, en: a}, least: 5}]":                               "want small letters",
		"violations: [{id: gambling, terms: [{weight: 99, words: [某某]}]}]":                      "weight 99",
		"violations: [{id: gambling, terms: [{weight: 1, words: [x]}]}]":                        "too short",
		"violations: [{id: gambling, terms: [{weight: 1, words: [百家乐]}]}]":                      "comes twice",
		"violations: [{id: gambling, sure: 99}]":                                                "sure is 99",
		"scopes: [{id: church, name: {zh: 甲, en: a}, least: 5}]":                                "but no scope",
		"violations: [{id: gambling, words: [某某]}]":                                             "words",
		"context: [{weight: 0, words: [某某]}]":                                                   "weight 0",
		"violations: [{id: x, name: {zh: 甲, en: a}, least: 9, terms: [{weight: x, words: []}]}]": "weight",
	} {
		if _, err := own(t, text+"\n"); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "lexicon_own.yaml") {
			t.Errorf("%s: %v, want a mistake that says %q", text, err, want)
		}
	}
}

func TestLexiconIsSafeForManyReaders(t *testing.T) {
	l := embeddedLexicon(t)
	text := Fold(benchmarkText())
	want := texts(l.Find(text))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				if got := texts(l.Find(text)); got != want {
					t.Errorf("found %q, want %q", got, want)
					return
				}
			}
		})
	}
	wg.Wait()
}

func FuzzLexicon(f *testing.F) {
	l := embeddedLexicon(f)
	for _, text := range []string{"百 家 乐", "戒赌 pk10 porn", "\xff百家\xe4", "Ａ\u200b"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		folded, end := Fold(text), 0
		for _, hit := range l.Find(folded) {
			if folded[hit.Start:hit.End] != hit.Text || hit.Start < end && hit.End != end {
				t.Fatalf("%q: %+v", folded, hit)
			}
			end = hit.End
		}
	})
}

// benchmarkText is about 5 KB of a company's page, with some words of the lexicon.
func benchmarkText() string {
	return strings.Repeat("公司主营各类水泵与阀门，产品远销海内外，欢迎新老客户来电洽谈。新闻：警方提醒市民远离网络赌博。\nNews of the company, products and services 2026\n", 28)
}

func BenchmarkLexicon(b *testing.B) {
	l, text := embeddedLexicon(b), benchmarkText()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if len(l.Find(Fold(text))) == 0 {
			b.Fatal("nothing found")
		}
	}
}
