// Genaddresses builds the address data that are embedded: who announces an
// IPv4 address, where the registries placed it and every IPv6 network, and the
// names of the larger ASes. IPv6 origins are left out: the source takes them
// from the registries and not from routing, and they mislead.
//
// Without directories it has npm pack the two packages in their pinned version
// and proves them by their checksum; nothing of a package is run.
package main

//go:generate go run . -out ../../data/addresses.bin.gz

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/icpaudit/icpaudit/reference/internal/iptable"
)

// note travels in the file's header: the attribution that the licences ask for.
const note = "IP-to-ASN data from Route Views (routeviews.org) and DB-IP.com, via sapics/ip-location-db, CC BY 4.0; " +
	"registry statistics from the Number Resource Organization (nro.net), CC BY 4.0; ranges merged, joined and reduced."

func main() {
	asn := flag.String("asn", "", "directory of the unpacked package asn; empty: have npm pack the pinned one")
	country := flag.String("country", "", "directory of the unpacked package asn-country; empty: have npm pack the pinned one")
	date := flag.String("date", pinnedDate, "day of the data, YYYY-MM-DD")
	out := flag.String("out", "addresses.bin.gz", "file to write")
	flag.Parse()
	if flag.NArg() != 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := generate(*asn, *country, *date, *out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func generate(asnDir, countryDir, date, out string) error {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return fmt.Errorf("read the date: %w", err)
	}
	temp, err := os.MkdirTemp("", "genaddresses-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	if asnDir == "" {
		if asnDir, err = fetch(temp, asnPackage()); err != nil {
			return err
		}
	}
	if countryDir == "" {
		if countryDir, err = fetch(temp, countryPackage()); err != nil {
			return err
		}
	}
	table, err := build(asnDir, countryDir, day)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := table.Encode(&b); err != nil {
		return err
	}
	if err := os.WriteFile(out, b.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write the address data: %w", err)
	}
	v4, v6, names := table.Ranges()
	fmt.Printf("%s: %d IPv4 ranges, %d IPv6 ranges, %d names, %d bytes\n", out, v4, v6, names, b.Len())
	return nil
}

// build joins the two packages' files into one table.
func build(asnDir, countryDir string, day time.Time) (*iptable.Table, error) {
	origins, err := readSpans(asnDir, "asn-ipv4.csv")
	if err != nil {
		return nil, err
	}
	places, err := readSpans(countryDir, "asn-country-ipv4.csv")
	if err != nil {
		return nil, err
	}
	places6, err := readSpans(countryDir, "asn-country-ipv6.csv")
	if err != nil {
		return nil, err
	}
	v4, err := joined(origins, places)
	if err != nil {
		return nil, err
	}
	v6, err := countries(places6)
	if err != nil {
		return nil, err
	}
	return iptable.New(day, note, v4, v6, names(origins, v4))
}
