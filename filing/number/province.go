// Package number holds the grammars of what a filing is identified by: ICP
// filing numbers, public-security numbers, credit codes, ID cards and phones;
// to parse, write canonically, compare, and mask them.
package number

// Province is one province-level unit as filing numbers write it.
type Province struct {
	Letter   string // the letter of ICP numbers: 蜀, 黔, 滇, 陇
	Everyday string // the letter of licences and public-security numbers: 川, 贵, 云, 甘; mostly the same
	Name     string
	Code     string // first two digits of GB/T 2260
}

// Provinces lists the 31 units that file, in the order of GB/T 2260. Hong Kong,
// Macao and Taiwan have no ICP filing.
func Provinces() []Province {
	return []Province{
		{"京", "京", "北京", "11"}, {"津", "津", "天津", "12"}, {"冀", "冀", "河北", "13"}, {"晋", "晋", "山西", "14"},
		{"蒙", "蒙", "内蒙古", "15"}, {"辽", "辽", "辽宁", "21"}, {"吉", "吉", "吉林", "22"}, {"黑", "黑", "黑龙江", "23"},
		{"沪", "沪", "上海", "31"}, {"苏", "苏", "江苏", "32"}, {"浙", "浙", "浙江", "33"}, {"皖", "皖", "安徽", "34"},
		{"闽", "闽", "福建", "35"}, {"赣", "赣", "江西", "36"}, {"鲁", "鲁", "山东", "37"}, {"豫", "豫", "河南", "41"},
		{"鄂", "鄂", "湖北", "42"}, {"湘", "湘", "湖南", "43"}, {"粤", "粤", "广东", "44"}, {"桂", "桂", "广西", "45"},
		{"琼", "琼", "海南", "46"}, {"渝", "渝", "重庆", "50"}, {"蜀", "川", "四川", "51"}, {"黔", "贵", "贵州", "52"},
		{"滇", "云", "云南", "53"}, {"藏", "藏", "西藏", "54"}, {"陕", "陕", "陕西", "61"}, {"陇", "甘", "甘肃", "62"},
		{"青", "青", "青海", "63"}, {"宁", "宁", "宁夏", "64"}, {"新", "新", "新疆", "65"},
	}
}

// ProvinceOf finds the province of a letter, in either spelling.
func ProvinceOf(letter string) (Province, bool) {
	for _, p := range Provinces() {
		if p.Letter == letter || p.Everyday == letter {
			return p, true
		}
	}
	return Province{}, false
}

// fold is the one spelling of a province letter that comparing goes by.
func fold(letter string) string {
	switch letter {
	case "川":
		return "蜀"
	case "贵":
		return "黔"
	case "云":
		return "滇"
	case "甘":
		return "陇"
	}
	return letter
}

// isProvince says whether a rune is a province letter, in either spelling.
func isProvince(r rune) bool {
	switch r {
	case '京', '津', '冀', '晋', '蒙', '辽', '吉', '黑', '沪', '苏', '浙', '皖', '闽', '赣', '鲁', '豫', '鄂', '湘', '粤', '桂', '琼',
		'渝', '蜀', '川', '黔', '贵', '滇', '云', '藏', '陕', '陇', '甘', '青', '宁', '新':
		return true
	}
	return false
}
