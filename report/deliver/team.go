package deliver

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing/number"
	"github.com/icpaudit/icpaudit/report"
)

// What a team takes.
const (
	takeMatching = ""     // rows that fulfil each of the conditions that are given
	takeRest     = "rest" // rows that no other team takes
	takeAll      = "all"  // every row
)

// Team is who gets which rows. A row belongs to the team where it fulfils each
// kind of condition that is given, by any of its values. A row may belong to
// several teams, and nobody gets a row of a team he isn't in.
type Team struct {
	Name      string   `yaml:"name"`
	To        []string `yaml:"to"`    // mail addresses; each gets a letter of its own
	Chats     []string `yaml:"chats"` // names of chats
	Lang      string   `yaml:"lang"`  // zh or en; empty: the configuration's
	Take      string   `yaml:"take"`  // empty: what matches; rest: what no other team takes; all
	Owners    []string `yaml:"owners"`
	Tags      []string `yaml:"tags"`
	Scenes    []string `yaml:"scenes"`
	Provinces []string `yaml:"provinces"` // by letter or name
}

func (o Options) validateTeams(chats map[string]bool, bad map[string]error) {
	names, langs := map[string]bool{}, map[string]string{}
	for i, t := range o.Teams {
		at := fmt.Sprintf("teams[%d].", i)
		switch {
		case strings.TrimSpace(t.Name) == "":
			bad[at+"name"] = fmt.Errorf("a team needs a name")
		case names[t.Name]:
			bad[at+"name"] = fmt.Errorf("%q comes twice", t.Name)
		}
		names[t.Name] = true
		t.validate(at, bad)
		for _, to := range t.To {
			if o.Mail.Host == "" {
				bad["mail.host"] = fmt.Errorf("teams have mail addresses, and no server is named")
			}
			if lang, known := langs[recipientKey(to)]; known && lang != t.Lang {
				bad[at+"lang"] = fmt.Errorf("%s is in another team with another language", to)
			}
			langs[recipientKey(to)] = t.Lang
		}
		for _, name := range t.Chats {
			if !chats[name] {
				bad[at+"chats"] = fmt.Errorf("there is no chat %q", name)
			}
		}
	}
}

func (t Team) validate(at string, bad map[string]error) {
	if len(t.To)+len(t.Chats) == 0 {
		bad[at+"to"] = fmt.Errorf("the team has neither mail addresses nor chats")
	}
	for _, to := range t.To {
		if err := checkAddress(to); err != nil {
			bad[at+"to"] = err
		}
	}
	oneOf(bad, at+"lang", t.Lang, "", "zh", "en")
	oneOf(bad, at+"take", t.Take, takeMatching, takeRest, takeAll)
	conditions := len(t.Owners) + len(t.Tags) + len(t.Scenes) + len(t.Provinces)
	switch {
	case t.Take == takeMatching && conditions == 0:
		bad[at+"take"] = fmt.Errorf("give owners, tags, scenes or provinces; or take: all, or take: rest")
	case t.Take != takeMatching && conditions > 0:
		bad[at+"take"] = fmt.Errorf("%s goes without owners, tags, scenes and provinces", t.Take)
	}
	for _, scene := range t.Scenes {
		if !slices.ContainsFunc(checks.All(), func(c checks.Check) bool { return string(c.ID) == scene }) {
			bad[at+"scenes"] = fmt.Errorf("%q is no scene (icpaudit catalogue lists them)", scene)
		}
	}
	for _, p := range t.Provinces {
		if _, known := number.ProvinceOf(p); !known {
			bad[at+"provinces"] = fmt.Errorf("%q is no province", p)
		}
	}
}

// checkAddress takes a bare address in ASCII only: no name, no list, nothing
// that a header could be made of.
func checkAddress(text string) error {
	a, err := mail.ParseAddress(text)
	if err != nil || a.Address != text || a.Name != "" {
		return fmt.Errorf("%q is no mail address", text)
	}
	for _, r := range text {
		if r <= ' ' || r > '~' || strings.ContainsRune(`"<>(),:;[]\`, r) {
			return fmt.Errorf("mail address %q: %q can't be used", text, r)
		}
	}
	return nil
}

// recipientKey tells recipients apart: writings that differ in case only are one.
func recipientKey(address string) string { return strings.ToLower(address) }

// rule is a team's conditions made ready for many rows.
type rule struct {
	take                            string
	owners, tags, scenes, provinces map[string]bool // nil: not asked for
}

// rule makes the conditions ready. Cells of the inventory were cleaned on their
// way, so that what they are compared with is cleaned too.
func (t Team) rule() rule {
	set := func(values []string, same func(string) string) map[string]bool {
		if len(values) == 0 {
			return nil
		}
		all := map[string]bool{}
		for _, v := range values {
			all[same(v)] = true
		}
		return all
	}
	clean := func(text string) string { return report.Clean(text, longestName) }
	return rule{t.Take, set(t.Owners, clean), set(t.Tags, clean), set(t.Scenes, clean), set(t.Provinces, provinceLetter)}
}

// matches says whether a row of a province, in its one spelling, fulfils the conditions.
func (c rule) matches(r report.Row, province string) bool {
	return c.take == takeMatching &&
		(c.owners == nil || r.Owner != "" && c.owners[r.Owner]) &&
		(c.scenes == nil || c.scenes[string(r.Scene)]) &&
		(c.tags == nil || slices.ContainsFunc(r.Tags, func(tag string) bool { return tag != "" && c.tags[tag] })) &&
		(c.provinces == nil || province != "" && c.provinces[province])
}

// provinceLetter is the one spelling of a province's letter; empty where it is none.
func provinceLetter(text string) string {
	p, _ := number.ProvinceOf(text)
	return p.Letter
}
