package scanner

import (
	"context"
	"fmt"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

func TestPaceGivesOneTurnAnInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(time.Second)
		began := time.Now()
		for i := range 5 {
			if err := p.wait(t.Context(), "a.cn"); err != nil {
				t.Fatal(err)
			}
			if got := time.Since(began); got != time.Duration(i)*time.Second {
				t.Errorf("turn %d after %s", i, got)
			}
		}
		if err := p.wait(t.Context(), "b.cn"); err != nil || time.Since(began) != 4*time.Second {
			t.Errorf("another host waited: %v after %s", err, time.Since(began))
		}
	})
}

func TestPaceTakesNoTurnTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(time.Second)
		p.hold("a.cn", time.Minute)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		began := time.Now()
		err := p.wait(ctx, "a.cn")
		if faultOf(err, "").Kind != observe.FaultNotLookedUp || time.Since(began) != 0 {
			t.Errorf("error %v after %s", err, time.Since(began))
		}
		time.Sleep(time.Minute)
		if err := p.wait(t.Context(), "a.cn"); err != nil || time.Since(began) != time.Minute {
			t.Errorf("the turn not taken was counted: %v after %s", err, time.Since(began))
		}
	})
}

func TestPaceForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPace(time.Second)
		for i := range 20 * sweepAt {
			if err := p.wait(t.Context(), fmt.Sprintf("h%d.cn", i)); err != nil {
				t.Fatal(err)
			}
			if i%100 == 0 {
				time.Sleep(time.Second)
			}
		}
		if len(p.next) > 2*sweepAt {
			t.Errorf("%d hosts are remembered", len(p.next))
		}
	})
}

func TestSeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSeats(2)
		addr := netip.MustParseAddr("203.119.1.1")
		var free []func()
		for range 2 {
			f, err := s.take(t.Context(), addr)
			if err != nil {
				t.Fatal(err)
			}
			free = append(free, f)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.take(ctx, addr); err == nil {
			t.Error("a third place was given")
		}
		other, err := s.take(t.Context(), netip.MustParseAddr("203.119.1.2"))
		if err != nil {
			t.Fatal(err)
		}
		free[0]()
		again, err := s.take(t.Context(), addr)
		if err != nil {
			t.Fatal(err)
		}
		again()
		free[1]()
		other()
		if len(s.byAddr) != 0 {
			t.Errorf("%d addresses are remembered", len(s.byAddr))
		}
	})
}

func TestHoldOf(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for in, want := range map[string]time.Duration{
		"": defaultHold, "5": 5 * time.Second, "-1": time.Second, "0": time.Second, "1000000000": maxHold, "x": defaultHold, "99999999999999": defaultHold,
		"Thu, 01 Jan 2026 00:00:10 GMT": 10 * time.Second, "Thu, 01 Jan 2025 00:00:10 GMT": time.Second, "Thu, 01 Jan 2099 00:00:10 GMT": maxHold,
	} {
		if got := holdOf(in, now); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}
