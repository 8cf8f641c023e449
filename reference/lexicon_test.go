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
		"A Ｂ":     "a b",
		"百 家 乐 城": "百家乐城",
		"第 一章":    "第 一章",
		"共 3 页":   "共 3 页",
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
		"violations: [{id: x, least: 5}]":                                                        "no Chinese text",
		"violations: [{id: x, name: {zh: 甲, en: a}}]":                                            "least is 0",
		"violations: [{id: X y, name: {zh: 甲, en: a}, least: 5}]":                                "want small letters",
		"violations: [{id: gambling, terms: [{weight: 99, words: [某某]}]}]":                       "weight 99",
		"violations: [{id: gambling, terms: [{weight: 1, words: [x]}]}]":                         "too short",
		"violations: [{id: gambling, terms: [{weight: 1, words: [百家乐]}]}]":                       "comes twice",
		"violations: [{id: gambling, sure: 99}]":                                                 "sure is 99",
		"scopes: [{id: church, name: {zh: 甲, en: a}, least: 5}]":                                 "but no scope",
		"violations: [{id: gambling, words: [某某]}]":                                              "words",
		"context: [{weight: 0, words: [某某]}]":                                                    "weight 0",
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

// Chinese has no blanks between words, so that a short term is met across
// their borders. What people write every day must hold no weighty one.
func TestEverydayPhrasesHoldNoTerm(t *testing.T) {
	l := embeddedLexicon(t)
	for _, phrase := range []string{
		"网上分享资料", "以上分析仅供参考", "以下分类", "输出K线图", "女性爱美", "语文爱好者", "人文爱心社", "如果聊天记录丢失", "原材料商", "饮料商行", "数据埋点方案", "水磨石地面",
		"买球鞋", "冰壶比赛", "取出冰箱", "长出叶子", "妇女优先", "牛肉文化节", "黄文明先生", "支援交流", "包养护一年", "今日返回", "接收卡槽", "白银商城", "电话卡商城", "成人网络教育",
		"和平特区建设", "第一区第二区", "集装箱无码头费", "滚球轴承", "白小姐来电", "双飞五日游", "一条龙服务", "保险理赔中心", "原路退回", "骨科特殊服务窗口", "即时水位监测", "防洪水位",
		"结婚礼金", "取款机", "快递赔付标准", "王中王火腿肠", "麋鹿俗称四不像", "体育馆", "安全码头", "大麻哈鱼", "居民社区卫生服务", "员工福利待遇",
	} {
		for _, hit := range l.Find(Fold(phrase)) {
			if hit.Role == RoleTerm && hit.Weight >= 3 && hit.Category != "company" {
				t.Errorf("%s: holds %s of %s, weight %v", phrase, hit.Text, hit.Category, hit.Weight)
			}
		}
	}
}
