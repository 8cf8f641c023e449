// Command genaddresses builds reference/data/addresses.bin.gz from two pinned
// npm packages: who announces an address (IPv4), and where the registries
// placed it. IPv6 origins are not taken: they come from registries there, not
// from routing, and mislead.
//
// Run it from the root of the repository: go run ./reference/internal/genaddresses
package main

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"log"
	"net/netip"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/icpaudit/icpaudit/reference/internal/iptable"
)

// source is one package, pinned by its version and the SHA-512 of its archive.
type source struct{ name, version, sha512 string }

var (
	origins   = source{"@ip-location-db/asn", "2.3.2026061719", "PpqYi7wyEyWwunXBtl+y3Vi403SvNywotWwvmiYCOUtE0SVol/Sf492Ee+eErEznmGapxEQB2SAfrpXuZ9a+vQ=="}
	countries = source{"@ip-location-db/asn-country", "2.3.2026061719", "KN/mUGqf/nwkI0RDvv4knOc5xGXxbooU1MlTXThEJcJVyWxHoCx6oRed8p7NguGKZRpQPmZWdWw/zslHZsUC6Q=="}
)

func main() {
	log.SetFlags(0)
	if err := build(filepath.Join("reference", "data", "addresses.bin.gz")); err != nil {
		log.Fatalf("build the address data: %v", err)
	}
}

func build(target string) error {
	dir, err := os.MkdirTemp("", "genaddresses-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	asn, err := fetch(dir, origins, "asn-ipv4.csv")
	if err != nil {
		return err
	}
	country, err := fetch(dir, countries, "asn-country-ipv4.csv", "asn-country-ipv6.csv")
	if err != nil {
		return err
	}
	table := &iptable.Table{Date: time.Date(2026, 6, 17, 0, 0, 0, 0, time.UTC)}
	if table.V4, err = join(asn["asn-ipv4.csv"], country["asn-country-ipv4.csv"]); err != nil {
		return err
	}
	if table.V6, err = join(nil, country["asn-country-ipv6.csv"]); err != nil {
		return err
	}
	out, err := os.Create(target)
	if err != nil {
		return err
	}
	if err := errors.Join(table.Write(out), out.Close()); err != nil {
		return err
	}
	log.Printf("%s: %d IPv4 and %d IPv6 ranges", target, len(table.V4), len(table.V6))
	return nil
}

// fetch brings a package without running anything of it, proves its archive,
// and reads files of it.
func fetch(dir string, s source, names ...string) (map[string][]byte, error) {
	cmd := exec.Command("npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", dir, s.name+"@"+s.version)
	cmd.Stderr = os.Stderr
	printed, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("npm pack %s@%s: %w", s.name, s.version, err)
	}
	archive, err := os.ReadFile(filepath.Join(dir, strings.TrimSpace(string(printed))))
	if err != nil {
		return nil, err
	}
	if sum := sha512.Sum512(archive); base64.StdEncoding.EncodeToString(sum[:]) != s.sha512 {
		return nil, fmt.Errorf("%s@%s: the archive is not the pinned one", s.name, s.version)
	}
	return unpack(archive, names)
}

func unpack(archive []byte, names []string) (map[string][]byte, error) {
	zr, err := gzip.NewReader(strings.NewReader(string(archive)))
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for tr := tar.NewReader(zr); ; {
		head, err := tr.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if name := path.Base(head.Name); slices.Contains(names, name) {
			if files[name], err = io.ReadAll(tr); err != nil {
				return nil, err
			}
		}
	}
	if len(files) != len(names) {
		return nil, fmt.Errorf("the package holds %d of the files %v", len(files), names)
	}
	return files, nil
}

// span is one row of a source.
type span struct {
	from, to uint64 // first and last address; of IPv6 the upper halves
	asn      uint32
	country  string
}

func spans(data []byte, asn bool) ([]span, error) {
	r := csv.NewReader(strings.NewReader(string(data)))
	r.FieldsPerRecord = -1
	var all []span
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		from, err := netip.ParseAddr(row[0])
		if err != nil {
			return nil, err
		}
		to, err := netip.ParseAddr(row[1])
		if err != nil {
			return nil, err
		}
		s := span{from: upper(from), to: upper(to)}
		if asn {
			n, err := strconv.ParseUint(row[2], 10, 32)
			if err != nil {
				return nil, err
			}
			s.asn = uint32(n)
		} else {
			s.country = row[2]
		}
		all = append(all, s)
	}
}

func upper(a netip.Addr) uint64 {
	b := a.AsSlice()
	if len(b) == 16 {
		b = b[:8]
	}
	n := uint64(0)
	for _, x := range b {
		n = n<<8 | uint64(x)
	}
	return n
}

// join lays both sources over each other and keeps a range wherever either changes.
func join(asnCSV, countryCSV []byte) ([]iptable.Range, error) {
	asns, err := spans(asnCSV, true)
	if err != nil {
		return nil, fmt.Errorf("read the origins: %w", err)
	}
	places, err := spans(countryCSV, false)
	if err != nil {
		return nil, fmt.Errorf("read the countries: %w", err)
	}
	var edges []uint64
	for _, list := range [][]span{asns, places} {
		for _, s := range list {
			edges = append(edges, s.from, s.to+1)
		}
	}
	slices.Sort(edges)
	edges = slices.Compact(edges)
	var out []iptable.Range
	i, k := 0, 0
	for _, edge := range edges {
		for i < len(asns) && asns[i].to < edge {
			i++
		}
		for k < len(places) && places[k].to < edge {
			k++
		}
		r := iptable.Range{Start: edge}
		if i < len(asns) && asns[i].from <= edge {
			r.ASN = asns[i].asn
		}
		if k < len(places) && places[k].from <= edge {
			copy(r.Country[:], places[k].country)
		}
		if n := len(out); n > 0 && out[n-1].ASN == r.ASN && out[n-1].Country == r.Country {
			continue
		}
		out = append(out, r)
	}
	return out, nil
}
