package reference

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// Bootstrap is the RDAP servers by suffix (RFC 9224).
type Bootstrap struct {
	Published time.Time // of the file; 1970 for the assembled seed, so that any real file is newer
	bases     map[string]string
}

// Base is the base URL of the RDAP server for a domain (A-labels): that of the
// longest suffix in the file, https before http (RFC 9224 sections 3 and 4).
func (b *Bootstrap) Base(domain string) (string, bool) {
	for suffix, more := domain, true; more; _, suffix, more = strings.Cut(suffix, ".") {
		if base, ok := b.bases[suffix]; ok {
			return base, true
		}
	}
	return "", false
}

func readBootstrap(fsys fs.FS) (*Bootstrap, error) {
	const name = "rdap_bootstrap.json"
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	// The IANA file may have further keys: RFC 9224 section 10.1 asks to ignore them.
	var file struct {
		Version     string       `json:"version"`
		Publication time.Time    `json:"publication"`
		Services    [][][]string `json:"services"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	m := mistakes{file: name}
	if file.Version != "1.0" {
		m.add("version %q: want 1.0", file.Version)
	}
	b := &Bootstrap{Published: file.Publication, bases: map[string]string{}}
	for i, service := range file.Services {
		if len(service) != 2 || len(service[1]) == 0 {
			m.add("service %d: want a list of suffixes and a list of URLs", i+1)
			continue
		}
		base, bad := chosenBase(service[1])
		if bad != "" {
			m.add("service %d: %q: want a URL that ends in /", i+1, bad)
			continue
		}
		for _, suffix := range service[0] {
			b.bases[toASCII(suffix)] = base
		}
	}
	return b, m.err()
}

// chosenBase is the first https URL, or else the first; bad is one that can't be used.
func chosenBase(urls []string) (base, bad string) {
	if i := slices.IndexFunc(urls, func(u string) bool { return !isBase(u) }); i >= 0 {
		return "", urls[i]
	}
	if i := slices.IndexFunc(urls, func(u string) bool { return strings.HasPrefix(u, "https:") }); i >= 0 {
		return urls[i], ""
	}
	return urls[0], ""
}
