package report

import (
	"strconv"

	"github.com/icpaudit/icpaudit/history"
)

// Letters is a table of letters about runs.
func (t *Teller) Letters(all []history.Notification) Table {
	table := Table{Head: t.head("letter", "run", "channel", "recipient", "team", "state", "when", "tries", "next", "notes")}
	for _, n := range all {
		when := n.Told
		if when.IsZero() {
			when = n.Made
		}
		table.Rows = append(table.Rows, []string{
			strconv.FormatInt(n.ID, 10), strconv.FormatInt(n.Run, 10), t.word("channel", n.Channel), n.Recipient, n.Team,
			t.word("letter-state", string(n.State)), t.when(when), strconv.Itoa(n.Tries), t.when(n.Next), n.Detail,
		})
	}
	return table
}
