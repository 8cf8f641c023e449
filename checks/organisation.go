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
	text := normalName(d.Content.Text + d.Content.Tail)
	whole := normalName(d.Title+d.SiteName+strings.Join(d.Logos, "")) + text
	if c.Subject.Name == "" || c.ownOn(whole, d) {
		return "", false
	}
	called := [][]string{{d.Title, d.SiteName}, slices.Concat(d.Headings, d.Logos)}
	for again, places := range called {
		for _, place := range places {
			for _, name := range c.organisationsIn(place) {
				plain := normalName(name)
				if strings.Count(text, plain) > again && !c.likeOwn(plain) {
					return name, true
				}
			}
		}
	}
	return "", false
}

// ownOn says whether a page shows a name of the subject's, or a part of the
// name calls the site. A person's name on a page says nothing about whose it is.
func (c Case) ownOn(whole string, d observe.Document) bool {
	if c.Subject.Nature == filing.NatureIndividual {
		return false
	}
	names := append([]string{c.Subject.Name}, c.Subject.Aliases...)
	for _, name := range names {
		for _, form := range nameForms(normalName(name)) {
			if strings.Contains(whole, form) {
				return true
			}
		}
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
