package scanner

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"hash/maphash"
	"net/url"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/icpaudit/icpaudit/observe"
)

// VisitOptions is the visit block of the scanner's configuration.
type VisitOptions struct {
	Ports         []uint16      `yaml:"ports"`           // ports besides 80 and 443 that a URL or a redirect may name
	MaxHops       int           `yaml:"max_hops"`        // redirects of one start URL
	Body          int64         `yaml:"body"`            // bytes of a page, decompressed
	HeaderBytes   int64         `yaml:"header_bytes"`    // bytes of an answer's headers
	HeaderTimeout time.Duration `yaml:"header_timeout"`  // from the request to the headers
	URLTimeout    time.Duration `yaml:"url_timeout"`     // all requests of one start URL together; waiting for a turn apart
	HostInterval  time.Duration `yaml:"host_interval"`   // between two requests to one host
	PerAddress    int           `yaml:"per_address"`     // requests at a time to one address
	InFlightBytes int64         `yaml:"in_flight_bytes"` // memory for large bodies, all visits together
	Cloak         bool          `yaml:"cloak"`           // ask for the home page once more as a search engine's crawler: one request more for each site
}

func defaultVisit() VisitOptions {
	return VisitOptions{
		MaxHops:       8,
		Body:          8 << 20,
		HeaderBytes:   256 << 10,
		HeaderTimeout: 10 * time.Second,
		URLTimeout:    20 * time.Second,
		HostInterval:  time.Second,
		PerAddress:    4,
		InFlightBytes: 256 << 20,
	}
}

// Validate names every value that can't be used, by its YAML key.
func (o VisitOptions) Validate() map[string]error {
	bad := map[string]error{}
	if o.MaxHops < 0 || o.MaxHops > 20 {
		bad["max_hops"] = fmt.Errorf("%d is not between 0 and 20", o.MaxHops)
	}
	if o.Body < 1<<10 || o.Body > 64<<20 {
		bad["body"] = fmt.Errorf("%d is not between 1024 and %d", o.Body, 64<<20)
	}
	if o.HeaderBytes < 4<<10 || o.HeaderBytes > 1<<20 {
		bad["header_bytes"] = fmt.Errorf("%d is not between 4096 and %d", o.HeaderBytes, 1<<20)
	}
	if o.InFlightBytes < 2*o.Body {
		bad["in_flight_bytes"] = fmt.Errorf("%d is less than twice the largest body", o.InFlightBytes)
	}
	for key, d := range map[string]time.Duration{"header_timeout": o.HeaderTimeout, "url_timeout": o.URLTimeout} {
		if d <= 0 {
			bad[key] = fmt.Errorf("%s is not above zero", d)
		}
	}
	if o.HostInterval < 0 {
		bad["host_interval"] = fmt.Errorf("%s is negative", o.HostInterval)
	}
	if o.PerAddress < 1 || o.PerAddress > 64 {
		bad["per_address"] = fmt.Errorf("%d is not between 1 and 64", o.PerAddress)
	}
	for i, port := range o.Ports {
		if port == 0 {
			bad["ports["+strconv.Itoa(i)+"]"] = errors.New("0 is no port")
		}
	}
	return bad
}

// visitor calls sites. It is safe for concurrent use.
type visitor struct {
	options VisitOptions
	agent   string
	dialer  *dialer
	reader  *reader
	now     func() time.Time
	tls     *tls.Config
	pace    *pace
	seats   *seats
	bodies  *semaphore.Weighted // bytes of large bodies
	cpu     chan struct{}       // places for work that only computes; never held across the network
	pools   pools
	seed    maphash.Seed
}

func newVisitor(o VisitOptions, contact string, d *dialer, r *reader, now func() time.Time) (*visitor, error) {
	agent, err := userAgent(contact)
	if err != nil {
		return nil, err
	}
	return &visitor{
		options: o, agent: agent, dialer: d, reader: r, now: now,
		tls:    laxTLS(),
		pace:   newPace(o.HostInterval),
		seats:  newSeats(o.PerAddress),
		bodies: semaphore.NewWeighted(o.InFlightBytes),
		cpu:    make(chan struct{}, runtime.GOMAXPROCS(0)),
		seed:   maphash.MakeSeed(),
	}, nil
}

// laxTLS reads every site that can be read: whether the certificate holds is
// judged apart, and old versions and suites hide no page. No hybrid key
// exchange: it costs more than the rest of the handshake.
func laxTLS() *tls.Config {
	c := &tls.Config{
		InsecureSkipVerify: true,
		MinVersion:         tls.VersionTLS10,
		CurvePreferences:   []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384, tls.CurveP521},
	}
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		c.CipherSuites = append(c.CipherSuites, suite.ID)
	}
	return c
}

// userAgent says who calls. It holds no URL, for some firewalls refuse those.
func userAgent(contact string) (string, error) {
	if strings.Contains(contact, "://") || strings.ContainsFunc(contact, func(r rune) bool { return r < ' ' || r > '~' || strings.ContainsRune("();", r) }) {
		return "", fmt.Errorf("contact %q: a mail address or a phone number is wanted, no URL, in plain ASCII", contact)
	}
	version := "dev"
	if info, ok := debug.ReadBuildInfo(); ok && strings.HasPrefix(info.Main.Version, "v") {
		version = info.Main.Version
	}
	if contact == "" {
		return "Mozilla/5.0 (compatible; icpaudit/" + version + ")", nil
	}
	return "Mozilla/5.0 (compatible; icpaudit/" + version + "; " + contact + ")", nil
}

// maxStarts bounds the start URLs of one target.
const maxStarts = 24

// Visit calls http and https on the domain, on www and on the filed URLs, one
// after the other, and reads what the site shows. dns holds the addresses that
// are dialled; other hosts, met by redirects, are resolved when they come.
func (v *visitor) Visit(ctx context.Context, t Target, dns *observe.DNS) (observe.Seen[observe.Visit], observe.Seen[observe.Page]) {
	w := v.newVisit(t, dns)
	at, began := v.now(), time.Now()
	for _, start := range startsOf(t) {
		w.attempts = append(w.attempts, w.attempt(ctx, start))
		w.transport.CloseIdleConnections()
	}
	took := time.Since(began)
	visit := observe.Seen[observe.Visit]{At: at, Took: took, Via: w.via(), Fault: w.trouble()}
	page := observe.Seen[observe.Page]{At: at, Took: took, Via: visit.Via}
	if visit.Fault == nil {
		visit.Value = &observe.Visit{Attempts: w.attempts}
	}
	page.Value, page.Fault = w.page(t.Domain)
	if v.options.Cloak && page.Value != nil {
		page.Value.Variants = []observe.Variant{w.variant(ctx, page.Value.Documents[0].URL)}
		w.transport.CloseIdleConnections()
	}
	return visit, page
}

// start is a URL to begin with, or the reason why a filed one is none.
type start struct {
	text string
	url  *url.URL
	err  error
}

// startsOf lists the start URLs, each once: plain HTTP first, for it mostly
// leads to the others, and hosts in turn, so that none is waited for.
func startsOf(t Target) []start {
	var all []start
	have := map[string]bool{}
	add := func(text string, u *url.URL, err error) {
		if u != nil {
			text = u.String()
		}
		if !have[text] {
			have[text] = true
			all = append(all, start{text, u, err})
		}
	}
	hosts := []string{t.Domain}
	if !strings.HasPrefix(t.Domain, "www.") {
		hosts = append(hosts, "www."+t.Domain)
	}
	for _, scheme := range []string{"http", "https"} {
		for _, host := range hosts {
			text := scheme + "://" + host + "/"
			u, err := parseStart(text)
			add(text, u, err)
		}
	}
	for _, text := range t.URLs {
		u, err := parseStart(text)
		if err != nil {
			add(bounded(text, maxURL), nil, err)
			continue
		}
		add("", u, nil)
		if u.Port() == "" {
			twin := *u
			twin.Scheme = map[string]string{"http": "https", "https": "http"}[u.Scheme]
			add("", &twin, nil)
		}
	}
	return all
}
