package history

import (
	"slices"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing/number"
	"github.com/icpaudit/icpaudit/observe"
)

// Personal numbers are kept as filed, in the filing. Where they turn up on
// pages or in proofs they are masked before they are stored.

// maskedLooks is the looks with personal numbers in page texts masked.
func maskedLooks(looks checks.Looks) checks.Looks {
	return eachDocument(looks, func(d *observe.Document) {
		for _, text := range []*string{&d.Title, &d.SiteName, &d.Footer} {
			*text = number.MaskAll(*text)
		}
		for _, texts := range []*[]string{&d.Headings, &d.Logos} {
			*texts = slices.Clone(*texts)
			for i := range *texts {
				(*texts)[i] = number.MaskAll((*texts)[i])
			}
		}
		eachNumber(d, func(n *observe.NumberSeen) { n.Excerpt = number.MaskAll(n.Excerpt) })
	})
}

// strippedLooks is the looks without the text of the pages.
func strippedLooks(looks checks.Looks) checks.Looks {
	return eachDocument(looks, func(d *observe.Document) {
		d.Title, d.SiteName, d.Footer, d.Headings, d.Logos = "", "", "", nil, nil
		eachNumber(d, func(n *observe.NumberSeen) { n.Excerpt = "" })
	})
}

// eachDocument copies the looks and changes the documents of the copy.
func eachDocument(looks checks.Looks, change func(*observe.Document)) checks.Looks {
	looks = slices.Clone(looks)
	for i := range looks {
		if looks[i].Page.Value == nil {
			continue
		}
		page := *looks[i].Page.Value
		page.Documents = slices.Clone(page.Documents)
		for j := range page.Documents {
			change(&page.Documents[j])
		}
		looks[i].Page.Value = &page
	}
	return looks
}

func eachNumber(d *observe.Document, change func(*observe.NumberSeen)) {
	for _, list := range []*[]observe.NumberSeen{&d.Numbers, &d.Licences, &d.PSB, &d.Lookalikes} {
		*list = slices.Clone(*list)
		for i := range *list {
			change(&(*list)[i])
		}
	}
}

// maskedFinding is a finding with personal numbers in its proofs masked.
func maskedFinding(f checks.Finding) checks.Finding {
	f.Proofs = slices.Clone(f.Proofs)
	for i := range f.Proofs {
		for _, text := range []*string{&f.Proofs[i].Want, &f.Proofs[i].Got, &f.Proofs[i].Excerpt} {
			*text = number.MaskAll(*text)
		}
	}
	f.Advice = slices.Clone(f.Advice)
	for i := range f.Advice {
		f.Advice[i].Detail = number.MaskAll(f.Advice[i].Detail)
	}
	if f.Why != nil {
		f.Why = &checks.Note{Code: f.Why.Code, Detail: number.MaskAll(f.Why.Detail)}
	}
	return f
}
