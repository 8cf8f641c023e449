package checks

import (
	"slices"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/filing/number"
)

// judgeCalls judges how the calls to a person's filed phones ended. Of each
// phone the newest counts; a phone that is wrong makes the contacts wrong, even
// where another one answers.
func judgeCalls(c Case, p filing.Person, role filing.Role) Verdict {
	var mine []filing.Call
	for _, call := range c.Evidence.Calls {
		if call.Role == role && (c.Service == nil || call.Service == "" || call.Service == c.Service.Number) {
			mine = append(mine, call)
		}
	}
	rows, why := fresh(c, filing.EvidenceContacts, rowsOf(c, filing.EvidenceContacts, mine, func(call filing.Call) (filing.Origin, filing.Day) { return call.Origin, call.Day }))
	if why.Code != "" {
		return unverifiable(why)
	}
	filed := []string{""} // a call without a phone is to any
	for _, phone := range []string{p.Mobile, p.Landline, p.Emergency} {
		filed = append(filed, dialled(phone))
	}
	byPhone := map[string][]row[filing.Call]{}
	var phones []string
	for _, r := range rows {
		phone := dialled(r.value.Phone)
		if slices.Contains(filed, phone) && byPhone[phone] == nil {
			phones = append(phones, phone)
		}
		byPhone[phone] = append(byPhone[phone], r)
	}
	if len(phones) == 0 {
		return unverifiable(Note{Code: "other-phone", Detail: number.MaskPhone(rows[0].value.Phone)})
	}
	slices.Sort(phones)
	var bad, open []Verdict
	var good []Proof
	for _, phone := range phones {
		switch v := c.judgePhone(byPhone[phone]); v.outcome {
		case Pass:
			good = append(good, v.proofs...)
		case Unverifiable:
			open = append(open, v)
		default:
			bad = append(bad, v)
		}
	}
	switch {
	case len(bad) > 0:
		return worst(contactReasons(), bad)
	case len(open) > 0:
		return open[0]
	}
	return pass(good...)
}

// judgePhone judges the calls to one phone, the newest first. What may be
// chance, such as a phone that is off, counts after as many tries as the policy
// sets: those that the feed counts, or the rows since the last success.
func (c Case) judgePhone(calls []row[filing.Call]) Verdict {
	last, why := newest(calls, func(a, b filing.Call) bool { return a.Result == b.Result })
	if why.Code != "" {
		return unverifiable(why)
	}
	proof := last.proof("call", string(filing.CallVerified), string(last.value.Result))
	proof.Excerpt = number.MaskPhone(last.value.Phone)
	tries := slices.IndexFunc(calls, func(r row[filing.Call]) bool { return r.value.Result == filing.CallVerified })
	if tries < 0 {
		tries = len(calls)
	}
	tries = max(tries, last.value.Tries)
	switch result := last.value.Result; {
	case result == filing.CallVerified:
		return pass(proof)
	case result == filing.CallNoSuchNumber, result == filing.CallSuspended:
		return deficient(string(result), proof)
	case result != filing.CallSwitchedOff && result != filing.CallNoAnswer && result != filing.CallUnverified:
		return unverifiable(Note{Code: whyUnusable, Detail: string(result)})
	case tries >= c.Policy.CallTries:
		return deficient(string(result), proof)
	default:
		return suspected(string(result), proof).because(Note{Code: "too-few-tries"})
	}
}

// dialled is a phone as it is compared; one that is none stays as it is.
func dialled(text string) string {
	if phone, err := number.ParsePhone(text); err == nil {
		return string(phone)
	}
	return text
}
