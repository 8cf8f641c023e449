package reference

import (
	"encoding/binary"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestEmbeddedAddresses(t *testing.T) {
	ref := load(t)
	if got := ref.Addresses.Date().Format("2006-01-02"); got != "2026-06-17" {
		t.Errorf("the data are of %s", got)
	}
	for text, want := range map[string]struct {
		asn     uint32
		name    string
		country string
	}{
		"119.3.85.251":        {55990, "Huawei", "CN"},
		"8.130.1.1":           {37963, "Alibaba", "SG"},
		"47.242.1.1":          {45102, "Alibaba", "US"},
		"13.32.0.1":           {16509, "Amazon", "US"},
		"122.9.0.1":           {23724, "China Telecom", "CN"},
		"115.34.0.1":          {0, "", "CN"},
		"::ffff:119.3.85.251": {55990, "Huawei", "CN"},
		"240e:56:4000::1":     {0, "", "CN"},
		"2606:4700::1":        {0, "", "US"},
		"10.0.0.1":            {0, "", ""},
	} {
		got, err := ref.Addresses.Lookup(netip.MustParseAddr(text))
		if err != nil || got.Country != want.country || !strings.Contains(got.ASName, want.name) || got.ASN != want.asn {
			t.Errorf("%s: %+v, %v; want %+v", text, got, err, want)
		}
		if got.Source != "addresses.bin.gz" || !got.Date.Equal(ref.Addresses.Date()) {
			t.Errorf("%s: from %q of %v", text, got.Source, got.Date)
		}
	}
}

func TestAnOperatorsAddressData(t *testing.T) {
	dir := t.TempDir()
	write := func(record []byte) *Set {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "addresses.mmdb"), mmdb(netip.MustParsePrefix("119.3.0.0/16"), record), 0o600); err != nil {
			t.Fatal(err)
		}
		ref, err := Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		return ref
	}
	country := mmMap("country", mmMap("iso_code", mmText("SG")))
	asn := mmMap("autonomous_system_number", mmUint32(64500), "autonomous_system_organization", mmText("Example"), "country_code", mmText("JP"))
	for name, c := range map[string]struct {
		record []byte
		addr   string
		want   Address
	}{
		"a country alone":   {country, "119.3.85.251", Address{ASN: 55990, Country: "SG", Source: "addresses.mmdb"}},
		"an AS and country": {asn, "119.3.85.251", Address{ASN: 64500, ASName: "Example", Country: "JP", Source: "addresses.mmdb"}},
		"not in the file":   {asn, "8.130.1.1", Address{ASN: 37963, Country: "SG", Source: "addresses.bin.gz"}},
		"nothing useful":    {mmMap("x", mmText("y")), "119.3.85.251", Address{ASN: 55990, Country: "CN", Source: "addresses.bin.gz"}},
	} {
		ref := write(c.record)
		got, err := ref.Addresses.Lookup(netip.MustParseAddr(c.addr))
		date := map[string]string{"addresses.mmdb": "2026-10-01", "addresses.bin.gz": "2026-06-17"}[c.want.Source]
		if err != nil || got.ASN != c.want.ASN || got.Country != c.want.Country || got.Source != c.want.Source || got.Date.Format("2006-01-02") != date {
			t.Errorf("%s: %+v, %v; want %+v of %s", name, got, err, c.want, date)
		}
		if c.want.ASName != "" && got.ASName != c.want.ASName {
			t.Errorf("%s: AS named %q, want %q", name, got.ASName, c.want.ASName)
		}
		if ref.Addresses.Date().Format("2006-01-02") != "2026-10-01" {
			t.Errorf("%s: the data are of %v", name, ref.Addresses.Date())
		}
	}
	for name, bytes := range map[string]string{"addresses.mmdb": "no database", "addresses.bin.gz": "no table"} {
		broken := t.TempDir()
		if err := os.WriteFile(filepath.Join(broken, name), []byte(bytes), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(broken); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("a broken %s: %v", name, err)
		}
	}
}

// TestAddressDataCutShort: what can't be unpacked is an error at the first look-up.
func TestAddressDataCutShort(t *testing.T) {
	data, err := embedded.ReadFile("data/addresses.bin.gz")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "addresses.bin.gz"), data[:len(data)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	ref, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got, err := ref.Addresses.Lookup(netip.MustParseAddr("1.1.1.1")); err == nil {
			t.Errorf("half a table says %+v", got)
		}
	}
}

// mmdb writes a MaxMind database (format 2.0) of one IPv4 prefix, built on 2026-10-01.
func mmdb(prefix netip.Prefix, record []byte) []byte {
	bits := prefix.Bits()
	addr := prefix.Addr().As4()
	var out []byte
	node := func(n int) { out = append(out, byte(n>>16), byte(n>>8), byte(n)) }
	for i := range bits {
		next := i + 1
		if next == bits {
			next = bits + 16 // the first record of the data section
		}
		if addr[i/8]>>(7-i%8)&1 == 0 {
			node(next)
			node(bits)
		} else {
			node(bits)
			node(next)
		}
	}
	out = append(out, make([]byte, 16)...)
	out = append(out, record...)
	out = append(out, "\xab\xcd\xefMaxMind.com"...)
	return append(out, mmMap(
		"node_count", mmUint32(uint32(bits)), "record_size", mmUint32(24), "ip_version", mmUint32(4), "database_type", mmText("Test"),
		"binary_format_major_version", mmUint32(2), "binary_format_minor_version", mmUint32(0), "build_epoch", mmUint32(1790812800),
	)...)
}

// mmText writes a text of up to 284 bytes; one of 29 or more has a byte for its size.
func mmText(s string) []byte {
	if len(s) < 29 {
		return append([]byte{byte(2<<5 | len(s))}, s...)
	}
	return append([]byte{2<<5 | 29, byte(len(s) - 29)}, s...)
}

func mmUint32(n uint32) []byte {
	return slices.Concat([]byte{6<<5 | 4}, binary.BigEndian.AppendUint32(nil, n))
}

func mmMap(pairs ...any) []byte {
	out := []byte{byte(7<<5 | len(pairs)/2)}
	for i := 0; i < len(pairs); i += 2 {
		out = slices.Concat(out, mmText(pairs[i].(string)), pairs[i+1].([]byte))
	}
	return out
}
