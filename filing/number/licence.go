package number

import (
	"strconv"
	"strings"
)

// licenceBehind reads a telecommunication licence that stands where the digits
// of an ICP number should: 湘ICP备B2-20080075-3, 沪ICP备：沪B2-20080012. It is
// the licence, and no ICP备 number.
func (p *parse) licenceBehind(start int, province string) (Match, bool) {
	here := p.i
	if isProvince(p.peek()) {
		province = string(p.peek())
		p.i++
		p.blanks()
	}
	if c := p.peek(); c != 'A' && c != 'B' {
		p.i = here
		return Match{}, false
	}
	m, ok := p.licence(p.i)
	if !ok {
		p.i = here
		return Match{}, false
	}
	m.Number.Province = province
	m.Start = p.l[start].at
	return m, true
}

// licence reads a telecommunication licence from the letter of its first class:
// 粤B2-20090059-5, A2.B1.B2-20090001, B2-20140169. Registrar licences (黔D3-…)
// and old forms with further hyphens are licences of no concern here.
func (p *parse) licence(i int) (Match, bool) {
	if i > 0 && (isASCIILetter(p.l[i-1].r) || isDigit(p.l[i-1].r)) {
		return Match{}, false
	}
	p.i = i
	class, ok := p.classes()
	if !ok {
		return Match{}, false
	}
	p.blanks()
	if p.peek() != '-' {
		return Match{}, false
	}
	p.i++
	p.blanks()
	digits := p.i
	n := ICP{Licence: class, Body: p.digits()}
	if len(n.Body) != 8 || n.Body[:2] != "20" && n.Body[:2] != "19" {
		return Match{}, false
	}
	p.licenceSuffix(&n)
	start := i
	if k := p.back(i); k >= 0 && isProvince(p.l[k].r) {
		n.Province, start = string(p.l[k].r), k
	}
	p.notes = nil
	return p.done(Match{Number: n, Class: ClassLicence}, start, digits), true
}

// back is the place of the letter before a place, over blanks.
func (p *parse) back(i int) int {
	k := i - 1
	for k >= 0 && i-k <= 2 && p.l[k].r == ' ' {
		k--
	}
	return k
}

// classes reads B2, A2.B1.B2 and the like.
func (p *parse) classes() (string, bool) {
	var b strings.Builder
	for {
		c := p.peek()
		if c != 'A' && c != 'B' && c != 'D' || p.i+1 >= len(p.l) || p.l[p.i+1].r < '1' || p.l[p.i+1].r > '4' {
			return "", false
		}
		b.WriteRune(c)
		b.WriteRune(p.l[p.i+1].r)
		p.i += 2
		if p.peek() != '.' {
			return b.String(), true
		}
		b.WriteByte('.')
		p.i++
	}
}

// licenceSuffix reads 号 and the number of a site, in either order.
func (p *parse) licenceSuffix(n *ICP) {
	if p.peek() == '号' {
		p.i++
	}
	here := p.i
	if p.peek() != '-' {
		return
	}
	p.i++
	digits := p.digits()
	if len(digits) == 0 || len(digits) > 3 || isASCIILetter(p.peek()) {
		p.i = here
		return
	}
	n.Service, _ = strconv.Atoi(digits)
	if p.peek() == '号' {
		p.i++
	}
}
