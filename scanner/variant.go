package scanner

import (
	"context"
	"net/url"

	"github.com/icpaudit/icpaudit/observe"
)

// guise is whom a request passes for.
type guise struct{ agent, referer string }

// crawlerGuise is a search engine's crawler on its way from the engine's
// results: who plants pages for search engines looks at either.
func crawlerGuise() *guise {
	return &guise{
		agent:   "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
		referer: "https://www.baidu.com/s?wd=site",
	}
}

// variantHops bounds the redirects that a variant is followed through.
const variantHops = 3

// variant asks for a page once more in a guise. It takes its turn at the host
// like every other request.
func (w *visit) variant(ctx context.Context, page string) observe.Variant {
	v := observe.Variant{Agent: observe.CrawlerAgent, Asked: page}
	u, err := parseStart(page)
	if err != nil {
		v.Fault = &observe.Fault{Kind: observe.FaultUnparsable, Where: bounded(page, maxLocation), Detail: err.Error()}
		return v
	}
	trip := trip{left: w.options.URLTimeout, asked: map[string]int{}, guise: crawlerGuise()}
	for range variantHops + 1 {
		hop, got := w.hop(ctx, u, &trip)
		if got == nil {
			v.Fault = hop.Fault
			return v
		}
		next, done := w.variantOf(u, got, &v)
		got.release()
		if done {
			return v
		}
		u = next
	}
	v.Fault = &observe.Fault{Kind: observe.FaultRedirect, Where: u.String(), Detail: "more redirects than a variant is followed through"}
	return v
}

// variantOf takes in an answer; false where it leads on within the site.
func (w *visit) variantOf(u *url.URL, got *fetched, v *observe.Variant) (next *url.URL, done bool) {
	if got.redirects() {
		next, f := w.onward(u, got.location)
		switch {
		case f != nil:
			v.Fault = f
		case siteOf(next.Hostname()) != siteOf(u.Hostname()):
			v.Sent = bounded(next.String(), maxLocation)
		case !w.portAllowed(next):
			v.Fault = &observe.Fault{Kind: observe.FaultBlockedAddress, Where: next.String(), Detail: "port " + portOf(next) + " is not asked"}
		default:
			return next, false
		}
		return nil, true
	}
	if got.status < 200 || got.status > 299 || got.body == nil {
		v.Fault = &observe.Fault{Kind: observe.FaultStatus, Where: u.String()}
		return nil, true
	}
	w.cpu <- struct{}{}
	defer func() { <-w.cpu }()
	buf := w.pools.buffer()
	defer w.pools.giveBack(buf)
	data, cut, err := w.pools.inflate(buf, got.body.Bytes(), got.encoding, w.options.Body)
	if err == nil {
		var d document
		if d, err = w.parse(Body{URL: u, ContentType: got.contentType, Status: got.status, Data: data, Truncated: cut || got.cut}); err == nil {
			v.Document = &d.Document
			return nil, true
		}
	}
	v.Fault = faultOf(err, u.String())
	return nil, true
}
