package filing

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/icpaudit/icpaudit/filing/number"
)

// SameAddress says whether two addresses are one in two writings: width, case,
// blanks, brackets, punctuation, traditional characters, 三号 or 3号, 十二楼 or
// 12层, 1栋 or 1号楼, 502室 or 502, 3号之一 or 3-1号 make no difference, nor
// whether the province and the city stand in front, nor a closing remark of the
// register (集群注册 …). A district, street, number or room that only one of
// them has does. Two empty addresses are the same.
func SameAddress(a, b string) bool {
	if a == b {
		return true
	}
	x, y := readAddress(a), readAddress(b)
	if x.province != "" && y.province != "" && x.province != y.province {
		return false
	}
	if !sameCities(&x, &y) {
		return false
	}
	return slices.EqualFunc(addressTokens(x.rest), addressTokens(y.rest), addressToken.same)
}

// address is an address taken apart as far as its cities.
type address struct {
	province string   // letter; empty where none is named
	cities   []string // without 市; prefecture, then county-level city
	rest     string
}

// maxAddress bounds the characters of an address that are compared.
const maxAddress = 1000

// readAddress takes the province and the cities off a folded address.
func readAddress(text string) (a address) {
	s := []rune(foldWriting(text))
	a.rest = withoutRemarks(string(s[:min(len(s), maxAddress)]))
	a.rest = strings.TrimPrefix(strings.TrimPrefix(a.rest, "中华人民共和国"), "中国")
	for range 2 { // 北京市北京市朝阳区: the province and the city of a municipality
		for _, p := range number.Provinces() {
			rest, ok := strings.CutPrefix(a.rest, p.Name)
			if !ok || a.province != "" && a.province != p.Letter || namesElse(rest) {
				continue
			}
			a.province, a.rest = p.Letter, rest
			for _, kind := range []string{"壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "特别行政区", "省", "市"} {
				if cut, ok := strings.CutPrefix(a.rest, kind); ok {
					a.rest = cut
					break
				}
			}
			a.rest = strings.TrimPrefix(a.rest, "市辖区")
			break
		}
	}
	for range 2 {
		city, rest, ok := cutCity(a.rest)
		if !ok {
			break
		}
		a.cities, a.rest = append(a.cities, city), rest
	}
	return a
}

// namesElse says whether what stands behind a province's name shows that the
// name is another's: 北京路, 四川北路, 上海大厦; 海南藏族自治州 lies in 青海.
func namesElse(rest string) bool {
	r := []rune(rest)
	if len(r) > 0 && strings.ContainsRune("东西南北中一二三", r[0]) {
		r = r[1:]
	}
	for _, sign := range []string{"路", "街", "道", "大道", "大街", "大厦", "大楼", "广场", "藏族自治州"} {
		if strings.HasPrefix(string(r), sign) {
			return true
		}
	}
	return false
}

// cutCity takes a city or another unit of its rank off the beginning.
func cutCity(s string) (city, rest string, ok bool) {
	for _, kind := range []string{"自治州", "地区", "盟", "市"} {
		head, tail, ok := strings.Cut(s, kind)
		n := len([]rune(head))
		if !ok || n < 2 || n > 12 || kind != "自治州" && n > 5 || strings.HasPrefix(tail, "场") ||
			strings.ContainsAny(head, "区县镇乡路街道村号,-0123456789") {
			continue
		}
		return head, strings.TrimPrefix(tail, "市辖区"), true
	}
	return "", s, false
}

// registerRemarks are what registers put behind an address that is no part of it.
var registerRemarks = []string{"集群注册", "集群登记", "住所申报", "自主申报", "经营场所申报", "仅限办公", "仅限办公用途", "办公", "一址多照", "一照多址", "托管地址", "商务秘书", "托管"}

// withoutRemarks takes closing remarks in brackets off, and brackets that only
// set a part of the address off.
func withoutRemarks(s string) string {
	for {
		open := strings.LastIndexAny(s, "([【〔")
		if open < 0 || !strings.ContainsAny(s[open:], ")]】〕") {
			break
		}
		inner := strings.Trim(s[open:], "()[]【】〔〕.。")
		if !slices.Contains(registerRemarks, inner) {
			break
		}
		s = s[:open]
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("()[]【】〔〕.。:;\"'“”·#", r) {
			return -1
		}
		if strings.ContainsRune(",，、/", r) {
			return ','
		}
		return r
	}, s)
}

// sameCities holds the cities together. Who names fewer may stand without 市 or
// leave them out; that one names another city is a difference.
func sameCities(x, y *address) bool {
	if len(x.cities) < len(y.cities) {
		x, y = y, x
	}
	left := y.cities
	for _, c := range x.cities {
		if len(left) > 0 && left[0] == c {
			left = left[1:]
			continue
		}
		y.rest = strings.TrimPrefix(y.rest, c) // 深圳南山区
	}
	return len(left) == 0
}

// addressToken is a stretch of words, or a number with what it counts.
type addressToken struct {
	text   string
	number bool
	of     addressUnit
}

// addressUnit is what a number of an address counts.
type addressUnit int

const (
	ofNothing addressUnit = iota // 502; or joined by a dash: 3-1-502
	ofHouse                      // 号
	ofBuilding
	ofFloor
	ofEntrance // 单元
	ofRoom
)

// addressUnits are the writings of the units, the longer before what they begin with.
var addressUnits = []struct {
	writing string
	unit    addressUnit
}{
	{"号楼", ofBuilding}, {"号栋", ofBuilding}, {"号房间", ofRoom}, {"号房", ofRoom}, {"号室", ofRoom}, {"号铺", ofRoom}, {"号", ofHouse},
	{"栋", ofBuilding}, {"幢", ofBuilding}, {"座", ofBuilding}, {"单元", ofEntrance}, {"门", ofEntrance},
	{"楼层", ofFloor}, {"楼", ofFloor}, {"层", ofFloor}, {"f", ofFloor}, {"房间", ofRoom}, {"室", ofRoom}, {"房", ofRoom}, {"铺", ofRoom},
}

// same says whether two tokens can be one thing. A bare number may count
// anything; houses and rooms are both counted by 号.
func (t addressToken) same(o addressToken) bool {
	if t.text != o.text || t.number != o.number {
		return false
	}
	x, y := min(t.of, o.of), max(t.of, o.of)
	return x == y || x == ofNothing || x == ofHouse && y == ofRoom
}

// addressTokens parts what stands behind the cities.
func addressTokens(s string) (tokens []addressToken) {
	r := []rune(s)
	var words []rune
	flush := func() {
		if len(words) > 0 {
			tokens = append(tokens, addressToken{text: string(words)})
			words = nil
		}
	}
	for i := 0; i < len(r); {
		text, end := addressNumber(r, i)
		if end == i {
			if r[i] != ',' && r[i] != '-' && (r[i] != '之' || len(words) > 0) {
				words = append(words, r[i])
			}
			i++
			continue
		}
		flush()
		t := addressToken{text: text, number: true}
		t.of, i = unitAt(r, end, isDigitRune(r[end-1]))
		tokens = append(tokens, t)
	}
	flush()
	return tokens
}

// unitAt reads what a number counts, and says where it ends.
func unitAt(r []rune, at int, digits bool) (addressUnit, int) {
	next := string(r[at:min(at+3, len(r))])
	for _, u := range addressUnits {
		if strings.HasPrefix(next, u.writing) && (u.writing != "f" || digits) {
			return u.unit, at + len([]rune(u.writing))
		}
	}
	return ofNothing, at
}

func isDigitRune(r rune) bool { return r >= '0' && r <= '9' }

// addressNumber reads a number, in Arabic or Chinese digits, or a run of Latin
// letters; end is where it ends, at itself where there is none.
func addressNumber(r []rune, at int) (text string, end int) {
	for _, of := range []func(rune) bool{isDigitRune, func(c rune) bool { return c >= 'a' && c <= 'z' }} {
		if end = at; of(r[at]) {
			for end < len(r) && of(r[end]) {
				end++
			}
			text = string(r[at:end])
			return cmp.Or(strings.TrimLeft(text, "0"), text), end
		}
	}
	for end = at; end < len(r) && chineseDigit(r[end]) >= 0; {
		end++
	}
	if end == at || !counts(r, at, end) {
		return "", at
	}
	return chineseNumber(r[at:end]), end
}

// counts says whether Chinese digits are a number of the address, and not part
// of a name such as 三里屯 or 五一路: by what stands round them.
func counts(r []rune, at, end int) bool {
	if at > 0 && strings.ContainsRune("之第-,号楼层栋幢座", r[at-1]) {
		return true
	}
	if unit, _ := unitAt(r, end, false); unit != ofNothing {
		return true
	}
	scaled := slices.ContainsFunc(r[at:end], func(c rune) bool { return chineseDigit(c) >= 10 })
	return end < len(r) && strings.ContainsRune("弄院期段排组巷区街路道环", r[end]) && (scaled || end-at == 1)
}

// chineseDigit is the value of a Chinese digit or scale, -1 for none.
func chineseDigit(c rune) int {
	switch c {
	case '〇', '零', '○':
		return 0
	case '两':
		return 2
	case '十':
		return 10
	case '百':
		return 100
	case '千':
		return 1000
	}
	for i, d := range []rune("一二三四五六七八九") {
		if c == d {
			return i + 1
		}
	}
	return -1
}

// chineseNumber is a number in Arabic digits: 一百零三, or digit by digit 一二〇三.
func chineseNumber(r []rune) string {
	sum, digit, scaled, plain := 0, 0, false, ""
	for _, c := range r[:min(len(r), 12)] {
		d := chineseDigit(c)
		if d < 10 {
			digit = d
			plain += strconv.Itoa(d)
			continue
		}
		sum += max(digit, 1) * d
		digit, scaled = 0, true
	}
	if !scaled {
		return cmp.Or(strings.TrimLeft(plain, "0"), plain)
	}
	return strconv.Itoa(sum + digit)
}
