package audit

import (
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/observe"
)

// Groups counts how the first looks at targets ended, by what they have in
// common on the way to them. Where too many behind one network, AS,
// acceleration service or registry fail alike, it is we who are kept out.
// Second looks don't count: only what failed gets one. A block may begin late
// in a long run, so the large groups are counted by parts of it besides.
type Groups struct {
	count int
	share float64

	mu     sync.Mutex
	counts Counts
}

// Counts are how looks ended: by group, then by how they failed; all of them
// under "". The sums of several are the counts of their looks together.
type Counts map[string]map[string]int

const (
	subjectsPerPart = 500
	maxGroups       = 100_000 // past them new groups go uncounted
	maxHows         = 16      // ways to fail that are told apart in one group
	networkBits4    = 24
	networkBits6    = 48
)

// NewGroups makes groups with what was counted before, which may be nil.
func NewGroups(o HealthOptions, before Counts) *Groups {
	if before == nil {
		before = Counts{}
	}
	return &Groups{count: o.ClusterCount, share: o.ClusterShare, counts: before}
}

// Counts is what was counted so far; it belongs to the caller once nothing more is counted.
func (g *Groups) Counts() Counts {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.counts
}

// Count counts the first looks at the items of a subject, by its place in the inventory.
func (g *Groups) Count(seq int, looks map[string]checks.Looks) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, of := range looks {
		if len(of) > 0 {
			g.add(seq, &of[0])
		}
	}
}

// Mark notes on all looks at the items whose first look missed what is missed
// by a whole group that it is blocked, and says whether there are any.
func (g *Groups) Mark(seq int, looks map[string]checks.Looks) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	marked := false
	for _, of := range looks {
		if len(of) == 0 {
			continue
		}
		if b := g.blocked(seq, &of[0]); b != nil {
			marked = true
			for i := range of {
				of[i].Blocked = b
			}
		}
	}
	return marked
}

// GroupsOf names the groups that the items of a subject belong to, by the first
// look at each: those whose counts Mark needs.
func GroupsOf(seq int, looks map[string]checks.Looks) []string {
	var all []string
	for _, of := range looks {
		if len(of) > 0 {
			all = append(all, sitesOf(seq, &of[0])...)
			all = append(all, registryOf(seq, &of[0])...)
		}
	}
	return all
}

func (g *Groups) add(seq int, d *observe.Dossier) {
	how, _ := siteFailure(d)
	for _, at := range sitesOf(seq, d) {
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

func (g *Groups) one(at, how string) {
	counts := g.counts[at]
	if counts == nil {
		if len(g.counts) >= maxGroups {
			return
		}
		counts = map[string]int{}
		g.counts[at] = counts
	}
	counts[""]++
	if how == "" {
		return
	}
	if _, known := counts[how]; known || len(counts) <= maxHows {
		counts[how]++
	}
}

// blocked says whether what a first look missed is missed by a whole group.
func (g *Groups) blocked(seq int, d *observe.Dossier) *observe.Blocked {
	if how, failed := siteFailure(d); failed {
		for _, at := range sitesOf(seq, d) {
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

func (g *Groups) judge(at, how string) *observe.Blocked {
	looks, failed := g.counts[at][""], g.counts[at][how]
	if looks < g.count || float64(failed) < g.share*float64(looks) {
		return nil
	}
	name, _, _ := strings.Cut(at, partMark)
	return &observe.Blocked{Group: name, How: how, Failed: failed, Of: looks}
}

// partMark stands between the name of a group and the part of the run that is
// counted; a group without it is that of the whole run.
const partMark = "#"

// inPart is the group of the part of the run that a subject belongs to.
func inPart(group string, seq int) string {
	return group + partMark + strconv.Itoa(seq/subjectsPerPart)
}

// sitesOf are the groups that a site belongs to, by its first address.
func sitesOf(seq int, d *observe.Dossier) []string {
	if d.DNS.Value == nil || d.Owners.Value == nil {
		return nil
	}
	var all []string
	for _, n := range d.DNS.Value.Names {
		if len(n.Addrs) == 0 {
			continue
		}
		addr, bits := n.Addrs[0], networkBits4
		if !addr.Is4() {
			bits = networkBits6
		}
		if p, err := addr.Prefix(bits); err == nil {
			all = append(all, p.String())
		}
		if facts, ok := d.Owners.Value.Of(addr); ok && facts.ASN != 0 {
			as := fmt.Sprintf("AS%d", facts.ASN)
			all = append(all, as, inPart(as, seq))
		}
		break
	}
	if len(d.Owners.Value.Families) > 0 {
		name := "CNAME " + d.Owners.Value.Families[0].Suffix
		all = append(all, name, inPart(name, seq))
	}
	return all
}

// registryOf are the groups that a registration belongs to: its top-level domain.
func registryOf(seq int, d *observe.Dossier) []string {
	name := d.Target[strings.LastIndexByte(d.Target, '.')+1:]
	return []string{"." + name, inPart("."+name, seq)}
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
