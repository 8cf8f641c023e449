package scanner

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/icpaudit/icpaudit/observe"
)

// Canary is something outside that answers for as long as our own way there is
// whole. The zero Canary is of no use; ParseCanary makes one.
type Canary struct {
	Text string // as configured
	Kind string // dns, http or https
	host string
	url  *url.URL // nil for dns
}

// ParseCanary reads "dns:NAME", or a URL of http or https.
func ParseCanary(text string) (Canary, error) {
	if name, ok := strings.CutPrefix(text, "dns:"); ok {
		host, ok := cleanHost(name)
		if !ok || isAddr(host) {
			return Canary{}, fmt.Errorf("canary %q: %q is no host name", text, name)
		}
		return Canary{Text: text, Kind: "dns", host: host}, nil
	}
	u, err := parseStart(text)
	if err != nil {
		return Canary{}, fmt.Errorf("canary %q: neither dns:NAME nor a URL of http or https: %w", text, err)
	}
	return Canary{Text: text, Kind: u.Scheme, host: u.Hostname(), url: u}, nil
}

// Canary asks for one canary on the way that every look takes: the resolvers,
// the dialer, the paces. It is content with any answer of the host itself that
// is no failure of its server; a redirect to another site is what a captive
// portal would give, and counts as none. The error is a *observe.Fault.
func (s *Scanner) Canary(ctx context.Context, c Canary) error {
	ctx, cancel := context.WithTimeout(ctx, s.options.Dial.ConnectTimeout+s.options.Visit.HeaderTimeout)
	defer cancel()
	n := s.resolver.name(ctx, c.host, observe.RoleFiled)
	if err := addressFault(&n); err != nil || c.url == nil {
		return err
	}
	w := s.visitor.newVisit(Target{Domain: c.host}, &observe.DNS{Names: []observe.Name{n}})
	defer w.transport.CloseIdleConnections()
	if !w.portAllowed(c.url) {
		return &observe.Fault{Kind: observe.FaultBlockedAddress, Where: c.Text, Detail: "port " + portOf(c.url) + " is not asked"}
	}
	hop, got := w.hop(ctx, c.url, &trip{left: s.options.Visit.URLTimeout, asked: map[string]int{}})
	defer got.release()
	switch {
	case hop.Fault != nil:
		return hop.Fault
	case hop.Status >= 500:
		return &observe.Fault{Kind: observe.FaultStatus, Where: c.Text, Detail: fmt.Sprint(hop.Status)}
	case got.redirects():
		if to, err := parseGoal(c.url, got.location); err != nil || siteOf(to.Hostname()) != siteOf(c.host) {
			return &observe.Fault{Kind: observe.FaultRedirect, Where: c.Text, Detail: "it leads to another site: " + hop.Location}
		}
	}
	return nil
}

// Canaries asks a set of canaries, round by round. It is not safe for
// concurrent use.
type Canaries struct {
	ask     func(context.Context, Canary) error
	check   func(context.Context) (answering int, err error)
	members []member
	rests   func(canary string, err error) // told of a canary that is left out; may be nil
	rounds  int                            // asked so far
}

// member is a canary and how it did.
type member struct {
	Canary
	failed int  // rounds in a row
	rests  bool // left out: it is the one that is broken
}

// loneRounds is how many rounds in a row a canary has to fail, with most of
// the others and one of its kind answering, before it is left out as broken
// itself.
const loneRounds = 5

// NewCanaries makes the rounds of a scanner. rests is told of each canary that
// is left out until it answers again; it may be nil. With no canaries a round
// asks the resolvers only.
func (s *Scanner) NewCanaries(texts []string, rests func(canary string, err error)) (*Canaries, error) {
	c := &Canaries{ask: s.Canary, check: s.CheckResolvers, rests: rests}
	for _, text := range texts {
		canary, err := ParseCanary(text)
		if err != nil {
			return nil, err
		}
		c.members = append(c.members, member{Canary: canary})
	}
	return c, nil
}

// resolversWanted is how many resolvers have to answer: absence is agreed on by two.
const resolversWanted = 2

// wholeRound is how often all canaries are asked: every so manyth round.
const wholeRound = 4

// Round asks the resolvers and one canary of each kind, in turn, so as to
// trouble nobody; every fourth round, and where all are wanted, it is whole and
// asks all. The error says what did not answer; canaries that are left out are
// no part of it.
func (c *Canaries) Round(ctx context.Context, all bool) (whole bool, err error) {
	errs := make([]error, len(c.members))
	asked := c.turn()
	if all || c.rounds%wholeRound == 0 {
		asked = c.others(nil)
	}
	c.rounds++
	var answering int
	var resolvers error
	var checked sync.WaitGroup
	checked.Go(func() { answering, resolvers = c.check(ctx) })
	failed := c.askAll(ctx, asked, errs)
	if failed {
		c.askAll(ctx, c.others(asked), errs) // one that fails is seen against all
	}
	checked.Wait()
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	if answering >= resolversWanted {
		resolvers = nil
	} else {
		resolvers = fmt.Errorf("%d resolvers answer: %w", answering, resolvers)
	}
	var counted []error
	if whole = failed || len(asked) == len(c.members); whole {
		counted = c.weigh(errs)
	}
	return whole, errors.Join(append(counted, resolvers)...)
}

// turn is one canary of each kind, in turn, of those that are not left out.
func (c *Canaries) turn() []int {
	byKind := map[string][]int{}
	for i, m := range c.members {
		if !m.rests {
			byKind[m.Kind] = append(byKind[m.Kind], i)
		}
	}
	var turn []int
	for _, of := range byKind {
		turn = append(turn, of[c.rounds%len(of)])
	}
	return turn
}

// others are all canaries but some.
func (c *Canaries) others(but []int) []int {
	var all []int
	for i := range c.members {
		if !slices.Contains(but, i) {
			all = append(all, i)
		}
	}
	return all
}

// askAll asks some canaries at once and says whether one failed.
func (c *Canaries) askAll(ctx context.Context, which []int, errs []error) (failed bool) {
	var all sync.WaitGroup
	for _, i := range which {
		all.Go(func() { errs[i] = c.ask(ctx, c.members[i].Canary) })
	}
	all.Wait()
	return slices.ContainsFunc(which, func(i int) bool { return errs[i] != nil })
}

// weigh takes a round in and returns the errors that count.
func (c *Canaries) weigh(errs []error) []error {
	failing := 0                 // of all
	answers := map[string]bool{} // by kind
	for i, err := range errs {
		m := &c.members[i]
		if err == nil {
			m.failed, m.rests = 0, false
			answers[m.Kind] = true
			continue
		}
		m.failed++
		failing++
	}
	most := 2*failing < len(errs)
	var counted []error
	for i, err := range errs {
		m := &c.members[i]
		if err == nil {
			continue
		}
		if alone := most && answers[m.Kind]; !alone {
			m.rests = false // all of them, or all of a kind: that is not the canary
		} else if !m.rests && m.failed >= loneRounds {
			m.rests = true
			if c.rests != nil {
				c.rests(m.Text, err)
			}
		}
		if !m.rests {
			counted = append(counted, fmt.Errorf("canary %s: %w", m.Text, err))
		}
	}
	return counted
}
