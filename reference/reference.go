// Package reference holds everything that a compliance officer may want to
// edit: the catalogue, the operations, the words, and the dated data about
// providers, addresses, registrars and registries. All of it is embedded; a
// directory may override each file.
package reference

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

//go:embed data
var embedded embed.FS

// Set is all reference data in force.
type Set struct {
	Digest         string // first 12 hex digits of the SHA-256 over all files in force, by name
	Catalogue      *Catalogue
	Words          *Words
	Provinces      *Provinces
	Providers      *Providers
	Families       *Families
	Addresses      *Addresses
	Registrars     *Registrars
	TLDs           *TLDs
	Bootstrap      *Bootstrap
	Marks          *Marks
	RegistryStatus *RegistryStatus
	Platforms      *Platforms
	Lexicon        *Lexicon
	Workdays       *Workdays
	Rules          *Rules
	Notices        *Notices
	Letters        *Letters
}

// Load reads the embedded data, each file overridden by the one of the same
// name in dir where there is one. An empty dir overrides nothing.
func Load(dir string) (*Set, error) {
	fsys := overlay{dir: dir}
	var s Set
	var errs []error
	note := func(what string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("read reference data: %s: %w", what, err))
		}
	}
	var err error
	s.Catalogue, err = readCatalogue(fsys)
	note("catalogue", err)
	s.Words, err = readWords(fsys)
	note("words", err)
	s.Provinces, err = readProvinces(fsys)
	note("provinces", err)
	s.Providers, err = readProviders(fsys)
	note("providers", err)
	s.Families, err = readFamilies(fsys)
	note("cname families", err)
	s.Addresses, err = readAddresses(fsys)
	note("addresses", err)
	s.Registrars, err = readRegistrars(fsys)
	note("registrars", err)
	s.TLDs, err = readTLDs(fsys)
	note("tlds", err)
	s.Bootstrap, err = readBootstrap(fsys)
	note("rdap bootstrap", err)
	s.Marks, err = readMarks(fsys)
	note("page marks", err)
	s.RegistryStatus, err = readRegistryStatus(fsys)
	note("registry states", err)
	s.Platforms, err = readPlatforms(fsys)
	note("platforms", err)
	s.Lexicon, err = readLexicon(fsys)
	note("lexicon", err)
	s.Workdays, err = readWorkdays(fsys)
	note("working days", err)
	s.Rules, err = readRules(fsys)
	note("rules of plans", err)
	s.Notices, err = readNotices(fsys)
	note("notice templates", err)
	s.Letters, err = readLetters(fsys)
	note("letters", err)
	s.Digest, err = digest(fsys)
	note("digest", err)
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return &s, nil
}

// Export writes the embedded data into a directory that must not exist yet.
func Export(dir string) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return fmt.Errorf("export reference data: %w", err)
	}
	sub, err := fs.Sub(embedded, "data")
	if err != nil {
		return err
	}
	if err := os.CopyFS(dir, sub); err != nil {
		return fmt.Errorf("export reference data to %q: %w", dir, err)
	}
	return nil
}

// overlay is the embedded data under an operator's directory.
type overlay struct{ dir string }

// Open opens the operator's file, or else the embedded one.
func (o overlay) Open(name string) (fs.File, error) {
	if o.dir != "" {
		f, err := os.Open(filepath.Join(o.dir, filepath.FromSlash(name)))
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return f, err
		}
	}
	return embedded.Open(path.Join("data", name))
}

// digest sums up every file in force: the embedded names, and those that only
// an operator's directory can have.
func digest(fsys fs.FS) (string, error) {
	names := []string{ownFile, officialRegistrars, ownLexicon}
	err := fs.WalkDir(embedded, "data", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name[len("data/"):])
		}
		return err
	})
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, name := range names {
		file, err := fsys.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		fmt.Fprintln(sum, name)
		n, err := io.Copy(sum, file)
		if err := errors.Join(err, file.Close()); err != nil {
			return "", fmt.Errorf("read %s: %w", name, err)
		}
		fmt.Fprintln(sum, n)
	}
	return hex.EncodeToString(sum.Sum(nil))[:12], nil
}
