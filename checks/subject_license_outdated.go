package checks

import "github.com/icpaudit/icpaudit/filing"

// subjectLicenseOutdated: the licence on file is the newest and its term runs
// (guide section 2.1): it has not ended by any source, and the registry approved
// nothing after the day that stands on it.
var subjectLicenseOutdated = Check{
	ID: "subject-license-outdated", Level: LevelSubject,
	Asks: []filing.EvidenceKind{filing.EvidenceRegistry, filing.EvidenceDocuments},
	Reasons: []Reason{
		{ID: "term-ended", Causes: []Cause{"subject-status-abnormal:closed"}},
		{ID: "newer-approval", Causes: []Cause{"subject-name-mismatch", "subject-address-mismatch", "principal-not-legal-representative"}},
	},
	Causes: []Cause{"subject-id-mismatch:other-code"},
	Judge:  ofBodies(judgeLicence),
}

func judgeLicence(c Case) Verdict {
	held, heldAt := c.heldLicence()
	term, whyTerm := registered(c, termEnd, sameText)
	want := "≥ " + c.Today().String()
	runs := false
	var ended []Proof
	end := func(to filing.Day, longTerm bool, proof Proof) {
		switch {
		case longTerm:
			runs = true
		case !to.IsZero() && to.Before(c.Today()):
			ended = append(ended, proof)
		case !to.IsZero():
			runs = true
		}
	}
	end(held.ValidTo, held.LongTerm, Proof{What: "licence-valid-to", Want: want, Got: held.ValidTo.String(), Where: heldAt})
	if whyTerm.Code == "" {
		end(term.value.TermTo, term.value.LongTerm, term.proof("registry-term", want, term.value.TermTo.String()))
	}
	switch {
	case len(ended) == 1 && ended[0].What == "registry-term":
		return c.ofNamesake(term, "term-ended", ended[0])
	case len(ended) > 0:
		return deficient("term-ended", ended[0], ended[1:]...)
	}
	approved, why := registered(c, func(r filing.RegistryRecord) filing.Day { return r.Approved }, func(a, b filing.Day) bool { return a == b })
	if why.Code != "" {
		return unverifiable(why)
	}
	proof := approved.proof("licence-approval", "≥ "+approved.value.Approved.String(), held.Issued.String())
	switch {
	case held.Issued.IsZero():
		return unverifiable(Note{Code: "licence-date-not-filed"}, proof)
	case held.Issued.Before(approved.value.Approved):
		return c.ofNamesake(approved, "newer-approval", proof)
	case !runs:
		return unverifiable(Note{Code: "term-unknown"}, proof)
	}
	return pass(proof)
}

// heldLicence is the licence on file: as filed, and where that leaves a date
// open as the documents feed has it; where says which feed.
func (c Case) heldLicence() (held filing.Certificate, where string) {
	held = c.Subject.Licence
	rows, why := documents(c, filing.DocumentLicence, func(filing.Document) bool { return true })
	if why.Code != "" {
		return held, ""
	}
	kept, why := newest(rows, func(a, b filing.Document) bool {
		return a.Issued == b.Issued && a.ValidTo == b.ValidTo && a.LongTerm == b.LongTerm
	})
	if why.Code != "" {
		return held, ""
	}
	if held.ValidTo.IsZero() && !held.LongTerm {
		held.ValidTo, held.LongTerm, where = kept.value.ValidTo, kept.value.LongTerm, kept.where()
	}
	if held.Issued.IsZero() {
		held.Issued = kept.value.Issued
	}
	return held, where
}

// termEnd is a term's end as one value to compare; empty where it is not known.
func termEnd(r filing.RegistryRecord) string {
	if r.LongTerm {
		return "long-term"
	}
	return r.TermTo.String()
}
