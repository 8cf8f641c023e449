package reference

import (
	"io/fs"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Platforms is what Apps run on, and the names of stores, which people file in
// place of it.
type Platforms struct {
	Platforms []Platform
	Signers   []StoreSigner
	stores    []string // in their normal form
}

// Platform is what an App can run on.
type Platform struct {
	ID     string   `yaml:"id"` // android, ios, harmonyos, …
	Names  []string `yaml:"names"`
	Hashes []string `yaml:"hashes"` // digests of the certificate that forms take: md5, sha1, sha256; none: not known
}

// StoreSigner is a certificate by which a store signs Apps anew.
type StoreSigner struct {
	Store   string `yaml:"store"`
	Subject string `yaml:"subject"` // part of its distinguished name
}

// FiledPlatform is how a filed platform is read.
type FiledPlatform struct {
	IDs     []string // of the platforms that it names, each once
	Store   string   // a store that it names, as the data write it in their normal form
	Unknown []string // parts that are neither
}

// Read reads a filed platform, which may name several.
func (p *Platforms) Read(text string) FiledPlatform {
	var out FiledPlatform
	whole := plainName(text)
	for _, store := range p.stores {
		if strings.Contains(whole, store) && len(store) > len(out.Store) {
			out.Store = store
		}
	}
	for _, part := range strings.FieldsFunc(norm.NFKC.String(text), func(r rune) bool { return strings.ContainsRune("/,;+&|、，；和与及", r) }) {
		id := p.id(part)
		switch {
		case id == "" && strings.TrimSpace(part) != "":
			out.Unknown = append(out.Unknown, strings.TrimSpace(part))
		case id != "" && !slices.Contains(out.IDs, id):
			out.IDs = append(out.IDs, id)
		}
	}
	return out
}

// id is the platform of a name, with or without a version behind it.
func (p *Platforms) id(text string) string {
	name := plainName(text)
	short := strings.TrimRightFunc(name, unicode.IsDigit)
	for _, platform := range p.Platforms {
		for _, n := range platform.Names {
			if plain := plainName(n); plain == name || plain == short {
				return platform.ID
			}
		}
	}
	return ""
}

// Hashes are the digests that the forms of a platform take; none: not known.
func (p *Platforms) Hashes(id string) []string {
	for _, platform := range p.Platforms {
		if platform.ID == id {
			return platform.Hashes
		}
	}
	return nil
}

// Resigner is the store whose certificate has this subject; empty: none that is known.
func (p *Platforms) Resigner(subject string) string {
	for _, s := range p.Signers {
		if strings.Contains(subject, s.Subject) {
			return s.Store
		}
	}
	return ""
}

// plainName is a name in lower case without blanks and signs.
func plainName(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKC.String(text))
}

func readPlatforms(fsys fs.FS) (*Platforms, error) {
	const name = "platforms.yaml"
	var file struct {
		Heading   heading       `yaml:",inline"`
		Platforms []Platform    `yaml:"platforms"`
		Stores    []string      `yaml:"stores"`
		Signers   []StoreSigner `yaml:"store_signers"`
	}
	if err := readYAML(fsys, name, &file, &file.Heading); err != nil {
		return nil, err
	}
	m := mistakes{file: name}
	ids, names := map[string]bool{}, map[string]bool{}
	for _, p := range file.Platforms {
		m.id("platform", p.ID, ids)
		for _, n := range p.Names {
			if plain := plainName(n); plain == "" || names[plain] {
				m.add("platform %s: the name %q is empty, or there twice", p.ID, n)
			} else {
				names[plain] = true
			}
		}
		for _, h := range p.Hashes {
			m.oneOf("hash of "+p.ID, h, "md5", "sha1", "sha256")
		}
	}
	out := &Platforms{Platforms: file.Platforms, Signers: file.Signers}
	for _, s := range file.Stores {
		plain := plainName(s)
		if plain == "" || names[plain] {
			m.add("store %q: it is empty, or a platform too", s)
		}
		out.stores = append(out.stores, plain)
	}
	for _, s := range file.Signers {
		if s.Store == "" || s.Subject == "" {
			m.add("store_signers: store and subject are needed")
		}
	}
	return out, m.err()
}
