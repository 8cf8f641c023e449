package checks

import "slices"

// Explain sets CausedBy on the findings of one case: a finding that is
// deficient, suspected or unverifiable names those causes of its check and its
// reason that are themselves deficient or suspected, among the findings of the
// same case and those above it, of its service and subject. What the filing
// lacks has no cause there.
func Explain(all []Check, findings, above []Finding) {
	bad := func(id ID, reason string) bool {
		guilty := func(f Finding) bool {
			return f.Scene == id && (f.Outcome == Deficient || f.Outcome == Suspected) && (reason == "" || f.Reason == reason)
		}
		return slices.ContainsFunc(findings, guilty) || slices.ContainsFunc(above, guilty)
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
		for _, cause := range all[at].causes(f.Reason) {
			if id, reason := cause.split(); bad(id, reason) && !slices.Contains(f.CausedBy, id) {
				f.CausedBy = append(f.CausedBy, id)
			}
		}
	}
}

// causes are what explains a finding of the check with a reason.
func (c Check) causes(reason string) []Cause {
	causes := c.Causes
	for _, r := range c.Reasons {
		if r.ID == reason {
			causes = slices.Concat(causes, r.Causes)
		}
	}
	return causes
}
