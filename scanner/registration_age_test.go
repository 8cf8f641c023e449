package scanner

import (
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

func TestDue(t *testing.T) {
	const day = 24 * time.Hour
	at := func(left time.Duration) *observe.Date { return &observe.Date{Time: registryNow.Add(left)} }
	registered := func(left time.Duration) observe.Registration {
		return observe.Registration{State: observe.StateRegistered, Expires: at(left), AsOf: registryNow}
	}
	free := func(since time.Duration) observe.Registration {
		return observe.Registration{State: observe.StateAvailable, AsOf: registryNow, Since: registryNow.Add(-since)}
	}
	for name, c := range map[string]struct {
		r    observe.Registration
		want time.Duration
	}{
		"far off":                           {registered(400 * day), 30 * day},
		"less than half a year after a day": {registered(181 * day), 10 * day},
		"half a year after three weeks":     {registered(201 * day), 21 * day},
		"near":                              {registered(44 * day), 3 * day},
		"past":                              {registered(-day), day},
		"past tomorrow":                     {registered(20 * time.Hour), day},
		"reserved":                          {observe.Registration{State: observe.StateReserved, AsOf: registryNow}, day},
		"free for the first time":           {free(0), 20 * time.Minute},
		"free, asked again too soon":        {free(5 * time.Minute), 15 * time.Minute},
		"free, confirmed":                   {free(20 * time.Minute), day},
	} {
		if got := Due(c.r, 20*time.Minute).Sub(registryNow); got != c.want {
			t.Errorf("%s: due after %s, want %s", name, got, c.want)
		}
	}
}

// An absence carries since when it stands, and any other answer ends it.
func TestAbsenceCarriesSince(t *testing.T) {
	n := newNet(t)
	said := "No matching record."
	n.whois(cnnicServer, func(string, net.Conn) string { return said })
	o := quickRegistration()
	o.Cache = filepath.Join(t.TempDir(), "kept")
	r := n.registrations(o)
	now := registryNow
	r.now = func() time.Time { return now }
	for _, c := range []struct {
		text   string
		since  time.Time
		refuse bool
	}{
		{"No matching record.", registryNow, false},
		{"No matching record.", registryNow, false},
		{"Queried interval is too short.", time.Time{}, true}, // no answer
		{"No matching record.", registryNow, false},
		{cnRecord, time.Time{}, false},
		{"No matching record.", registryNow.Add(5 * time.Hour), false},
	} {
		said = c.text
		seen := r.Lookup(t.Context(), "example.cn", true)
		switch {
		case c.refuse != (seen.Fault != nil):
			t.Errorf("%q: %+v", c.text, seen)
		case seen.Value != nil && !seen.Value.Since.Equal(c.since):
			t.Errorf("%q at %s: since %s, want %s", c.text, now, seen.Value.Since, c.since)
		}
		now = now.Add(time.Hour)
	}
}

// Where nobody is asked an old absence is not said again.
func TestNewest(t *testing.T) {
	n := newNet(t)
	said := cnRecord
	asked := n.whois(cnnicServer, func(string, net.Conn) string { return said })
	o := quickRegistration()
	o.Cache = filepath.Join(t.TempDir(), "kept")
	r := n.registrations(o)
	s := &Scanner{registrations: r}
	if seen := s.Newest(t.Context(), "www.example.cn"); seen.Fault == nil || seen.Fault.Kind != observe.FaultNotLookedUp || seen.Fault.Where != "example.cn" {
		t.Errorf("nothing is kept: %+v", seen)
	}
	if seen := s.Newest(t.Context(), "192.168.1.1"); seen.Fault == nil || seen.Fault.Kind != observe.FaultNoServer {
		t.Errorf("no name: %+v", seen)
	}
	later := func(d time.Duration) observe.Seen[observe.Registration] {
		r.now = func() time.Time { return registryNow.Add(d) }
		defer func() { r.now = func() time.Time { return registryNow } }()
		return s.Newest(t.Context(), "example.cn")
	}
	r.Lookup(t.Context(), "example.cn", true)
	if seen := later(1000 * time.Hour); seen.Value == nil || seen.Via != "cache" || !seen.Value.AsOf.Equal(registryNow) {
		t.Errorf("an old answer: %+v", seen)
	}
	said = "No matching record."
	r.Lookup(t.Context(), "example.cn", true)
	if seen := later(48 * time.Hour); seen.Value == nil || seen.Value.State != observe.StateAvailable {
		t.Errorf("a young absence: %+v", seen)
	}
	if seen := later(49 * time.Hour); seen.Fault == nil || seen.Fault.Kind != observe.FaultNotLookedUp {
		t.Errorf("an old absence: %+v", seen)
	}
	if asked.Load() != 2 {
		t.Errorf("asked %d times", asked.Load())
	}
	r.options.Mode = modeOff
	if seen := s.Newest(t.Context(), "example.cn"); seen.Value != nil {
		t.Errorf("switched off: %+v", seen)
	}
}
