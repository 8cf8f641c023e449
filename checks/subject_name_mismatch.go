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
	found, why := registered(c, func(r filing.RegistryRecord) string { return r.Name }, sameName)
	if why.Code != "" {
		return unverifiable(why)
	}
	name := found.value.Name
	proof := found.proof("subject-name", name, filed)
	switch {
	case masked(name):
		return unverifiable(Note{Code: whyUnusable, Detail: name}, proof)
	case sameName(filed, name):
		return pass(proof)
	case hasHan(filed) != hasHan(name):
		return unverifiable(Note{Code: "latin-only"}, proof)
	case slices.ContainsFunc(found.value.FormerNames, func(former string) bool { return sameName(filed, former) }):
		proof.Excerpt = strings.Join(found.value.FormerNames, "; ")
		return c.ofNamesake(found, "renamed", proof)
	}
	return c.ofNamesake(found, "other-name", proof)
}
