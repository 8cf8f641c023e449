package scanner

import (
	"cmp"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// RegistrationOptions is the registration block of the scanner's configuration.
type RegistrationOptions struct {
	Mode      string                   `yaml:"mode"`      // live: ask what the kept answers can't answer; cached: ask nobody; off: no look at all
	Cache     string                   `yaml:"cache"`     // directory of the answers kept where no history keeps them, made when the first one comes; empty: none is kept
	Interval  time.Duration            `yaml:"interval"`  // between two queries to one server
	Intervals map[string]time.Duration `yaml:"intervals"` // by server host, where another interval holds
	DailyCap  int                      `yaml:"daily_cap"` // queries a day (Beijing's) to one server
	Timeout   time.Duration            `yaml:"timeout"`   // of one query
	RDAP      map[string]string        `yaml:"rdap"`      // by suffix: base URL, in place of all other data for it
	WHOIS     map[string]string        `yaml:"whois"`     // by suffix: host or host:port, in place of all other data for it
	Referrals []string                 `yaml:"referrals"` // WHOIS servers of registrars that a registry may refer to
}

// Live says whether registries are asked.
func (o RegistrationOptions) Live() bool { return o.Mode == modeLive }

// The modes.
const (
	modeLive   = "live"
	modeCached = "cached"
	modeOff    = "off"
)

// cnnic asks for more patience than others: it answers "Queried interval is too short."
const (
	cnnicServer   = "whois.cnnic.cn"
	cnnicInterval = 3 * time.Second
)

func defaultRegistration() RegistrationOptions {
	return RegistrationOptions{
		Mode: modeLive, Cache: "registrations", Interval: time.Second, DailyCap: 5000, Timeout: 20 * time.Second,
		Intervals: map[string]time.Duration{cnnicServer: cnnicInterval},
		Referrals: []string{
			"grs-whois.hichina.com", "whois.hichina.com", "whois.aliyun.com", "whois.dnspod.cn", "whois.22.cn", "whois.west.cn", "whois.west263.com", "whois.xinnet.com",
			"whois.ename.com", "whois.35.com", "whois.bizcn.com", "whois.cndns.com", "whois.55hl.com", "whois.zzy.cn", "whois.markmonitor.com", "whois.godaddy.com", "whois.namecheap.com",
		},
	}
}

// Validate names every value that can't be used, by its YAML key.
func (o RegistrationOptions) Validate() map[string]error {
	bad := map[string]error{}
	if !slices.Contains([]string{modeLive, modeCached, modeOff}, o.Mode) {
		bad["mode"] = fmt.Errorf("%q is none of live, cached, off", o.Mode)
	}
	if o.Interval < 0 {
		bad["interval"] = fmt.Errorf("%s is negative", o.Interval)
	}
	for host, d := range o.Intervals {
		if d < 0 {
			bad["intervals."+host] = fmt.Errorf("%s is negative", d)
		}
	}
	if o.DailyCap < 1 {
		bad["daily_cap"] = fmt.Errorf("%d is not above zero", o.DailyCap)
	}
	if o.Timeout <= 0 {
		bad["timeout"] = fmt.Errorf("%s is not above zero", o.Timeout)
	}
	for suffix, base := range o.RDAP {
		if u, err := url.Parse(base); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || !strings.HasSuffix(u.Path, "/") {
			bad["rdap."+suffix] = fmt.Errorf("%q: a base URL that ends in / is wanted", base)
		}
		if asciiName(suffix) != suffix {
			bad["rdap."+suffix] = fmt.Errorf("a suffix in A-labels is wanted, such as %s", asciiName(suffix))
		}
	}
	for suffix, server := range o.WHOIS {
		if !isServer(server) {
			bad["whois."+suffix] = fmt.Errorf("%q: a host or host:port is wanted", server)
		}
		if asciiName(suffix) != suffix {
			bad["whois."+suffix] = fmt.Errorf("a suffix in A-labels is wanted, such as %s", asciiName(suffix))
		}
	}
	for i, host := range o.Referrals {
		if !plainName(host) {
			bad["referrals["+strconv.Itoa(i)+"]"] = fmt.Errorf("%q: a host name is wanted", host)
		}
	}
	return bad
}

func isServer(text string) bool {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return plainName(text) || net.ParseIP(text) != nil
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0 && (plainName(host) || net.ParseIP(host) != nil)
}

// interval is the least time between two queries to a server.
func (o RegistrationOptions) interval(host string) time.Duration {
	if d, set := o.Intervals[host]; set {
		return d
	}
	if host == cnnicServer {
		return max(o.Interval, cnnicInterval) // a configuration that names other intervals did not mean this one
	}
	return o.Interval
}

// Pace is how long the queries to one server take at its pace.
type Pace struct {
	Server   string
	Queries  int
	Capped   int // of these, left out by the daily cap
	Duration time.Duration
}

// Pace estimates the queries of an inventory from its domains by suffix
// (A-labels), as if no answer were kept yet; the longest wait comes first.
func (s *Scanner) Pace(bySuffix map[string]int) []Pace {
	queries := map[string]int{}
	for suffix, n := range bySuffix {
		if service, ok := s.registrations.serviceOf("x." + suffix); ok {
			queries[service.host()] += n
		}
	}
	o := s.options.Registration
	all := make([]Pace, 0, len(queries))
	for host, n := range queries {
		capped := max(0, n-o.DailyCap)
		all = append(all, Pace{Server: host, Queries: n, Capped: capped, Duration: time.Duration(n-capped) * o.interval(host)})
	}
	slices.SortFunc(all, func(a, b Pace) int {
		return cmp.Or(cmp.Compare(b.Duration, a.Duration), cmp.Compare(a.Server, b.Server))
	})
	return all
}
