package checks

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/icpaudit/icpaudit/filing"
)

// leastNights is how many nights in a row something has to be away before its
// absence says that it was given up (the catalogue's rule).
const leastNights = 30

// everyKind is every kind of service: a statement may be about any.
func everyKind() []filing.ServiceKind {
	return []filing.ServiceKind{filing.Website, filing.AppService, filing.MiniProgram, filing.QuickApp}
}

// leaving is a rule on what was given up: by what the filer said, the newest
// word counts, or else by the nights of the past.
type leaving struct {
	statement    filing.StatementKind
	said, absent string                        // reasons
	nights       func(*Past) (int, filing.Day) // in a row up to now, and since when
}

func (l leaving) judge(c Case) Verdict {
	last, why := c.statement(l.statement)
	switch {
	case why.Code == "" && last.value.Kind == l.statement:
		return deficient(l.said, last.proof("statement", string(filing.StatementInUse), said(last.value)))
	case why.Code == "":
		return pass(last.proof("statement", string(filing.StatementInUse), said(last.value)))
	case why.Code == whyContradicts:
		return unverifiable(why)
	case c.Domain == nil:
		return unverifiable(why) // no look of ours reaches what is no domain
	case c.Past == nil || c.Past.Observations == 0:
		return unverifiable(Note{Code: "no-history"})
	}
	nights, since := l.nights(c.Past)
	proof := Proof{What: l.absent, Want: fmt.Sprintf("< %d", leastNights), Got: fmt.Sprint(nights), Where: since.String()}
	switch {
	case nights >= leastNights:
		return suspected(l.absent, proof)
	case c.Past.NightsAbsent > 0 || nights > 0:
		return unverifiable(Note{Code: "too-few-nights", Detail: fmt.Sprint(max(nights, c.Past.NightsAbsent))}, proof)
	}
	return pass(proof)
}

// statement is the newest word of the filer on an item that says whether
// something is given up or still in use. Of the same day the word on the item
// beats the one on its service, and that the one on the subject.
func (c Case) statement(kind filing.StatementKind) (row[filing.Statement], Note) {
	var mine []filing.Statement
	for _, s := range c.Evidence.Statements {
		if (s.Kind == kind || s.Kind == filing.StatementInUse) && (s.Service == "" || s.Service == c.Service.Number) && (s.Name == "" || s.Name == c.itemName()) {
			mine = append(mine, s)
		}
	}
	rows, why := fresh(c, filing.EvidenceContacts, rowsOf(c, filing.EvidenceContacts, mine, func(s filing.Statement) (filing.Origin, filing.Day) { return s.Origin, s.Day }))
	if why.Code != "" {
		return row[filing.Statement]{}, why
	}
	closest := func(a, b row[filing.Statement]) int { return cmp.Compare(closeness(b.value), closeness(a.value)) }
	rows = slices.DeleteFunc(rows, func(r row[filing.Statement]) bool { return r.day != rows[0].day })
	slices.SortStableFunc(rows, closest)
	rows = slices.DeleteFunc(rows, func(r row[filing.Statement]) bool { return closest(rows[0], r) != 0 })
	return newest(rows, func(a, b filing.Statement) bool { return a.Kind == b.Kind })
}

// closeness is how near a statement is to one item.
func closeness(s filing.Statement) int {
	switch {
	case s.Name != "":
		return 2
	case s.Service != "":
		return 1
	}
	return 0
}

func (c Case) itemName() string {
	if c.App != nil {
		return c.App.ItemName()
	}
	return c.Domain.Name
}

// said is a statement with who made it.
func said(s filing.Statement) string {
	if s.By == "" {
		return string(s.Kind)
	}
	return string(s.Kind) + " (" + s.By + ")"
}
