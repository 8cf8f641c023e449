package scanner

import (
	"strings"

	"github.com/icpaudit/icpaudit/observe"
)

// detach copies the texts of a document, which else are pieces of the page and
// would hold all of it in memory as long as the look is kept.
func detach(d *observe.Document) {
	for _, text := range []*string{&d.Title, &d.SiteName, &d.Footer, &d.Charset, &d.Mark} {
		*text = strings.Clone(*text)
	}
	for _, list := range [][]string{d.Headings, d.Logos, d.BareLinks, d.Unread} {
		for i := range list {
			list[i] = strings.Clone(list[i])
		}
	}
	if c := d.Content; c != nil {
		c.Keywords, c.Description = strings.Clone(c.Keywords), strings.Clone(c.Description)
		for _, links := range [][]observe.SiteLink{c.Links, c.Hidden} {
			for i := range links {
				links[i].Host, links[i].Text = strings.Clone(links[i].Host), strings.Clone(links[i].Text)
			}
		}
		for i := range c.Sends {
			c.Sends[i].Host, c.Sends[i].Excerpt = strings.Clone(c.Sends[i].Host), strings.Clone(c.Sends[i].Excerpt)
		}
	}
	for _, numbers := range [][]observe.NumberSeen{d.Numbers, d.Licences, d.PSB, d.Lookalikes} {
		for i := range numbers {
			n := &numbers[i]
			for _, text := range []*string{&n.Number, &n.Code, &n.Raw, &n.Note, &n.Href, &n.Detail, &n.LinkCode, &n.Excerpt} {
				*text = strings.Clone(*text)
			}
			for k := range n.Others {
				n.Others[k].Href = strings.Clone(n.Others[k].Href)
			}
		}
	}
}
