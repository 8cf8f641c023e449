package reference

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// officialRegistrars is the file of the ministry's list, which only an
// operator's directory holds. Its columns, in UTF-8:
//
//	registrar  the name as the list has it
//	aliases    other names of the same registrar, separated by ; (may be empty)
//	tlds       the suffixes it may sell, in either form, separated by blanks; * for all;
//	           a registrar may also have several rows
//	date       the day on which the row was true, YYYY-MM-DD
//	iana_id    its IANA registrar id; the column may be left out
const officialRegistrars = "registrars_official.csv"

// Registrars is the registrars: the seed list, and the official list where one is imported.
type Registrars struct {
	seeds    directory
	official *directory
	covered  map[string]bool // suffixes that the official list names, A-labels; * for all
	newest   string          // newest date of the official list
}

// Registrar is one registrar of a list.
type Registrar struct {
	Name    string
	Aliases []string // former names, trade names, names in the other language
	IANAID  string   // empty where none is known; an id names one registrar for ever, or its successor
	Foreign bool     // its seat is not in mainland China, so no licence of the ministry's can be its own
	Date    string   // year of the newest evidence, or day of the official row; may be empty
	Source  string
	tlds    map[string]bool // official list only: A-labels
}

// directory finds registrars by id and by name.
type directory struct {
	all    []Registrar
	byID   map[string]int
	byName map[string]int
}

// Seed finds a registrar on the seed list, by its IANA id (which may be empty)
// or else by its name. It is evidence of sponsoring, not of a licence today.
func (r *Registrars) Seed(name, ianaID string) (Registrar, bool) { return r.seeds.find(name, ianaID) }

// Official says what the official list says of a registrar, by name or IANA id
// (either may be empty), and the suffix of a domain (A-labels, such as com.cn).
// Imported is false where there is no list. Covered says that the list speaks
// of the suffix at all: only then is a registrar that is not approved on it one
// without approval. Date is that of the registrar's row, or else of the newest.
// The names under which the seed list knows the registrar are tried as well.
func (r *Registrars) Official(name, ianaID, suffix string) (imported, covered, approved bool, date string) {
	if r.official == nil {
		return false, false, false, ""
	}
	suffix = toASCII(suffix)
	covered, date = coversSuffix(r.covered, suffix), r.newest
	found, ok := r.official.find(name, ianaID)
	if seed, known := r.seeds.find(name, ianaID); !ok && known {
		for _, other := range append([]string{seed.Name}, seed.Aliases...) {
			if found, ok = r.official.find(other, ""); ok {
				break
			}
		}
	}
	if !ok {
		return true, covered, false, date
	}
	return true, covered, coversSuffix(found.tlds, suffix), found.Date
}

// coversSuffix says whether a suffix or one above it is in the set: cn covers com.cn.
func coversSuffix(set map[string]bool, suffix string) bool {
	for {
		if set[suffix] {
			return true
		}
		_, rest, ok := strings.Cut(suffix, ".")
		if !ok {
			return set["*"]
		}
		suffix = rest
	}
}

func (d *directory) find(name, ianaID string) (Registrar, bool) {
	if ianaID = strings.TrimLeft(ianaID, "0"); ianaID != "" {
		if i, ok := d.byID[ianaID]; ok {
			return d.all[i], true
		}
	}
	for _, key := range registrarKeys(name) {
		if i, ok := d.byName[key]; ok {
			return d.all[i], true
		}
	}
	return Registrar{}, false
}

// add puts a registrar into the directory; no id and no name may be there already.
func (d *directory) add(reg Registrar) error {
	if d.byID == nil {
		d.byID, d.byName = map[string]int{}, map[string]int{}
	}
	at := len(d.all)
	d.all = append(d.all, reg)
	if n, err := strconv.Atoi(reg.IANAID); reg.IANAID != "" && (err != nil || n < 1 || strconv.Itoa(n) != reg.IANAID) {
		return fmt.Errorf("iana_id %q: want a number", reg.IANAID)
	}
	if other, ok := d.byID[reg.IANAID]; ok {
		return fmt.Errorf("iana_id %s is that of %s", reg.IANAID, d.all[other].Name)
	}
	if reg.IANAID != "" {
		d.byID[reg.IANAID] = at
	}
	for _, name := range append([]string{reg.Name}, reg.Aliases...) {
		keys := registrarKeys(name)
		if len(keys) == 0 {
			return fmt.Errorf("name %q says nothing", name)
		}
		if other, ok := d.byName[keys[0]]; ok && other != at {
			return fmt.Errorf("name %q is that of %s", name, d.all[other].Name)
		}
		for _, key := range keys {
			if _, ok := d.byName[key]; !ok {
				d.byName[key] = at
			}
		}
	}
	return nil
}

// merge adds suffixes to a registrar that has a row of that very name already:
// lists with a row for each pair are read as well.
func (d *directory) merge(name string, tlds map[string]bool, date string) bool {
	for i := range d.all {
		if reg := &d.all[i]; reg.Name == name {
			maps.Copy(reg.tlds, tlds)
			reg.Date = max(reg.Date, date)
			return true
		}
	}
	return false
}

// trailing is what registries add to a registrar's name: a trade name, the
// former name (原…), or its number.
var trailing = regexp.MustCompile(`^(.+?)\s*\(([^()]*)\)$`)

// registrarKeys lists what a name may be known by, the closest first: the name
// as it is, without what follows in brackets, and the former name in them.
func registrarKeys(name string) []string {
	name = width.Fold.String(strings.TrimSpace(name))
	var keys []string
	add := func(text string) {
		if key := registrarKey(text); key != "" && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	add(name)
	if m := trailing.FindStringSubmatch(name); m != nil {
		add(m[1])
		if former, ok := strings.CutPrefix(m[2], "原"); ok {
			add(former)
		}
	}
	return keys
}

// legalForms are written in many ways, and left out by some registries.
var legalForms = []string{"incorporated", "inc", "llc", "ltd", "limited", "co", "corp", "corporation", "company", "gmbh", "sas", "ag", "bv", "plc", "pte"}

// registrarKey folds case, width, signs and spaces, and in names of Latin
// letters the legal forms at the end.
func registrarKey(name string) string {
	words := strings.FieldsFunc(strings.ToLower(strings.ReplaceAll(name, ".", "")), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	for len(words) > 1 && slices.Contains(legalForms, words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	return strings.Join(words, "")
}

func readRegistrars(fsys fs.FS) (*Registrars, error) {
	r := &Registrars{}
	if err := r.readSeeds(fsys); err != nil {
		return nil, err
	}
	if err := r.readOfficial(fsys); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return r, nil
}

func (r *Registrars) readSeeds(fsys fs.FS) error {
	columns := []string{"name", "aliases", "iana_id", "place", "seen", "source"}
	return readTable(fsys, "registrars.csv", columns, func(_ int, cell func(string) string) error {
		place, seen := cell("place"), cell("seen")
		switch {
		case place != "mainland" && place != "overseas":
			return fmt.Errorf("place %q: want mainland or overseas", place)
		case cell("source") == "":
			return errors.New("no source")
		case seen != "" && !yearShape.MatchString(seen):
			return fmt.Errorf("seen %q: want a year", seen)
		}
		return r.seeds.add(Registrar{
			Name: cell("name"), Aliases: cellList(cell("aliases"), "|"), IANAID: cell("iana_id"),
			Foreign: place == "overseas", Date: seen, Source: cell("source"),
		})
	})
}

func (r *Registrars) readOfficial(fsys fs.FS) error {
	official := &directory{}
	covered := map[string]bool{}
	columns := []string{"registrar", "aliases", "tlds", "date"}
	err := readTable(fsys, officialRegistrars, columns, func(_ int, cell func(string) string) error {
		date := cell("date")
		if _, err := time.Parse(time.DateOnly, date); err != nil {
			return fmt.Errorf("date %q: want YYYY-MM-DD", date)
		}
		if !utf8.ValidString(cell("registrar") + cell("aliases") + cell("tlds")) {
			return errors.New("it is not UTF-8: save the list as CSV UTF-8")
		}
		may := map[string]bool{}
		for _, tld := range strings.FieldsFunc(cell("tlds"), func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(";,|、，；", r) }) {
			tld = toASCII(strings.TrimPrefix(strings.ToLower(width.Fold.String(tld)), "."))
			if !isSuffix(tld) && tld != "*" {
				return fmt.Errorf("tlds: %q is no suffix", tld)
			}
			may[tld], covered[tld] = true, true
		}
		if len(may) == 0 {
			return errors.New("no tlds: name them, or * for all")
		}
		r.newest = max(r.newest, date)
		if official.merge(cell("registrar"), may, date) {
			return nil
		}
		return official.add(Registrar{
			Name: cell("registrar"), Aliases: cellList(cell("aliases"), ";|；"), IANAID: cell("iana_id"), Date: date, Source: officialRegistrars, tlds: may,
		})
	})
	if err == nil {
		r.official, r.covered = official, covered
	}
	return err
}

var yearShape = regexp.MustCompile(`^20\d\d$`)

// cellList is the parts of a cell between any of the marks.
func cellList(cell, marks string) []string {
	var parts []string
	for _, part := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(marks, r) }) {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}
