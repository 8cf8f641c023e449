package scanner

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

// rdapSize bounds an answer, in bytes.
const rdapSize = 1 << 20

// rdapRedirects bounds the redirects of one query (RFC 7480 section 5.2 lets
// servers send a query elsewhere).
const rdapRedirects = 3

// rdapClient asks RDAP servers, with certificates that hold.
type rdapClient struct {
	http  *http.Client
	agent string // User-Agent
}

func newRDAPClient(d *dialer, timeout time.Duration, agent string) *rdapClient {
	transport := &http.Transport{
		DialContext: d.DialContext, TLSClientConfig: &tls.Config{RootCAs: d.roots, MinVersion: tls.VersionTLS12},
		MaxResponseHeaderBytes: 64 << 10, MaxIdleConnsPerHost: askers, IdleConnTimeout: 15 * time.Second,
	}
	return &rdapClient{agent: agent, http: &http.Client{Transport: transport, Timeout: timeout, CheckRedirect: func(req *http.Request, via []*http.Request) error {
		if len(via) > rdapRedirects {
			return &observe.Fault{Kind: observe.FaultRedirect, Where: req.URL.Host, Detail: fmt.Sprintf("more than %d redirects", rdapRedirects)}
		}
		if via[0].URL.Scheme == "https" && req.URL.Scheme != "https" || req.URL.User != nil {
			return &observe.Fault{Kind: observe.FaultRedirect, Where: req.URL.Host, Detail: "the redirect leaves https"}
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

// askRDAP asks the registry. A name in its automatic renewal shows the
// registry's new date while the registrar may have let it lapse, so the
// registrar is asked too, once, where the registry links to it.
func (r *registrations) askRDAP(ctx context.Context, base, name string) (observe.Registration, *observe.Fault) {
	var link string
	answer, fault := r.inTurn(ctx, hostOfURL(base), func(ctx context.Context) (got registryReply) {
		got, link = r.rdap.domain(ctx, base+"domain/"+url.PathEscape(name), name)
		return got
	})
	host := hostOfURL(link)
	if fault != nil || link == "" || host == hostOfURL(base) || answer.RegistrarExpires != nil || !slices.Contains(answer.Statuses, "autoRenewPeriod") {
		return answer, fault
	}
	theirs, failed := r.inTurn(ctx, host, func(ctx context.Context) (got registryReply) {
		got, _ = r.rdap.domain(ctx, link, name)
		return got
	})
	if failed == nil && theirs.State == observe.StateRegistered {
		return withRegistrar(answer, theirs), nil
	}
	return answer, nil
}

// withRegistrar adds to a registry's answer what only the registrar says.
func withRegistrar(answer, theirs observe.Registration) observe.Registration {
	if answer.RegistrarExpires == nil {
		answer.RegistrarExpires = theirs.RegistrarExpires
	}
	if answer.RegistrarExpires == nil {
		answer.RegistrarExpires = theirs.Expires
	}
	if answer.HolderStatus == observe.HolderAbsent && theirs.HolderStatus != observe.HolderAbsent {
		answer.Holder, answer.HolderStatus = theirs.Holder, theirs.HolderStatus
	}
	return answer
}

// domain asks for one name; link is where the registrar says more.
func (c *rdapClient) domain(ctx context.Context, address, name string) (got registryReply, link string) {
	res, data, err := c.get(ctx, address)
	if err != nil {
		return registryReply{fault: faultOf(fmt.Errorf("ask by RDAP: %w", err), address)}, ""
	}
	empty := observe.Registration{Domain: name, Protocol: "rdap"}
	a, err := parseRDAP(data)
	if res.StatusCode == http.StatusOK {
		if err != nil {
			return registryReply{fault: notRead(name, "no RDAP answer", err.Error())}, ""
		}
		got.answer, got.fault = a.registration(name)
		return got, a.related()
	}
	if res.StatusCode == http.StatusNotFound && a.ErrorCode.v != http.StatusNotFound && !strings.Contains(res.Header.Get("Content-Type"), "rdap") {
		// A web server's own 404 says nothing about a name.
		return registryReply{fault: &observe.Fault{Kind: observe.FaultUnparsable, Where: address, Detail: "404 without an RDAP answer"}}, ""
	}
	got.answer, got.fault = rdapStatus(empty, res.StatusCode, a.said())
	if got.fault != nil {
		got.fault.Where = address
		got.hold = retryAfter(res.Header.Get("Retry-After"), time.Now())
	}
	return got, ""
}

// retryAfter reads how long a server wants to be left alone (RFC 9110 section
// 10.2.3): between a second and the longest pause, or 0 where it doesn't say.
func retryAfter(text string, now time.Time) time.Duration {
	seconds, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil {
		at, err := http.ParseTime(text)
		if err != nil {
			return 0
		}
		seconds = int64(at.Sub(now) / time.Second)
	}
	return time.Duration(min(max(seconds, 1), int64(longestPause/time.Second))) * time.Second
}

func (c *rdapClient) get(ctx context.Context, address string) (*http.Response, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("Accept", "application/rdap+json, application/json;q=0.5")
	req.Header.Set("User-Agent", c.agent)
	res, err := c.http.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(io.LimitReader(res.Body, rdapSize+1))
	if err != nil {
		return nil, nil, fmt.Errorf("read the answer: %w", err)
	}
	if len(data) > rdapSize {
		return nil, nil, &observe.Fault{Kind: observe.FaultTooLarge, Where: address, Detail: fmt.Sprintf("more than %d bytes", rdapSize)}
	}
	return res, data, nil
}
