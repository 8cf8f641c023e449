package scanner

import (
	"errors"
	"fmt"
	"strings"

	"github.com/icpaudit/icpaudit/observe"
)

// Bounds of what is read of an APK.
const (
	maxManifest  = 8 << 20
	maxResources = 64 << 20
	maxSignature = 32 << 20 // of one file below META-INF
	maxUnpacked  = 4 << 30  // of all entries, which a v1 signature makes the verifier unpack
)

// readAPK reads one APK: who it is, what it is called, and who signed it; and
// which split of a set it is, empty for a base.
func readAPK(a *archive) (*observe.App, string, error) {
	app, m, err := readManifest(a)
	if err != nil {
		return nil, "", err
	}
	switch name := a.hugeSignature(); {
	case name != "":
		a.warn("signature-unread", "huge: "+name)
	case a.unpacked() > maxUnpacked:
		a.warn("signature-unread", "the entries unpack to more than is read")
	case m.odd:
		a.warn("signature-unread", "the manifest lies about its sizes")
	default:
		verifyAPK(a, app)
	}
	app.Warnings = a.warnings
	return app, m.split, a.source.ctx.Err()
}

// hugeSignature names an entry of the v1 signature that is too large to read.
func (a *archive) hugeSignature() string {
	for _, f := range a.zip.File {
		if strings.HasPrefix(f.Name, "META-INF/") && f.UncompressedSize64 > maxSignature {
			return bounded(f.Name, 100)
		}
	}
	return ""
}

// readManifest reads the manifest with the resources it refers to.
func readManifest(a *archive) (*observe.App, manifest, error) {
	data, err := a.entry("AndroidManifest.xml", maxManifest)
	if err != nil {
		return nil, manifest{}, err
	}
	m, err := parseManifest(data)
	if err != nil {
		return nil, m, fmt.Errorf("read AndroidManifest.xml: %w", err)
	}
	if m.packageName == "" {
		return nil, m, errors.New("read AndroidManifest.xml: it names no package")
	}
	app := &observe.App{Platform: "android", Package: bounded(m.packageName, 256)}
	if !m.label.isReference() && !m.version.isReference() {
		app.Label, app.Version = bounded(m.label.text, 200), bounded(m.version.text, 100)
		return app, m, nil
	}
	table, err := a.resources()
	if err != nil {
		a.warn("resources-unread", err.Error())
	}
	app.Label, app.LabelZH = table.resolve(m.label)
	app.Version, _ = table.resolve(m.version)
	return app, m, nil
}

// resources reads the table of resources; an empty table where there is none.
func (a *archive) resources() (*resourceTable, error) {
	data, err := a.entry("resources.arsc", maxResources)
	if err != nil || data == nil {
		return &resourceTable{}, err
	}
	return parseResources(data)
}
