package audit

import (
	"fmt"
	"net/netip"
	"strings"
	"sync"

	"github.com/icpaudit/icpaudit/observe"
)

// groups counts how the first looks at targets ended, by what they have in
// common on the way to them. Where too many behind one network, AS,
// acceleration service or registry fail alike, it is we who are kept out.
// Second looks don't count: only what failed gets one.
type groups struct {
	count int
	share float64

	mu  sync.Mutex
	all map[group]*outcomes
}

// group is what targets have in common. A block may begin late in a long run,
// so the large groups are counted by parts of it besides.
type group struct {
	part   int    // of the run, from 0; whole: all of it
	kind   string // network, as, cdn, registry
	prefix netip.Prefix
	asn    uint32
	name   string
}

// outcomes are how the looks at one group ended.
type outcomes struct {
	looks  int
	failed map[string]int // by how
}

const (
	whole           = -1
	subjectsPerPart = 500
	maxGroups       = 100_000 // past them new groups go uncounted
	maxHows         = 16      // ways to fail that are told apart in one group
	networkBits4    = 24
	networkBits6    = 48
)

func newGroups(o HealthOptions) *groups {
	return &groups{count: o.ClusterCount, share: o.ClusterShare, all: map[group]*outcomes{}}
}

// add counts a first look at a target of a subject.
func (g *groups) add(seq int, d *observe.Dossier) {
	g.mu.Lock()
	defer g.mu.Unlock()
	how, _ := siteFailure(d)
	for _, at := range groupsOf(seq, d) {
		g.one(at, how)
	}
	how, asked := registryFailure(d)
	if !asked {
		return
	}
	for _, at := range registryOf(seq, d) {
		g.one(at, how)
	}
}

func (g *groups) one(at group, how string) {
	o := g.all[at]
	if o == nil {
		if len(g.all) >= maxGroups {
			return
		}
		o = &outcomes{}
		g.all[at] = o
	}
	o.looks++
	if how == "" {
		return
	}
	if o.failed == nil {
		o.failed = map[string]int{}
	}
	if _, known := o.failed[how]; known || len(o.failed) < maxHows {
		o.failed[how]++
	}
}

// blocked says whether what a first look missed is missed by a whole group.
func (g *groups) blocked(seq int, d *observe.Dossier) *observe.Blocked {
	g.mu.Lock()
	defer g.mu.Unlock()
	if how, failed := siteFailure(d); failed {
		for _, at := range groupsOf(seq, d) {
			if b := g.judge(at, how); b != nil {
				b.Kinds = observe.WantVisit | observe.WantPage
				return b
			}
		}
	}
	if how, asked := registryFailure(d); asked && how != "" {
		for _, at := range registryOf(seq, d) {
			if b := g.judge(at, how); b != nil {
				b.Kinds = observe.WantRegistration
				return b
			}
		}
	}
	return nil
}

func (g *groups) judge(at group, how string) *observe.Blocked {
	o := g.all[at]
	if o == nil || o.looks < g.count || float64(o.failed[how]) < g.share*float64(o.looks) {
		return nil
	}
	return &observe.Blocked{Group: at.String(), How: how, Failed: o.failed[how], Of: o.looks}
}

func (g group) String() string {
	switch g.kind {
	case "network":
		return g.prefix.String()
	case "as":
		return fmt.Sprintf("AS%d", g.asn)
	}
	return g.name
}

// groupsOf are the groups that a site belongs to, by its first address.
func groupsOf(seq int, d *observe.Dossier) []group {
	if d.DNS.Value == nil || d.Owners.Value == nil {
		return nil
	}
	var all []group
	part := seq / subjectsPerPart
	for _, n := range d.DNS.Value.Names {
		if len(n.Addrs) == 0 {
			continue
		}
		addr, bits := n.Addrs[0], networkBits4
		if !addr.Is4() {
			bits = networkBits6
		}
		if p, err := addr.Prefix(bits); err == nil {
			all = append(all, group{part: whole, kind: "network", prefix: p})
		}
		if facts, ok := d.Owners.Value.Of(addr); ok && facts.ASN != 0 {
			all = append(all, group{part: whole, kind: "as", asn: facts.ASN}, group{part: part, kind: "as", asn: facts.ASN})
		}
		break
	}
	if len(d.Owners.Value.Families) > 0 {
		name := "CNAME " + d.Owners.Value.Families[0].Suffix
		all = append(all, group{part: whole, kind: "cdn", name: name}, group{part: part, kind: "cdn", name: name})
	}
	return all
}

// registryOf are the groups that a registration belongs to: its top-level domain.
func registryOf(seq int, d *observe.Dossier) []group {
	tld := d.Target[strings.LastIndexByte(d.Target, '.')+1:]
	name := "." + tld
	return []group{{part: whole, kind: "registry", name: name}, {part: seq / subjectsPerPart, kind: "registry", name: name}}
}

// siteFailure is how a visit failed. What a server says in place of a site (a
// parking page, a notice that it is not filed) is an answer and no failure.
func siteFailure(d *observe.Dossier) (how string, failed bool) {
	if d.Visit.Value == nil {
		return "", false
	}
	for _, a := range d.Visit.Value.Attempts {
		switch {
		case a.End == observe.EndSeen:
			continue
		case a.Kind == observe.KindChallenge:
			how = string(observe.KindChallenge)
		case a.Kind != "" && a.Kind != observe.KindError:
			return "", false
		case a.End == observe.EndPage:
			return "", false
		case how != "":
		case a.End == observe.EndStatus:
			how = fmt.Sprintf("HTTP %d", a.Status)
		case a.End != observe.EndUnresolved && a.End != observe.EndFault && a.End != observe.EndBlocked:
			how = string(a.End)
		}
	}
	return how, how != ""
}

// registryFailure is how a registry's answer keeps a domain from being seen;
// empty where it does not. That it knows no such name is what some say to all
// whom they find too curious.
func registryFailure(d *observe.Dossier) (how string, asked bool) {
	switch r := d.Registration; {
	case r.Value != nil && r.Via == "cache":
		return "", false
	case r.Value != nil && r.Value.State == observe.StateAvailable:
		return string(observe.StateAvailable), true
	case r.Value != nil:
		return "", true
	case r.Fault != nil && !r.Fault.Ours() && r.Fault.Kind != observe.FaultNotLookedUp && r.Fault.Kind != observe.FaultNoServer:
		return string(r.Fault.Kind), true
	}
	return "", false
}
