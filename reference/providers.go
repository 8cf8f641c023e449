package reference

import (
	"fmt"
	"io/fs"
	"maps"
	"net/netip"
	"slices"

	"github.com/gaissmai/bart"
)

// Providers is the access providers and what their autonomous systems prove.
type Providers struct {
	Date string // of the AS facts, YYYY-MM-DD
	All  []Provider

	byASN    map[uint32]owned
	carriers map[uint32]string
	names    map[string]*Provider // by key
	listed   bart.Table[[]string] // operator-supplied prefixes
	bgp6     bart.Table[[]string] // IPv6 prefixes announced by mainland AS
	unknown  bart.Table[[]string] // prefixes of undecided place
}

// Provider is one access provider.
type Provider struct {
	ID                string         `yaml:"id"`
	NameZH            string         `yaml:"name_zh"`
	NameEN            string         `yaml:"name_en"`
	LegalNames        []string       `yaml:"legal_names"`
	LegalNamesChecked bool           `yaml:"legal_names_checked"` // against a business registry; until then only to recognise the provider by
	Aliases           []string       `yaml:"aliases"`
	ASNs              []ASN          `yaml:"asns"`
	Carriers          []uint32       `yaml:"carriers"`    // AS of others that announce addresses of the provider too
	OwnCarrier        string         `yaml:"own_carrier"` // the carrier group that the provider belongs to
	Confined          bool           `yaml:"confined"`    // its mainland addresses lie in its own AS and in carriers' only
	Unknown           []netip.Prefix `yaml:"prefixes_unknown"`
	BGP6              []netip.Prefix `yaml:"prefixes_bgp_v6"`
	Override          []netip.Prefix `yaml:"prefixes_override"`
	Note              string         `yaml:"note"`
}

// ASN is one autonomous system of a provider.
type ASN struct {
	ASN   uint32 `yaml:"asn"`
	Class string `yaml:"class"` // mainland, overseas, unknown
	Name  string `yaml:"name"`
}

// owned is an AS and the provider that it is exclusive to.
type owned struct {
	provider string
	ASN
}

// ByID finds a provider by its id.
func (p *Providers) ByID(id string) (*Provider, bool) {
	i := slices.IndexFunc(p.All, func(x Provider) bool { return x.ID == id })
	if i < 0 {
		return nil, false
	}
	return &p.All[i], true
}

// OfASN says whose an AS is and what its announcements prove; provider is
// empty where it is nobody's alone.
func (p *Providers) OfASN(asn uint32) (provider string, a ASN) {
	o := p.byASN[asn]
	return o.provider, o.ASN
}

// Carrier is the mainland carrier group of an AS, or empty.
func (p *Providers) Carrier(asn uint32) string { return p.carriers[asn] }

// Listed is the ids of the providers whose operator-supplied lists hold an
// address; the longest prefix counts.
func (p *Providers) Listed(addr netip.Addr) []string { return find(&p.listed, addr) }

// Announcer6 is the provider whose mainland AS announces an IPv6 address, or empty.
func (p *Providers) Announcer6(addr netip.Addr) string {
	if ids := find(&p.bgp6, addr); len(ids) == 1 {
		return ids[0]
	}
	return ""
}

// Undecided says whether the place of a provider's address is known to be unknown.
func (p *Providers) Undecided(provider string, addr netip.Addr) bool {
	return slices.Contains(find(&p.unknown, addr), provider)
}

// AlsoIn says whether an AS of somebody else announces addresses of the provider too.
func (p *Provider) AlsoIn(asn uint32) bool { return slices.Contains(p.Carriers, asn) }

func find(t *bart.Table[[]string], addr netip.Addr) []string {
	ids, _ := t.Lookup(addr.Unmap())
	return ids
}

func readProviders(fsys fs.FS) (*Providers, error) {
	const file = "providers.yaml"
	var raw struct {
		Heading   heading             `yaml:",inline"`
		Providers []Provider          `yaml:"providers"`
		Carriers  map[string][]uint32 `yaml:"carriers"`
	}
	if err := readYAML(fsys, file, &raw, &raw.Heading); err != nil {
		return nil, err
	}
	p := &Providers{Date: raw.Heading.Date, All: raw.Providers, byASN: map[uint32]owned{}, carriers: map[uint32]string{}, names: map[string]*Provider{}}
	m := mistakes{file: file}
	p.indexCarriers(&m, raw.Carriers)
	seen := map[string]bool{}
	for i := range p.All {
		provider := &p.All[i]
		if m.id("provider", provider.ID, seen) {
			p.index(&m, provider)
		}
	}
	return p, m.err()
}

// carrierGroups are the carriers that the program tells apart.
func carrierGroups() []string {
	return []string{"telecom", "unicom", "mobile", "cernet", "broadcast"}
}

func (p *Providers) indexCarriers(m *mistakes, groups map[string][]uint32) {
	for _, group := range slices.Sorted(maps.Keys(groups)) {
		m.oneOf("carrier", group, carrierGroups()...)
		for _, asn := range groups[group] {
			if other := p.carriers[asn]; other != "" {
				m.add("AS%d is given to the carriers %s and %s", asn, other, group)
			}
			p.carriers[asn] = group
		}
	}
}

// index checks a provider and makes it findable.
func (p *Providers) index(m *mistakes, provider *Provider) {
	at := "provider " + provider.ID
	m.text(at, Text{provider.NameZH, provider.NameEN})
	for _, name := range provider.called() {
		key := nameKey(name)
		other := p.names[key]
		switch {
		case key == "":
			m.add("%s: name %q says nothing", at, name)
		case other != nil && other != provider:
			m.add("%s: %q is a name of %s too", at, name, other.ID)
		}
		p.names[key] = provider
	}
	if provider.OwnCarrier != "" {
		m.oneOf(at+": own carrier", provider.OwnCarrier, carrierGroups()...)
	}
	for _, a := range provider.ASNs {
		m.oneOf(fmt.Sprintf("%s: class of AS%d", at, a.ASN), a.Class, "mainland", "overseas", "unknown")
		if other, taken := p.byASN[a.ASN]; taken {
			m.add("AS%d is given to %s and %s", a.ASN, other.provider, provider.ID)
		}
		if group := p.carriers[a.ASN]; group != "" {
			m.add("AS%d is given to %s and to the carrier %s", a.ASN, provider.ID, group)
		}
		p.byASN[a.ASN] = owned{provider.ID, a}
	}
	insert(m, at+": prefixes_override", &p.listed, provider.Override, provider.ID)
	insert(m, at+": prefixes_bgp_v6", &p.bgp6, provider.BGP6, provider.ID)
	insert(m, at+": prefixes_unknown", &p.unknown, provider.Unknown, provider.ID)
}

// widest is the shortest prefix that a list may hold: nobody owns more.
const widest = 8

func insert(m *mistakes, at string, t *bart.Table[[]string], prefixes []netip.Prefix, id string) {
	for _, prefix := range prefixes {
		if prefix != prefix.Masked() || prefix.Bits() < widest || prefix.Addr().Is4In6() {
			m.add("%s: %s: want a prefix of at least /%d without host bits", at, prefix, widest)
			continue
		}
		ids, _ := t.Get(prefix)
		if !slices.Contains(ids, id) {
			t.Insert(prefix, append(slices.Clip(ids), id))
		}
	}
}
