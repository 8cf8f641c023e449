package reference

import (
	"fmt"
	"io/fs"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/gaissmai/bart"
	"github.com/oschwald/maxminddb-golang/v2"

	"github.com/icpaudit/icpaudit/reference/internal/iptable"
)

// Addresses is origin ASN and registry country of every address: embedded
// data, or an operator's own addresses.mmdb in the data directory, which then
// answers first.
type Addresses struct {
	date  time.Time
	table func() (*iptable.Table, error) // unpacked when first asked: most commands ask nothing
	mmdb  *maxminddb.Reader
}

// Address is what the data say of one address.
type Address struct {
	ASN     uint32
	ASName  string
	Country string // ISO 3166; empty: not given out
	Source  string // embedded, or the operator's file
	Date    time.Time
}

// Date is that of the embedded data, or of the operator's file.
func (a *Addresses) Date() time.Time { return a.date }

// Lookup finds an address.
func (a *Addresses) Lookup(addr netip.Addr) (Address, error) {
	found := Address{Source: "embedded", Date: a.date}
	if a.mmdb != nil {
		var record struct {
			ASN     uint32 `maxminddb:"autonomous_system_number"`
			Org     string `maxminddb:"autonomous_system_organization"`
			Country struct {
				ISO string `maxminddb:"iso_code"`
			} `maxminddb:"country"`
			Code string `maxminddb:"country_code"`
		}
		if err := a.mmdb.Lookup(addr).Decode(&record); err != nil {
			return found, fmt.Errorf("look %s up in addresses.mmdb: %w", addr, err)
		}
		found.ASN, found.ASName, found.Country, found.Source = record.ASN, record.Org, record.Country.ISO, "addresses.mmdb"
		if found.Country == "" {
			found.Country = record.Code
		}
		if found.ASN != 0 && found.Country != "" {
			return found, nil
		}
	}
	table, err := a.table()
	if err != nil {
		return found, err
	}
	r := table.Lookup(addr)
	if found.ASN == 0 {
		found.ASN = r.ASN
	}
	if found.Country == "" {
		found.Country = strings.TrimRight(string(r.Country[:]), "\x00")
	}
	return found, nil
}

func readAddresses(fsys fs.FS) (*Addresses, error) {
	head, err := fsys.Open("addresses.bin.gz")
	if err != nil {
		return nil, err
	}
	defer head.Close()
	a := &Addresses{}
	if a.date, err = iptable.ReadDate(head); err != nil {
		return nil, err
	}
	a.table = sync.OnceValues(func() (*iptable.Table, error) {
		file, err := fsys.Open("addresses.bin.gz")
		if err != nil {
			return nil, err
		}
		defer file.Close()
		return iptable.Read(file)
	})
	data, err := fs.ReadFile(fsys, "addresses.mmdb")
	if err != nil {
		return a, nil // the operator gave none
	}
	if a.mmdb, err = maxminddb.OpenBytes(data); err != nil {
		return nil, fmt.Errorf("addresses.mmdb: %w", err)
	}
	a.date = a.mmdb.Metadata.BuildTime()
	return a, nil
}

// Listed is a table of the prefixes that providers' lists name.
type Listed struct{ table bart.Table[[]string] }

// Override indexes the operator-supplied prefixes of all providers.
func (p *Providers) Override() *Listed {
	return p.listed(func(x *Provider) []netip.Prefix { return x.Override })
}

// V6 indexes the IPv6 prefixes that providers announce themselves.
func (p *Providers) V6() *Listed { return p.listed(func(x *Provider) []netip.Prefix { return x.V6 }) }

func (p *Providers) listed(of func(*Provider) []netip.Prefix) *Listed {
	l := &Listed{}
	for i := range p.All {
		for _, prefix := range of(&p.All[i]) {
			ids, _ := l.table.Get(prefix.Masked())
			l.table.Insert(prefix.Masked(), append(ids, p.All[i].ID))
		}
	}
	return l
}

// Of lists the ids of the providers of the longest prefix that holds the address.
func (l *Listed) Of(addr netip.Addr) []string {
	ids, _ := l.table.Lookup(addr.Unmap())
	return ids
}
