package scanner

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/observe"
)

// part is one APK of a split set.
type part struct {
	name string
	open func() (*source, func() error, error)
}

// readSplitDirectory reads the APKs of a directory as one set.
func readSplitDirectory(ctx context.Context, dir string) (*observe.App, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var parts []part
	for _, e := range entries {
		if !e.Type().IsRegular() || !strings.EqualFold(filepath.Ext(e.Name()), ".apk") {
			continue
		}
		path := filepath.Join(dir, e.Name())
		parts = append(parts, part{name: e.Name(), open: func() (*source, func() error, error) {
			file, err := os.Open(path)
			if err != nil {
				return nil, nil, err
			}
			info, err := file.Stat()
			if err == nil && info.Size() > maxPackage {
				err = tooLarge("%q is of %d bytes, and at most %d are read", e.Name(), info.Size(), int64(maxPackage))
			}
			if err != nil {
				file.Close()
				return nil, nil, err
			}
			return &source{ctx: ctx, at: file, size: info.Size()}, file.Close, nil
		}})
	}
	if len(parts) == 0 {
		return nil, errors.New("the directory holds no APK")
	}
	return readSplits(parts, true)
}

// readSplitArchive reads the APKs inside an archive as one set.
func readSplitArchive(a *archive, files []*zip.File) (*observe.App, error) {
	var parts []part
	for _, f := range files {
		parts = append(parts, part{name: f.Name, open: func() (*source, func() error, error) {
			s, err := a.inner(f)
			return s, func() error { return nil }, err
		}})
	}
	app, err := readSplits(parts, false)
	if err != nil {
		return nil, err
	}
	app.Warnings = append(a.warnings, app.Warnings...)
	return app, nil
}

// readSplits reads all APKs of a set. The base says what the App is; where the
// others differ from it in package or signer, a warning says so.
func readSplits(parts []part, hash bool) (*observe.App, error) {
	if len(parts) > maxParts {
		return nil, tooLarge("the set is of %d APKs, and at most %d are read", len(parts), maxParts)
	}
	var base *observe.App
	var size int64
	var others []*observe.App
	for _, p := range parts {
		app, split, err := readPart(p, hash && base == nil)
		if err != nil {
			return nil, fmt.Errorf("read %q: %w", p.name, err)
		}
		size += app.Size
		switch {
		case split == "" && base == nil:
			base = app
		default:
			others = append(others, app)
		}
		app.File = p.name
	}
	if base == nil {
		return nil, errors.New("the set holds no base APK")
	}
	for _, other := range others {
		if other.Package != base.Package || !sameSigner(other, base) {
			base.Warnings = append(base.Warnings, observe.AppNote{Code: "split-differs", Detail: bounded(other.File, 200)})
		}
	}
	base.Size = size
	return base, nil
}

func sameSigner(a, b *observe.App) bool {
	if len(a.Signers) == 0 || len(b.Signers) == 0 {
		return len(a.Signers) == len(b.Signers)
	}
	return slices.ContainsFunc(b.Signers, func(s observe.Signer) bool { return s.SHA256 == a.Signers[0].SHA256 })
}

// readPart reads one APK of a set and says which split it is.
func readPart(p part, hash bool) (app *observe.App, split string, err error) {
	s, closing, err := p.open()
	if err != nil {
		return nil, "", err
	}
	defer closing()
	a, err := openArchive(s)
	if err != nil {
		return nil, "", err
	}
	if app, split, err = readAPK(a); err != nil {
		return nil, "", err
	}
	app.Size = s.size
	if hash && split == "" {
		err = hashFile(s, app)
	}
	return app, split, err
}
