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

// display is one record of what the item shows inside.
type display = row[filing.Document]

// displayed is the newest record of what the item shows inside, or why there is
// none that counts.
func (c Case) displayed() (display, Note) {
	rows, why := documents(c, filing.DocumentAppDisplay, func(d filing.Document) bool {
		return c.App != nil && (d.Service == "" || d.Service == c.Service.Number) && (d.Name == "" || d.Name == c.App.ItemName())
	})
	switch why.Code {
	case "":
	case whyNoFeed, whyNotInFeed:
		return display{}, Note{Code: whyInside}
	default:
		return display{}, why
	}
	return newest(rows, func(a, b filing.Document) bool {
		return a.Number == b.Number && a.PSB == b.PSB && a.Link == b.Link && (a.Opens == nil) == (b.Opens == nil) && (a.Opens == nil || *a.Opens == *b.Opens)
	})
}

// onDisplay judges an item by the record of what it shows; a record that says
// that the item did not open shows nothing else.
func (c Case) onDisplay(judge func(display) Verdict) Verdict {
	d, why := c.displayed()
	if why.Code != "" {
		return unverifiable(why)
	}
	if v := d.value; v.Opens != nil && !*v.Opens && v.Number == "" && v.PSB == "" {
		return unverifiable(Note{Code: "app-not-open", Detail: d.where()})
	}
	return judge(d)
}

// judgeOpens is site-unreachable for Apps.
func judgeOpens(c Case) Verdict {
	d, why := c.displayed()
	switch {
	case why.Code != "":
		return unverifiable(why)
	case d.value.Opens == nil:
		return unverifiable(Note{Code: whyInside})
	case !*d.value.Opens:
		return deficient("app-not-usable", d.proof("app-opens", "yes", "no"))
	}
	return pass(d.proof("app-opens", "yes", "yes"))
}

// judgeNumberInside is icp-number-wrong for Apps.
func judgeNumberInside(c Case) Verdict {
	return c.onDisplay(func(d display) Verdict {
		filed, ok := filedNumber(c)
		if !ok {
			return unverifiable(Note{Code: "number-not-filed"}, d.proof("icp-number", "", d.value.Number))
		}
		proof := d.proof("icp-number", filed.String(), d.value.Number)
		if d.value.Number == "" {
			return deficient("absent", proof)
		}
		seen, _, err := number.ParseInventory(d.value.Number)
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
				return pass(proof).advise(Note{Code: "subject-number-only", Detail: d.value.Number})
			}
		}
		return pass(proof)
	})
}

// judgeLinkInside is icp-number-unlinked for Apps.
func judgeLinkInside(c Case) Verdict {
	return c.onDisplay(func(d display) Verdict {
		if d.value.Number == "" {
			return unverifiable(Note{Code: whyNoNumber, Detail: d.where()})
		}
		proof := d.proof("icp-link", filingSystem, d.value.Link)
		if d.value.Link == "" {
			return deficient("no-link", proof)
		}
		switch host := linkedHost(d.value.Link); {
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
	return c.onDisplay(func(d display) Verdict {
		filed, _, err := number.ParsePSB(c.App.PSB)
		if err != nil {
			return unverifiable(Note{Code: "psb-not-filed"}, d.proof("psb-number", "", d.value.PSB))
		}
		proof := d.proof("psb-number", filed.String(), d.value.PSB)
		if d.value.PSB == "" {
			return deficient("absent", proof)
		}
		if seen, _, err := number.ParsePSB(d.value.PSB); err != nil || seen.Code != filed.Code {
			return deficient("other-number", proof)
		}
		return pass(proof)
	})
}
