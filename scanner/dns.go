package scanner

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/miekg/dns"

	"github.com/icpaudit/icpaudit/observe"
)

// DNSOptions is the dns block of the scanner's configuration.
type DNSOptions struct {
	// Resolvers are the recursive resolvers to ask, address or address:port;
	// "system" stands for those of /etc/resolv.conf. At least two, for absence
	// is a fact only when two agree.
	Resolvers []string      `yaml:"resolvers"`
	Timeout   time.Duration `yaml:"timeout"` // of one try
	Tries     int           `yaml:"tries"`   // for one question, each at the next resolver; at least 2
	Probe     string        `yaml:"probe"`   // a name that exists everywhere: whether a resolver knows it is asked before a run

	// Views ask the resolvers of ViewResolvers as if for clients elsewhere
	// (RFC 7871). Off while either is empty.
	Views         []ViewOptions `yaml:"views"`
	ViewResolvers []string      `yaml:"view_resolvers"` // resolvers known to honour a client subnet
}

// ViewOptions is one client subnet to ask for.
type ViewOptions struct {
	ID     string       `yaml:"id"`
	Place  string       `yaml:"place"` // mainland or overseas
	Subnet netip.Prefix `yaml:"subnet"`
}

func defaultDNS() DNSOptions {
	return DNSOptions{
		Resolvers: []string{"223.5.5.5", "119.29.29.29", "system"},
		Timeout:   2 * time.Second,
		Tries:     3,
		Probe:     "cn",
	}
}

const maxViews = 16

// Validate names every value that can't be used, by its YAML key.
func (o DNSOptions) Validate() map[string]error {
	bad := map[string]error{}
	for key, list := range map[string][]string{"resolvers": o.Resolvers, "view_resolvers": o.ViewResolvers} {
		for i, text := range list {
			if _, err := resolverAddr(text); err != nil && text != "system" {
				bad[key+"["+strconv.Itoa(i)+"]"] = err
			}
		}
	}
	if len(o.Resolvers) == 0 {
		bad["resolvers"] = errors.New("none is named")
	}
	if o.Timeout <= 0 {
		bad["timeout"] = fmt.Errorf("%s is not above zero", o.Timeout)
	}
	if o.Tries < 2 || o.Tries > 10 {
		bad["tries"] = fmt.Errorf("%d is not between 2 and 10", o.Tries)
	}
	if _, ok := dns.IsDomainName(o.Probe); !ok || o.Probe == "" {
		bad["probe"] = fmt.Errorf("%q is not a name", o.Probe)
	}
	if len(o.Views) > maxViews {
		bad["views"] = fmt.Errorf("%d views, at most %d", len(o.Views), maxViews)
	}
	for i, v := range o.Views {
		key := "views[" + strconv.Itoa(i) + "]"
		if v.ID == "" || slices.ContainsFunc(o.Views[:i], func(w ViewOptions) bool { return w.ID == v.ID }) {
			bad[key+".id"] = fmt.Errorf("%q: every view has an id of its own", v.ID)
		}
		if v.Place != "mainland" && v.Place != "overseas" {
			bad[key+".place"] = fmt.Errorf("%q is neither mainland nor overseas", v.Place)
		}
		if !v.Subnet.IsValid() || v.Subnet.Bits() == 0 {
			bad[key+".subnet"] = errors.New("a prefix such as 202.96.128.0/24 is wanted")
		}
	}
	return bad
}

// resolverAddr completes a resolver's address with the port. A host name is
// refused: it would have to be resolved first.
func resolverAddr(text string) (string, error) {
	if addr, err := netip.ParseAddr(text); err == nil {
		return netip.AddrPortFrom(addr, 53).String(), nil
	}
	to, err := netip.ParseAddrPort(text)
	if err != nil {
		return "", fmt.Errorf("%q is neither an address, address:port nor system", text)
	}
	return to.String(), nil
}

// resolver asks the configured resolvers. Their addresses were named by the
// operator, so the guard on dials does not apply to them.
type resolver struct {
	options DNSOptions
	plain   []*upstream
	views   []*upstream // those marked as honouring a client subnet
	all     []*upstream // each once
	turn    atomic.Uint32
	skipped error // why the system's resolvers are not among them

	mu    sync.Mutex
	known map[string]knownHost
}

// knownHost is an answer of Addresses that is used again: the hosts of a few
// registries are asked for very often. The dial guard judges every address
// anew, so an old one does no harm.
type knownHost struct {
	addrs []netip.Addr
	until time.Time
}

const (
	maxKnownHosts = 1024
	keepHost      = 5 * time.Minute
)

func newResolver(o DNSOptions) (*resolver, error) {
	r := &resolver{options: o, known: map[string]knownHost{}}
	byAddr := map[string]*upstream{}
	add := func(list []string) (ups []*upstream, err error) {
		for _, text := range list {
			addrs := []string{text}
			if text == "system" {
				if addrs, err = systemResolvers(); err != nil {
					r.skipped = err
				}
			}
			for _, a := range addrs {
				addr, err := resolverAddr(a)
				if err != nil {
					return nil, err
				}
				if byAddr[addr] == nil {
					byAddr[addr] = newUpstream(addr)
					r.all = append(r.all, byAddr[addr])
				}
				if !slices.Contains(ups, byAddr[addr]) {
					ups = append(ups, byAddr[addr])
				}
			}
		}
		return ups, nil
	}
	var err error
	if r.plain, err = add(o.Resolvers); err != nil {
		return nil, err
	}
	if r.views, err = add(o.ViewResolvers); err != nil {
		return nil, err
	}
	if len(r.plain) == 0 {
		return nil, errors.Join(errors.New("no resolver is known"), r.skipped)
	}
	return r, nil
}

func systemResolvers() ([]string, error) {
	const path = "/etc/resolv.conf"
	config, err := dns.ClientConfigFromFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the system's resolvers: %w", err)
	}
	var addrs []string
	for _, server := range config.Servers {
		addrs = append(addrs, net.JoinHostPort(server, config.Port))
	}
	return addrs, nil
}

// Close ends all queries and closes the sockets.
func (r *resolver) Close() error {
	for _, u := range r.all {
		u.close()
	}
	return nil
}

// order returns the resolvers in the order to ask for one name: rotated, those
// that do not answer last.
func (r *resolver) order() []*upstream {
	n := len(r.plain)
	start := int(r.turn.Add(1)) % n
	order := make([]*upstream, 0, n)
	var resting []*upstream
	for i := range n {
		u := r.plain[(start+i)%n]
		if u.health.rests() {
			resting = append(resting, u)
			continue
		}
		order = append(order, u)
	}
	return append(order, resting...)
}

// Check asks every resolver for the probe and returns how many know it, with
// what went wrong with each of the others. One that gives addresses to a name
// that can't exist does not count: it would hide absence.
func (r *resolver) Check(ctx context.Context) (answering int, err error) {
	errs := make([]error, len(r.plain))
	var all sync.WaitGroup
	for i, u := range r.plain {
		all.Go(func() { errs[i] = r.checkOne(ctx, u) })
	}
	all.Wait()
	for _, e := range errs {
		if e == nil {
			answering++
		}
	}
	return answering, errors.Join(append(errs, r.skipped)...)
}

func (r *resolver) checkOne(ctx context.Context, u *upstream) error {
	var last error
	for range r.options.Tries {
		m, err := r.query(ctx, u, r.options.Probe, dns.TypeNS, nil)
		if err == nil && m.Rcode != dns.RcodeSuccess {
			err = fmt.Errorf("ask %s: %s for %s, which exists", u.addr, dns.RcodeToString[m.Rcode], r.options.Probe)
		}
		if last = err; err == nil {
			break
		}
	}
	if last != nil {
		return last
	}
	// RFC 6761 6.4: names under invalid do not exist.
	m, err := r.query(ctx, u, "icpaudit-"+strconv.FormatUint(uint64(dns.Id()), 16)+".invalid", dns.TypeA, nil)
	if err == nil && m.Rcode == dns.RcodeSuccess && len(m.Answer) > 0 {
		return fmt.Errorf("ask %s: it gives an answer for a name that does not exist", u.addr)
	}
	return nil
}

// Addresses returns the addresses of a host, A and AAAA; a name that two
// resolvers know no address of, or that can't be asked for, is a *observe.Fault.
func (r *resolver) Addresses(ctx context.Context, host string) ([]netip.Addr, error) {
	r.mu.Lock()
	known, ok := r.known[host]
	r.mu.Unlock()
	if ok && time.Now().Before(known.until) {
		return known.addrs, nil
	}
	n := r.name(ctx, host, "")
	if err := addressFault(&n); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.known) >= maxKnownHosts {
		clear(r.known)
	}
	r.known[host] = knownHost{n.Addrs, time.Now().Add(keepHost)}
	return n.Addrs, nil
}

// addressFault says why a name has no address to dial; nil where it has one.
func addressFault(n *observe.Name) error {
	switch n.State {
	case observe.NameResolved:
		return nil
	case observe.NameFault:
		return n.Fault
	}
	return &observe.Fault{Kind: observe.FaultUnresolved, Where: n.Name, Detail: string(n.State)}
}
