package scanner

import (
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/icpaudit/icpaudit/observe"
)

// visit is the calling of one target. Its attempts follow each other; only
// the dials, which run beside, need the lock.
type visit struct {
	*visitor
	site      string // registrable domain of the target
	names     map[string]*observe.Name
	transport *http.Transport
	attempts  []observe.Attempt
	passed    map[string]int // URL asked for, and by which attempt
	documents []document
	byBody    map[uint64]int // document of a body
	jar       *cookiejar.Jar // nil until a redirect sets a cookie
	impatient bool           // the one second try after a silence is spent

	mu   sync.Mutex
	slow map[netip.AddrPort]bool // let a connection time out before
	last map[string]netip.Addr   // address dialled last, by host:port
}

func (v *visitor) newVisit(t Target, dns *observe.DNS) *visit {
	w := &visit{
		visitor: v, site: siteOf(t.Domain), names: make(map[string]*observe.Name, len(dns.Names)),
		passed: map[string]int{}, byBody: map[uint64]int{},
		slow: map[netip.AddrPort]bool{}, last: map[string]netip.Addr{},
	}
	for i := range dns.Names {
		w.names[dns.Names[i].Name] = &dns.Names[i]
	}
	w.transport = w.newTransport()
	return w
}

// attempt follows one start URL to its end, hop by hop.
func (w *visit) attempt(ctx context.Context, s start) observe.Attempt {
	a := observe.Attempt{Start: s.text, At: w.now()}
	switch {
	case s.err != nil:
		return ended(a, &observe.Fault{Kind: observe.FaultUnparsable, Where: s.text, Detail: s.err.Error()})
	case len(w.attempts) >= maxStarts:
		return ended(a, &observe.Fault{Kind: observe.FaultNotLookedUp, Where: s.text, Detail: fmt.Sprintf("more than %d start URLs", maxStarts)})
	}
	if i, ok := w.passed[s.text]; ok {
		a.End = observe.EndSeen
		w.alsoFrom(i, s.text)
		return a
	}
	trip := trip{left: w.options.URLTimeout, asked: map[string]int{}}
	u := s.url
	for {
		a.Final, a.Offsite = u.String(), a.Offsite || siteOf(u.Hostname()) != w.site
		if f := w.mayAsk(u, &trip); f != nil {
			return ended(a, f)
		}
		hop, got := w.hop(ctx, u, &trip)
		a.Hops, a.Status = append(a.Hops, hop), hop.Status
		if hop.Fault != nil {
			return ended(a, hop.Fault)
		}
		next, f := w.arrive(ctx, u, got, &trip, &a)
		got.release()
		switch {
		case f != nil:
			return ended(a, f)
		case next == nil:
			return a
		}
		u = next
	}
}

// trip is what one attempt has used up.
type trip struct {
	left  time.Duration  // network time
	hops  int            // requests made
	asked map[string]int // how often each URL
	guise *guise         // whom its requests pass for; nil: ourselves
}

func ended(a observe.Attempt, f *observe.Fault) observe.Attempt {
	a.Fault, a.End = f, endOf(f)
	return a
}

// mayAsk says why a URL must not be asked for, and counts it where it may.
func (w *visit) mayAsk(u *url.URL, trip *trip) *observe.Fault {
	text := u.String()
	refuse := func(kind observe.FaultKind, detail string) *observe.Fault {
		return &observe.Fault{Kind: kind, Where: text, Detail: detail}
	}
	if !w.portAllowed(u) {
		return refuse(observe.FaultBlockedAddress, "port "+portOf(u)+" is not asked")
	}
	trip.hops++
	trip.asked[text]++
	again := 1
	if w.jar != nil {
		again = 2 // the cookie that the first answer set may open it
	}
	switch {
	case trip.asked[text] > again:
		return refuse(observe.FaultRedirect, "the redirects go round in a circle")
	case trip.hops > w.options.MaxHops+1:
		return refuse(observe.FaultRedirect, fmt.Sprintf("more than %d redirects", w.options.MaxHops))
	}
	if _, ok := w.passed[text]; !ok {
		w.passed[text] = len(w.attempts)
	}
	return nil
}

func (w *visit) portAllowed(u *url.URL) bool {
	port, err := strconv.ParseUint(portOf(u), 10, 16)
	return err == nil && (port == 80 || port == 443 || slices.Contains(w.options.Ports, uint16(port)))
}

// arrive looks at an answer: it is the end, or leads on to the next URL.
func (w *visit) arrive(ctx context.Context, u *url.URL, got *fetched, trip *trip, a *observe.Attempt) (next *url.URL, f *observe.Fault) {
	if got.redirects() {
		w.keepCookies(u, got)
		return w.onward(u, got.location)
	}
	if got.status < 200 || got.status > 299 || got.body == nil {
		a.End = observe.EndStatus
		a.Kind, a.Mark = w.kindOf(u, got)
		return nil, nil
	}
	goal := refreshGoal(got.refresh)
	i, meta, f := w.read(u, got, a.Start)
	if f != nil {
		return nil, w.faultOf(ctx, f, u.String())
	}
	if goal == "" {
		goal = meta
	}
	if goal != "" {
		// Only within the site, and only to what was not yet seen on this trip:
		// else the page is what it is.
		to, err := parseGoal(u, goal)
		if err == nil && siteOf(to.Hostname()) == siteOf(u.Hostname()) && trip.asked[to.String()] == 0 && trip.hops <= w.options.MaxHops {
			a.Hops[len(a.Hops)-1].Location = bounded(goal, maxLocation)
			w.leave(i, a.Start)
			return to, nil
		}
	}
	w.readScripts(ctx, i, trip)
	d := &w.documents[i].Document
	a.End, a.Kind, a.Mark, a.Cut, a.Fault = observe.EndPage, d.Kind, d.Mark, d.Truncated, d.Fault
	return nil, nil
}

// onward reads the goal of a redirect.
func (w *visit) onward(u *url.URL, location string) (*url.URL, *observe.Fault) {
	next, err := parseGoal(u, location)
	if err != nil {
		return nil, &observe.Fault{Kind: observe.FaultRedirect, Where: bounded(location, maxLocation), Detail: bounded(err.Error(), maxDetail)}
	}
	return next, nil
}

// keepCookies keeps what a redirect sets for the rest of this visit: some
// sites let nobody in who does not bring it back.
func (w *visit) keepCookies(u *url.URL, got *fetched) {
	if len(got.cookies) == 0 {
		return
	}
	if w.jar == nil {
		jar, err := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
		if err != nil {
			return // without cookies the redirect is a circle at worst
		}
		w.jar = jar
	}
	w.jar.SetCookies(u, got.cookies[:min(len(got.cookies), maxCookies)])
}

const maxCookies = 20

// alsoFrom notes that a start URL leads where an earlier attempt ended.
func (w *visit) alsoFrom(attempt int, text string) {
	if attempt >= len(w.attempts) {
		return
	}
	for i := range w.documents {
		if d := &w.documents[i]; slices.Contains(d.Starts, w.attempts[attempt].Start) {
			d.Starts = append(d.Starts, text)
		}
	}
}

// addressesOf returns the addresses that the look at the names found, in the order to dial.
func (w *visit) addressesOf(ctx context.Context, host string) ([]netip.Addr, error) {
	if n := w.names[host]; n != nil {
		if err := addressFault(n); err != nil {
			return nil, err
		}
		return inOrder(n.Addrs), nil
	}
	addrs, err := w.dialer.addresses(ctx, host)
	return inOrder(addrs), err
}

// via names what answered first.
func (w *visit) via() string {
	for _, a := range w.attempts {
		if a.End == observe.EndPage || a.End == observe.EndStatus {
			return a.Final
		}
	}
	return ""
}

// trouble is the fault of the whole visit: no attempt brought a page, and one
// of them failed on our side, so that nothing is known.
func (w *visit) trouble() *observe.Fault {
	var ours *observe.Fault
	for _, a := range w.attempts {
		if a.End == observe.EndPage {
			return nil
		}
		if a.End == observe.EndFault && (ours == nil || !ours.Ours()) {
			ours = a.Fault
		}
	}
	return ours
}
