package scanner

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	maxLocation = 512              // bytes kept of a Location
	errorBody   = 512 << 10        // bytes read of a page that only tells what kind of refusal it is
	drained     = 8 << 10          // bytes read of a redirect's body, so that the connection can be used again
	freeBody    = 256 << 10        // bytes of a body that need no part of the memory for large ones
	maxHold     = 30 * time.Second // that a host may keep us away by Retry-After
	defaultHold = 2 * time.Second
	readBuffer  = 4 << 10
	writeBuffer = 1 << 10
)

// fetched is one answer, its body still encoded.
type fetched struct {
	owner       *visitor
	status      int
	location    string
	refresh     string
	contentType string
	encoding    string
	cookies     []*http.Cookie
	why         string // why the certificate does not hold
	body        *bytes.Buffer
	broke       error // how the body broke off
	cut         bool  // it broke off, or is longer than what is read
	held        int64 // of the memory for large bodies
}

func (f *fetched) redirects() bool {
	switch f.status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return f.location != ""
	}
	return false
}

// release gives the body's memory back; what was read of it must not be used any more.
func (f *fetched) release() {
	if f == nil {
		return
	}
	f.owner.pools.giveBack(f.body)
	f.owner.bodies.Release(f.held)
	f.body, f.held = nil, 0
}

func (w *visit) newTransport() *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		DialContext:            w.dial,
		TLSClientConfig:        w.tls,
		TLSHandshakeTimeout:    w.dialer.timeout,
		ResponseHeaderTimeout:  w.options.HeaderTimeout,
		MaxResponseHeaderBytes: w.options.HeaderBytes,
		DisableCompression:     true, // we undo it ourselves, bounded
		MaxIdleConnsPerHost:    1,
		ReadBufferSize:         readBuffer,
		WriteBufferSize:        writeBuffer,
		Protocols:              protocols,
	}
}

// request makes one request at one address and reads the answer, within the
// time that is left for the attempt. Waiting for a place is not counted.
func (w *visit) request(ctx context.Context, u *url.URL, to netip.AddrPort, trip *trip) (*fetched, error) {
	free, err := w.seats.take(ctx, to.Addr())
	if err != nil {
		return nil, err
	}
	defer free()
	began := time.Now()
	defer func() { trip.left -= time.Since(began) }()
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, pinned{}, to), trip.left)
	defer cancel()
	req := (&http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Header: w.header(u, trip.guise), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}).WithContext(ctx)
	resp, err := w.transport.RoundTrip(req)
	if err != nil {
		if ctx.Err() != nil && errors.Is(err, context.Canceled) {
			err = ctx.Err()
		}
		return nil, err
	}
	defer resp.Body.Close()
	return w.take(ctx, u, resp), nil
}

func (w *visit) header(u *url.URL, as *guise) http.Header {
	h := http.Header{
		"User-Agent":      {w.agent},
		"Accept":          {"text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"},
		"Accept-Language": {"zh-CN,zh;q=0.9"},
		"Accept-Encoding": {"gzip, deflate"},
	}
	if as != nil {
		h.Set("User-Agent", as.agent)
		h.Set("Referer", as.referer)
		return h // a crawler brings no cookies
	}
	if w.jar != nil {
		var pairs []string
		for _, c := range w.jar.Cookies(u) {
			pairs = append(pairs, c.Name+"="+c.Value)
		}
		if len(pairs) > 0 {
			h.Set("Cookie", strings.Join(pairs, "; "))
		}
	}
	return h
}

// take keeps what matters of an answer and reads its body; a body that breaks
// off is kept as far as it came.
func (w *visit) take(ctx context.Context, u *url.URL, resp *http.Response) *fetched {
	f := &fetched{
		owner: w.visitor, status: resp.StatusCode, location: resp.Header.Get("Location"), refresh: resp.Header.Get("Refresh"),
		contentType: resp.Header.Get("Content-Type"), encoding: strings.Join(resp.Header.Values("Content-Encoding"), ", "),
	}
	w.cpu <- struct{}{}
	f.why = judgeCertificate(resp.TLS, u.Hostname(), w.dialer.roots, w.now())
	<-w.cpu
	if f.status == http.StatusTooManyRequests || f.status == http.StatusServiceUnavailable {
		w.pace.hold(u.Host, holdOf(resp.Header.Get("Retry-After"), w.now()))
	}
	if f.redirects() {
		f.cookies = resp.Cookies()
		_, _ = io.CopyN(io.Discard, resp.Body, drained) // only so that the connection can be used again
		return f
	}
	// After 101 net/http hands the bare connection out, which no deadline ends.
	if f.status == http.StatusNoContent || f.status == http.StatusSwitchingProtocols {
		return f
	}
	limit := w.options.Body
	if f.status < 200 || f.status > 299 {
		limit = min(limit, errorBody)
	}
	f.readBody(ctx, resp.Body, limit)
	if resp.StatusCode == http.StatusPartialContent {
		f.cut = true
	}
	return f
}

// readBody reads up to limit bytes into a pooled buffer. A large body first
// gets its part of the memory for all: one wait, so that no two can wait for
// each other.
func (f *fetched) readBody(ctx context.Context, body io.Reader, limit int64) {
	f.body = f.owner.pools.buffer()
	n, err := f.body.ReadFrom(io.LimitReader(body, min(limit+1, freeBody)))
	if err == nil && n == freeBody {
		weight := limit
		if f.encoding != "" {
			weight *= 2 // it is held a second time when undone
		}
		if err = f.owner.bodies.Acquire(ctx, weight); err == nil {
			f.held = weight
			_, err = f.body.ReadFrom(io.LimitReader(body, limit+1-n))
		}
	}
	f.broke = err
	f.cut = err != nil || int64(f.body.Len()) > limit
}

// holdOf reads Retry-After (RFC 9110 10.2.3), within bounds.
func holdOf(text string, now time.Time) time.Duration {
	if text == "" {
		return defaultHold
	}
	if seconds, err := strconv.ParseInt(strings.TrimSpace(text), 10, 32); err == nil {
		return min(max(time.Duration(seconds)*time.Second, time.Second), maxHold)
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(at.Sub(now), time.Second), maxHold)
	}
	return defaultHold
}
