package reference

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Match finds the provider that an inventory means: by id, name, legal name or
// alias; by a branch of the company (…分公司); by a name that something else
// stands behind (华为云北京四); or by the parts in and around brackets. A text
// whose parts mean different providers means none.
func (p *Providers) Match(filed string) (*Provider, bool) {
	if found := p.company(filed); found != nil {
		return found, true
	}
	var found *Provider
	for _, part := range strings.FieldsFunc(norm.NFKC.String(filed), betweenNames) {
		meant := p.company(part)
		if meant == nil {
			meant = p.begins(part)
		}
		if meant != nil && found != nil && meant != found {
			return nil, false
		}
		if meant != nil {
			found = meant
		}
	}
	return found, found != nil
}

// betweenNames says whether a character parts two names.
func betweenNames(r rune) bool { return strings.ContainsRune("()[]【】〔〕/|;,、", r) }

// company finds a provider by a whole name, or by the name of a branch.
func (p *Providers) company(text string) *Provider {
	key := nameKey(text)
	if found := p.names[key]; found != nil || !strings.HasSuffix(key, "分公司") {
		return found
	}
	return p.longest(key, func(x *Provider) []string { return x.LegalNames })
}

// begins finds a provider by the Chinese name that a text begins with. A
// company whose name begins so is another company.
func (p *Providers) begins(text string) *Provider {
	key := nameKey(text)
	if strings.HasSuffix(key, "公司") {
		return nil
	}
	return p.longest(key, func(x *Provider) []string {
		if utf8.RuneCountInString(x.NameZH) < 3 {
			return nil
		}
		return []string{x.NameZH}
	})
}

// longest finds the provider with the longest name that a key begins with.
func (p *Providers) longest(key string, names func(*Provider) []string) *Provider {
	var best *Provider
	longest := 0
	for i := range p.All {
		for _, name := range names(&p.All[i]) {
			if name := nameKey(name); len(name) > longest && strings.HasPrefix(key, name) {
				best, longest = &p.All[i], len(name)
			}
		}
	}
	return best
}

// called is everything that a provider is called by.
func (p *Provider) called() []string {
	return append(append([]string{p.ID, p.NameZH, p.NameEN}, p.LegalNames...), p.Aliases...)
}

// nameKey is a name as comparing goes by: letters and digits in lower case.
func nameKey(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKC.String(name))
}
