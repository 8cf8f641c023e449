package reference

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"time"
)

// Bootstrap is the RDAP servers by top-level domain (RFC 9224).
type Bootstrap struct {
	Published time.Time
	bases     map[string]string
}

// Base is the base URL for a name, by its longest known suffix.
func (b *Bootstrap) Base(name string) (string, bool) {
	for ok := true; ok && name != ""; {
		if base, found := b.bases[name]; found {
			return base, true
		}
		_, name, ok = strings.Cut(name, ".")
	}
	return "", false
}

func readBootstrap(fsys fs.FS) (*Bootstrap, error) {
	const file = "rdap_bootstrap.json"
	data, err := fs.ReadFile(fsys, file)
	if err != nil {
		return nil, err
	}
	var raw struct {
		Version     string       `json:"version"`
		Publication time.Time    `json:"publication"`
		Services    [][][]string `json:"services"`
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	b := &Bootstrap{Published: raw.Publication, bases: map[string]string{}}
	for i, service := range raw.Services {
		if len(service) != 2 || len(service[1]) == 0 {
			return nil, fmt.Errorf("%s: service %d is not names and servers", file, i)
		}
		base := service[1][0]
		for _, other := range service[1] {
			if strings.HasPrefix(other, "https:") {
				base = other
				break
			}
		}
		if u, err := url.Parse(base); err != nil || u.Host == "" {
			return nil, fmt.Errorf("%s: server %q is no URL", file, base)
		}
		if !strings.HasSuffix(base, "/") {
			base += "/"
		}
		for _, tld := range service[0] {
			b.bases[toASCII(tld)] = base
		}
	}
	return b, nil
}
