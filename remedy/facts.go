package remedy

import (
	"slices"

	"github.com/icpaudit/icpaudit/filing"
)

// facts is what the findings of a subject say together, and what the ways out
// rest on.
type facts struct {
	Input
	unused  map[string]bool          // items that a feed says are given up
	left    map[string]bool          // items that a feed says have left the provider
	givenUp map[*filing.Service]bool // every item is unused
	moved   map[*filing.Service]bool // every item has left
	newName string                   // that the registry gives a renamed subject
	another bool                     // the registry's name and code are another unit's
	blocked bool                     // the unit's status lets no order pass, and nothing clears it
	byRef   map[Ref]Problem          // every problem
	byID    map[string]*filing.Service
}

func learn(in Input) facts {
	f := facts{Input: in, unused: map[string]bool{}, left: map[string]bool{}, givenUp: map[*filing.Service]bool{}, moved: map[*filing.Service]bool{},
		byRef: map[Ref]Problem{}, byID: map[string]*filing.Service{}}
	for _, s := range slices.Backward(in.Subject.Services) {
		f.byID[s.ID(in.Subject)] = s
	}
	otherName, otherCode := false, false
	for _, p := range in.Problems {
		f.byRef[Ref{p.Scene, p.Item}] = p
		if p.Outcome != outcomeDeficient {
			continue
		}
		switch p.Scene {
		case "service-unused":
			f.unused[p.Item] = true
		case "service-left-provider":
			f.left[p.Item] = true
		case "subject-name-mismatch":
			otherName = p.Reason != "renamed"
			f.newName = other(p, in.Subject.Name)
		case "subject-id-mismatch":
			otherCode = !slices.Contains([]string{"check-digit", "old-number", "malformed"}, p.Reason)
		case "subject-status-abnormal":
			f.blocked = p.Reason != "listed-abnormal"
		}
	}
	f.another = otherName && otherCode
	for _, s := range in.Subject.Services {
		ids := itemIDs(in.Subject, s)
		f.givenUp[s] = all(ids, f.unused)
		f.moved[s] = !f.givenUp[s] && all(ids, f.left)
	}
	return f
}

// other is the one of a problem's two values that is not the filing's own.
func other(p Problem, own string) string {
	if own != "" && p.Seen == own {
		return p.Filed
	}
	return p.Seen
}

func all(ids []string, in map[string]bool) bool {
	return len(ids) > 0 && !slices.ContainsFunc(ids, func(id string) bool { return !in[id] })
}

// itemIDs are the ids of the domains and Apps of a service, in its order.
func itemIDs(subject *filing.Subject, s *filing.Service) []string {
	var ids []string
	for _, d := range s.Domains {
		ids = append(ids, s.ItemID(subject, d.Name))
	}
	for _, a := range s.Apps {
		ids = append(ids, s.ItemID(subject, a.ItemName()))
	}
	return ids
}

// kept lists the domains of a service that stay on file.
func (f facts) kept(s *filing.Service) []string {
	var ids []string
	for _, d := range s.Domains {
		if id := s.ItemID(f.Subject, d.Name); !f.unused[id] {
			ids = append(ids, id)
		}
	}
	return ids
}

// samePerson says whether the principal also manages the service.
func (f facts) samePerson(s *filing.Service) bool {
	a, b := f.Subject.Principal, s.Manager
	return a.Name != "" && a.Name == b.Name && (a.ID.Number == "" || b.ID.Number == "" || a.ID.Number == b.ID.Number)
}

// anySamePerson says whether the principal manages any of the services.
func (f facts) anySamePerson() bool { return slices.ContainsFunc(f.Subject.Services, f.samePerson) }

// service finds a service by its id.
func (f facts) service(id string) *filing.Service { return f.byID[id] }

// deficient finds a deficient problem by its scene and item.
func (f facts) deficient(scene, item string) (Problem, bool) {
	p, ok := f.byRef[Ref{scene, item}]
	return p, ok && p.Outcome == outcomeDeficient
}

// settled says whether a deficient problem needs no way of its own, because
// what it is about is given up.
func (f facts) settled(p Problem) bool {
	if p.Scene == "service-unused" {
		return false
	}
	if p.Level == "item" {
		return f.unused[p.Item] || f.leaves(p)
	}
	s := f.service(p.Service)
	return p.Level == "service" && s != nil && f.givenUp[s]
}

// leaves says whether a problem of access ends with the access that is given up.
func (f facts) leaves(p Problem) bool {
	s := f.service(p.Service)
	return s != nil && f.moved[s] && slices.Contains([]string{"dns-not-at-provider", "dns-overseas", "dns-not-filed-ip"}, p.Scene)
}
