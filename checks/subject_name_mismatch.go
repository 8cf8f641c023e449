package checks

import (
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/filing"
)

// subjectNameMismatch: the filed name is the one that the business registry has
// today (guide section 2.1).
var subjectNameMismatch = Check{
	ID: "subject-name-mismatch", Level: LevelSubject,
	Asks:    []filing.EvidenceKind{filing.EvidenceRegistry},
	Reasons: []Reason{{ID: "renamed"}, {ID: "other-name"}},
	Causes:  []Cause{"subject-id-mismatch:other-code"},
	Judge:   ofBodies(judgeSubjectName),
}

func judgeSubjectName(c Case) Verdict {
	filed := c.Subject.Name
	if filed == "" {
		return unverifiable(Note{Code: "subject-name-not-filed"})
	}
	name := func(r filing.RegistryRecord) string { return r.Name }
	return c.asRegistered("subject-name", filed, name, sameName, func(found row[filing.RegistryRecord], proof Proof) Verdict {
		former := found.value.FormerNames
		if !slices.ContainsFunc(former, func(name string) bool { return sameName(filed, name) }) {
			return c.ofNamesake(found, "other-name", proof)
		}
		proof.Excerpt = strings.Join(former, "; ")
		return c.ofNamesake(found, "renamed", proof)
	})
}
