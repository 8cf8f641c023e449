package scanner

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

const (
	maxURL  = 4096
	maxHost = 253 // RFC 1035 2.3.4, without the last dot
)

// hostProfile maps a host as browsers do, but lets the underscore pass that
// some sites have in a name.
func hostProfile() *idna.Profile {
	return idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))
}

// cleanHost returns a host as A-labels in lower case without the last dot, or
// the address that it is. It refuses what is no host name, such as a name
// whose last label is a number: a browser would read 0x7f.1 as an address.
func cleanHost(host string) (string, bool) {
	host = strings.TrimSuffix(host, ".")
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.String(), addr.Zone() == ""
	}
	if !plainName(host) {
		if !utf8.ValidString(host) { // it would be mapped to a name
			return "", false
		}
		var err error
		if host, err = hostProfile().ToASCII(host); err != nil || !plainName(host) {
			return "", false
		}
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	return host, strings.Trim(last, "0123456789") != "" && !strings.HasPrefix(last, "0x")
}

// plainName says whether a host is made of lower-case letters, digits, hyphens and underscores.
func plainName(host string) bool {
	if host == "" || len(host) > maxHost {
		return false
	}
	label := 0
	for i := range len(host) {
		c := host[i]
		switch {
		case c == '.':
			if label == 0 {
				return false
			}
			label = 0
			continue
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_':
		default:
			return false
		}
		if label++; label > 63 {
			return false
		}
	}
	return label > 0
}

func isAddr(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// parseStart reads a filed URL, with or without its scheme.
func parseStart(text string) (*url.URL, error) {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	if len(text) > maxURL {
		return nil, fmt.Errorf("the URL is longer than %d bytes", maxURL)
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, errors.New("it is not a URL")
	}
	return canonical(u)
}

// parseGoal reads where a page sends its visitor.
func parseGoal(from *url.URL, text string) (*url.URL, error) {
	if len(text) > maxURL {
		return nil, fmt.Errorf("the URL is longer than %d bytes", maxURL)
	}
	u, err := from.Parse(strings.TrimSpace(text))
	if err != nil {
		return nil, errors.New("it is not a URL")
	}
	return canonical(u)
}

// canonical returns the one way in which we write a URL, and refuses those
// that are never asked for.
func canonical(u *url.URL) (*url.URL, error) {
	c := *u
	c.Scheme = strings.ToLower(c.Scheme)
	switch {
	case c.Scheme != "http" && c.Scheme != "https":
		return nil, fmt.Errorf("scheme %q is neither http nor https", bounded(c.Scheme, 20))
	case c.User != nil:
		return nil, errors.New("the URL carries a user name")
	case c.Opaque != "":
		return nil, errors.New("the URL has no host")
	}
	host, ok := cleanHost(c.Hostname())
	if !ok {
		return nil, fmt.Errorf("host %q is not a host name", bounded(c.Hostname(), 100))
	}
	port := c.Port()
	if port == defaultPort(c.Scheme) {
		port = ""
	}
	if c.Host = host; port != "" {
		c.Host = net.JoinHostPort(host, port)
	} else if strings.Contains(host, ":") {
		c.Host = "[" + host + "]"
	}
	if c.Path == "" {
		c.Path = "/"
	}
	c.Fragment, c.RawFragment = "", ""
	c.RawQuery = escapeQuery(c.RawQuery)
	if len(c.String()) > maxURL {
		return nil, fmt.Errorf("the URL is longer than %d bytes", maxURL)
	}
	return &c, nil
}

// escapeQuery writes as %XX what may not stand in a request line; the path is
// escaped by net/url.
func escapeQuery(query string) string {
	plain := func(c byte) bool { return c > ' ' && c < 0x7f }
	var b strings.Builder
	for i := range len(query) {
		if c := query[i]; plain(c) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func defaultPort(scheme string) string {
	if scheme == "https" {
		return "443"
	}
	return "80"
}

// portOf returns the port that a URL is asked at.
func portOf(u *url.URL) string {
	if port := u.Port(); port != "" {
		return port
	}
	return defaultPort(u.Scheme)
}

// siteOf returns the registrable domain of a host, or the host itself.
func siteOf(host string) string {
	if isAddr(host) {
		return host
	}
	site, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return host
	}
	return site
}
