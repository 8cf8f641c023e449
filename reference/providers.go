package reference

import (
	"fmt"
	"io/fs"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Providers is the access providers and their autonomous systems.
type Providers struct {
	Date string // of the ASN facts
	All  []Provider

	byASN    map[uint32]asnOwner
	carriers map[uint32]string
}

// Provider is one access provider.
type Provider struct {
	ID         string         `yaml:"id"`
	NameZH     string         `yaml:"name_zh"`
	NameEN     string         `yaml:"name_en"`
	LegalNames []string       `yaml:"legal_names"` // to recognise an inventory's wording by; not checked against a registry
	Aliases    []string       `yaml:"aliases"`
	ASNs       []ASN          `yaml:"asns"`
	Carriers   []string       `yaml:"carriers"` // ASNs, or @group, that announce addresses of the provider too
	OwnShare   map[string]any `yaml:"own_asn_share"`
	PTR        []string       `yaml:"ptr_suffixes"`
	Note       string         `yaml:"note"`
	V6         []netip.Prefix `yaml:"prefixes_bgp_v6"`
	Override   []netip.Prefix `yaml:"prefixes_override"` // operator-supplied: the provider's, in mainland China
}

// ASN is one autonomous system of a provider.
type ASN struct {
	ASN   uint32 `yaml:"asn"`
	Class string `yaml:"class"` // mainland, overseas, unknown
	Name  string `yaml:"name"`
}

type asnOwner struct {
	provider string
	asn      ASN
}

// ByID finds a provider by its id.
func (p *Providers) ByID(id string) (*Provider, bool) {
	for i := range p.All {
		if p.All[i].ID == id {
			return &p.All[i], true
		}
	}
	return nil, false
}

// Match finds the provider that an inventory means: by id, name, legal name or
// alias, whole; or by the one whose Chinese name or legal name stands in it.
func (p *Providers) Match(filed string) (*Provider, bool) {
	filed = providerKey(filed)
	if filed == "" {
		return nil, false
	}
	for i := range p.All {
		if slices.ContainsFunc(p.All[i].names(), func(name string) bool { return providerKey(name) == filed }) {
			return &p.All[i], true
		}
	}
	for i := range p.All {
		for _, name := range append([]string{p.All[i].NameZH}, p.All[i].LegalNames...) {
			if strings.Contains(filed, providerKey(name)) {
				return &p.All[i], true
			}
		}
	}
	return nil, false
}

func (p *Provider) names() []string {
	return append(append([]string{p.ID, p.NameZH, p.NameEN}, p.LegalNames...), p.Aliases...)
}

func providerKey(name string) string {
	return strings.ToLower(strings.Join(strings.Fields(norm.NFKC.String(name)), ""))
}

// OfASN says whose an ASN is and what its announcements prove; provider is
// empty where it is nobody's alone.
func (p *Providers) OfASN(asn uint32) (provider string, a ASN) {
	owner := p.byASN[asn]
	return owner.provider, owner.asn
}

// Carrier is the mainland carrier of an ASN, or empty.
func (p *Providers) Carrier(asn uint32) string { return p.carriers[asn] }

// OwnCarrier says whether a carrier's ASNs are a provider's own group's: 天翼云
// lives in China Telecom's, 移动云 in China Mobile's, 联通云 in China Unicom's.
func (p *Provider) OwnCarrier(carrier string) bool {
	return carrier != "" && slices.Contains(p.Carriers, "@"+carrier)
}

func readProviders(fsys fs.FS) (*Providers, error) {
	const file = "providers.yaml"
	var raw struct {
		Source    string              `yaml:"source"`
		Date      string              `yaml:"date"`
		Providers []Provider          `yaml:"providers"`
		Carriers  map[string][]uint32 `yaml:"carriers"`
	}
	if err := readYAML(fsys, file, &raw); err != nil {
		return nil, err
	}
	if err := checkHeading(file, raw.Source, raw.Date); err != nil {
		return nil, err
	}
	p := &Providers{Date: raw.Date, All: raw.Providers, byASN: map[uint32]asnOwner{}, carriers: map[uint32]string{}}
	m := mistakes{file: file}
	seen := map[string]bool{}
	for _, provider := range p.All {
		m.id("provider", provider.ID, seen)
		m.text("provider "+provider.ID, Text{provider.NameZH, provider.NameEN})
		for _, a := range provider.ASNs {
			m.oneOf(fmt.Sprintf("provider %s: class of AS%d", provider.ID, a.ASN), a.Class, "mainland", "overseas", "unknown")
			if other, taken := p.byASN[a.ASN]; taken {
				m.add("AS%d is given to %s and %s", a.ASN, other.provider, provider.ID)
			}
			p.byASN[a.ASN] = asnOwner{provider.ID, a}
		}
	}
	for group, asns := range raw.Carriers {
		for _, asn := range asns {
			p.carriers[asn] = group
		}
	}
	return p, m.err()
}
