package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/observe"
)

// ending is the reason that one attempt speaks for, or why it tells nothing;
// neither means that a page of the site opened.
func ending(a *observe.Attempt) (reason, unclear string) {
	inPlace := map[observe.PageKind]string{
		observe.KindBlock: "block-page", observe.KindParking: "parking-page", observe.KindDefault: "default-page",
	}[a.Kind]
	switch a.End {
	case observe.EndPage, observe.EndStatus:
		switch {
		case a.Kind == observe.KindChallenge:
			return "", "challenge"
		case a.Cut && a.Kind != observe.KindSite:
			return "", whyTruncated
		case inPlace != "":
			return inPlace, ""
		case a.End == observe.EndStatus:
			return status(a.Status)
		case a.Kind == observe.KindError, a.Kind == observe.KindEmpty:
			return "error-page", ""
		case a.Fault != nil, a.Kind == observe.KindOther:
			return "", whyUnread
		}
		return "", ""
	case observe.EndRefused, observe.EndReset, observe.EndTimeout, observe.EndRedirect, observe.EndNotHTTP, observe.EndUnresolved:
		return silence(a)
	case observe.EndTLS:
		return "", "tls"
	case observe.EndBlocked:
		return "", "blocked-address"
	}
	return "", "visit-fault"
}

// silence tells an answer that nothing is there from one that could not be
// read or broke off, and a name without address from one that the resolvers failed on.
func silence(a *observe.Attempt) (reason, unclear string) {
	switch {
	case (a.End == observe.EndReset || a.End == observe.EndTimeout) && a.Status != 0:
		return "", whyTruncated // it has answered, and broke off before its page came
	case a.End == observe.EndUnresolved && a.Fault != nil && a.Fault.Kind != observe.FaultUnresolved:
		return "", string(a.Fault.Kind)
	case a.End == observe.EndUnresolved:
		return "no-address", ""
	case a.End == observe.EndNotHTTP && a.Fault != nil && a.Fault.Kind != observe.FaultNotHTTP:
		return "", string(a.Fault.Kind)
	}
	return "nothing-answers", ""
}

// status tells what any visitor would get from a door that is closed to us.
// Firewalls refuse strangers with most codes of the 400s, and with a few others.
func status(code int) (reason, unclear string) {
	gone := []int{404, 410}
	busy := []int{503, 521, 529, 567}
	if code >= 500 && code < 600 && !slices.Contains(busy, code) || slices.Contains(gone, code) {
		return "error-page", ""
	}
	return "", "status-denied"
}

// reached is the URL that an attempt came to.
func reached(a *observe.Attempt) string {
	if a.Final != "" {
		return a.Final
	}
	return a.Start
}

func visitProof(c Case, a *observe.Attempt) Proof {
	var got []string
	if a.Status != 0 {
		got = append(got, fmt.Sprintf("HTTP %d", a.Status))
	}
	if a.Status == 0 || a.Fault != nil {
		got = append(got, string(a.End))
	}
	if kind := strings.TrimSpace(string(a.Kind) + " " + a.Mark); kind != "" {
		got = append(got, kind)
	}
	if a.Fault != nil && a.Fault.Detail != "" {
		got = append(got, a.Fault.Detail)
	}
	where := reached(a)
	if n := len(a.Hops); n > 0 && a.Hops[n-1].Addr.IsValid() {
		where += " (" + a.Hops[n-1].Addr.String() + ")"
	}
	return Proof{What: "visit", Got: strings.Join(got, ", "), Where: where, At: c.Visit.At}
}

// endings tells how each attempt ended.
func endings(attempts []observe.Attempt) string {
	parts := make([]string, 0, len(attempts))
	for _, a := range attempts {
		end := string(a.End)
		if a.Status != 0 {
			end = fmt.Sprint(a.Status)
		}
		parts = append(parts, a.Start+" "+end)
	}
	return strings.Join(parts, "; ")
}
