package checks

import (
	"net/url"
	"strings"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/filing/number"
)

// What an App, a mini program or a quick app shows inside, no look of ours
// reaches. A row of the documents feed, written by somebody who opened it,
// settles it; it is evidence of presence, which needs no second look.

// displayed is the newest record of what the item shows inside.
func (c Case) displayed() (filing.Document, bool) {
	var newest filing.Document
	found := false
	for _, d := range c.Evidence.Documents {
		here := (d.Service == "" || d.Service == c.Service.Number) && (d.Name == "" || d.Name == c.App.ItemName())
		if d.Kind == filing.DocumentAppDisplay && here && (!found || newest.AsOf.Before(d.AsOf)) {
			newest, found = d, true
		}
	}
	return newest, found
}

// onDisplay judges an item by the record of what it shows; a record that says
// that the item did not open shows nothing else.
func (c Case) onDisplay(judge func(filing.Document) Verdict) Verdict {
	d, ok := c.displayed()
	switch {
	case !ok || c.App == nil:
		return unverifiable(Note{Code: whyInside})
	case d.Opens != nil && !*d.Opens && d.Number == "" && d.PSB == "":
		return unverifiable(Note{Code: "app-not-open", Detail: d.File})
	}
	return judge(d)
}

// displayProof compares something with what the record says.
func displayProof(d filing.Document, what, want, got string) Proof {
	return Proof{What: what, Want: want, Got: got, Where: d.File, At: d.AsOf.Time()}
}

// judgeOpens is site-unreachable for Apps.
func judgeOpens(c Case) Verdict {
	d, ok := c.displayed()
	if !ok || d.Opens == nil {
		return unverifiable(Note{Code: whyInside})
	}
	proof := displayProof(d, "app-opens", "yes", "no")
	if !*d.Opens {
		return deficient("app-not-usable", proof)
	}
	proof.Got = "yes"
	return pass(proof)
}

// judgeNumberInside is icp-number-wrong for Apps.
func judgeNumberInside(c Case) Verdict {
	return c.onDisplay(func(d filing.Document) Verdict {
		filed, ok := filedNumber(c)
		if !ok {
			return unverifiable(Note{Code: "number-not-filed"}, displayProof(d, "icp-number", "", d.Number))
		}
		proof := displayProof(d, "icp-number", filed.String(), d.Number)
		if d.Number == "" {
			return deficient("absent", proof)
		}
		seen, _, err := number.ParseInventory(d.Number)
		if err != nil {
			return deficient("malformed", proof)
		}
		switch compare(filed, seen) {
		case otherSubject:
			return deficient("other-subject", proof)
		case otherService:
			return deficient("other-service", proof)
		case bareSubject:
			if _, asked := c.Reference.Provinces.Rule("hang-subject-number", filed.Province, string(c.Subject.Nature)); !asked {
				return pass(proof).advise(Note{Code: "subject-number-only", Detail: d.Number})
			}
		}
		return pass(proof)
	})
}

// judgeLinkInside is icp-number-unlinked for Apps.
func judgeLinkInside(c Case) Verdict {
	return c.onDisplay(func(d filing.Document) Verdict {
		if d.Number == "" {
			return unverifiable(Note{Code: whyNoNumber, Detail: d.File})
		}
		proof := displayProof(d, "icp-link", filingSystem, d.Link)
		if d.Link == "" {
			return deficient("no-link", proof)
		}
		switch host := linkedHost(d.Link); {
		case host == "beian.miit.gov.cn":
			return pass(proof)
		case host == "":
			return deficient("dead-link", proof)
		case host == "www.beian.miit.gov.cn", within(host, "miitbeian.gov.cn"), within(host, "miibeian.gov.cn"):
			return deficient("old-host", proof)
		}
		return deficient("wrong-host", proof)
	})
}

// linkedHost is the host that a link as written leads to; empty: to none.
func linkedHost(link string) string {
	link = strings.TrimSpace(link)
	if !strings.Contains(link, "://") {
		link = "https://" + link
	}
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
}

func within(host, domain string) bool { return host == domain || strings.HasSuffix(host, "."+domain) }

// judgePSBInside is psb-number-missing for Apps.
func judgePSBInside(c Case) Verdict {
	return c.onDisplay(func(d filing.Document) Verdict {
		filed, _, err := number.ParsePSB(c.App.PSB)
		if err != nil {
			return unverifiable(Note{Code: "psb-not-filed"}, displayProof(d, "psb-number", "", d.PSB))
		}
		proof := displayProof(d, "psb-number", filed.String(), d.PSB)
		if d.PSB == "" {
			return deficient("absent", proof)
		}
		if seen, _, err := number.ParsePSB(d.PSB); err != nil || seen.Code != filed.Code {
			return deficient("other-number", proof)
		}
		return pass(proof)
	})
}
