package reference

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// Registrars is the registrars: the seed list, and an official list where one
// is imported as registrars_official.csv.
type Registrars struct {
	seed     []Registrar
	official []approval
	date     string // of the official list
}

// Registrar is one row of the seed list: evidence that it sponsors names, and
// no proof of a licence.
type Registrar struct {
	NameZH, NameEN string
	IANAID         string
	Foreign        bool
	Date           string
}

// approval is one row of the official list: a registrar and the TLDs that it
// may register names under.
type approval struct {
	names []string // normalised, aliases too
	tlds  []string // A-labels; empty: all
}

// Seed finds a registrar of the seed list by its IANA id or its name.
func (r *Registrars) Seed(name, ianaID string) (Registrar, bool) {
	key := registrarKey(name)
	for _, s := range r.seed {
		if ianaID != "" && s.IANAID == ianaID || key != "" && (registrarKey(s.NameZH) == key || registrarKey(s.NameEN) == key) {
			return s, true
		}
	}
	return Registrar{}, false
}

// Official says whether the official list approves a registrar for a TLD.
// Imported is false where there is no list; date is the list's. Covered says
// that the list speaks of this TLD at all.
func (r *Registrars) Official(name, ianaID, tld string) (imported, covered, approved bool, date string) {
	if len(r.official) == 0 {
		return false, false, false, ""
	}
	names := []string{registrarKey(name)}
	if seed, ok := r.Seed(name, ianaID); ok {
		names = append(names, registrarKey(seed.NameZH), registrarKey(seed.NameEN))
	}
	for _, a := range r.official {
		hit := len(a.tlds) == 0 || slices.Contains(a.tlds, tld)
		covered = covered || hit
		approved = approved || hit && slices.ContainsFunc(a.names, func(n string) bool { return n != "" && slices.Contains(names, n) })
	}
	return true, covered, approved, r.date
}

// registrarKey is a registrar's name as comparing goes by: without what
// differs in writing, and without the former or trading names in brackets.
func registrarKey(name string) string {
	name = strings.ToLower(norm.NFKC.String(name))
	for _, mark := range []string{"(原", "(万网", " d/b/a ", " dba ", "(www", "(now", " / "} {
		if i := strings.Index(name, mark); i > 0 {
			name = name[:i]
		}
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" .,()'-&", r) {
			return -1
		}
		return r
	}, name)
}

func readRegistrars(fsys fs.FS) (*Registrars, error) {
	r := &Registrars{}
	err := readTable(fsys, "registrars.csv", []string{"name_zh", "name_en", "iana_id", "foreign", "date", "source"}, func(_ int, cell func(string) string) error {
		s := Registrar{cell("name_zh"), cell("name_en"), cell("iana_id"), cell("foreign") == "yes", cell("date")}
		if s.NameZH == "" && s.NameEN == "" {
			return errors.New("neither a Chinese nor an English name")
		}
		r.seed = append(r.seed, s)
		return nil
	})
	if err != nil {
		return nil, err
	}
	const official = "registrars_official.csv"
	err = readTable(fsys, official, []string{"registrar", "aliases", "tlds", "date"}, func(_ int, cell func(string) string) error {
		if _, err := time.Parse(time.DateOnly, cell("date")); err != nil {
			return fmt.Errorf("date %q: want YYYY-MM-DD", cell("date"))
		}
		r.date = max(r.date, cell("date"))
		a := approval{names: []string{registrarKey(cell("registrar"))}}
		for _, alias := range strings.Split(cell("aliases"), ";") {
			a.names = append(a.names, registrarKey(alias))
		}
		for _, tld := range strings.Fields(cell("tlds")) {
			a.tlds = append(a.tlds, toASCII(strings.TrimPrefix(tld, ".")))
		}
		r.official = append(r.official, a)
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil // none is imported
	}
	return r, err
}
