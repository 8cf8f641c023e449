package history_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/history"
	"github.com/icpaudit/icpaudit/observe"
)

// began is the start of the first night of the tests.
var began = time.Date(2026, time.March, 2, 2, 0, 0, 0, time.FixedZone("CST", 8*3600))

// site is one domain of a subject of its own, as one night shows it.
type site struct {
	n     int
	state byte   // p, d, s, u, e or n: of the scene site-unreachable
	noise uint64 // whatever changes by itself
	owner string
	tags  []string
}

func (s site) number() string { return fmt.Sprintf("京ICP备%08d号", 10000000+s.n) }

func (s site) name() string { return fmt.Sprintf("site%d.example", s.n) }

func (s site) key() string { return s.number() + "-1 " + s.name() }

func (s site) subject() *filing.Subject {
	return &filing.Subject{
		Number: s.number(), Name: fmt.Sprintf("Subject %d", s.n), Owner: s.owner, Tags: s.tags, Row: s.n + 1 + int(s.noise%1000),
		Principal: filing.Person{Name: "Somebody", ID: filing.Certificate{Type: filing.CertIDCard, Number: "11010519491231002X"}, Mobile: "13800138000"},
		Services: []*filing.Service{{
			Number: s.number() + "-1", Kind: filing.Website, Name: "A site", Provider: "provider",
			Domains: []*filing.Domain{{Name: s.name(), Label: s.name(), Row: s.n + 1 + int(s.noise%1000)}},
		}},
	}
}

// look is what a night sees: the same facts each night, in ever other clothes.
func (s site) look(at time.Time) observe.Dossier {
	addr := netip.AddrFrom4([4]byte{203, 0, 113, byte(s.noise)})
	when := at.Add(time.Duration(s.noise%3600) * time.Second)
	url := fmt.Sprintf("https://%s/?nonce=%d", s.name(), s.noise)
	return observe.Dossier{
		Target: s.name(), At: when,
		DNS: observe.Seen[observe.DNS]{At: when, Took: time.Duration(s.noise), Value: &observe.DNS{Names: []observe.Name{{
			Name: s.name(), Role: observe.RoleApex, State: observe.NameResolved, Addrs: []netip.Addr{addr}, Resolvers: []string{fmt.Sprint(s.noise)},
		}}}},
		Owners: observe.Seen[observe.Owners]{At: when, Value: &observe.Owners{Addrs: []observe.AddrFacts{{Addr: addr, Provider: "provider", Class: observe.ASNMainland, ASN: uint32(s.noise % 9)}}}},
		Visit: observe.Seen[observe.Visit]{At: when, Value: &observe.Visit{Attempts: []observe.Attempt{{
			Start: "https://" + s.name() + "/", End: observe.EndPage, Status: 200, Final: url, Kind: observe.KindSite,
			Hops: []observe.Hop{{URL: url, Addr: addr, Took: time.Duration(s.noise)}},
		}}}},
		Page: observe.Seen[observe.Page]{At: when, Value: &observe.Page{Documents: []observe.Document{{
			URL: url, Kind: observe.KindSite, Hash: fmt.Sprintf("%064x", s.noise), Title: fmt.Sprintf("News of %d, call 13800138000", s.noise),
			Footer: fmt.Sprintf("%s %d 11010519491231002X", s.number(), s.noise), Bytes: int(s.noise % 9999),
			Numbers: []observe.NumberSeen{{Number: s.number(), Raw: s.number(), Channel: observe.ChannelHTML, Link: observe.LinkNone,
				Href: fmt.Sprintf("https://beian.example/?%d", s.noise), Excerpt: fmt.Sprint(s.noise)}},
		}}}},
		Registration: observe.Seen[observe.Registration]{At: when, Value: &observe.Registration{
			Domain: s.name(), State: observe.StateRegistered, Registrar: "Registrar", AsOf: when.Add(-time.Duration(s.noise%40) * time.Hour),
		}},
	}
}

// result is what an audit would hand over of the site.
func (s site) result(seq int, at time.Time) history.Result {
	subject := s.subject()
	f := checks.Finding{
		Key:     checks.Key{Scene: "site-unreachable", Level: checks.LevelItem, Item: s.key()},
		Subject: subject.ID(), Service: subject.Services[0].ID(subject), Name: s.name(), Outcome: checks.Pass,
	}
	proof := []checks.Proof{{What: "attempts", Got: "call 13800138000", At: at}}
	switch s.state {
	case 'd':
		f.Outcome, f.Reason, f.Proofs = checks.Deficient, "no-address", proof
	case 's':
		f.Outcome, f.Reason, f.Why, f.Proofs = checks.Suspected, "no-address", &checks.Note{Code: "vantage-unknown"}, proof
	case 'u':
		f.Outcome, f.Why = checks.Unverifiable, &checks.Note{Code: "timeout", Detail: fmt.Sprint(s.noise)}
	case 'e':
		f.Outcome, f.Why = checks.Error, &checks.Note{Code: "internal"}
	case 'n':
		f.Outcome, f.Why = checks.NotApplicable, &checks.Note{Code: "other-kind"}
	}
	other := f
	other.Scene, other.Outcome, other.Reason, other.Why, other.Proofs = "icp-number-wrong", checks.Pass, "", nil, nil
	return history.Result{Seq: seq, Subject: subject, Findings: []checks.Finding{f, other}, Looks: map[string]checks.Looks{s.name(): {s.look(at)}}}
}

func open(t testing.TB, o history.Options) history.Store {
	t.Helper()
	s, err := history.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func begin(t testing.TB, s history.Store, at time.Time) history.Run {
	t.Helper()
	r, err := s.Begin(t.Context(), history.Run{Schedule: "nightly", Planned: at, Started: at, Version: "test", Vantage: "unknown"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// night audits sites on a night and publishes.
func night(t testing.TB, s history.Store, at time.Time, sites ...site) history.Run {
	t.Helper()
	return nightWith(t, s, at, history.End{At: at.Add(time.Hour)}, sites...)
}

func nightWith(t testing.TB, s history.Store, at time.Time, end history.End, sites ...site) history.Run {
	t.Helper()
	r := begin(t, s, at)
	var shard []history.Result
	for seq, one := range sites {
		shard = append(shard, one.result(seq, at))
	}
	if err := s.Stage(t.Context(), r.ID, shard); err != nil {
		t.Fatal(err)
	}
	end.Totals = history.Totals{Subjects: len(sites), Items: len(sites)}
	r, err := s.Publish(t.Context(), r.ID, end)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// nights plays one site through nights, a letter each.
func nights(t testing.TB, s history.Store, first time.Time, letters string) {
	t.Helper()
	for i := range len(letters) {
		night(t, s, first.AddDate(0, 0, i), site{n: 1, state: letters[i], noise: uint64(i) * 7919})
	}
}

func findings(t testing.TB, s history.Store, f history.Filter) []history.Finding {
	t.Helper()
	if f.Today.IsZero() {
		f.Today = filing.DayOf(began)
	}
	var all []history.Finding
	for found, err := range s.Findings(t.Context(), f) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, found)
	}
	return all
}
