package scanner

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

// rdapSize bounds an answer, in bytes.
const rdapSize = 1 << 20

// rdapClient asks RDAP servers, with certificates that hold.
type rdapClient struct{ http *http.Client }

func newRDAPClient(d *dialer, timeout time.Duration) *rdapClient {
	transport := &http.Transport{
		DialContext: d.DialContext, TLSClientConfig: &tls.Config{RootCAs: d.roots}, ForceAttemptHTTP2: false,
		TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{}, MaxResponseHeaderBytes: 64 << 10,
		IdleConnTimeout: 10 * time.Second, MaxIdleConnsPerHost: 1,
	}
	return &rdapClient{&http.Client{Transport: transport, Timeout: timeout, CheckRedirect: func(req *http.Request, via []*http.Request) error {
		if len(via) > 3 {
			return errors.New("more than 3 redirects")
		}
		if req.URL.Scheme != "https" && via[0].URL.Scheme == "https" {
			return errors.New("the redirect leaves https")
		}
		return nil
	}}}
}

func (c *rdapClient) close() { c.http.CloseIdleConnections() }

func hostOfURL(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return base
	}
	return u.Hostname()
}

// domain asks for a name. A name in its automatic renewal keeps the registry's
// new date while the registrar may have let it lapse, so the registrar is
// asked too, once, where the registry names its server.
func (c *rdapClient) domain(ctx context.Context, base, name string) (observe.Registration, *observe.Fault) {
	data, status, fault := c.get(ctx, base+"domain/"+url.PathEscape(name))
	if fault != nil {
		return observe.Registration{}, fault
	}
	if status != http.StatusOK {
		return rdapStatus(observe.Registration{Domain: name, Protocol: "rdap"}, status, "")
	}
	r, fault := ReadRegistration(name, data)
	if fault != nil || r.RegistrarExpires != nil || !slices.Contains(r.Statuses, "autoRenewPeriod") {
		return r, fault
	}
	if related := relatedLink(data); related != "" {
		if data, status, fault := c.get(ctx, related); fault == nil && status == http.StatusOK {
			if theirs, fault := ReadRegistration(name, data); fault == nil {
				r.RegistrarExpires = theirs.Expires
			}
		}
	}
	return r, nil
}

func (c *rdapClient) get(ctx context.Context, address string) ([]byte, int, *observe.Fault) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, 0, faultOf(err, address)
	}
	req.Header.Set("Accept", "application/rdap+json, application/json;q=0.5")
	res, err := c.http.Do(req)
	if err != nil {
		return nil, 0, faultOf(fmt.Errorf("ask by RDAP: %w", err), address)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(io.LimitReader(res.Body, rdapSize+1))
	if err != nil {
		return nil, 0, faultOf(fmt.Errorf("read the RDAP answer: %w", err), address)
	}
	if len(data) > rdapSize {
		return nil, 0, &observe.Fault{Kind: observe.FaultTooLarge, Where: address, Detail: fmt.Sprintf("more than %d bytes", rdapSize)}
	}
	if res.StatusCode == http.StatusNotFound && !strings.Contains(res.Header.Get("Content-Type"), "json") && len(data) > 0 {
		// A web server's own 404 says nothing about a name.
		return nil, 0, &observe.Fault{Kind: observe.FaultUnparsable, Where: address, Detail: "404 without an RDAP answer"}
	}
	return data, res.StatusCode, nil
}

// relatedLink is the registrar's own answer, where the registry links to it.
func relatedLink(data []byte) string {
	a, err := parseRDAP(data)
	if err != nil {
		return ""
	}
	return a.related()
}
