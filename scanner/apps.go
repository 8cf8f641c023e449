package scanner

import (
	"archive/zip"
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/icpaudit/icpaudit/observe"
)

// Bounds of reading one package. A package beyond them is told of as such; the
// largest packages of app stores stay well within.
const (
	maxPackage     = 4 << 30         // bytes of a file
	maxPackageTime = 5 * time.Minute // for a package with all its parts
	packagesAtOnce = 2               // read at the same time
	maxInner       = 256 << 20       // bytes of a compressed package inside another, which is read in memory
	maxParts       = 64              // packages of a split set or an app bundle
)

// Package reads the application package at a path: an APK, a split set (a
// directory, .apks or .xapk), an IPA, a HAP or an app pack. Nothing is written
// to disk. A package that can't be read is a fault of the package, unparsable
// or too-large, with the reason; an empty path or no file there is no-package.
func (s *Scanner) Package(ctx context.Context, path string) observe.Seen[observe.App] {
	seen := observe.Seen[observe.App]{At: s.now(), Via: path}
	if path == "" {
		seen.Fault = &observe.Fault{Kind: observe.FaultNoPackage}
		return seen
	}
	select {
	case s.packages <- struct{}{}:
		defer func() { <-s.packages }()
	case <-ctx.Done():
		seen.Fault = faultOf(ctx.Err(), path)
		return seen
	}
	ctx, cancel := context.WithTimeout(ctx, maxPackageTime)
	defer cancel()
	seen.Value, seen.Fault = ReadPackage(ctx, path)
	seen.Took = s.now().Sub(seen.At)
	return seen
}

// ReadPackage is Package for one path, without a scanner.
func ReadPackage(ctx context.Context, path string) (*observe.App, *observe.Fault) {
	app, err := readPackage(ctx, path)
	if err != nil {
		return nil, packageFault(err, path)
	}
	app.File = filepath.Base(path)
	return app, nil
}

// packageFault tells what kept a package from being read.
func packageFault(err error, path string) *observe.Fault {
	var f *observe.Fault
	var system *fs.PathError
	switch {
	case errors.As(err, &f):
		f.Where = path
		return f
	case errors.Is(err, fs.ErrNotExist):
		return &observe.Fault{Kind: observe.FaultNoPackage, Where: path, Detail: "there is no such file"}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return faultOf(err, path)
	case errors.As(err, &system):
		if f := faultOf(err, path); f.Kind == observe.FaultNoDescriptors {
			return f
		}
		return &observe.Fault{Kind: observe.FaultInternal, Where: path, Detail: bounded(err.Error(), maxDetail)}
	}
	return &observe.Fault{Kind: observe.FaultUnparsable, Where: path, Detail: bounded(err.Error(), maxDetail)}
}

// tooLarge is the fault of a package beyond a bound.
func tooLarge(format string, args ...any) error {
	return &observe.Fault{Kind: observe.FaultTooLarge, Detail: bounded(fmt.Sprintf(format, args...), maxDetail)}
}

// readPackage reads what stands at a path, by what it is and not by its name.
func readPackage(ctx context.Context, path string) (app *observe.App, err error) {
	defer unparsable("read the package", &err)
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return readSplitDirectory(ctx, path)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is no regular file")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readPackageFile(ctx, file, info.Size())
}

// readPackageFile reads one package file whole.
func readPackageFile(ctx context.Context, file io.ReaderAt, size int64) (*observe.App, error) {
	if size > maxPackage {
		return nil, tooLarge("the package is of %d bytes, and at most %d are read", size, int64(maxPackage))
	}
	source := &source{ctx: ctx, at: file, size: size}
	app, err := readArchive(source)
	if err != nil {
		return nil, err
	}
	app.Size = size
	return app, hashFile(source, app)
}

// readArchive tells the kinds of package by what only they hold.
func readArchive(s *source) (*observe.App, error) {
	a, err := openArchive(s)
	if err != nil {
		return nil, err
	}
	switch {
	case a.has("AndroidManifest.xml"):
		app, _, err := readAPK(a)
		return app, err
	case a.has("base/manifest/AndroidManifest.xml"):
		return nil, errors.New("it is an Android App Bundle, which carries no signature of the App: the APK is needed")
	case a.has("module.json"), a.has("config.json"):
		return readHAP(a)
	case a.has("pack.info"):
		return readAppPack(a)
	}
	if plist := a.infoPlist(); plist != "" {
		return readIPA(a, plist)
	}
	if parts := a.suffixed(".apk"); len(parts) > 0 {
		return readSplitArchive(a, parts)
	}
	return nil, errors.New("it is none of APK, split APKs, IPA, HAP and app pack")
}

// hashFile puts the digests of a whole file in.
func hashFile(s *source, app *observe.App) error {
	short, middle, long := md5.New(), sha1.New(), sha256.New()
	s.budget = s.size + 1<<20
	if _, err := io.Copy(io.MultiWriter(short, middle, long), io.NewSectionReader(s, 0, s.size)); err != nil {
		return fmt.Errorf("hash the package: %w", err)
	}
	app.MD5, app.SHA1, app.Hash = hex.EncodeToString(short.Sum(nil)), hex.EncodeToString(middle.Sum(nil)), hex.EncodeToString(long.Sum(nil))
	return nil
}

// unparsable turns a panic of a parser into a fault of the package.
func unparsable(act string, err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%s: panic: %v", act, p)
	}
}

// inner opens a package that stands inside another: in place where it is
// stored, else unpacked in memory.
func (a *archive) inner(f *zip.File) (*source, error) {
	if f.Method == zip.Store && f.CompressedSize64 == f.UncompressedSize64 {
		offset, err := f.DataOffset()
		if err != nil {
			return nil, fmt.Errorf("open %q: %w", f.Name, err)
		}
		size := int64(f.CompressedSize64)
		if offset < 0 || size < 0 || offset > a.source.size-size {
			return nil, fmt.Errorf("open %q: it ends behind the archive", f.Name)
		}
		return &source{ctx: a.source.ctx, at: io.NewSectionReader(a.source.at, offset, size), size: size}, nil
	}
	data, err := a.read(f, maxInner)
	if err != nil {
		return nil, err
	}
	return sourceOf(a.source.ctx, data), nil
}
