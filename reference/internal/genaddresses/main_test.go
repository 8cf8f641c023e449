package main

import (
	"bytes"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/icpaudit/icpaudit/reference/internal/iptable"
)

// sample writes two small packages, with an overlap, gaps, a quoted name, and
// rows out of order.
func sample(t *testing.T) (asn, country string) {
	t.Helper()
	asn, country = t.TempDir(), t.TempDir()
	for name, text := range map[string]string{
		filepath.Join(asn, "asn-ipv4.csv"): "1.0.0.0,1.0.0.255,13335,\"Cloudflare, Inc.\"\n1.0.8.0,1.0.15.255,4134,Chinanet\n" +
			"1.0.4.0,1.0.7.255,4134,Chinanet\n1.0.12.0,1.0.16.255,38803,Gtelecom Pty Ltd\n9.0.0.0,9.0.255.255,64500,\"Big  \tone\"\n" +
			"255.255.255.0,255.255.255.255,4200000000,Small one\n",
		filepath.Join(country, "asn-country-ipv4.csv"): "1.0.0.0,1.0.0.255,AU\n1.0.1.0,1.0.15.255,CN\n9.0.0.0,9.255.255.255,US\n",
		filepath.Join(country, "asn-country-ipv6.csv"): "2001:200::,2001:200:ffff:ffff:ffff:ffff:ffff:ffff,JP\n" +
			"2001:201::,2001:201:ffff:ffff:ffff:ffff:ffff:ffff,JP\n240e::,240e:ffff:ffff:ffff:ffff:ffff:ffff:ffff,CN\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return asn, country
}

func TestGenerate(t *testing.T) {
	asn, country := sample(t)
	var files [2][]byte
	for i := range files {
		out := filepath.Join(t.TempDir(), "out")
		if err := generate(asn, country, "2026-06-17", out); err != nil {
			t.Fatal(err)
		}
		var err error
		if files[i], err = os.ReadFile(out); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("the same packages gave two different files")
	}
	table, err := iptable.Decode(bytes.NewReader(files[0]))
	if err != nil {
		t.Fatal(err)
	}
	if v4, v6, names := table.Ranges(); v4 != 10 || v6 != 5 || names != 2 {
		t.Errorf("%d IPv4 ranges, %d IPv6 ranges, %d names, want 10, 5, 2", v4, v6, names)
	}
	if table.Date.Format("2006-01-02") != "2026-06-17" || !strings.Contains(table.Note, "DB-IP.com") {
		t.Errorf("dated %v, note %q", table.Date, table.Note)
	}
	for text, want := range map[string]iptable.Origin{
		"0.0.0.0": {}, "1.0.0.9": {ASN: 13335, Country: "AU"}, "1.0.1.0": {Country: "CN"}, "1.0.4.0": {ASN: 4134, Country: "CN"},
		"1.0.12.1": {ASN: 4134, Country: "CN"}, // the earlier of two overlapping rows keeps what it has
		"1.0.16.1": {ASN: 38803}, "1.0.17.0": {}, "9.0.255.255": {ASN: 64500, Country: "US"}, "9.1.0.0": {Country: "US"}, "10.0.0.0": {},
		"255.255.255.255": {ASN: 4200000000}, "2001:200::1": {Country: "JP"}, "2001:201:1::": {Country: "JP"}, "2001:202::": {}, "240e::1": {Country: "CN"}, "240f::": {},
	} {
		if got := table.Lookup(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
	for n, want := range map[uint32]string{4134: "Chinanet", 64500: "Big one", 13335: "", 4200000000: "", 38803: ""} {
		if got := table.Name(n); got != want {
			t.Errorf("AS%d is called %q, want %q", n, got, want)
		}
	}
}

func TestMalformedSources(t *testing.T) {
	for name, row := range map[string]string{
		"too few columns": "1.0.0.0,1.0.0.255\n", "no address": "1.0.0,1.0.0.255,1\n", "two kinds": "1.0.0.0,2001::,1\n", "backwards": "1.0.0.9,1.0.0.1,1\n",
		"no number": "1.0.0.0,1.0.0.255,AS1\n", "an odd quote": "1.0.0.0,1.0.0.255,1,a\"b\n", "IPv6": "2001::,2001::1,1\n",
	} {
		asn, country := sample(t)
		if err := os.WriteFile(filepath.Join(asn, "asn-ipv4.csv"), []byte(row), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := generate(asn, country, "2026-06-17", filepath.Join(t.TempDir(), "out")); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	asn, country := sample(t)
	if err := generate(asn, country, "17.6.2026", filepath.Join(t.TempDir(), "out")); err == nil {
		t.Error("a malformed date was accepted")
	}
	if err := generate(country, asn, "2026-06-17", filepath.Join(t.TempDir(), "out")); err == nil {
		t.Error("directories without the files were accepted")
	}
}

func TestProve(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.tgz")
	if err := os.WriteFile(name, []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	const abc = "3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw=="
	if err := prove(name, abc); err != nil {
		t.Error(err)
	}
	if err := prove(name, asnPackage().sha512); err == nil {
		t.Error("another archive was taken for the pinned one")
	}
	if err := unpack(name, t.TempDir()); err == nil {
		t.Error("what is no archive was unpacked")
	}
}
