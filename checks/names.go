package checks

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// normalName is a name as comparing goes by: without what differs only in
// writing (width, case, blanks, brackets' shape, quotation marks, dots,
// traditional characters). What differs in meaning stays: 有限公司 and
// 有限责任公司 are two forms of company.
func normalName(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKC.String(name) {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r), unicode.Is(unicode.Cf, r), strings.ContainsRune("\"'“”‘’《》「」『』·•・.。,，、-—_|", r):
		case strings.ContainsRune("【〔[［〖", r):
			b.WriteByte('(')
		case strings.ContainsRune("】〕]］〗", r):
			b.WriteByte(')')
		default:
			b.WriteRune(unicode.ToLower(simplified(r)))
		}
	}
	return b.String()
}

// simplified maps the traditional characters that names of bodies carry most.
func simplified(r rune) rune {
	const (
		from = "國際電資訊網業務貿經營銷實達華東廣遠豐機構學會協團體書館藝術設計圖雲軟數碼聯絡縣區鄉鎮陽陰無錫蘇臺灣門長張陳劉楊趙黃吳孫馬鄭謝許鄧韓馮蕭葉蔣傑強偉麗龍鳳鵬飛輝軍紅蘭榮樂興發財貴寶銀錢鐵鋼車輪運輸農產種養魚雞豬藥醫療衛護環節氣熱燈飾裝築勞動場"
		to   = "国际电资讯网业务贸经营销实达华东广远丰机构学会协团体书馆艺术设计图云软数码联络县区乡镇阳阴无锡苏台湾门长张陈刘杨赵黄吴孙马郑谢许邓韩冯萧叶蒋杰强伟丽龙凤鹏飞辉军红兰荣乐兴发财贵宝银钱铁钢车轮运输农产种养鱼鸡猪药医疗卫护环节气热灯饰装筑劳动场"
	)
	if i := strings.IndexRune(from, r); i >= 0 {
		for _, s := range to[i:] {
			return s
		}
	}
	return r
}

// hasHan says whether a name holds Chinese characters.
func hasHan(name string) bool {
	return strings.ContainsFunc(name, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}
