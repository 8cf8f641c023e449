package checks

import (
	"slices"

	"github.com/icpaudit/icpaudit/observe"
)

// takenOver finds a domain that was registered anew after it was put on file
// and whose pages bear another name than the filed one: somebody else may have
// it now. A certificate of the subject's shows the contrary.
func takenOver(c Case, homes, others []observe.Document) (Verdict, bool) {
	name := normalName(c.Service.Name)
	if c.Registration.Value == nil || name == "" {
		return Verdict{}, false
	}
	created := whileRegistered(judgeCreated)(c)
	if created.outcome != Deficient {
		return Verdict{}, false
	}
	s := sift(slices.Concat(homes, others), func(d observe.Document) Verdict { return nameOn(c, name, d) })
	if len(s.passed)+len(s.open) > 0 {
		return Verdict{}, false
	}
	for _, v := range s.bad {
		if v.outcome == Deficient {
			return suspected("reregistered", v.proofs[0], created.proofs...), true
		}
	}
	return Verdict{}, false
}
