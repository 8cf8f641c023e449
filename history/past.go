package history

import (
	"context"
	"fmt"
	"slices"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
)

// The scenes whose outcomes tell of an item's past.
const (
	sceneUnreachable checks.ID = "site-unreachable"
	sceneAway        checks.ID = "dns-not-at-provider"
	sceneOverseas    checks.ID = "dns-overseas"
)

// stretch is a number of nights in a row on which an item showed the same.
type stretch struct {
	outcomes Outcomes
	since    filing.Day
	nights   int
}

// pastOf is the past that stretches tell, oldest first. A night on which nobody
// could tell neither adds to a row of nights nor ends it.
func pastOf(stretches []stretch) *checks.Past {
	past := &checks.Past{}
	absent, away := true, true // while the rows of nights go on, looking back
	for _, s := range slices.Backward(stretches) {
		if clear(s.outcomes[sceneUnreachable]) || clear(s.outcomes[sceneAway]) {
			past.Observations += s.nights
		}
		if seen := s.outcomes[sceneUnreachable]; absent && clear(seen) {
			if absent = isAbsent(seen); absent {
				past.NightsAbsent += s.nights
				past.AbsentSince = s.since
			}
		}
		if away {
			switch led := ledAway(s.outcomes); led {
			case yes:
				past.NightsAway += s.nights
				past.AwaySince = s.since
			case no:
				away = false
			}
		}
	}
	return past
}

// clear says whether a sight tells something for sure. A suspicion that only
// the place of the scanner made one does; one that nobody confirmed does not.
func clear(s Sight) bool {
	switch s.Outcome {
	case checks.Pass, checks.Deficient:
		return true
	case checks.Suspected:
		return s.Why != checks.WhyUnconfirmed
	}
	return false
}

// isAbsent says whether a site was not there at all: what shows another page is there.
func isAbsent(s Sight) bool {
	return !settled(s.Outcome) && slices.Contains([]string{"no-address", "nothing-answers"}, s.Reason)
}

// answer is yes, no, or that nobody could tell.
type answer int

const (
	unknown answer = iota
	yes
	no
)

// ledAway says whether the names resolved, and not to the provider's mainland
// nodes. Of the scenes on access at most one holds: where one does, the others
// are not applicable.
func ledAway(o Outcomes) answer {
	for _, scene := range []checks.ID{sceneAway, sceneOverseas} {
		if s := o[scene]; clear(s) && s.Outcome != checks.Pass {
			return yes
		}
	}
	if o[sceneAway].Outcome == checks.Pass {
		return no
	}
	return unknown
}

func (s *store) Past(ctx context.Context, key string, before int64) (*checks.Past, error) {
	var stretches []stretch
	// Position 0 asks for everything up to the newest.
	query := `SELECT v.text, c.day, c.position, CASE WHEN c.days = 0 THEN i.days ELSE c.days END FROM items AS i
		JOIN changes AS c ON c.item = i.id JOIN vectors AS v ON v.id = c.vector
		WHERE i.level = 'item' AND i.key = $1 AND ($2 = 0 OR c.position < $3) ORDER BY c.position`
	err := each(ctx, s.reader, query, []any{key, before, before}, func(scan func(...any) error) error {
		var text, since string
		var position int64
		var one stretch
		if err := scan(&text, &since, &position, &one.nights); err != nil {
			return err
		}
		var err error
		one.outcomes = parseOutcomes(text)
		one.since, err = day(since)
		stretches = append(stretches, one)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the past of %q: %w", key, err)
	}
	return pastOf(stretches), nil
}
