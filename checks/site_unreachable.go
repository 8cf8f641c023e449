package checks

import (
	"slices"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

// siteUnreachable: a usable page opens on the domain, on www or on a filed URL,
// over HTTP or HTTPS (guide section 2.2, scene 3). An attempt that shows
// nothing for sure keeps the others from being deficient.
var siteUnreachable = Check{
	ID: "site-unreachable", Level: LevelItem,
	For:        []filing.ServiceKind{filing.Website},
	Blind:      []filing.ServiceKind{filing.AppService, filing.MiniProgram, filing.QuickApp},
	Inside:     judgeOpens,
	Needs:      observe.WantVisit,
	Asks:       []filing.EvidenceKind{filing.EvidenceDocuments},
	Reasons:    siteReasons(),
	NeedsPlace: true,
	Causes:     []Cause{"service-unused:said-unused", "domain-expired", "dns-not-at-provider"},
	Judge:      judgeVisit,
}

// siteReasons are the reasons in order of precedence.
func siteReasons() []Reason {
	return []Reason{
		{ID: "block-page", Absence: true}, {ID: "parking-page", Absence: true}, {ID: "default-page", Absence: true},
		{ID: "error-page", Absence: true}, {ID: "nothing-answers", Absence: true}, {ID: "no-address", Absence: true}, {ID: "app-not-usable"},
	}
}

func judgeVisit(c Case) Verdict {
	attempts := c.Visit.Value.Attempts
	reasons := map[string]*observe.Attempt{}
	var open *observe.Attempt
	why := ""
	for i := range attempts {
		a := &attempts[i]
		if a.End == observe.EndSeen { // told by an earlier attempt
			continue
		}
		reason, unclear := ending(a)
		switch {
		case reason == "" && unclear == "":
			return pass(visitProof(c, a)).advise(aboutVisit(a)...)
		case reason == "" && open == nil:
			open, why = a, unclear
		case reason != "" && reasons[reason] == nil:
			reasons[reason] = a
		}
	}
	all := Proof{What: "attempts", Got: endings(attempts), Where: c.Domain.Name, At: c.Visit.At}
	if open != nil {
		return unverifiable(Note{Code: why, Detail: reached(open)}, visitProof(c, open), all)
	}
	for _, reason := range siteReasons() {
		if a := reasons[reason.ID]; a != nil {
			return deficient(reason.ID, visitProof(c, a), all)
		}
	}
	return unverifiable(Note{Code: "no-attempt"})
}

// aboutVisit is the advice on a page that opened.
func aboutVisit(a *observe.Attempt) []Note {
	var notes []Note
	if a.Offsite {
		notes = append(notes, Note{Code: "offsite", Detail: a.Final})
	}
	if i := slices.IndexFunc(a.Hops, func(h observe.Hop) bool { return h.TLS != "" }); i >= 0 {
		notes = append(notes, Note{Code: "certificate", Detail: a.Hops[i].URL + " " + a.Hops[i].TLS})
	}
	return notes
}
