package checks

import (
	"strings"
	"unicode/utf8"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

// serviceNameMismatch: the site calls itself by the filed name, in title, site
// name, headings, logo or footer (guide section 2.2). For Apps the name on the
// desktop counts, which only the package tells.
var serviceNameMismatch = Check{
	ID: "service-name-mismatch", Level: LevelItem,
	For:     []filing.ServiceKind{filing.Website},
	Blind:   []filing.ServiceKind{filing.AppService, filing.MiniProgram, filing.QuickApp},
	Needs:   observe.WantPage,
	Reasons: serviceNameReasons(),
	Causes:  []ID{"domain-expired", "site-unreachable"},
	Judge:   judgeServiceName,
}

// serviceNameReasons are the reasons in order of precedence.
func serviceNameReasons() []Reason {
	return []Reason{{ID: "name-not-shown", Absence: true}, {ID: "near-miss"}}
}

// leastHan is how many Chinese characters a page must show before the absence
// of a Chinese name on it says anything.
const leastHan = 50

func judgeServiceName(c Case) Verdict {
	name := normalName(c.Service.Name)
	if name == "" {
		return unverifiable(Note{Code: "name-not-filed"})
	}
	var bad []Verdict
	var open *Verdict
	for _, d := range c.Page.Value.Documents {
		v := nameOn(c, name, d)
		switch {
		case v.outcome == Pass:
			return v
		case v.outcome == Unverifiable:
			if open == nil {
				open = &v
			}
		default:
			bad = append(bad, v)
		}
	}
	for _, v := range bad {
		if v.outcome == Suspected {
			return v
		}
	}
	if open != nil {
		return *open
	}
	return worst(serviceNameReasons(), bad)
}

// nameOn judges one document by itself.
func nameOn(c Case, name string, d observe.Document) Verdict {
	proof := Proof{What: "service-name", Want: c.Service.Name, Got: d.Title, Where: d.URL, At: c.Page.At}
	places := append([]string{d.Title, d.SiteName}, append(append([]string{}, d.Headings...), append(d.Logos, d.Footer)...)...)
	for _, form := range nameForms(name) {
		for _, place := range places {
			if strings.Contains(normalName(place), form) {
				proof.Got = place
				return pass(proof)
			}
		}
	}
	if why := incomplete(d); why != "" {
		return unverifiable(Note{Code: why, Detail: d.URL}, proof)
	}
	if !hasHan(name) || d.Han < leastHan || !hasHan(d.Title+d.SiteName) {
		return unverifiable(Note{Code: "latin-only", Detail: d.URL}, proof)
	}
	for _, place := range places[:2] {
		if near(name, normalName(place)) {
			proof.Got = place
			return suspected("near-miss", proof)
		}
	}
	return deficient("name-not-shown", proof)
}

// nameForms are the forms of a filed name that a page may show: whole, and
// without the words that only say that it is a site or which kind of company.
func nameForms(name string) []string {
	forms := []string{name}
	short := name
	for _, tail := range []string{"官方网站", "官网", "网站", "门户", "首页", "有限责任公司", "股份有限公司", "有限公司"} {
		if cut := strings.TrimSuffix(short, tail); cut != short && utf8.RuneCountInString(cut) >= 3 {
			short = cut
			forms = append(forms, short)
		}
	}
	return forms
}

// near says whether at least half of the name's pairs of characters occur in a text.
func near(name, text string) bool {
	runes := []rune(name)
	if len(runes) < 3 {
		return false
	}
	hits := 0
	for i := range len(runes) - 1 {
		if strings.Contains(text, string(runes[i:i+2])) {
			hits++
		}
	}
	return hits*2 >= len(runes)-1
}
