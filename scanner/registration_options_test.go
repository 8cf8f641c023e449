package scanner

import (
	"testing"
	"time"
)

func TestPaceIsEstimated(t *testing.T) {
	o := defaultRegistration()
	o.Cache, o.DailyCap = "", 100
	s := &Scanner{registrations: newNet(t).registrations(o)}
	s.options.Registration = o
	got := s.Pace(map[string]int{"cn": 90, "com.cn": 30, "com": 10, "zz": 5})
	want := []Pace{{cnnicServer, 120, 20, 300 * time.Second}, {"rdap.verisign.com", 10, 0, 10 * time.Second}}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestRegistrationOptions(t *testing.T) {
	if bad := defaultRegistration().Validate(); len(bad) > 0 {
		t.Errorf("the defaults: %v", bad)
	}
	o := RegistrationOptions{
		Mode: "often", Interval: -1, Intervals: map[string]time.Duration{"a.cn": -1}, RDAP: map[string]string{"com": "rdap.example", "中国": "https://a.cn/"},
		WHOIS: map[string]string{"cn": "a b"}, Referrals: []string{"http://a.cn"},
	}
	bad := o.Validate()
	for _, key := range []string{"mode", "interval", "intervals.a.cn", "daily_cap", "timeout", "rdap.com", "rdap.中国", "whois.cn", "referrals[0]"} {
		if bad[key] == nil {
			t.Errorf("%s was not named: %v", key, bad)
		}
	}
}
