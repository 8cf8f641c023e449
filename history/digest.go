package history

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

// judged is what a look says as far as rules judge it. Whatever changes from
// night to night by itself is not in it: times, the addresses of a rotating
// pool, titles, texts, bodies, the paths of pages. What a rule made of those
// counts through the outcomes.
type judged struct {
	DNS          any `json:"dns,omitempty"`
	Visit        any `json:"visit,omitempty"`
	Page         any `json:"page,omitempty"`
	Registration any `json:"registration,omitempty"`
	App          any `json:"app,omitempty"`
}

// digestOf names a state of an item: its outcomes, who answers for it, and the
// facts behind.
func digestOf(i Item, o Outcomes, facts any) ([]byte, error) {
	data, err := json.Marshal(struct {
		Outcomes string
		Label    string
		Kind     string
		Owner    string
		Tags     []string
		Facts    any
	}{o.String(), i.Label, i.Kind, i.Owner, i.Tags, facts})
	if err != nil {
		return nil, fmt.Errorf("digest what was judged of %q: %w", i.Key, err)
	}
	sum := sha256.Sum256(data)
	return sum[:16], nil
}

// factsOf are the judged facts of the newest look.
func factsOf(looks checks.Looks) judged {
	if len(looks) == 0 {
		return judged{}
	}
	d := looks[len(looks)-1]
	return judged{
		DNS:          seen(d.DNS, func(v *observe.DNS) any { return namesOf(v, d.Owners.Value) }),
		Visit:        seen(d.Visit, endsOf),
		Page:         seen(d.Page, documentsOf),
		Registration: seen(d.Registration, registrationOf),
		App:          seen(d.App, func(a *observe.App) any { return a }),
	}
}

// seen is the facts of a value, or the kind of the fault in its place.
func seen[T any](s observe.Seen[T], facts func(*T) any) any {
	switch {
	case s.Value != nil:
		return facts(s.Value)
	case s.Fault != nil:
		return s.Fault.Kind
	}
	return nil
}

// namesOf is each name with the classes of the owners of its addresses.
func namesOf(d *observe.DNS, owners *observe.Owners) any {
	if owners == nil {
		owners = &observe.Owners{}
	}
	var all []string
	for _, n := range d.Names {
		var classes []string
		for _, addr := range n.Addrs {
			classes = append(classes, classOf(owners, addr))
		}
		all = append(all, fmt.Sprintf("%s %s %s %s %s", n.Name, n.Role, n.State, faultKind(n.Fault), set(classes)))
		for _, v := range n.Views {
			all = append(all, fmt.Sprintf("%s %s %s %t %s %d", n.Name, v.ID, v.Place, v.Honoured, v.State, min(len(v.Addrs), 1)))
		}
	}
	for _, f := range owners.Families {
		all = append(all, strings.Join([]string{f.Name, f.Provider, f.Product, f.Suffix}, " "))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// classOf is what the owner of an address is for the rules.
func classOf(owners *observe.Owners, addr netip.Addr) string {
	f, known := owners.Of(addr)
	switch {
	case !known && addr.Is4():
		return "4"
	case !known:
		return "6"
	case f.Provider == "" && len(f.Listed) == 0:
		return fmt.Sprintf("%d %s %s %t", f.ASN, f.Carrier, f.Country, f.Conflict)
	}
	return fmt.Sprintf("%s %s %s %s %t", strings.Join(f.Listed, ","), f.Provider, f.Class, f.Country, f.Conflict)
}

func endsOf(v *observe.Visit) any {
	var all []string
	for _, a := range v.Attempts {
		tls := ""
		if n := len(a.Hops); n > 0 {
			tls = a.Hops[n-1].TLS
		}
		all = append(all, fmt.Sprintf("%s %s %s %d %s %s %t %t %s %s",
			address(a.Start), a.End, host(a.Final), a.Status, a.Kind, a.Mark, a.Cut, a.Offsite, faultKind(a.Fault), tls))
	}
	slices.Sort(all)
	return all
}

func documentsOf(p *observe.Page) any {
	type document struct {
		Host, Kind, Mark, Fault string
		Cut, Shell, Deferred    bool
		Numbers                 []string
	}
	var all []document
	for _, d := range p.Documents {
		doc := document{
			Host: host(d.URL), Kind: string(d.Kind), Mark: d.Mark, Fault: faultKind(d.Fault),
			Cut: d.Truncated, Shell: d.Shell, Deferred: d.Deferred,
		}
		for group, numbers := range [][]observe.NumberSeen{d.Numbers, d.Licences, d.PSB, d.Lookalikes} {
			for _, n := range numbers {
				doc.Numbers = append(doc.Numbers, fmt.Sprintf("%d %s %s %s %s %s %s %s %s %t %t",
					group, n.Number, n.Code, n.Note, n.Channel, n.Link, n.Detail, host(n.Href), n.LinkCode, n.Linked, n.Bottom))
			}
		}
		doc.Numbers = append(doc.Numbers, fmt.Sprintf("bare %d", min(len(d.BareLinks), 1)))
		slices.Sort(doc.Numbers)
		all = append(all, doc)
	}
	return all
}

func registrationOf(r *observe.Registration) any {
	facts := struct {
		Domain, State, Expires, RegistrarExpires, Created string
		Registrar, IANAID, Holder, HolderStatus, Statuses string
	}{
		r.Domain, string(r.State), dateOf(r.Expires), dateOf(r.RegistrarExpires), dateOf(r.Created),
		r.Registrar, r.IANAID, r.Holder, string(r.HolderStatus), set(r.Statuses),
	}
	return facts
}

// filingFacts is a filed subject without its place in the inventory.
func filingFacts(s *filing.Subject) (any, error) {
	copied, err := deepCopy(s)
	if err != nil {
		return nil, fmt.Errorf("digest the filing of %q: %w", s.ID(), err)
	}
	copied.Row = 0
	for _, service := range copied.Services {
		for _, d := range service.Domains {
			d.Row = 0
		}
		for _, a := range service.Apps {
			a.Row = 0
		}
	}
	return copied, nil
}

func deepCopy(s *filing.Subject) (*filing.Subject, error) {
	data, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	var copied filing.Subject
	return &copied, json.Unmarshal(data, &copied)
}

func dateOf(d *observe.Date) string {
	if d == nil {
		return ""
	}
	return d.Time.UTC().Format("2006-01-02T15:04:05")
}

func faultKind(f *observe.Fault) string {
	if f == nil {
		return ""
	}
	return string(f.Kind)
}

// set is texts as a set.
func set(texts []string) string {
	return strings.Join(slices.Compact(slices.Sorted(slices.Values(texts))), ",")
}

// address is a URL without query and fragment, where nonces live.
func address(raw string) string {
	raw, _, _ = strings.Cut(raw, "#")
	raw, _, _ = strings.Cut(raw, "?")
	return raw
}

func host(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Host
}
