package scanner

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
)

func owning(t testing.TB, dir string) *reference.Set {
	t.Helper()
	ref, err := reference.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func TestAddressFacts(t *testing.T) {
	ref := owning(t, "")
	for text, want := range map[string]observe.AddrFacts{
		"119.3.85.251":    {ASN: 55990, Provider: "huaweicloud", Class: observe.ASNMainland, Country: "CN"},
		"8.130.1.1":       {ASN: 37963, Provider: "aliyun", Class: observe.ASNMainland, Country: "SG", Conflict: true},
		"47.242.1.1":      {ASN: 45102, Provider: "aliyun", Class: observe.ASNOverseas, Country: "US"},
		"110.41.208.1":    {ASN: 136907, Provider: "huaweicloud", Class: observe.ASNOverseas, Country: "CN", Conflict: true},
		"122.9.224.1":     {ASN: 55990, Provider: "huaweicloud", Class: observe.ASNUnknown, Country: "CN"},
		"223.5.5.5":       {ASN: 45102, Provider: "aliyun", Class: observe.ASNUnknown, Country: "CN"},
		"122.9.0.1":       {ASN: 23724, Carrier: "telecom", Country: "CN"},
		"49.4.96.1":       {ASN: 4837, Carrier: "unicom", Country: "CN"},
		"139.9.224.1":     {ASN: 58519, Provider: "ctyun", Class: observe.ASNMainland, Country: "CN"},
		"114.114.114.114": {ASN: 21859, Country: "CN"},
		"115.34.0.1":      {Country: "CN"},
		"2407:c080::1":    {Provider: "huaweicloud", Class: observe.ASNMainland, Country: "CN"},
		"2408:8000::1":    {Country: "CN"},
		"2606:4700::1":    {Country: "US"},
		"10.0.0.1":        {},
	} {
		got := AddressFacts(ref, netip.MustParseAddr(text))
		if got.Source == "" || got.DataDate != "2026-06-17" {
			t.Errorf("%s: from %q of %q", text, got.Source, got.DataDate)
		}
		if got.ASN != 0 && got.ASName == "" {
			t.Errorf("%s: AS%d has no name", text, got.ASN)
		}
		if got.ASN != want.ASN || got.Provider != want.Provider || got.Class != want.Class || got.Carrier != want.Carrier ||
			got.Country != want.Country || got.Conflict != want.Conflict || len(got.Listed) > 0 || got.Addr.String() != text {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
}

func TestFactsOfALook(t *testing.T) {
	ref := owning(t, "")
	a := netip.MustParseAddr
	dns := &observe.DNS{Names: []observe.Name{
		{Name: "example.com", Addrs: []netip.Addr{a("119.3.85.251"), a("8.130.1.1")}},
		{Name: "www.example.com", Addrs: []netip.Addr{a("119.3.85.251")}, CNAMEs: []string{"www.example.com.volcgslb.com", "x.example.net", "www.example.com.ctlcdn.cn"},
			Views: []observe.View{
				{ID: "telecom", Addrs: []netip.Addr{a("47.242.1.1")}, CNAMEs: []string{"www.example.com.volcgslb.com", "x.kunlunaq.com"}},
				{ID: "mobile", Addrs: []netip.Addr{a("47.242.1.1")}},
			}},
		{Name: "gone.example.com"},
	}}
	got := newOwners(ref).Facts(dns)
	var addrs, families []string
	for _, f := range got.Addrs {
		addrs = append(addrs, f.Addr.String())
	}
	for _, f := range got.Families {
		families = append(families, f.Name+" "+f.CNAME+" "+f.Provider+" "+f.Product+" "+f.Confidence)
	}
	if want := []string{"119.3.85.251", "8.130.1.1", "47.242.1.1"}; !slices.Equal(addrs, want) {
		t.Errorf("facts of %v, want %v", addrs, want)
	}
	if want := []string{
		"www.example.com www.example.com.volcgslb.com volcengine cdn high", "www.example.com www.example.com.ctlcdn.cn ctyun cdn high",
		"www.example.com x.kunlunaq.com aliyun cdn high",
	}; !slices.Equal(families, want) {
		t.Errorf("families %q, want %q", families, want)
	}
	if got.DataDate != "2026-06-17" {
		t.Errorf("the data are of %q", got.DataDate)
	}
}

// TestFactsWithoutAddressData: what can't be read is not made up.
func TestFactsWithoutAddressData(t *testing.T) {
	dir := t.TempDir()
	if err := reference.Export(filepath.Join(dir, "data")); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "data", "addresses.bin.gz")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data[:len(data)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	ref := owning(t, filepath.Join(dir, "data"))
	if got := AddressFacts(ref, netip.MustParseAddr("119.3.85.251")); got.ASN != 0 || got.Provider != "" || got.Country != "" || got.DataDate != "" {
		t.Errorf("half a table gives %+v", got)
	}
}

func BenchmarkFacts(b *testing.B) {
	o := newOwners(owning(b, ""))
	a := netip.MustParseAddr
	dns := &observe.DNS{Names: []observe.Name{
		{Name: "example.com", Addrs: []netip.Addr{a("119.3.85.251")}},
		{Name: "www.example.com", Addrs: []netip.Addr{a("119.3.85.251"), a("2407:c080::1")}, CNAMEs: []string{"www.example.com.c.cdnhwc1.com"}},
	}}
	o.Facts(dns) // unpacks the table
	b.ReportAllocs()
	for b.Loop() {
		o.Facts(dns)
	}
}
