// Package scanner knows how to look: it resolves, visits, reads pages and asks
// registries, concurrently and within bounds. It takes a Target, never a
// filing, so it can't look differently at anybody, and it judges nothing.
package scanner

import (
	"context"
	"fmt"
	"time"

	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
)

// Target is what to look at.
type Target struct {
	Domain string   // A-label
	Hosts  []string // further host names: filed sub-domains; A-labels
	URLs   []string // further pages: filed URLs
}

// Options is the scanner block of the configuration.
type Options struct {
	Contact      string              `yaml:"contact"` // mail address or phone in the User-Agent; without it at most 100 domains
	DNS          DNSOptions          `yaml:"dns"`
	Dial         DialOptions         `yaml:"dial"`
	Visit        VisitOptions        `yaml:"visit"`
	Registration RegistrationOptions `yaml:"registration"`
	LookTimeout  time.Duration       `yaml:"look_timeout"` // everything that one look at one domain may take, registration apart
}

// Default is the configuration where nothing is configured.
func Default() Options {
	return Options{
		DNS:          defaultDNS(),
		Dial:         defaultDial(),
		Visit:        defaultVisit(),
		Registration: defaultRegistration(),
		LookTimeout:  60 * time.Second,
	}
}

// Validate names every value that can't be used, by its YAML key.
func (o Options) Validate() map[string]error {
	bad := map[string]error{}
	for block, mistakes := range map[string]map[string]error{
		"dns": o.DNS.Validate(), "dial": o.Dial.Validate(), "visit": o.Visit.Validate(), "registration": o.Registration.Validate(),
	} {
		for key, err := range mistakes {
			bad[block+"."+key] = err
		}
	}
	if o.LookTimeout <= 0 {
		bad["look_timeout"] = fmt.Errorf("%s is not above zero", o.LookTimeout)
	}
	if _, err := userAgent(o.Contact); err != nil {
		bad["contact"] = err
	}
	return bad
}

// Scanner looks at targets. It is safe for concurrent use.
type Scanner struct {
	options       Options
	dialer        *dialer
	resolver      *resolver
	visitor       *visitor
	owners        *owners
	registrations *registrations
	packages      chan struct{} // held by those who read a package
	now           func() time.Time
}

// New makes a scanner; now is the clock that stamps the looks.
func New(o Options, ref *reference.Set, now func() time.Time) (*Scanner, error) {
	s := &Scanner{options: o, packages: make(chan struct{}, packagesAtOnce), now: now}
	var err error
	if s.dialer, err = newDialer(o.Dial); err != nil {
		return nil, fmt.Errorf("set up the dialer: %w", err)
	}
	if s.resolver, err = newResolver(o.DNS); err != nil {
		return nil, fmt.Errorf("set up the resolvers: %w", err)
	}
	s.dialer.resolve = s.resolver.Addresses
	s.owners = newOwners(ref)
	if s.visitor, err = newVisitor(o.Visit, o.Contact, s.dialer, newReader(ref.Marks), now); err != nil {
		return nil, fmt.Errorf("set up the visitor: %w", err)
	}
	if s.registrations, err = newRegistrations(o.Registration, o.Contact, s.dialer, ref, now); err != nil {
		return nil, fmt.Errorf("set up the registration look-up: %w", err)
	}
	return s, nil
}

// Close ends what the scanner holds open.
func (s *Scanner) Close() error {
	s.registrations.rdap.close()
	return s.resolver.Close()
}

// Look resolves the target's names, gathers the facts of their addresses, and
// visits and reads the site. Registration is a look of its own, for it waits
// for its registry's pace.
func (s *Scanner) Look(ctx context.Context, t Target) observe.Dossier {
	ctx, cancel := context.WithTimeout(ctx, s.options.LookTimeout)
	defer cancel()
	d := observe.Dossier{Target: t.Domain, At: s.now()}
	d.DNS = s.resolver.Look(ctx, t, s.now)
	if d.DNS.Value == nil {
		blind := *d.DNS.Fault
		d.Owners = observe.Seen[observe.Owners]{Fault: &blind, At: d.DNS.At}
		d.Visit = observe.Seen[observe.Visit]{Fault: &blind, At: d.DNS.At}
		d.Page = observe.Seen[observe.Page]{Fault: &blind, At: d.DNS.At}
		return d
	}
	facts := s.owners.Facts(d.DNS.Value)
	d.Owners = observe.Seen[observe.Owners]{Value: &facts, At: d.DNS.At, Via: facts.DataDate}
	d.Visit, d.Page = s.visitor.Visit(ctx, t, d.DNS.Value)
	return d
}

// Registration asks the registry of the domain, or the answers kept (see
// RegistrationOptions); fresh asks the registry in any case. Where a fault has
// no tries nobody was asked.
func (s *Scanner) Registration(ctx context.Context, domain string, fresh bool) observe.Seen[observe.Registration] {
	return s.registrations.Lookup(ctx, domain, fresh)
}

// Enqueue is Registration for many domains at once: done gets the answer, once,
// at once or from another goroutine when the registry's pace allows.
func (s *Scanner) Enqueue(ctx context.Context, domain string, fresh bool, done func(observe.Seen[observe.Registration])) {
	s.registrations.Enqueue(ctx, domain, fresh, done)
}

// Newest is the newest answer kept about a domain's registration, whatever its
// age; nobody is asked. That a name is not registered is said for two days.
func (s *Scanner) Newest(ctx context.Context, domain string) observe.Seen[observe.Registration] {
	name, kept, seen := s.registrations.kept(ctx, domain)
	if seen.Asked() {
		return seen
	}
	return s.registrations.newest(name, kept, seen)
}

// Registry is the registrable part of a domain, and the server that is asked
// about it; ok is false where none is known.
func (s *Scanner) Registry(domain string) (name, server string, ok bool) {
	name, err := s.registrations.registrable(domain)
	if err != nil {
		return "", "", false
	}
	service, ok := s.registrations.serviceOf(name)
	return name, service.host(), ok
}

// Rate is how long two queries to a server are apart, and how many it gets a day.
func (s *Scanner) Rate(server string) (interval time.Duration, daily int) {
	o := s.options.Registration
	return o.interval(server), o.DailyCap
}

// CheckResolvers asks every resolver for a name that exists everywhere and
// returns how many answered, with what went wrong with each of the others.
func (s *Scanner) CheckResolvers(ctx context.Context) (answering int, err error) {
	return s.resolver.Check(ctx)
}
