package report

import (
	"cmp"
	"fmt"

	"github.com/icpaudit/icpaudit/history"
)

// Unfit tells why a row of a list can't be used: where, what, and what would be right.
func (t *Teller) Unfit(h Handled) string {
	line := fmt.Sprintf("[%s] "+t.Say("handled-where"), t.Say("mistake"), h.Sheet, h.Row)
	if h.Unfit.Head != "" {
		line += fmt.Sprintf(t.Say("mistake-column"), headerOf(t.Phrases, h.Unfit.Head).In(t.lang))
	}
	line += t.Say("mistake-colon") + t.word("handled", h.Unfit.Code)
	if h.Unfit.Value != "" {
		line += fmt.Sprintf(t.Say("mistake-value"), h.Unfit.Value)
	}
	if h.Unfit.Want != "" {
		line += fmt.Sprintf(t.Say("mistake-want"), h.Unfit.Want)
	}
	return line
}

// Handled tells what is done about a row of a list, and of which finding.
func (t *Teller) Handled(h Handled, f history.Finding) string {
	name, scene := Clean(nameOf(f.Item), 200), t.SceneName(string(f.Detail.Scene))
	say := func(more ...any) string {
		return fmt.Sprintf(t.Say("handled-"+string(h.Handling)), append([]any{h.Sheet, h.Row, name, scene}, more...)...)
	}
	switch h.Handling {
	case HandlingAssigned:
		return say(Clean(h.Person, 200), Clean(cmp.Or(f.Owner, t.Say("handled-nobody")), 200))
	case HandlingWaived:
		return say(h.Until, t.word("waiver", string(h.Reason)))
	}
	return say()
}

// MendedNote is what is noted of a finding that is said to be mended.
func (t *Teller) MendedNote(h Handled) string { return mendedNote(t.Phrases, t.when(h.List), h) }

// IsMendedNote says whether a note is that of this row of this list, in
// whichever language it was written.
func (t *Teller) IsMendedNote(h Handled, text string) bool {
	list := t.when(h.List)
	return text == mendedNote(In("zh"), list, h) || text == mendedNote(In("en"), list, h)
}

func mendedNote(say Phrases, list string, h Handled) string {
	text := fmt.Sprintf(say.Say("handled-note"), list)
	for _, more := range []string{h.Person, h.Note} {
		if more != "" {
			text += say.Say("colon") + more
		}
	}
	return text
}
