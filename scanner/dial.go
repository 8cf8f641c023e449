package scanner

import (
	"cmp"
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

// DialOptions is the dial block of the scanner's configuration: where
// connections to the outside may go, and how long one may take to stand.
type DialOptions struct {
	// Allow names the ranges that may be dialled besides public addresses:
	// loopback, private, link-local, shared, or prefixes such as 10.1.0.0/16.
	Allow []string `yaml:"allow"`
	// ConnectTo sends connections elsewhere, for gateways and for a simulated
	// internet: "host-or-address-or-*:port-or-*=address:port"; the first match
	// wins. The address that was asked for and the one that it is sent to must
	// both be allowed.
	ConnectTo      []string      `yaml:"connect_to"`
	CAFile         string        `yaml:"ca_file"` // PEM file with further roots of trust
	ConnectTimeout time.Duration `yaml:"connect_timeout"`
}

func defaultDial() DialOptions { return DialOptions{ConnectTimeout: 5 * time.Second} }

// Validate names every value that can't be used, by its YAML key.
func (o DialOptions) Validate() map[string]error {
	bad := map[string]error{}
	for i, name := range o.Allow {
		if _, err := rangesOf(name); err != nil {
			bad["allow["+strconv.Itoa(i)+"]"] = err
		}
	}
	for i, text := range o.ConnectTo {
		if _, err := parseDetour(text); err != nil {
			bad["connect_to["+strconv.Itoa(i)+"]"] = err
		}
	}
	if o.ConnectTimeout <= 0 {
		bad["connect_timeout"] = fmt.Errorf("%s is not above zero", o.ConnectTimeout)
	}
	return bad
}

// The most addresses of one host that are tried: an attacker's name may have hundreds.
const (
	maxTriedV4 = 3
	maxTriedV6 = 2
)

// dialer makes every connection to the outside: pages, redirects, WHOIS and
// RDAP. Only the queries to the configured resolvers go past it, for the
// operator named those addresses.
type dialer struct {
	guard   *guard
	detours []detour
	roots   *x509.CertPool // nil: the system's
	timeout time.Duration
	resolve func(ctx context.Context, host string) ([]netip.Addr, error) // set by New: our own resolvers, never net.Lookup
}

func newDialer(o DialOptions) (*dialer, error) {
	d := &dialer{timeout: o.ConnectTimeout}
	var err error
	if d.guard, err = newGuard(o.Allow); err != nil {
		return nil, err
	}
	for _, text := range o.ConnectTo {
		rule, err := parseDetour(text)
		if err != nil {
			return nil, fmt.Errorf("read connect_to: %w", err)
		}
		d.detours = append(d.detours, rule)
	}
	if o.CAFile != "" {
		if d.roots, err = readRoots(o.CAFile); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// readRoots adds the certificates of a PEM file to the system's roots.
func readRoots(path string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read ca_file: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("read ca_file %q: no certificate in it", path)
	}
	return pool, nil
}

// DialContext connects to host:port over tcp or udp. A host name is resolved
// by our own resolvers and its addresses are tried one after the other, IPv4
// first, each for at most the connect timeout.
func (d *dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, portText, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("dial %q: %w", address, err)
	}
	port, err := strconv.ParseUint(portText, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("dial %q: port %q is not a number up to 65535", address, portText)
	}
	addrs, err := d.addresses(ctx, host)
	if err != nil {
		return nil, err
	}
	var worst error
	for _, addr := range inOrder(addrs) {
		conn, err := d.dial(ctx, network, host, netip.AddrPortFrom(addr, uint16(port)), d.timeout)
		if err == nil {
			return conn, nil
		}
		if saysMore(err, worst) {
			worst = err
		}
		if ctx.Err() != nil {
			break
		}
	}
	return nil, worst
}

// addresses returns the address that the host is, or those that it has; at least one.
func (d *dialer) addresses(ctx context.Context, host string) ([]netip.Addr, error) {
	if addr, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{addr}, nil
	}
	addrs, err := d.resolve(ctx, host)
	if err == nil && len(addrs) == 0 {
		err = &observe.Fault{Kind: observe.FaultUnresolved, Where: host}
	}
	return addrs, err
}

// dial connects to one address of a host. The guard judges the address asked
// for and, inside the system call, the address really dialled.
func (d *dialer) dial(ctx context.Context, network, host string, to netip.AddrPort, patience time.Duration) (net.Conn, error) {
	if err := d.guard.check(to.Addr()); err != nil {
		return nil, err
	}
	goal := to
	for _, rule := range d.detours {
		if rule.matches(host, to) {
			goal = rule.to
			break
		}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	// No keep-alive probes: every connection ends with its deadline.
	raw := net.Dialer{Control: d.guard.control, KeepAlive: -1}
	conn, err := raw.DialContext(ctx, network, goal.String())
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", to, err)
	}
	return conn, nil
}

// inOrder puts IPv4 first and bounds the number.
func inOrder(addrs []netip.Addr) []netip.Addr {
	sorted := slices.Clone(addrs)
	slices.SortStableFunc(sorted, func(a, b netip.Addr) int { return cmp.Compare(a.BitLen(), b.BitLen()) })
	v4 := slices.IndexFunc(sorted, func(a netip.Addr) bool { return !a.Is4() })
	if v4 < 0 {
		v4 = len(sorted)
	}
	first, second := sorted[:v4], sorted[v4:]
	return append(first[:min(len(first), maxTriedV4):min(len(first), maxTriedV4)], second[:min(len(second), maxTriedV6)]...)
}

// saysMore says whether err tells more about a host with several addresses
// than the error known so far: running out of descriptors is told first, for
// then nothing was seen at all; then what the far side did; last that we have
// no way to that kind of address. The first of equals stays.
func saysMore(err, known error) bool {
	if known == nil {
		return true
	}
	rank := func(err error) int {
		switch faultOf(err, "").Kind {
		case observe.FaultNoDescriptors, observe.FaultCancelled:
			return 0
		case observe.FaultNoNetwork:
			return 2
		}
		return 1
	}
	return rank(err) < rank(known)
}
