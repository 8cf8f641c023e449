package report

import (
	"fmt"

	"github.com/icpaudit/icpaudit/filing"
)

// Mistake tells one mistake of an inventory: where, what, and what would be right.
func (t *Teller) Mistake(m filing.Mistake) string {
	kind := "mistake"
	if m.Warning {
		kind = "warning"
	}
	line := fmt.Sprintf("[%s] "+t.Say("mistake-where"), t.Say(kind), Clean(m.File, 200), m.Row)
	if m.Column != "" {
		line += fmt.Sprintf(t.Say("mistake-column"), Clean(m.Column, 200))
	}
	line += t.Say("mistake-colon") + t.word("input", m.Code)
	if m.Value != "" {
		line += fmt.Sprintf(t.Say("mistake-value"), Clean(m.Value, 200))
	}
	if m.Want != "" {
		line += fmt.Sprintf(t.Say("mistake-want"), Clean(m.Want, 200))
	}
	return line
}
