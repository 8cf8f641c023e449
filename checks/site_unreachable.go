package checks

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

// siteUnreachable: a usable page opens on the domain, on www or on a filed URL,
// over HTTP or HTTPS (guide section 2.2, scene 3).
var siteUnreachable = Check{
	ID: "site-unreachable", Level: LevelItem,
	For:        []filing.ServiceKind{filing.Website},
	Blind:      []filing.ServiceKind{filing.AppService, filing.MiniProgram, filing.QuickApp},
	Needs:      observe.WantVisit,
	Reasons:    siteReasons(),
	NeedsPlace: true,
	Causes:     []ID{"domain-expired", "dns-not-at-provider"},
	Judge:      judgeVisit,
}

// siteReasons are the reasons in order of precedence.
func siteReasons() []Reason {
	return []Reason{
		{ID: "block-page", Absence: true}, {ID: "parking-page", Absence: true}, {ID: "default-page", Absence: true},
		{ID: "error-page", Absence: true}, {ID: "nothing-answers", Absence: true}, {ID: "no-address", Absence: true},
	}
}

func judgeVisit(c Case) Verdict {
	reasons := map[string]*observe.Attempt{}
	var open *observe.Attempt
	why := ""
	attempts := c.Visit.Value.Attempts
	for i := range attempts {
		a := &attempts[i]
		reason, unclear := ending(a)
		switch {
		case reason == "open":
			v := pass(visitProof(c, a))
			if a.Offsite {
				v = v.advise(Note{Code: "offsite", Detail: a.Final})
			}
			return v
		case unclear != "" && open == nil:
			open, why = a, unclear
		case reason != "" && reasons[reason] == nil:
			reasons[reason] = a
		}
	}
	if open != nil {
		return unverifiable(Note{Code: why, Detail: open.Final}, visitProof(c, open))
	}
	for _, reason := range siteReasons() {
		if a := reasons[reason.ID]; a != nil {
			return deficient(reason.ID, visitProof(c, a), Proof{What: "attempts", Got: endings(attempts), At: c.Visit.At})
		}
	}
	return unverifiable(Note{Code: "no-attempt"})
}

// ending is the reason that one attempt speaks for, or why it says nothing.
func ending(a *observe.Attempt) (reason, unclear string) {
	kinds := map[observe.PageKind]string{
		observe.KindBlock: "block-page", observe.KindParking: "parking-page", observe.KindDefault: "default-page",
		observe.KindError: "error-page", observe.KindEmpty: "error-page",
	}
	switch a.End {
	case observe.EndPage, observe.EndStatus:
		reason := kinds[a.Kind]
		switch {
		case a.Kind == observe.KindChallenge:
			return "", "challenge"
		case a.Cut && a.Kind != observe.KindSite:
			return "", whyTruncated
		case reason != "" && (a.End == observe.EndPage || reason != "error-page"):
			return reason, ""
		case a.End == observe.EndStatus:
			return status(a.Status)
		case a.Fault != nil, a.Kind == observe.KindOther:
			return "", whyUnread
		}
		return "open", ""
	case observe.EndReset, observe.EndTimeout:
		if a.Status != 0 {
			// The site has answered, and broke off before its page came.
			return "", whyTruncated
		}
		return "nothing-answers", ""
	case observe.EndRefused, observe.EndNotHTTP, observe.EndRedirect:
		return "nothing-answers", ""
	case observe.EndUnresolved:
		return "no-address", ""
	case observe.EndTLS:
		return "", "tls"
	case observe.EndBlocked:
		return "", "blocked-address"
	case observe.EndFault:
		return "", "visit-fault"
	}
	return "", ""
}

// status tells an error page from a door that is closed to us only.
func status(code int) (reason, unclear string) {
	switch code {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusMethodNotAllowed, http.StatusPreconditionFailed,
		http.StatusTooManyRequests, http.StatusUnavailableForLegalReasons, 468, http.StatusServiceUnavailable, 521, 567, 999:
		return "", "status-denied"
	}
	return "error-page", ""
}

func visitProof(c Case, a *observe.Attempt) Proof {
	got := string(a.End)
	switch {
	case a.Status != 0 && a.Kind != "":
		got = fmt.Sprintf("HTTP %d, %s %s", a.Status, a.Kind, a.Mark)
	case a.Status != 0:
		got = fmt.Sprintf("HTTP %d", a.Status)
	case a.Fault != nil:
		got += ": " + a.Fault.Detail
	}
	where := a.Final
	if where == "" {
		where = a.Start
	}
	if n := len(a.Hops); n > 0 && a.Hops[n-1].Addr.IsValid() {
		where += " (" + a.Hops[n-1].Addr.String() + ")"
	}
	return Proof{What: "visit", Got: strings.TrimSpace(got), Where: where, At: c.Visit.At}
}

func endings(attempts []observe.Attempt) string {
	var parts []string
	for _, a := range attempts {
		end := string(a.End)
		if a.Status != 0 {
			end = fmt.Sprint(a.Status)
		}
		parts = append(parts, a.Start+" "+end)
	}
	return strings.Join(parts, "; ")
}
