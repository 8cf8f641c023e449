package reference

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"sync"
	"time"

	"github.com/oschwald/maxminddb-golang/v2"

	"github.com/icpaudit/icpaudit/reference/internal/iptable"
)

// Names of the address data. The second is an operator's own, in the data directory.
const (
	addressFile = "addresses.bin.gz"
	ownFile     = "addresses.mmdb"
)

// Addresses is origin ASN and registry country of every address: embedded
// data, or an operator's own addresses.mmdb in the data directory, whose
// answers then come first.
type Addresses struct {
	date  time.Time
	table func() (*iptable.Table, error) // unpacked when first asked: most commands ask nothing
	own   *maxminddb.Reader
	built time.Time // of own
}

// Address is what the data say of one address.
type Address struct {
	ASN     uint32 // 0: not announced, or not known
	ASName  string
	Country string // of the registry, or as an operator's file has it; ISO 3166; empty: not given out
	Source  string // the file that answered
	Date    time.Time
}

// Date is that of the data that answer first.
func (a *Addresses) Date() time.Time {
	if a.own != nil {
		return a.built
	}
	return a.date
}

// Lookup finds an address. An error means that the data can't be read.
func (a *Addresses) Lookup(addr netip.Addr) (Address, error) {
	addr = addr.Unmap()
	table, err := a.table()
	if err != nil {
		return Address{}, err
	}
	origin := table.Lookup(addr)
	found := Address{ASN: origin.ASN, Country: origin.Country, Source: addressFile, Date: a.date}
	if a.own != nil {
		if err := a.ask(addr, &found); err != nil {
			return Address{}, err
		}
	}
	if found.ASN != 0 && found.ASName == "" {
		found.ASName = table.Name(found.ASN)
	}
	return found, nil
}

// ask puts what the operator's file says in the place of the embedded data.
// Files of countries alone and files of ASNs alone are both common.
func (a *Addresses) ask(addr netip.Addr, found *Address) error {
	var record struct {
		ASN     uint32 `maxminddb:"autonomous_system_number"`
		Org     string `maxminddb:"autonomous_system_organization"`
		Country struct {
			ISO string `maxminddb:"iso_code"`
		} `maxminddb:"country"`
		Code string `maxminddb:"country_code"`
	}
	if err := a.own.Lookup(addr).Decode(&record); err != nil {
		return fmt.Errorf("look %s up in %s: %w", addr, ownFile, err)
	}
	if record.Country.ISO == "" {
		record.Country.ISO = record.Code
	}
	if record.ASN == 0 && record.Country.ISO == "" {
		return nil
	}
	found.Source, found.Date = ownFile, a.built
	if record.ASN != 0 {
		found.ASN, found.ASName = record.ASN, record.Org
	}
	if record.Country.ISO != "" {
		found.Country = record.Country.ISO
	}
	return nil
}

func readAddresses(fsys fs.FS) (*Addresses, error) {
	data, err := fs.ReadFile(fsys, addressFile)
	if err != nil {
		return nil, err
	}
	a := &Addresses{}
	if a.date, err = iptable.ReadDate(bytes.NewReader(data)); err != nil {
		return nil, fmt.Errorf("%s: %w", addressFile, err)
	}
	a.table = sync.OnceValues(func() (*iptable.Table, error) {
		table, err := iptable.Decode(bytes.NewReader(data))
		data = nil
		if err != nil {
			return nil, fmt.Errorf("%s: %w", addressFile, err)
		}
		return table, nil
	})
	own, err := fs.ReadFile(fsys, ownFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return a, nil
	case err != nil:
		return nil, err
	}
	if a.own, err = maxminddb.OpenBytes(own); err != nil {
		return nil, fmt.Errorf("%s: %w", ownFile, err)
	}
	a.built = a.own.Metadata.BuildTime().UTC()
	return a, nil
}
