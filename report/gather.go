package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/checks"
)

// gathered is what the overviews show: sums over everything that was told.
type gathered struct {
	totals Totals
	due    map[string]int  // deficient findings by due day
	states map[string]int  // findings by the code of their state
	open   map[settled]int // unverifiable ones by what would settle them
}

// settled is one kind of unverifiable finding.
type settled struct {
	by    string // code of the word group "settle"
	why   string
	scene checks.ID
}

func newGathered() *gathered {
	return &gathered{totals: newTotals(), due: map[string]int{}, states: map[string]int{}, open: map[settled]int{}}
}

func (g *gathered) add(rows []Row) {
	for _, r := range rows {
		g.totals.count([]checks.Finding{r.Finding})
		if r.Outcome == checks.Deficient && r.Due != "" {
			g.due[r.Due]++
		}
		if r.State.Code != "" {
			g.states[r.State.Code]++
		}
		if r.Outcome == checks.Unverifiable && r.Why != nil {
			g.open[settled{settles(r.Why.Code), r.Why.Code, r.Scene}]++
		}
	}
}

// reconciled says whether what was told adds up to what the run's last line says.
func (g *gathered) reconciled(l *Ledger) bool {
	if l.Ended == nil || g.totals.Findings != l.Ended.Findings {
		return false
	}
	for _, o := range checks.Outcomes() {
		if g.totals.Outcomes[o] != l.Ended.Outcomes[o] {
			return false
		}
	}
	return true
}

// opened lists the unverifiable kinds: by what would settle them, the most frequent first.
func (g *gathered) opened() []settled {
	var all []settled
	weight := map[string]int{}
	for s, n := range g.open {
		all = append(all, s)
		weight[s.by] += n
	}
	slices.SortFunc(all, func(a, b settled) int {
		return cmp.Or(weight[b.by]-weight[a.by], strings.Compare(a.by, b.by), g.open[b]-g.open[a],
			strings.Compare(a.why, b.why), strings.Compare(string(a.scene), string(b.scene)))
	})
	return all
}

// settles is what would settle a finding that is unverifiable for that code: a
// code of the word group "settle". Most codes name what is missing.
func settles(why string) string {
	switch {
	case strings.HasSuffix(why, "-not-filed"), why == "provider-unknown", why == "certificate-masked", why == "contact-masked", why == "certificate-kind":
		return "complete-inventory"
	case strings.HasPrefix(why, "needs-") && why != "needs-rendering", why == "no-official-list", why == "tld-not-on-list", why == "no-evidence":
		return "bring-evidence"
	case strings.HasPrefix(why, "holder-"), strings.HasPrefix(why, "registrar-"), why == "no-registrar", why == "no-creation-date", why == "no-expiry-date":
		return "ask-registrar"
	case strings.HasPrefix(why, "registration-"), why == "not-looked-up", why == "rate-limited", why == "no-server":
		return "wait-for-registry"
	case strings.HasPrefix(why, "address-"), why == "origin-hidden", why == "owner-unsettled", why == "behind-own-service", why == "provider-anywhere":
		return "name-addresses"
	case slices.Contains([]string{"not-registered", "name-reserved", "no-number-shown", "expired-already", "other-access-scene"}, why):
		return "settle-other-first"
	case why == "vantage-unknown":
		return "look-from-mainland"
	case slices.Contains([]string{"timeout", "refused", "reset", "tls", "not-http", "status", "redirect", "unresolved", "unreachable", "server-failure", "denied", "unparsable",
		"disagreement", "visit-fault", "no-attempt", "no-home-page", "unconfirmed", "cancelled"}, why):
		return "look-again"
	case slices.Contains([]string{"not-configured", "internal", "no-network", "no-descriptors", "no-data", "never-looked"}, why):
		return "mend-ourselves"
	}
	return "look-by-hand"
}
