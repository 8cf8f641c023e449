package reference

import (
	"errors"
	"io/fs"
	"strings"

	"golang.org/x/net/idna"
)

// TLDs is the top-level domains with their registration services.
type TLDs struct{ byName map[string]TLD }

// TLD is one suffix under which names are registered.
type TLD struct {
	ALabel string
	RDAP   string // base URL; empty: none is known
	WHOIS  string // host; empty: none is known
}

// Of finds the entry of a name's longest known suffix.
func (t *TLDs) Of(name string) (TLD, bool) {
	for ok := true; ok && name != ""; {
		if tld, found := t.byName[name]; found {
			return tld, true
		}
		_, name, ok = strings.Cut(name, ".")
	}
	return TLD{}, false
}

func toASCII(name string) string {
	if ascii, err := idna.Lookup.ToASCII(name); err == nil {
		return ascii
	}
	return strings.ToLower(name)
}

func readTLDs(fsys fs.FS) (*TLDs, error) {
	t := &TLDs{byName: map[string]TLD{}}
	err := readTable(fsys, "tlds.csv", []string{"tld", "a_label", "rdap_base", "whois_server"}, func(_ int, cell func(string) string) error {
		label := cell("a_label")
		switch {
		case label == "" || toASCII(cell("tld")) != label:
			return errors.New("tld and a_label are not the same name")
		case t.byName[label] != (TLD{}):
			return errors.New(label + " comes twice")
		case cell("rdap_base") != "" && !strings.HasSuffix(cell("rdap_base"), "/"):
			return errors.New("an RDAP base ends in a slash")
		}
		t.byName[label] = TLD{label, cell("rdap_base"), cell("whois_server")}
		return nil
	})
	return t, err
}
