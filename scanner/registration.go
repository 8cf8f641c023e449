package scanner

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"
	"golang.org/x/sync/singleflight"

	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
)

// registrations asks registries, each at its own pace, and keeps their
// answers. It is safe for concurrent use.
type registrations struct {
	options RegistrationOptions
	ref     *reference.Set
	dialer  *dialer
	rdap    *rdapClient
	keeper  Keeper
	servers *turnstiles
	now     func() time.Time
	flights singleflight.Group
	queues  queues
}

func newRegistrations(o RegistrationOptions, contact string, d *dialer, ref *reference.Set, now func() time.Time) (*registrations, error) {
	agent, err := userAgent(contact)
	if err != nil {
		return nil, err
	}
	cache, err := openRegistrationCache(o.Cache)
	if err != nil {
		return nil, err
	}
	return &registrations{
		options: o, ref: ref, dialer: d, now: now, keeper: cache,
		rdap: newRDAPClient(d, o.Timeout, agent), servers: newTurnstiles(o, cache, now),
		queues: queues{byHost: map[string]*queue{}},
	}, nil
}

// Lookup answers from the cache while the answer is young enough for how near
// the expiry is, and asks the registry otherwise; fresh asks in any case. A try
// that fails keeps the last good answer, which then says how it failed; but
// that a name was once not registered is never said again without asking.
func (r *registrations) Lookup(ctx context.Context, domain string, fresh bool) observe.Seen[observe.Registration] {
	name, kept, seen := r.known(ctx, domain, fresh)
	if seen.Asked() {
		return seen
	}
	return r.live(ctx, name, kept, fresh)
}

// known is the answer where nobody has to be asked. Else it is a zero value
// but for its time, and kept is the answer that is kept, if there is one.
func (r *registrations) known(ctx context.Context, domain string, fresh bool) (name string, kept *observe.Registration, seen observe.Seen[observe.Registration]) {
	name, kept, seen = r.kept(ctx, domain)
	switch {
	case seen.Asked():
	case r.options.Mode == modeCached:
		seen = r.newest(name, kept, seen)
	case kept != nil && !fresh && seen.At.Sub(kept.AsOf) <= goodFor(*kept, seen.At):
		seen.Value, seen.Via = kept, "cache"
	}
	return name, kept, seen
}

// kept is the answer that is kept about a domain, nil where there is none, or
// a fault where there can be none.
func (r *registrations) kept(ctx context.Context, domain string) (name string, kept *observe.Registration, seen observe.Seen[observe.Registration]) {
	seen.At = r.now()
	name, err := r.registrable(domain)
	if err != nil {
		seen.Fault = &observe.Fault{Kind: observe.FaultNoServer, Where: domain, Detail: bounded(err.Error(), maxDetail)}
		return name, nil, seen
	}
	if r.options.Mode == modeOff {
		seen.Fault = &observe.Fault{Kind: observe.FaultNotLookedUp, Where: name, Detail: "registration is off"}
		return name, nil, seen
	}
	answer, ok, err := r.keeper.Answer(ctx, name)
	switch {
	case err != nil:
		seen.Fault = faultOf(fmt.Errorf("read the answer that is kept: %w", err), name)
	case ok:
		kept = &answer
	}
	return name, kept, seen
}

// registrable is the part of a domain that is registered: one label below the
// longest suffix that our own list or the operator names, or that the public
// suffix list has among those of registries. Suffixes that hosters offer below
// a domain of their own are not registries.
func (r *registrations) registrable(domain string) (string, error) {
	domain = asciiName(domain)
	suffix, icann := publicsuffix.PublicSuffix(domain)
	for !icann && strings.Contains(suffix, ".") && !r.ownSuffix(suffix) {
		_, above, _ := strings.Cut(suffix, ".")
		suffix, icann = publicsuffix.PublicSuffix(above)
	}
	rest, below := strings.CutSuffix(domain, "."+suffix)
	if !below || !plainName(domain) || isAddr(domain) {
		return "", fmt.Errorf("%q is no name that can be registered", domain)
	}
	return rest[strings.LastIndexByte(rest, '.')+1:] + "." + suffix, nil
}

func (r *registrations) ownSuffix(suffix string) bool {
	tld, ok := r.ref.TLDs.Of(suffix)
	return ok && tld.Name == suffix || r.options.RDAP[suffix] != "" || r.options.WHOIS[suffix] != ""
}

// once asks once for all who want to know the same at the same time. Who asked
// first may leave before the answer is there; then the next one asks.
func (r *registrations) once(ctx context.Context, name string, fresh bool) (observe.Registration, *observe.Fault) {
	type outcome struct {
		answer observe.Registration
		fault  *observe.Fault
	}
	key := name
	if fresh {
		key += " fresh" // an answer already under way is not fresh
	}
	for {
		flight := r.flights.DoChan(key, func() (any, error) {
			answer, fault := r.ask(ctx, name)
			if fault == nil {
				answer = r.keep(ctx, answer)
			}
			return outcome{answer, fault}, nil
		})
		select {
		case <-ctx.Done():
			return observe.Registration{}, faultOf(context.Cause(ctx), name)
		case landed := <-flight:
			if landed.Err != nil {
				return observe.Registration{}, faultOf(landed.Err, name)
			}
			o, ok := landed.Val.(outcome)
			if ok && o.fault != nil && o.fault.Kind == observe.FaultCancelled && ctx.Err() == nil {
				continue
			}
			return o.answer, o.fault
		}
	}
}

// service is where the registration of a name is asked for: RDAP first.
type service struct {
	rdap  string // base URL
	whois string // host:port
}

// host is the server that is asked first.
func (s service) host() string {
	if s.rdap != "" {
		return hostOfURL(s.rdap)
	}
	host, _, err := net.SplitHostPort(s.whois)
	if err != nil {
		return s.whois
	}
	return host
}

// serviceOf finds the service of a registrable name: what the operator names,
// and only that; else the bootstrap file before our own list.
func (r *registrations) serviceOf(name string) (service, bool) {
	s := service{rdap: suffixed(r.options.RDAP, name), whois: suffixed(r.options.WHOIS, name)}
	if s == (service{}) {
		tld, _ := r.ref.TLDs.Of(name)
		s.whois = tld.WHOIS
		if s.rdap, _ = r.ref.Bootstrap.Base(name); s.rdap == "" {
			s.rdap = tld.RDAP
		}
	}
	if s.whois != "" {
		if _, _, err := net.SplitHostPort(s.whois); err != nil {
			s.whois = net.JoinHostPort(s.whois, "43")
		}
	}
	return s, s != service{}
}

// suffixed finds the entry of a name's longest suffix.
func suffixed(table map[string]string, name string) string {
	for more := name != ""; more; _, name, more = strings.Cut(name, ".") {
		if v := table[name]; v != "" {
			return v
		}
	}
	return ""
}

// ask asks RDAP, or WHOIS where no RDAP server is known or there. A registry
// that refuses is not got round by its other door.
func (r *registrations) ask(ctx context.Context, name string) (observe.Registration, *observe.Fault) {
	s, ok := r.serviceOf(name)
	if !ok {
		return observe.Registration{}, &observe.Fault{Kind: observe.FaultNoServer, Where: name}
	}
	if s.rdap == "" {
		return r.askWHOIS(ctx, s.whois, name)
	}
	answer, fault := r.askRDAP(ctx, s.rdap, name)
	if fault == nil || s.whois == "" || !anotherDoor(fault.Kind) {
		return answer, fault
	}
	if answer, other := r.askWHOIS(ctx, s.whois, name); other == nil {
		return answer, nil
	}
	return observe.Registration{}, fault
}

// anotherDoor says whether a fault of RDAP means that no RDAP service is there,
// which leaves WHOIS to be asked. One that refuses or fails is there.
func anotherDoor(kind observe.FaultKind) bool {
	return slices.Contains([]observe.FaultKind{
		observe.FaultUnresolved, observe.FaultRefused, observe.FaultUnreachable, observe.FaultTLS, observe.FaultNotHTTP, observe.FaultRedirect, observe.FaultUnparsable,
	}, kind)
}

// tries is how often a server is asked the same: once more after a pause.
const tries = 2

// inTurn asks one server in its turn, and once more where it refused or failed.
func (r *registrations) inTurn(ctx context.Context, host string, ask func(context.Context) registryReply) (observe.Registration, *observe.Fault) {
	server := r.servers.of(host)
	var got registryReply
	for try := range tries {
		if fault := server.enter(ctx); fault != nil {
			if try > 0 {
				break // what the server itself said is told
			}
			fault.Where = host
			return observe.Registration{}, fault
		}
		got = r.oneQuery(ctx, ask)
		server.leave(ctx, got.fault, got.hold)
		if got.fault == nil {
			got.answer.Server, got.answer.AsOf = host, r.now()
			return got.answer, nil
		}
		got.fault.Tries = try + 1
		if got.fault.Ours() || !passing(got.fault.Kind) {
			break
		}
	}
	return observe.Registration{}, got.fault
}

// registryReply is what one question brought; hold is how long the server wants to be
// left alone.
type registryReply struct {
	answer observe.Registration
	fault  *observe.Fault
	hold   time.Duration
}

// oneQuery asks within the time of one query, and keeps a panic to it.
func (r *registrations) oneQuery(ctx context.Context, ask func(context.Context) registryReply) (got registryReply) {
	limitedCtx, cancel := context.WithTimeout(ctx, r.options.Timeout)
	defer cancel()
	var err error
	defer func() {
		if err != nil {
			got.fault = faultOf(err, "")
		}
		if got.fault != nil && errors.Is(ctx.Err(), context.Canceled) {
			got.fault = faultOf(ctx.Err(), got.fault.Where)
		}
	}()
	defer recovered("ask for a registration", &err)
	return ask(limitedCtx)
}

// passing says whether a second try may fare better.
func passing(kind observe.FaultKind) bool {
	return slices.Contains([]observe.FaultKind{
		observe.FaultRateLimited, observe.FaultTimeout, observe.FaultReset, observe.FaultServerFailure, observe.FaultNoData, observe.FaultUnreachable,
	}, kind)
}
