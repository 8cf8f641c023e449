package number

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// finds tells the finds of a text as "class number".
func finds(text string) []string {
	var out []string
	for _, m := range FindICP(text) {
		class := []string{"", "licence ", "malformed ", "lookalike "}[m.Class]
		name := m.Number.String()
		if m.Class == ClassLookalike {
			name = m.Code
		}
		out = append(out, class+name)
	}
	return out
}

func TestFindICP(t *testing.T) {
	for text, want := range map[string][]string{
		"版权所有黔ICP备20004760号-14苏B2-20130048号A2.B1.B2-20070312": {"黔ICP备20004760号-14", "licence 苏B2-20130048", "licence A2.B1.B2-20070312"},
		"黑ICP备17009694号-2 All Rights Reserved":                {"黑ICP备17009694号-2"},
		"京ICP备16058363号-1\n360网站安全":                           {"京ICP备16058363号-1"},
		"京ICP备16058363号-1 360网站安全":                            {"京ICP备16058363号-1"},
		"京ICP备16058363号-1App下载":                               {"京ICP备16058363号-1"},
		"闽ICP备\vB2-20050038":                                  {"licence 闽B2-20050038"},
		"沪ICP备：沪B2－20080012":                                  {"licence 沪B2-20080012"},
		"湘ICP备B2-20080075-3":                                  {"licence 湘B2-20080075-3"},
		"京ICP备10046444号 京ICP证110507号 京网文[2017]1530-131号 （京）网械平台备字（2018）第00005号 京食药网食备202010048": {"京ICP备10046444号", "licence 京ICP证110507号"},
		"网站标识码：3300000020 浙ICP备05018911号":   {"浙ICP备05018911号"},
		"备案主体编号：31010400000001":             nil,
		"津教备0123号":                          nil,
		"国家信息产业部甘ICP备14018586号":             {"甘ICP备14018586号"},
		"冀备19021549号":                       {"malformed 冀ICP备19021549号"},
		"渝ICP16002233号":                     {"malformed 渝ICP备16002233号"},
		"贵ICP备(shou.org.cn)05052049号-13":    {"malformed 贵ICP备05052049号-13"},
		"萌ICP备20259233号 喵ICP备20255198号":     {"lookalike vanity", "lookalike vanity"},
		"MIIT备20240818号":                    nil,
		"ICP备案编号：":                          nil,
		"京\nICP备12345678号":                  {"malformed ICP备12345678号"},
		"京ICP\v备\v12345678号":                {"京ICP备12345678号"},
		"版权所有ICP备12345678号":                 {"malformed ICP备12345678号"},
		"版权所有 茶ICP备12345678号":               {"lookalike vanity"},
		"欢迎来到萌ICP备20230187号":                {"lookalike vanity"},
		"某ICP备12345678号":                    {"lookalike vanity"},
		"秦ICP备12345678号":                    {"malformed ICP备12345678号"},
		"京ICP备00000000号-1":                  {"lookalike placeholder"},
		"京ICP备2077123456号":                  {"malformed 京ICP备2077123456号"},
		"I am here. I C P 备":                nil,
		"京I C P备12345678号":                  {"京ICP备12345678号"},
		"粤A2-20044005号-105":                 {"licence 粤A2-20044005-105"},
		"辽B-2-4-20080039":                   nil,
		"许可证 黔D3-20230001":                  {"licence 黔D3-20230001"},
		"AB2-20080012":                      nil,
		"京ICP备12345678号-1、京ICP备12345678号-2": {"京ICP备12345678号-1", "京ICP备12345678号-2"},
		"京ICP备12345678号-2021年":              {"京ICP备12345678号"},
	} {
		if got := finds(text); !slices.Equal(got, want) {
			t.Errorf("%q: found %q, want %q", text, got, want)
		}
	}
}

func TestFindPSB(t *testing.T) {
	for text, want := range map[string][]string{
		"京公网安备 11010502030143号":               {"京公网安备11010502030143号"},
		"京公网安备11010502030143":                 {"京公网安备11010502030143号"},
		"公安备案号 11010502030143":                {"公网安备11010502030143号"},
		"京公安网备110105007246号":                  {"京公网安备110105007246号"},
		"京公网按备号：11010502030143":               {"京公网安备11010502030143号"},
		"贵公网安备 52990002000093号":               {"贵公网安备52990002000093号"},
		"穗公网安备 44010602000001号":               {"穗公网安备44010602000001号"},
		"备案号：公网安备44010602000001号":             {"公网安备44010602000001号"},
		"本站公网安备44010602000001号":               {"公网安备44010602000001号"},
		"皖公网安备341324020000239号":               {"皖公网安备341324020000239号"},
		"京公网安备：123456789号":                    nil,
		"文保网安备案号：0472932882":                  nil,
		"京ICP备20018813号 京公网安备11010802032137号": {"京公网安备11010802032137号"},
	} {
		var got []string
		for _, m := range FindPSB(text) {
			got = append(got, m.Number.String())
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: found %q, want %q", text, got, want)
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add("京ICP备12345678号-1 京公网安备11010502030143号 粤B2-20090059")
	f.Add("备备备ICPICPＩＣＰ\n\v(((")
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for _, m := range FindICP(text) {
			if m.Start < end || m.End <= m.Start || m.End > len(text) || m.DigitsAt < m.Start || m.DigitsAt > m.End {
				t.Fatalf("%q: a match of %d to %d, digits at %d, after one that ends at %d", text, m.Start, m.End, m.DigitsAt, end)
			}
			if strings.ContainsRune(text[m.Start:m.End], Break) {
				t.Fatalf("%q: the match %q runs over a break", text, text[m.Start:m.End])
			}
			end = m.End
		}
		FindPSB(text)
	})
}

func BenchmarkFindICP(b *testing.B) {
	var page strings.Builder
	for i := range 800 {
		fmt.Fprintf(&page, "第%d条新闻的标题说的是一家公司的备货与 B2B 业务\n", i)
	}
	page.WriteString("京ICP备12345678号-1")
	text := page.String()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		FindICP(text)
		FindPSB(text)
	}
}
