package checks

import (
	"slices"
	"strings"

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
	Inside:  judgeAppLabel,
	Needs:   observe.WantPage,
	Package: true,
	Reasons: serviceNameReasons(),
	Causes:  []Cause{"domain-expired", "dns-not-at-provider", "site-unreachable"},
	Judge:   onPages(judgeServiceName),
}

// serviceNameReasons are the reasons in order of precedence.
func serviceNameReasons() []Reason {
	return []Reason{{ID: "near-miss"}, {ID: "other-label"}, {ID: "name-not-shown", Absence: true}}
}

// leastHan is how many Chinese characters a page must show before the absence
// of a Chinese name on it says anything.
const leastHan = 50

func judgeServiceName(c Case, homes, others []observe.Document) Verdict {
	name := normalName(c.Service.Name)
	if name == "" {
		return unverifiable(Note{Code: "name-not-filed"})
	}
	judge := func(d observe.Document) Verdict { return nameOn(c, name, d) }
	s := sift(homes, judge)
	if elsewhere := sift(others, judge).passed; len(s.passed) == 0 && len(elsewhere) > 0 {
		return elsewhere[0]
	}
	return s.verdict(serviceNameReasons(), "page-without-name") // a near miss on one page lifts the others
}

// nameOn judges one document by itself.
func nameOn(c Case, name string, d observe.Document) Verdict {
	proof := Proof{What: "service-name", Want: c.Service.Name, Got: d.Title, Where: d.URL, At: c.Page.At}
	called := []string{d.Title, d.SiteName}
	places := slices.Concat(called, d.Headings, d.Logos, []string{d.Footer})
	for _, form := range nameForms(name) {
		for _, place := range places {
			if strings.Contains(normalName(place), form) {
				proof.Got = place
				return pass(proof)
			}
		}
	}
	switch why := incomplete(d); {
	case why != "":
		return unverifiable(Note{Code: why, Detail: d.URL}, proof)
	case strings.TrimSpace(d.Title+d.SiteName) == "":
		return unverifiable(Note{Code: "no-title", Detail: d.URL}, proof)
	case !hasHan(name) || d.Han < leastHan || !hasHan(d.Title+d.SiteName):
		return unverifiable(Note{Code: "latin-only", Detail: d.URL}, proof)
	}
	for _, place := range called {
		if near(name, normalName(place)) {
			proof.Got = place
			return suspected("near-miss", proof)
		}
	}
	return deficient("name-not-shown", proof)
}
