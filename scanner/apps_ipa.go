package scanner

import (
	"archive/zip"
	"bytes"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"path"
	"strings"

	"howett.net/plist"

	"github.com/icpaudit/icpaudit/observe"
)

// Bounds of a property list, or of the one in a provisioning profile.
const (
	maxPlist       = 1 << 20 // bytes
	maxPlistNested = 20_000  // lists and dictionaries: the reader goes into each by recursion
)

// infoPlist is the path of the App's own property list; those of extensions
// and frameworks stand deeper.
func (a *archive) infoPlist() string {
	for _, f := range a.zip.File {
		dir, file := path.Split(f.Name)
		if file == "Info.plist" && strings.HasPrefix(dir, "Payload/") && strings.HasSuffix(dir, ".app/") && strings.Count(dir, "/") == 2 {
			return f.Name
		}
	}
	return ""
}

// bundle is what is read of an Info.plist, or of the strings in one language.
type bundle struct {
	ID      string `plist:"CFBundleIdentifier"`
	Display string `plist:"CFBundleDisplayName"`
	Name    string `plist:"CFBundleName"`
	Version string `plist:"CFBundleShortVersionString"`
	Binary  string `plist:"CFBundleExecutable"`
}

func (b bundle) label() string {
	if b.Display != "" {
		return b.Display
	}
	return b.Name
}

// readIPA reads an iOS App.
func readIPA(a *archive, infoPath string) (*observe.App, error) {
	var info bundle
	if err := a.plist(infoPath, &info); err != nil {
		return nil, err
	}
	if info.ID == "" {
		return nil, fmt.Errorf("read %q: it names no bundle", infoPath)
	}
	app := &observe.App{Platform: "ios", Package: bounded(info.ID, 256), Label: bounded(info.label(), 200), Version: bounded(info.Version, 100)}
	dir := path.Dir(infoPath)
	for _, language := range []string{"zh-Hans", "zh_CN", "zh-CN", "zh-Hans-CN", "zh"} {
		var strings bundle
		name := dir + "/" + language + ".lproj/InfoPlist.strings"
		if !a.has(name) {
			continue
		}
		if err := a.plist(name, &strings); err != nil {
			a.warn("label-unread", err.Error())
		}
		if app.LabelZH = bounded(strings.label(), 200); app.LabelZH != "" {
			break
		}
	}
	readAppleSigners(a, dir, info.Binary, app)
	app.Warnings = a.warnings
	return app, a.source.ctx.Err()
}

// plist reads a property list, binary, XML or of strings, into a structure of
// texts only: whatever else is in it stays unread.
func (a *archive) plist(name string, into any) error {
	data, err := a.entry(name, maxPlist)
	if err != nil {
		return err
	}
	if err := unmarshalPlist(data, into); err != nil {
		return fmt.Errorf("read %q: %w", name, err)
	}
	return nil
}

// readAppleSigners reads the certificates of the executable's signature, or
// where it has none those that the provisioning profile allows.
func readAppleSigners(a *archive, dir, binary string, app *observe.App) {
	signers, err := a.machoSigners(a.byName[dir+"/"+binary])
	if err != nil {
		a.warn("signature-unread", err.Error())
	}
	if len(signers) == 0 {
		if signers, err = a.profileSigners(dir + "/embedded.mobileprovision"); err != nil {
			a.warn("signature-unread", err.Error())
		}
		if len(signers) > 0 {
			a.warn("signer-from-profile", "")
		}
	}
	for _, cert := range signers {
		addSigner(app, signerOf("apple", cert))
	}
	if len(app.Signers) == 0 {
		a.warn("unsigned", "")
	}
}

// machoSigners reads who signed an executable.
func (a *archive) machoSigners(f *zip.File) ([]*x509.Certificate, error) {
	if f == nil {
		return nil, errors.New("there is no executable")
	}
	a.source.budget = 2*a.source.size + maxRead
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("unpack %q: %w", f.Name, err)
	}
	defer r.Close()
	signature, err := readMachoSignature(r)
	if err != nil || signature == nil {
		return nil, err
	}
	signed, err := readCMS(signature)
	return signed.signers, err
}

// profileSigners reads the certificates that a provisioning profile allows.
func (a *archive) profileSigners(name string) ([]*x509.Certificate, error) {
	data, err := a.entry(name, maxPlist)
	if err != nil || data == nil {
		return nil, err
	}
	signed, err := readCMS(data)
	if err != nil {
		return nil, fmt.Errorf("read %q: %w", name, err)
	}
	var profile struct {
		Certificates [][]byte `plist:"DeveloperCertificates"`
	}
	if err := unmarshalPlist(signed.content, &profile); err != nil {
		return nil, fmt.Errorf("read %q: %w", name, err)
	}
	var all []*x509.Certificate
	for _, der := range profile.Certificates {
		if cert, err := x509.ParseCertificate(der); err == nil && len(all) < maxSigners {
			all = append(all, cert)
		}
	}
	return all, nil
}

func unmarshalPlist(data []byte, into any) (err error) {
	defer unparsable("read the property list", &err)
	if nested(data) > maxPlistNested {
		return tooLarge("the property list holds too much")
	}
	_, err = plist.Unmarshal(data, into)
	return err
}

// nested is how many lists and dictionaries a property list can hold at most:
// in the binary form each object may be one.
func nested(data []byte) uint64 {
	if bytes.HasPrefix(data, []byte("bplist")) && len(data) >= 32 {
		return binary.BigEndian.Uint64(data[len(data)-24:]) // of the trailer
	}
	n := 0
	for _, opening := range []string{"<array", "<dict", "(", "{"} {
		n += bytes.Count(data, []byte(opening))
	}
	return uint64(n)
}
