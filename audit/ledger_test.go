package audit

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestLedger(t *testing.T) {
	var l ledger
	for _, s := range []span{{50, 60}, {10, 20}, {18, 30}, {61, 61}} {
		l.add(s)
	}
	rows := []struct {
		s    span
		want bool
	}{
		{span{0, 9}, false}, {span{0, 10}, true}, {span{31, 49}, false}, {span{25, 26}, true}, {span{30, 31}, true},
		{span{60, 60}, true}, {span{61, 70}, true}, {span{62, 70}, false}, {span{0, 100}, true},
	}
	for _, row := range rows {
		if got := l.doubts(row.s); got != row.want {
			t.Errorf("%v: doubts %v, want %v", row.s, got, row.want)
		}
	}
}

// However many troubles there were, the ledger stays small, and no doubt is forgotten.
func TestLedgerIsBoundedAndForgetsNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var l ledger
	var all []span
	for range 5 * maxSpans {
		from := time.Duration(rng.IntN(1_000_000))
		s := span{from, from + time.Duration(rng.IntN(20))}
		all = append(all, s)
		l.add(s)
	}
	if len(l.spans) > maxSpans {
		t.Errorf("%d spans are kept, want at most %d", len(l.spans), maxSpans)
	}
	for _, s := range all {
		if !l.doubts(s) {
			t.Fatalf("the doubt of %v is forgotten", s)
		}
	}
	for i := 1; i < len(l.spans); i++ {
		if l.spans[i-1].To >= l.spans[i].From {
			t.Fatalf("the spans %v and %v are not in order", l.spans[i-1], l.spans[i])
		}
	}
}
