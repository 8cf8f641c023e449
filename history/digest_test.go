package history

import (
	"bytes"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

func dossier() observe.Dossier {
	addr := netip.MustParseAddr("203.0.113.1")
	at := time.Date(2026, time.May, 4, 3, 2, 1, 0, time.UTC)
	return observe.Dossier{
		Target: "a.example", At: at,
		DNS:    observe.Seen[observe.DNS]{At: at, Value: &observe.DNS{Names: []observe.Name{{Name: "a.example", Role: observe.RoleApex, State: observe.NameResolved, Addrs: []netip.Addr{addr}}}}},
		Owners: observe.Seen[observe.Owners]{At: at, Value: &observe.Owners{Addrs: []observe.AddrFacts{{Addr: addr, Provider: "p", Class: observe.ASNMainland, ASN: 1}}}},
		Visit: observe.Seen[observe.Visit]{At: at, Value: &observe.Visit{Attempts: []observe.Attempt{{
			Start: "https://a.example/", End: observe.EndPage, Status: 200, Final: "https://a.example/?1", Kind: observe.KindSite,
		}}}},
		Page: observe.Seen[observe.Page]{At: at, Value: &observe.Page{Documents: []observe.Document{{
			URL: "https://a.example/?1", Kind: observe.KindSite, Title: "t", Hash: "h",
			Numbers: []observe.NumberSeen{{Number: "n", Channel: observe.ChannelHTML, Link: observe.LinkNone, Excerpt: "e"}},
		}}}},
		Registration: observe.Seen[observe.Registration]{At: at, Value: &observe.Registration{
			Domain: "a.example", State: observe.StateRegistered, Expires: &observe.Date{Time: at.AddDate(1, 0, 0)}, Statuses: []string{"a", "b"}, AsOf: at,
		}},
	}
}

func digested(t *testing.T, d observe.Dossier) []byte {
	t.Helper()
	sum, err := digestOf(Item{Key: "k"}, Outcomes{"x": {Outcome: checks.Pass}}, factsOf(checks.Looks{d}))
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// What changes from night to night by itself is no change.
func TestDigestIgnoresNoise(t *testing.T) {
	want := digested(t, dossier())
	for name, noise := range map[string]func(*observe.Dossier){
		"times": func(d *observe.Dossier) {
			d.At, d.DNS.At, d.Visit.At, d.Page.Took = d.At.AddDate(0, 0, 1), time.Time{}, time.Time{}, time.Second
			d.Visit.Value.Attempts[0].At = time.Now()
		},
		"since when it has been so": func(d *observe.Dossier) {
			d.Registration.Value.AsOf, d.Registration.Value.Since = d.At.AddDate(0, 0, 1), d.At
		},
		"another address of the owner": func(d *observe.Dossier) {
			addr := netip.MustParseAddr("203.0.113.9")
			d.DNS.Value.Names[0].Addrs = []netip.Addr{addr}
			d.Owners.Value.Addrs[0].Addr, d.Owners.Value.Addrs[0].ASN = addr, 2
		},
		"more addresses of the owner": func(d *observe.Dossier) {
			facts := d.Owners.Value.Addrs[0]
			facts.Addr = netip.MustParseAddr("203.0.113.7")
			d.Owners.Value.Addrs = append(d.Owners.Value.Addrs, facts)
			d.DNS.Value.Names[0].Addrs = append(d.DNS.Value.Names[0].Addrs, facts.Addr)
		},
		"resolver": func(d *observe.Dossier) { d.DNS.Value.Names[0].Resolvers = []string{"another"} },
		"nonce": func(d *observe.Dossier) {
			d.Page.Value.Documents[0].URL, d.Visit.Value.Attempts[0].Final = "https://a.example/?2", "https://a.example/?2"
		},
		"title":    func(d *observe.Dossier) { d.Page.Value.Documents[0].Title, d.Page.Value.Documents[0].Footer = "u", "f" },
		"body":     func(d *observe.Dossier) { d.Page.Value.Documents[0].Hash, d.Page.Value.Documents[0].Bytes = "i", 5 },
		"excerpt":  func(d *observe.Dossier) { d.Page.Value.Documents[0].Numbers[0].Excerpt = "f" },
		"statuses": func(d *observe.Dossier) { slices.Reverse(d.Registration.Value.Statuses) },
		"asked":    func(d *observe.Dossier) { d.Registration.Value.AsOf = time.Now() },
	} {
		d := dossier()
		noise(&d)
		if !bytes.Equal(digested(t, d), want) {
			t.Errorf("%s: counts as a change", name)
		}
	}
}

// What rules judge is a change.
func TestDigestSeesFacts(t *testing.T) {
	want := digested(t, dossier())
	for name, change := range map[string]func(*observe.Dossier){
		"state": func(d *observe.Dossier) { d.DNS.Value.Names[0].State = observe.NameAbsent },
		"owner": func(d *observe.Dossier) { d.Owners.Value.Addrs[0].Provider = "q" },
		"class": func(d *observe.Dossier) { d.Owners.Value.Addrs[0].Class = observe.ASNOverseas },
		"fault": func(d *observe.Dossier) {
			d.Page = observe.Seen[observe.Page]{Fault: &observe.Fault{Kind: observe.FaultTimeout}}
		},
		"status":           func(d *observe.Dossier) { d.Visit.Value.Attempts[0].Status = 404 },
		"end":              func(d *observe.Dossier) { d.Visit.Value.Attempts[0].End = observe.EndRefused },
		"another host":     func(d *observe.Dossier) { d.Visit.Value.Attempts[0].Final = "https://b.example/" },
		"number":           func(d *observe.Dossier) { d.Page.Value.Documents[0].Numbers[0].Number = "m" },
		"link":             func(d *observe.Dossier) { d.Page.Value.Documents[0].Numbers[0].Link = observe.LinkMissing },
		"kind":             func(d *observe.Dossier) { d.Page.Value.Documents[0].Kind = observe.KindParking },
		"expiry":           func(d *observe.Dossier) { d.Registration.Value.Expires = nil },
		"holder":           func(d *observe.Dossier) { d.Registration.Value.Holder = "h" },
		"registrar status": func(d *observe.Dossier) { d.Registration.Value.Statuses = []string{"a"} },
		"package":          func(d *observe.Dossier) { d.App.Value = &observe.App{Package: "p"} },
	} {
		d := dossier()
		change(&d)
		if bytes.Equal(digested(t, d), want) {
			t.Errorf("%s: is no change", name)
		}
	}
}

// Where a subject stands in the inventory is no part of its filing.
func TestDigestOfFiling(t *testing.T) {
	digest := func(change func(*filing.Subject)) []byte {
		s := &filing.Subject{Number: "n", Row: 1, Services: []*filing.Service{{Domains: []*filing.Domain{{Name: "a", Row: 1}}, Apps: []*filing.App{{Row: 2}}}}}
		change(s)
		facts, err := filingFacts(s, filing.Evidence{})
		if err != nil {
			t.Fatal(err)
		}
		sum, err := digestOf(Item{}, nil, facts)
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	want := digest(func(*filing.Subject) {})
	if !bytes.Equal(want, digest(func(s *filing.Subject) { s.Row, s.Services[0].Domains[0].Row, s.Services[0].Apps[0].Row = 7, 7, 8 })) {
		t.Error("another row is a change")
	}
	if bytes.Equal(want, digest(func(s *filing.Subject) { s.Services[0].Domains[0].URLs = []string{"u"} })) {
		t.Error("another filing is no change")
	}
}

// How old evidence is and where it stands is no part of it; what it says is.
func TestDigestOfEvidence(t *testing.T) {
	digest := func(change func(*filing.Evidence)) []byte {
		e := filing.Evidence{
			Given:    map[filing.EvidenceKind]filing.Feed{filing.EvidenceRegistry: {File: "a.csv"}},
			Registry: []filing.RegistryRecord{{Origin: filing.Origin{File: "a.csv", Row: 1}, Name: "某某"}},
		}
		change(&e)
		facts, err := filingFacts(&filing.Subject{Number: "n"}, e)
		if err != nil {
			t.Fatal(err)
		}
		sum, err := digestOf(Item{}, nil, facts)
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	same := digest(func(*filing.Evidence) {})
	moved := digest(func(e *filing.Evidence) {
		e.Given[filing.EvidenceRegistry] = filing.Feed{File: "b.csv", AsOf: filing.NewDay(2026, 11, 24)}
		e.Registry[0].Origin = filing.Origin{File: "b.csv", Row: 7, AsOf: filing.NewDay(2026, 11, 24)}
	})
	if !bytes.Equal(same, moved) {
		t.Error("a newer export of the same row is another digest")
	}
	if bytes.Equal(same, digest(func(e *filing.Evidence) { e.Registry[0].Name = "别家" })) {
		t.Error("another name is the same digest")
	}
}
