package checks

import "slices"

// Explain sets CausedBy on the findings of one case: a finding that is
// deficient, suspected or unverifiable names those of its check's causes that
// are themselves deficient or suspected. What the filing lacks has no cause there.
func Explain(all []Check, findings []Finding) {
	bad := func(id ID) bool {
		return slices.ContainsFunc(findings, func(f Finding) bool {
			return f.Scene == id && (f.Outcome == Deficient || f.Outcome == Suspected)
		})
	}
	for i := range findings {
		f := &findings[i]
		if f.Outcome != Deficient && f.Outcome != Suspected && f.Outcome != Unverifiable {
			continue
		}
		if f.Why != nil && LacksFiling(f.Why.Code) {
			continue
		}
		at := slices.IndexFunc(all, func(c Check) bool { return c.ID == f.Scene })
		if at < 0 {
			continue
		}
		for _, cause := range all[at].Causes {
			if bad(cause) {
				f.CausedBy = append(f.CausedBy, cause)
			}
		}
	}
}
