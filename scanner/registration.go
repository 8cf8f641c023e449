package scanner

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/publicsuffix"
	"golang.org/x/sync/singleflight"
	"golang.org/x/time/rate"

	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
)

// RegistrationOptions is the registration block of the scanner's configuration.
type RegistrationOptions struct {
	Mode      string                   `yaml:"mode"`      // live: ask what the cache can't answer; cached: ask nobody; off: no look at all
	Cache     string                   `yaml:"cache"`     // directory of the answers kept; empty: none is kept
	Interval  time.Duration            `yaml:"interval"`  // between two queries to one server
	Intervals map[string]time.Duration `yaml:"intervals"` // by server host, where another interval holds
	DailyCap  int                      `yaml:"daily_cap"` // queries a day to one server
	Timeout   time.Duration            `yaml:"timeout"`   // of one query
	RDAP      map[string]string        `yaml:"rdap"`      // by TLD: base URL, before all other data
	WHOIS     map[string]string        `yaml:"whois"`     // by TLD: host or host:port, before all other data
	Referrals []string                 `yaml:"referrals"` // WHOIS servers of registrars that a registry may refer to
}

func defaultRegistration() RegistrationOptions {
	return RegistrationOptions{
		Mode: "live", Cache: "registrations", Interval: time.Second, DailyCap: 5000, Timeout: 20 * time.Second,
		Intervals: map[string]time.Duration{"whois.cnnic.cn": 3 * time.Second},
		Referrals: []string{
			"grs-whois.hichina.com", "whois.hichina.com", "whois.aliyun.com", "whois.dnspod.cn", "whois.22.cn", "whois.west.cn", "whois.west263.com", "whois.xinnet.com",
			"whois.ename.com", "whois.35.com", "whois.bizcn.com", "whois.cndns.com", "whois.55hl.com", "whois.zzy.cn", "whois.markmonitor.com", "whois.godaddy.com", "whois.namecheap.com",
		},
	}
}

// Validate names every value that can't be used, by its YAML key.
func (o RegistrationOptions) Validate() map[string]error {
	bad := map[string]error{}
	if !slices.Contains([]string{"live", "cached", "off"}, o.Mode) {
		bad["mode"] = fmt.Errorf("%q is none of live, cached, off", o.Mode)
	}
	if o.Interval < 0 {
		bad["interval"] = fmt.Errorf("%s is negative", o.Interval)
	}
	for host, d := range o.Intervals {
		if d < 0 {
			bad["intervals"] = fmt.Errorf("%s of %s is negative", d, host)
		}
	}
	if o.DailyCap < 1 {
		bad["daily_cap"] = fmt.Errorf("%d is not above zero", o.DailyCap)
	}
	if o.Timeout <= 0 {
		bad["timeout"] = fmt.Errorf("%s is not above zero", o.Timeout)
	}
	return bad
}

// registrations asks registries, each at its own pace. It is safe for
// concurrent use.
type registrations struct {
	options RegistrationOptions
	ref     *reference.Set
	dialer  *dialer
	cache   *registrationCache
	rdap    *rdapClient
	now     func() time.Time
	flights singleflight.Group

	mu      sync.Mutex
	servers map[string]*server
}

func newRegistrations(o RegistrationOptions, d *dialer, ref *reference.Set, now func() time.Time) (*registrations, error) {
	if bad := o.Validate(); len(bad) > 0 {
		return nil, fmt.Errorf("%v", bad)
	}
	cache, err := openRegistrationCache(o.Cache)
	if err != nil {
		return nil, err
	}
	return &registrations{
		options: o, ref: ref, dialer: d, cache: cache, now: now, servers: map[string]*server{},
		rdap: newRDAPClient(d, o.Timeout),
	}, nil
}

// service is where the registration of a name is asked for.
type service struct {
	rdap  string // base URL; beats whois
	whois string // host:port
	host  string // what paces
}

// serviceOf finds the service of a registrable name: configuration, published
// bootstrap, our own list, RDAP before WHOIS.
func (r *registrations) serviceOf(name string) (service, bool) {
	tld, _ := r.ref.TLDs.Of(name)
	base := lookUp(r.options.RDAP, name)
	whois := lookUp(r.options.WHOIS, name)
	if base == "" && whois == "" {
		if base, _ = r.ref.Bootstrap.Base(name); base == "" {
			base = tld.RDAP
		}
		whois = tld.WHOIS
	}
	if base != "" {
		return service{rdap: base, host: hostOfURL(base)}, true
	}
	if whois == "" {
		return service{}, false
	}
	host, _, err := net.SplitHostPort(whois)
	if err != nil {
		host, whois = whois, net.JoinHostPort(whois, "43")
	}
	return service{whois: whois, host: host}, true
}

// lookUp finds the entry of a name's longest suffix.
func lookUp(table map[string]string, name string) string {
	for ok := true; ok && name != ""; _, name, ok = strings.Cut(name, ".") {
		if v := table[name]; v != "" {
			return v
		}
	}
	return ""
}

// Lookup answers from the cache while the answer is young enough for how near
// the expiry is, and asks the registry otherwise; fresh asks in any case. A
// refusal keeps the last good answer, which then says how a newer try failed.
func (r *registrations) Lookup(ctx context.Context, domain string, fresh bool) observe.Seen[observe.Registration] {
	at, began := r.now(), time.Now()
	seen := observe.Seen[observe.Registration]{At: at}
	name, err := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil {
		seen.Fault = &observe.Fault{Kind: observe.FaultNoServer, Where: domain, Detail: bounded(err.Error(), maxDetail)}
		return seen
	}
	if r.options.Mode == "off" {
		seen.Fault = &observe.Fault{Kind: observe.FaultNotLookedUp, Where: name, Detail: "registration is off"}
		return seen
	}
	kept, have := r.cache.get(name)
	if have && (r.options.Mode == "cached" || !fresh && at.Sub(kept.AsOf) <= goodFor(kept, at)) {
		return seenAs(seen, &kept, nil, "cache")
	}
	if r.options.Mode == "cached" {
		seen.Fault = &observe.Fault{Kind: observe.FaultNotLookedUp, Where: name, Detail: "no answer is kept yet"}
		return seen
	}
	key := name + strconv.FormatBool(fresh)
	got, _, _ := r.flights.Do(key, func() (any, error) {
		answer, fault := r.ask(ctx, name)
		if fault == nil {
			fault = r.cache.put(name, answer)
		}
		return asked{answer, fault}, nil
	})
	a := got.(asked)
	seen.Took = time.Since(began)
	if a.fault != nil && have && kept.State == observe.StateRegistered {
		kept.Kept = a.fault
		return seenAs(seen, &kept, nil, "cache")
	}
	if a.fault != nil {
		return seenAs(seen, nil, a.fault, "")
	}
	return seenAs(seen, &a.answer, nil, a.answer.Server)
}

func seenAs(seen observe.Seen[observe.Registration], value *observe.Registration, fault *observe.Fault, via string) observe.Seen[observe.Registration] {
	seen.Value, seen.Fault, seen.Via = value, fault, via
	return seen
}

// asked is what one question brought.
type asked struct {
	answer observe.Registration
	fault  *observe.Fault
}

// goodFor is how long an answer serves, by the nearness of the expiry: at ease
// when it is far, daily when it is past. That a name is not registered holds a day.
func goodFor(r observe.Registration, now time.Time) time.Duration {
	const day = 24 * time.Hour
	if r.State != observe.StateRegistered || r.Expires == nil {
		if r.State == observe.StateRegistered {
			return 30 * day
		}
		return day
	}
	switch left := r.Expires.Time.Sub(now); {
	case left > 180*day:
		return 30 * day
	case left >= 45*day:
		return 10 * day
	case left > 0:
		return 3 * day
	}
	return day
}

// ask waits for the server's pace and asks it once.
func (r *registrations) ask(ctx context.Context, name string) (observe.Registration, *observe.Fault) {
	s, ok := r.serviceOf(name)
	if !ok {
		return observe.Registration{}, &observe.Fault{Kind: observe.FaultNoServer, Where: name}
	}
	server := r.server(s.host)
	if fault := server.turn(ctx, r.now); fault != nil {
		fault.Where = s.host
		return observe.Registration{}, fault
	}
	defer server.leave()
	ctx, cancel := context.WithTimeout(ctx, r.options.Timeout)
	defer cancel()
	var answer observe.Registration
	var fault *observe.Fault
	if s.rdap != "" {
		answer, fault = r.rdap.domain(ctx, s.rdap, name)
	} else {
		answer, fault = r.whois(ctx, s.whois, name)
	}
	server.note(fault, r.now())
	answer.Domain, answer.Server, answer.AsOf = name, s.host, r.now()
	return answer, fault
}

func (r *registrations) server(host string) *server {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.servers[host]
	if !ok {
		interval, set := r.options.Intervals[host]
		if !set {
			interval = r.options.Interval
		}
		s = newServer(host, interval, r.options.DailyCap, r.cache)
		r.servers[host] = s
	}
	return s
}

// Pace is how long the queries to one server will take at its pace.
type Pace struct {
	Server   string
	Queries  int
	Capped   int // of these, left out by the daily cap
	Duration time.Duration
}

// Pace estimates the queries of an inventory from its domains by suffix, as if
// nothing were kept yet.
func (s *Scanner) Pace(bySuffix map[string]int) []Pace {
	queries := map[string]int{}
	for suffix, n := range bySuffix {
		if service, ok := s.registrations.serviceOf("x." + suffix); ok {
			queries[service.host] += n
		}
	}
	var all []Pace
	for host, n := range queries {
		interval, set := s.options.Registration.Intervals[host]
		if !set {
			interval = s.options.Registration.Interval
		}
		p := Pace{Server: host, Queries: n, Capped: max(0, n-s.options.Registration.DailyCap)}
		p.Duration = time.Duration(n-p.Capped) * interval
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b Pace) int {
		if a.Duration != b.Duration {
			return int(b.Duration - a.Duration)
		}
		return strings.Compare(a.Server, b.Server)
	})
	return all
}

// server paces the queries to one server: one at a time, an interval apart, no
// more than the cap a day, and a pause after refusals.
type server struct {
	host    string
	limiter *rate.Limiter
	turns   chan struct{}
	cap     int
	cache   *registrationCache

	mu       sync.Mutex
	refusals int
	until    time.Time // no query before
}

func newServer(host string, interval time.Duration, cap int, cache *registrationCache) *server {
	limit := rate.Inf
	if interval > 0 {
		limit = rate.Every(interval)
	}
	return &server{host: host, limiter: rate.NewLimiter(limit, 1), turns: make(chan struct{}, 2), cap: cap, cache: cache}
}

// turn waits until the server may be asked.
func (s *server) turn(ctx context.Context, now func() time.Time) *observe.Fault {
	s.mu.Lock()
	closed := now().Before(s.until)
	s.mu.Unlock()
	if closed {
		return &observe.Fault{Kind: observe.FaultRateLimited, Detail: "the server refused before; it is left in peace for a while"}
	}
	if !s.cache.count(s.host, now(), s.cap) {
		return &observe.Fault{Kind: observe.FaultNotLookedUp, Detail: fmt.Sprintf("the daily cap of %d queries is reached", s.cap)}
	}
	if err := s.limiter.Wait(ctx); err != nil {
		return waitFault(ctx, err)
	}
	select {
	case s.turns <- struct{}{}:
		return nil
	case <-ctx.Done():
		return waitFault(ctx, ctx.Err())
	}
}

func waitFault(ctx context.Context, err error) *observe.Fault {
	if errors.Is(context.Cause(ctx), context.Canceled) {
		return &observe.Fault{Kind: observe.FaultCancelled, Detail: "waiting for the server's pace"}
	}
	return &observe.Fault{Kind: observe.FaultNotLookedUp, Detail: "the wait for the server's pace would be too long: " + bounded(err.Error(), maxDetail)}
}

func (s *server) leave() { <-s.turns }

// note opens the breaker after three refusals in a row, for longer each time.
func (s *server) note(fault *observe.Fault, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if fault == nil || fault.Kind != observe.FaultRateLimited && fault.Kind != observe.FaultDenied {
		s.refusals = 0
		return
	}
	if s.refusals++; s.refusals >= 3 {
		s.until = now.Add(min(time.Hour, time.Minute<<min(s.refusals-3, 6)))
	}
}
