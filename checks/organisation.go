package checks

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/observe"
)

// otherOrganisation finds an organisation that a page calls itself by, in its
// title or as a heading and again in its text, where nothing on the page is
// the subject's. A company that a site works for is named too, but seldom as
// the site's own name.
func otherOrganisation(c Case, d observe.Document) (string, bool) {
	if d.Content == nil {
		return "", false
	}
	first := c.organisationsIn(d.Title + "\n" + d.SiteName)
	names := append(first, c.organisationsIn(strings.Join(d.Headings, "\n")+"\n"+strings.Join(d.Logos, "\n"))...)
	if len(names) == 0 || c.Subject.Name == "" || c.ownOn(d) {
		return "", false
	}
	text := normalName(d.Content.Text + d.Content.Tail) // dear, and seldom needed
	if c.namedIn(text) {
		return "", false
	}
	for i, name := range names {
		least := 1 // a heading stands in the text itself
		if i >= len(first) {
			least = 2
		}
		if plain := normalName(name); strings.Count(text, plain) >= least && !c.likeOwn(plain) {
			return name, true
		}
	}
	return "", false
}

// namedIn says whether a text, as names are compared, shows a name of the
// subject's. A person's name on a page says nothing about whose it is.
func (c Case) namedIn(plain string) bool {
	if c.Subject.Nature == filing.NatureIndividual {
		return false
	}
	for _, name := range append([]string{c.Subject.Name}, c.Subject.Aliases...) {
		for _, form := range nameForms(normalName(name)) {
			if form != "" && strings.Contains(plain, form) {
				return true
			}
		}
	}
	return false
}

// ownOn says whether a page calls itself by a name of the subject's, or a part of the
// name calls the site.
func (c Case) ownOn(d observe.Document) bool {
	if c.Subject.Nature == filing.NatureIndividual {
		return false
	}
	if c.namedIn(normalName(d.Title + d.SiteName + strings.Join(d.Logos, "") + strings.Join(d.Headings, "") + d.Footer)) {
		return true
	}
	subject := normalName(c.Subject.Name)
	for _, place := range slices.Concat([]string{d.Title, d.SiteName}, d.Logos) {
		for _, part := range nameRuns(place) {
			if plain := normalName(part); utf8.RuneCountInString(plain) >= 3 && strings.Contains(subject, plain) && !slices.Contains(c.Reference.Lexicon.Organisations.Tails, plain) {
				return true
			}
		}
	}
	return false
}

// likeOwn says whether a name is the subject's in another writing, or the
// filed name of the service, which the authority has approved.
func (c Case) likeOwn(plain string) bool {
	for _, own := range append([]string{c.Subject.Name, c.Service.Name}, c.Subject.Aliases...) {
		if own := normalName(own); own != "" && (near(own, plain) || near(plain, own)) {
			return true
		}
	}
	return false
}

// organisationsIn are the names of organisations in a text, in its order.
func (c Case) organisationsIn(text string) []string {
	words := c.Reference.Lexicon.Organisations
	var names []string
	for _, run := range nameRuns(text) {
		for _, head := range words.Heads {
			run = strings.TrimPrefix(run, head)
		}
		longest := 0
		for _, tail := range words.Tails {
			if i := strings.LastIndex(run, tail); i >= 0 {
				longest = max(longest, i+len(tail))
			}
		}
		if name := run[:longest]; utf8.RuneCountInString(name) >= 5 && !slices.Contains(words.Tails, name) {
			names = append(names, name)
		}
	}
	return names
}

// nameRuns are the parts of a text that can be a name: Chinese characters,
// letters, numerals and brackets without anything between.
func nameRuns(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.Is(unicode.Han, r) && !unicode.IsDigit(r) && !unicode.IsLetter(r) && !strings.ContainsRune("()（）", r)
	})
}
