package audit

import (
	"net/netip"
	"sync"

	"github.com/icpaudit/icpaudit/observe"
)

const (
	crowdSize     = 50 // looks that ended last
	crowdSilent   = 45 // of these, that got no answer at all
	crowdNetworks = 10 // different /24 that they went to
)

// crowd watches the first looks that ended last. Where nearly all of them, in
// many networks, got no answer at any URL, this machine is overloaded or cut
// off. Canaries tell sooner; without them this is what there is.
type crowd struct {
	health   *Health
	canaries bool // there are some, and their word counts for more

	mu   sync.Mutex
	last [crowdSize]silence
	n    int
}

// silence is how one look ended.
type silence struct {
	when    span
	silent  bool
	network netip.Prefix
}

func newCrowd(h *Health, canaries bool) *crowd { return &crowd{health: h, canaries: canaries} }

// forget begins anew.
func (c *crowd) forget() {
	c.mu.Lock()
	c.n = 0
	c.mu.Unlock()
}

// ended takes the end of a look in. One that was taken before does not count,
// for what is looked at again was silent before.
func (c *crowd) ended(again bool, d *observe.Dossier, when span) {
	if oursIn(d) {
		c.health.kick()
	}
	if again {
		return
	}
	silent, network := silentAt(d)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last[c.n%crowdSize] = silence{when, silent, network}
	c.n++
	if c.n < crowdSize {
		return
	}
	since, count := when.From, 0
	networks := map[netip.Prefix]bool{}
	for _, l := range c.last {
		if l.silent {
			count++
			networks[l.network] = true
			since = min(since, l.when.From)
		}
	}
	if count < crowdSilent || len(networks) < crowdNetworks {
		return
	}
	c.n = 0
	if c.canaries {
		c.health.kick()
		return
	}
	c.health.doubt(span{since, when.To})
	c.health.tell(Event{Kind: EventCrowding})
}

// silentAt says whether a look timed out wherever it asked, and in which network.
func silentAt(d *observe.Dossier) (silent bool, network netip.Prefix) {
	if d.DNS.Value != nil {
		for _, n := range d.DNS.Value.Names {
			if len(n.Addrs) > 0 {
				network, _ = n.Addrs[0].Prefix(networkBits4) // no address that came from an answer is too short for it
				break
			}
		}
	}
	if f := d.DNS.Fault; f != nil {
		return f.Kind == observe.FaultTimeout, network
	}
	if d.Visit.Value == nil {
		return false, network
	}
	for _, a := range d.Visit.Value.Attempts {
		if a.End != observe.EndTimeout && a.End != observe.EndSeen && a.End != observe.EndUnresolved {
			return false, network
		}
		silent = silent || a.End == observe.EndTimeout
	}
	return silent, network
}
