package scanner

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"

	"code.dny.dev/ssrf"
)

// guard says which addresses may be dialled: public ones, and the ranges that
// the configuration names. A name may point anywhere, so the address really
// dialled is what is judged, never a name or a text.
type guard struct{ guardian *ssrf.Guardian }

// rangesOf returns the prefixes of a named range, or the prefix itself.
func rangesOf(name string) ([]netip.Prefix, error) {
	switch name {
	case "loopback":
		return prefixes("127.0.0.0/8", "::1/128"), nil
	case "private":
		return prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"), nil
	case "link-local":
		return prefixes("169.254.0.0/16", "fe80::/10"), nil
	case "shared": // RFC 6598
		return prefixes("100.64.0.0/10"), nil
	}
	prefix, err := netip.ParsePrefix(name)
	if err != nil {
		return nil, fmt.Errorf("%q is neither loopback, private, link-local, shared nor a prefix such as 10.1.0.0/16", name)
	}
	return []netip.Prefix{prefix.Masked()}, nil
}

func prefixes(texts ...string) []netip.Prefix {
	all := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		all[i] = netip.MustParsePrefix(text)
	}
	return all
}

// denied lists what is public by its number but must not be dialled: Azure's
// host service, and this machine's own addresses, behind which anything may
// listen that trusts its own machine.
func denied() []netip.Prefix {
	all := prefixes("168.63.129.16/32")
	own, err := net.InterfaceAddrs()
	if err != nil {
		return all // the special ranges hold without it
	}
	for _, a := range own {
		if ip, ok := a.(*net.IPNet); ok {
			if addr, ok := netip.AddrFromSlice(ip.IP); ok {
				addr = addr.Unmap()
				all = append(all, netip.PrefixFrom(addr, addr.BitLen()))
			}
		}
	}
	return all
}

func newGuard(allow []string) (*guard, error) {
	var allowed []netip.Prefix
	for _, name := range allow {
		ranges, err := rangesOf(name)
		if err != nil {
			return nil, fmt.Errorf("read the allowed ranges: %w", err)
		}
		allowed = append(allowed, ranges...)
	}
	allowed4, allowed6 := byFamily(allowed)
	denied4, denied6 := byFamily(denied())
	return &guard{ssrf.New(
		// The ports that a page may name are the visitor's affair; WHOIS and RDAP have their own.
		ssrf.WithAnyPort(),
		ssrf.WithNetworks("tcp4", "tcp6", "udp4", "udp6"),
		ssrf.WithAllowedV4Prefixes(allowed4...), ssrf.WithAllowedV6Prefixes(allowed6...),
		ssrf.WithDeniedV4Prefixes(denied4...), ssrf.WithDeniedV6Prefixes(denied6...),
	)}, nil
}

func byFamily(all []netip.Prefix) (v4, v6 []netip.Prefix) {
	for _, p := range all {
		if p.Addr().Is4() {
			v4 = append(v4, p)
		} else {
			v6 = append(v6, p)
		}
	}
	return v4, v6
}

// check judges an address before it is dialled.
func (g *guard) check(addr netip.Addr) error {
	// The system would dial the IPv4 address inside, or a zone of this machine.
	if !addr.IsValid() || addr.Is4In6() || addr.Zone() != "" {
		return fmt.Errorf("%w: %s is not a plain address", ssrf.ErrProhibitedIP, addr)
	}
	return g.guardian.SafeAddr(addr)
}

// control judges the address really dialled, as net.Dialer.Control.
func (g *guard) control(network, address string, c syscall.RawConn) error {
	return g.guardian.Safe(network, address, c)
}

// detour is one ConnectTo rule.
type detour struct {
	host string     // a host name or *; empty where addr is set
	addr netip.Addr // the address asked for
	port uint16     // 0: every port
	to   netip.AddrPort
}

func parseDetour(text string) (detour, error) {
	from, to, ok := strings.Cut(text, "=")
	if !ok {
		return detour{}, fmt.Errorf("%q has no = between what is asked for and where it goes", text)
	}
	host, portText, err := net.SplitHostPort(from)
	if err != nil {
		return detour{}, fmt.Errorf("%q: what is asked for is host:port, with * for any: %w", text, err)
	}
	var d detour
	if portText != "*" {
		port, err := strconv.ParseUint(portText, 10, 16)
		if err != nil || port == 0 {
			return detour{}, fmt.Errorf("%q: port %q is neither * nor a number from 1 to 65535", text, portText)
		}
		d.port = uint16(port)
	}
	if d.to, err = netip.ParseAddrPort(to); err != nil {
		return detour{}, fmt.Errorf("%q: where it goes is address:port: %w", text, err)
	}
	if d.addr, err = netip.ParseAddr(host); err != nil {
		d.host = strings.ToLower(host)
	}
	if d.host == "" && !d.addr.IsValid() {
		return detour{}, fmt.Errorf("%q names no host", text)
	}
	return d, nil
}

func (d detour) matches(host string, to netip.AddrPort) bool {
	if d.port != 0 && d.port != to.Port() {
		return false
	}
	return d.host == "*" || d.addr == to.Addr() || (d.host != "" && strings.EqualFold(d.host, host))
}
