package reference

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// TLDs is the suffixes with their registration services.
type TLDs struct{ byName map[string]TLD }

// TLD is one suffix.
type TLD struct {
	Label string // as people write it
	Name  string // A-labels; com.cn where second levels have entries of their own
	Kind  string // generic, country, idn, brand, second-level
	RDAP  string // base URL, ends in /; empty where none is known
	WHOIS string // host, with a port where it is not 43; empty where none is known
}

// Of finds the entry of the longest suffix of a domain (A-labels) that has one.
func (t *TLDs) Of(domain string) (TLD, bool) {
	for more := domain != ""; more; _, domain, more = strings.Cut(domain, ".") {
		if tld, known := t.byName[domain]; known {
			return tld, true
		}
	}
	return TLD{}, false
}

// suffixShape is one or more A-labels.
var suffixShape = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$`)

func isSuffix(text string) bool { return suffixShape.MatchString(text) }

// toASCII turns labels into A-labels; what can't be turned stays as it is.
func toASCII(text string) string {
	if a, err := idna.Lookup.ToASCII(text); err == nil {
		return a
	}
	return strings.ToLower(text)
}

var hostShape = regexp.MustCompile(`^[a-z0-9.-]+\.[a-z0-9-]+(:\d{1,5})?$`)

// isBase says whether a text is the base URL of an RDAP service: https (RFC
// 9224 lets http pass as second choice), with a host, ending in /.
func isBase(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil &&
		u.RawQuery == "" && u.Fragment == "" && strings.HasSuffix(u.Path, "/")
}

func readTLDs(fsys fs.FS) (*TLDs, error) {
	t := &TLDs{byName: map[string]TLD{}}
	columns := []string{"tld", "a_label", "kind", "rdap_base", "whois_server", "source"}
	err := readTable(fsys, "tlds.csv", columns, func(_ int, cell func(string) string) error {
		tld := TLD{Label: cell("tld"), Name: cell("a_label"), Kind: cell("kind"), RDAP: cell("rdap_base"), WHOIS: cell("whois_server")}
		_, twice := t.byName[tld.Name]
		switch {
		case !isSuffix(tld.Name) || toASCII(tld.Label) != tld.Name:
			return fmt.Errorf("%q is not the A-label of %q", tld.Name, tld.Label)
		case twice:
			return fmt.Errorf("%s comes twice", tld.Name)
		case !slices.Contains([]string{"generic", "country", "idn", "brand", "second-level"}, tld.Kind):
			return fmt.Errorf("kind %q: want generic, country, idn, brand or second-level", tld.Kind)
		case tld.RDAP != "" && !isBase(tld.RDAP):
			return fmt.Errorf("rdap_base %q: want a URL that ends in /", tld.RDAP)
		case tld.WHOIS != "" && !hostShape.MatchString(tld.WHOIS):
			return fmt.Errorf("whois_server %q: want host or host:port", tld.WHOIS)
		case cell("source") == "":
			return errors.New("no source")
		}
		t.byName[tld.Name] = tld
		return nil
	})
	return t, err
}
