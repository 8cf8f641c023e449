package report

import "github.com/icpaudit/icpaudit/checks"

// longestCode bounds a code that comes from a file, in runes.
const longestCode = 100

// cleanCodes makes the codes of a line safe to show: one that nobody knows is
// shown as it is, and a file may have been edited.
func (l *findingLine) cleanCodes() {
	clean(&l.Reason, &l.ServiceKind, &l.State.Code)
	if l.Why != nil {
		clean(&l.Why.Code)
	}
	for i := range l.Proofs {
		clean(&l.Proofs[i].What)
	}
	for i := range l.Advice {
		clean(&l.Advice[i].Code)
	}
	for i, id := range l.CausedBy {
		l.CausedBy[i] = checks.ID(Clean(string(id), longestCode))
	}
	for i := range l.Ways {
		cleanAll(l.Ways[i].Operations)
		cleanAll(l.Ways[i].Notes)
	}
}

// cleanCodes is the same for a step of a plan.
func (l *stepLine) cleanCodes() {
	clean(&l.Operation, &l.Blocked)
	cleanAll(l.Notes)
	for i, key := range l.Mends {
		l.Mends[i].Scene, l.Mends[i].Level = checks.ID(Clean(string(key.Scene), longestCode)), checks.Level(Clean(string(key.Level), longestCode))
	}
}

func clean(codes ...*string) {
	for _, code := range codes {
		*code = Clean(*code, longestCode)
	}
}

func cleanAll(codes []string) {
	for i := range codes {
		clean(&codes[i])
	}
}
