package checks

import (
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
)

// access is what the three scenes of the access group share: at most one of
// them holds for a domain, and the verdict says which.
type access struct {
	scene   ID // the scene that the verdict is about; empty: all three pass
	verdict Verdict
}

// The scenes of the access group.
const (
	sceneAway     ID = "dns-not-at-provider"
	sceneOverseas ID = "dns-overseas"
	sceneOtherIP  ID = "dns-not-filed-ip"
)

// of is the verdict of one of the three scenes: the other two don't apply where
// one of them is what there is to say.
func (a access) of(scene ID) Verdict {
	if a.scene == "" || a.scene == scene {
		return a.verdict
	}
	return notApplicable(Note{Code: "other-access-scene", Detail: string(a.scene)})
}

// judgeAccess judges where a domain's names lead (guide section 2.2, part four).
// One name that conforms is enough, so that a name that could not be looked at,
// or an address that nothing settles, keeps the others from being deficient.
func judgeAccess(c Case) access {
	provider, known := c.Reference.Providers.Match(c.Service.Provider)
	if !known {
		provider = nil
	}
	if l, ok := c.filedAnywhere(provider); ok {
		return access{verdict: pass(c.proofOf(l))}
	}
	landings := c.land(provider)
	a := c.accessOf(provider, landings)
	a.verdict = a.verdict.advise(c.aboutAddresses(landings)...)
	return a
}

func (c Case) accessOf(provider *reference.Provider, landings []landing) access {
	has := func(kinds ...Belonging) *landing {
		i := slices.IndexFunc(landings, func(l landing) bool { return slices.Contains(kinds, l.Belonging) })
		if i < 0 {
			return nil
		}
		return &landings[i]
	}
	open := func(scene ID, why Note, l *landing) access {
		return access{scene, unverifiable(why, c.proofsOf(l, landings)...)}
	}
	unseen, blind := c.blind()
	here, own, front := has(BelongsMainland), has(BelongsBehindOwn), has(BelongsBehindOther)
	switch {
	case here != nil && !c.Service.HasIPs():
		return open(sceneOtherIP, Note{Code: "ip-not-filed"}, here)
	case here != nil && blind:
		return open(sceneOtherIP, unseen, here)
	case own != nil:
		return open(sceneOtherIP, Note{Code: "behind-own-service", Detail: own.Detail}, own)
	case here != nil:
		proofs := c.proofsOf(here, landings)
		return access{sceneOtherIP, deficient("other-address-of-provider", proofs[0], proofs[1:]...)}
	case blind:
		return open(sceneAway, unseen, nil)
	case len(landings) == 0:
		return access{sceneAway, deficient("no-address", Proof{What: "dns", Got: states(c.DNS.Value), Where: c.Domain.Name, At: c.DNS.At})}
	case overseasOnly(landings) && (front == nil || placeKnown(observe.Dossier{DNS: c.DNS}, c.Policy)):
		proofs := c.proofsOf(nil, landings)
		return access{sceneOverseas, deficient("all-overseas", proofs[0], proofs[1:]...)}
	case provider == nil && strings.TrimSpace(c.Service.Provider) == "":
		return open(sceneAway, Note{Code: "provider-not-filed"}, nil)
	case provider == nil:
		return open(sceneAway, Note{Code: "provider-unknown", Detail: c.Service.Provider}, nil)
	}
	if l, code := unsettled(provider, landings); l != nil {
		return open(sceneAway, Note{Code: code, Detail: l.addr.String() + " " + l.Detail}, l)
	}
	if front != nil {
		proofs := c.proofsOf(front, landings)
		return access{sceneAway, suspected("behind-other-cdn", proofs[0], proofs[1:]...).because(Note{Code: "origin-hidden", Detail: c.vendorName(front.Provider) + " " + front.Detail})}
	}
	if node := has(BelongsOverseasNode); node != nil {
		// One address is the provider's, if not where it should be.
		proofs := c.proofsOf(node, landings)
		return access{sceneAway, suspected("other-provider", proofs[0], proofs[1:]...).because(Note{Code: "provider-overseas-too", Detail: node.addr.String()})}
	}
	proofs := c.proofsOf(nil, landings)
	return access{sceneAway, deficient("other-provider", proofs[0], proofs[1:]...)}
}

// unsettled finds an address that may be the provider's for all that the data
// tell, and the code of why they don't tell.
func unsettled(provider *reference.Provider, landings []landing) (*landing, string) {
	for i, l := range landings {
		switch l.Belonging {
		case BelongsCarrier:
			return &landings[i], "address-of-carrier"
		case BelongsUnknownNode:
			return &landings[i], "address-place-unknown"
		case BelongsUnrouted:
			return &landings[i], "address-unrouted"
		case BelongsPrivate:
			return &landings[i], "address-private"
		case BelongsUnknown:
			return &landings[i], "owner-unsettled"
		case BelongsElsewhere:
			if !provider.Confined {
				return &landings[i], "provider-anywhere"
			}
		}
	}
	return nil, ""
}

// overseasOnly says whether every address is outside the mainland for sure.
func overseasOnly(landings []landing) bool {
	return !slices.ContainsFunc(landings, func(l landing) bool { return l.Place != PlaceOverseas })
}

// states tells how each name was found.
func states(d *observe.DNS) string {
	var parts []string
	for _, name := range d.Names {
		parts = append(parts, name.Name+" "+string(name.State))
	}
	return strings.Join(parts, "; ")
}
