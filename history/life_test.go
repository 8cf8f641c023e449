package history

import (
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
)

func sights(letter byte) Sight {
	switch letter {
	case 'd':
		return Sight{Outcome: checks.Deficient, Reason: "no-address"}
	case 'D':
		return Sight{Outcome: checks.Deficient, Reason: "nothing-answers"}
	case 's':
		return Sight{Outcome: checks.Suspected, Reason: "no-address", Why: "unconfirmed"}
	case 'u':
		return Sight{Outcome: checks.Unverifiable, Why: "timeout"}
	case 'e':
		return Sight{Outcome: checks.Error, Why: "internal"}
	case 'n':
		return Sight{Outcome: checks.NotApplicable}
	}
	return Sight{Outcome: checks.Pass}
}

// Each night is a letter: deficient (d, D for another reason), suspected,
// unverifiable, error, pass, not applicable.
func TestLife(t *testing.T) {
	for _, c := range []struct {
		nights string
		moves  []Move
		state  LifeState
		status Status // on the last night
		unseen bool
		first  int64
		begun  int64
		again  int
	}{
		{nights: "p", moves: []Move{""}},
		{nights: "n", moves: []Move{""}},
		{nights: "s", moves: []Move{""}, state: LifeSeen},
		{nights: "su", moves: []Move{"", MoveChanged}, state: LifeSeen},
		{nights: "up", moves: []Move{"", ""}},
		{nights: "d", moves: []Move{MoveNew}, state: LifeOpen, status: StatusNew, first: 1, begun: 1},
		{nights: "sd", moves: []Move{"", MoveNew}, state: LifeOpen, status: StatusNew, first: 2, begun: 2},
		{nights: "dd", moves: []Move{MoveNew, ""}, state: LifeOpen, status: StatusOpen, first: 1, begun: 1},
		{nights: "dD", moves: []Move{MoveNew, MoveChanged}, state: LifeOpen, status: StatusOpen, first: 1, begun: 1},
		{nights: "du", moves: []Move{MoveNew, MoveUnseen}, state: LifeOpen, status: StatusOpen, unseen: true, first: 1, begun: 1},
		{nights: "ds", moves: []Move{MoveNew, MoveUnseen}, state: LifeOpen, status: StatusOpen, unseen: true, first: 1, begun: 1},
		{nights: "de", moves: []Move{MoveNew, MoveUnseen}, state: LifeOpen, status: StatusOpen, unseen: true, first: 1, begun: 1},
		{nights: "deu", moves: []Move{MoveNew, MoveUnseen, MoveChanged}, state: LifeOpen, status: StatusOpen, unseen: true, first: 1, begun: 1},
		{nights: "dud", moves: []Move{MoveNew, MoveUnseen, MoveChanged}, state: LifeOpen, status: StatusOpen, first: 1, begun: 1},
		{nights: "dp", moves: []Move{MoveNew, MoveResolved}, state: LifeResolved, status: StatusResolved, first: 1, begun: 1},
		{nights: "dn", moves: []Move{MoveNew, MoveResolved}, state: LifeResolved, status: StatusResolved, first: 1, begun: 1},
		{nights: "dup", moves: []Move{MoveNew, MoveUnseen, MoveResolved}, state: LifeResolved, status: StatusResolved, first: 1, begun: 1},
		{nights: "dpu", moves: []Move{MoveNew, MoveResolved, MoveChanged}, state: LifeResolved, status: StatusResolved, first: 1, begun: 1},
		{nights: "dps", moves: []Move{MoveNew, MoveResolved, MoveChanged}, state: LifeResolved, status: StatusResolved, first: 1, begun: 1},
		{nights: "dpd", moves: []Move{MoveNew, MoveResolved, MoveRegressed}, state: LifeOpen, status: StatusRegressed, first: 1, begun: 3, again: 1},
		{nights: "dpdd", moves: []Move{MoveNew, MoveResolved, MoveRegressed, ""}, state: LifeOpen, status: StatusOpen, first: 1, begun: 3, again: 1},
		{nights: "dpud", moves: []Move{MoveNew, MoveResolved, MoveChanged, MoveRegressed}, state: LifeOpen, status: StatusRegressed, first: 1, begun: 4, again: 1},
		{nights: "dpdpd", moves: []Move{MoveNew, MoveResolved, MoveRegressed, MoveResolved, MoveRegressed},
			state: LifeOpen, status: StatusRegressed, first: 1, begun: 5, again: 2},
	} {
		t.Run(c.nights, func(t *testing.T) {
			var l Life
			first := filing.NewDay(2026, time.January, 5)
			for i := range len(c.nights) {
				at := Moment{Position: int64(i + 1), Day: first.AddDays(i)}
				var move Move
				l, move = l.Next(sights(c.nights[i]), at, func(begun filing.Day) filing.Day { return begun.AddDays(14) })
				if move != c.moves[i] {
					t.Errorf("night %d: move %q, want %q", i+1, move, c.moves[i])
				}
			}
			last := int64(len(c.nights))
			if l.State != c.state || l.First != c.first || l.Begun != c.begun || l.Regressions != c.again || l.Unseen() != c.unseen {
				t.Errorf("life %+v", l)
			}
			today := first.AddDays(int(last) - 1)
			if got := l.Status(last, today); got != c.status {
				t.Errorf("status %q, want %q", got, c.status)
			}
			if l.State == LifeOpen {
				if want := first.AddDays(int(l.Begun) - 1 + 14); l.Due != want {
					t.Errorf("due %s, want %s", l.Due, want)
				}
				if got := l.Status(last, l.Due); got == StatusOverdue {
					t.Error("overdue on the very day")
				}
				if got := l.Status(last, l.Due.AddDays(1)); got != StatusOverdue {
					t.Errorf("a day after the due date: %q", got)
				}
			}
		})
	}
}

// Whatever the nights: only a sight that says pass or not applicable mends.
func TestOnlyASightMends(t *testing.T) {
	at := Moment{Position: 2, Day: filing.NewDay(2026, time.March, 2)}
	open := Life{State: LifeOpen, Sight: sights('d'), First: 1, Begun: 1}
	for _, o := range checks.Outcomes() {
		next, _ := open.Next(Sight{Outcome: o}, at, func(d filing.Day) filing.Day { return d })
		want := LifeOpen
		if o == checks.Pass || o == checks.NotApplicable {
			want = LifeResolved
		}
		if next.State != want {
			t.Errorf("after %s: %q", o, next.State)
		}
	}
}

func TestOutcomesText(t *testing.T) {
	o := Outcomes{
		"site-unreachable": {Outcome: checks.Suspected, Reason: "no-address", Why: "vantage-unknown"},
		"dns-overseas":     {Outcome: checks.Pass},
		"psb-number-wrong": {Outcome: checks.Unverifiable, Why: "timeout"},
		"domain-expired":   {Outcome: checks.Deficient, Reason: "expired"},
		"a":                {Outcome: checks.Error, Why: "internal"},
		"b":                {Outcome: checks.NotApplicable},
	}
	const want = "a=e/internal b=n dns-overseas=p domain-expired=d:expired psb-number-wrong=u/timeout site-unreachable=s:no-address/vantage-unknown"
	if o.String() != want {
		t.Errorf("text %q", o)
	}
	back := parseOutcomes(want)
	if len(back) != len(o) {
		t.Fatalf("read back %v", back)
	}
	for scene, s := range o {
		if back[scene] != s {
			t.Errorf("%s: read back %+v, want %+v", scene, back[scene], s)
		}
	}
}

func TestPast(t *testing.T) {
	since := func(n int) filing.Day { return filing.NewDay(2026, time.May, 1).AddDays(n) }
	absent := Outcomes{sceneUnreachable: {Outcome: checks.Deficient, Reason: "no-address"}}
	suspect := Outcomes{sceneUnreachable: {Outcome: checks.Suspected, Reason: "nothing-answers", Why: "vantage-unknown"}}
	once := Outcomes{sceneUnreachable: {Outcome: checks.Suspected, Reason: "no-address", Why: checks.WhyUnconfirmed}}
	parked := Outcomes{sceneUnreachable: {Outcome: checks.Deficient, Reason: "parking-page"}}
	blind := Outcomes{sceneUnreachable: {Outcome: checks.Unverifiable, Why: "timeout"}, sceneAway: {Outcome: checks.Error}}
	there := Outcomes{sceneUnreachable: {Outcome: checks.Pass}, sceneAway: {Outcome: checks.Pass}}
	away := Outcomes{sceneUnreachable: {Outcome: checks.Pass}, sceneAway: {Outcome: checks.Deficient, Reason: "other"}}
	overseas := Outcomes{sceneUnreachable: {Outcome: checks.Pass}, sceneAway: {Outcome: checks.NotApplicable}, sceneOverseas: {Outcome: checks.Deficient, Reason: "x"}}
	for name, c := range map[string]struct {
		stretches []stretch
		want      checks.Past
	}{
		"none":                    {},
		"there":                   {[]stretch{{there, since(0), 9}}, checks.Past{Observations: 9}},
		"absent":                  {[]stretch{{there, since(0), 2}, {absent, since(2), 5}}, checks.Past{Observations: 7, NightsAbsent: 5, AbsentSince: since(2)}},
		"absent in two ways":      {[]stretch{{absent, since(0), 2}, {suspect, since(2), 5}}, checks.Past{Observations: 7, NightsAbsent: 7, AbsentSince: since(0)}},
		"a blind night between":   {[]stretch{{absent, since(0), 2}, {blind, since(2), 1}, {absent, since(3), 4}}, checks.Past{Observations: 6, NightsAbsent: 6, AbsentSince: since(0)}},
		"seen once is no clean":   {[]stretch{{absent, since(0), 2}, {once, since(2), 3}}, checks.Past{Observations: 2, NightsAbsent: 2, AbsentSince: since(0)}},
		"back between":            {[]stretch{{absent, since(0), 20}, {there, since(20), 1}, {absent, since(21), 4}}, checks.Past{Observations: 25, NightsAbsent: 4, AbsentSince: since(21)}},
		"a parking page is there": {[]stretch{{absent, since(0), 3}, {parked, since(3), 1}}, checks.Past{Observations: 4}},
		"away":                    {[]stretch{{there, since(0), 1}, {away, since(1), 2}, {overseas, since(3), 3}}, checks.Past{Observations: 6, NightsAway: 5, AwaySince: since(1)}},
		"away, then blind":        {[]stretch{{away, since(0), 2}, {blind, since(2), 3}}, checks.Past{Observations: 2, NightsAway: 2, AwaySince: since(0)}},
		"away, then home":         {[]stretch{{away, since(0), 2}, {there, since(2), 3}}, checks.Past{Observations: 5}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := *pastOf(c.stretches); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}
