package scanner

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/icpaudit/icpaudit/observe"
)

// Bounds of a HAP.
const (
	maxHAPConfig  = 4 << 20
	maxHAPBlock   = 16 << 20
	maxHAPEntries = 32
)

// hapVersion is a version: a name by itself, or an object that holds one.
type hapVersion struct{ Name string }

// hapConfig is what is read of module.json (stage model), config.json (FA
// model) and the summary of pack.info.
type hapConfig struct {
	App struct {
		Bundle      string     `json:"bundleName"`
		Label       string     `json:"label"`
		LabelID     uint32     `json:"labelId"`
		VersionName string     `json:"versionName"`
		Version     hapVersion `json:"version"`
	} `json:"app"`
	Module struct {
		Type      string `json:"type"`
		Abilities []struct {
			Label string `json:"label"`
		} `json:"abilities"`
	} `json:"module"`
}

// readHAP reads a HarmonyOS package with its signature.
func readHAP(a *archive) (*observe.App, error) {
	app, _, err := readHAPConfig(a)
	if err != nil {
		return nil, err
	}
	readHAPSigner(a, app)
	app.Warnings = a.warnings
	return app, nil
}

// readHAPConfig reads who a package is, and its kind of module: entry, feature …
func readHAPConfig(a *archive) (*observe.App, string, error) {
	name := "module.json"
	if !a.has(name) {
		name = "config.json"
	}
	var c hapConfig
	if err := a.json(name, &c); err != nil {
		return nil, "", err
	}
	if c.App.Bundle == "" {
		return nil, "", fmt.Errorf("read %q: it names no bundle", name)
	}
	label := c.App.Label
	if label == "" && name == "config.json" && len(c.Module.Abilities) > 0 {
		label = c.Module.Abilities[0].Label
	}
	return harmonyApp(a, c, label), c.Module.Type, nil
}

// harmonyApp makes the App of a configuration. A label that is a reference is
// looked up in the compiled resources.
func harmonyApp(a *archive, c hapConfig, label string) *observe.App {
	version := c.App.VersionName
	if version == "" {
		version = c.App.Version.Name
	}
	app := &observe.App{Platform: "harmonyos", Package: bounded(c.App.Bundle, 256), Version: bounded(version, 100)}
	name, isReference := strings.CutPrefix(label, "$string:")
	if !isReference {
		app.Label = bounded(label, 200)
		return app
	}
	index, err := a.entry("resources.index", maxHAPIndex)
	if err == nil {
		label, app.LabelZH, err = hapLabel(index, c.App.LabelID, name)
		app.Label, app.LabelZH = bounded(label, 200), bounded(app.LabelZH, 200)
	}
	if err != nil || app.Label+app.LabelZH == "" {
		a.warn("label-unread", name)
	}
	return app
}

// json reads an entry as JSON.
func (a *archive) json(name string, into any) error {
	data, err := a.entry(name, maxHAPConfig)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), into); err != nil {
		return fmt.Errorf("read %q: %w", name, err)
	}
	return nil
}

// readAppPack reads a pack of HAPs as an app market takes it. The signature is
// the pack's own, or else that of the packages inside.
func readAppPack(a *archive) (*observe.App, error) {
	var info struct {
		Summary hapConfig `json:"summary"`
	}
	if err := a.json("pack.info", &info); err != nil {
		return nil, err
	}
	if info.Summary.App.Bundle == "" {
		return nil, errors.New(`read "pack.info": it names no bundle`)
	}
	app := harmonyApp(a, info.Summary, "")
	readHAPSigner(a, app)
	haps := a.suffixed(".hap")
	if len(haps) > maxParts {
		return nil, tooLarge("the pack is of %d packages, and at most %d are read", len(haps), maxParts)
	}
	for _, f := range haps {
		s, err := a.inner(f)
		if err != nil {
			return nil, err
		}
		inside, err := openArchive(s)
		if err != nil {
			return nil, fmt.Errorf("read %q: %w", f.Name, err)
		}
		hap, kind, err := readHAPConfig(inside)
		if err != nil {
			return nil, fmt.Errorf("read %q: %w", f.Name, err)
		}
		if app.Label == "" || kind == "entry" && hap.Label != "" {
			app.Label, app.LabelZH = hap.Label, hap.LabelZH
		}
		if len(app.Signers) == 0 {
			readHAPSigner(inside, app)
		}
		a.warnings = append(a.warnings, inside.warnings...)
	}
	if len(app.Signers) > 0 { // the pack's own or one inside
		a.warnings = slices.DeleteFunc(a.warnings, func(n observe.AppNote) bool { return n.Code == "unsigned" })
	}
	app.Warnings = a.warnings
	return app, nil
}

// readHAPSigner reads the certificate of the signing block. The signature over
// the content is not checked.
func readHAPSigner(a *archive, app *observe.App) {
	block, err := hapSignature(a.source)
	if err != nil {
		a.warn("signature-unread", err.Error())
		return
	}
	if block == nil {
		a.warn("unsigned", "")
		return
	}
	signed, err := readCMS(block)
	if err != nil || len(signed.signers) == 0 {
		a.warn("signature-unread", fmt.Sprint(err))
	}
	for _, cert := range signed.signers {
		addSigner(app, signerOf("harmony", cert))
	}
}

// hapSignature finds the CMS in the signing block in front of the archive's
// central directory; nil where there is none. The block ends with 32 bytes:
// how many parts it has, its size, two marks and the version. It begins with 12
// bytes for each part: its kind, its length and where it stands
// (OpenHarmony, developtools_hapsigner).
func hapSignature(s *source) ([]byte, error) {
	const tail, head, schemeV1 = 32, 12, 0x20000000
	directory, err := directoryOffset(s)
	if err != nil || directory < tail {
		return nil, err
	}
	end := make([]byte, tail)
	if _, err := s.ReadAt(end, directory-tail); err != nil {
		return nil, fmt.Errorf("read the signing block: %w", err)
	}
	if mark := string(end[12:28]); mark != "<hap sign block>" && mark != "HAP Sig Block 42" {
		return nil, nil
	}
	count, size := binary.LittleEndian.Uint32(end), binary.LittleEndian.Uint64(end[4:])
	if size > maxHAPBlock || int64(size) > directory || size < tail || count > maxHAPEntries {
		return nil, errors.New("read the signing block: its size can't be")
	}
	block := make([]byte, size)
	if _, err := s.ReadAt(block, directory-int64(size)); err != nil {
		return nil, fmt.Errorf("read the signing block: %w", err)
	}
	for i := range int(count) {
		if head*(i+1) > len(block) {
			break
		}
		part := block[head*i:]
		length, offset := int64(binary.LittleEndian.Uint32(part[4:])), int64(binary.LittleEndian.Uint32(part[8:]))
		if binary.LittleEndian.Uint32(part) == schemeV1 {
			if offset+length > int64(len(block)) {
				return nil, errors.New("read the signing block: its signature is cut off")
			}
			return block[offset : offset+length], nil
		}
	}
	return nil, nil
}

// directoryOffset is where an archive's central directory begins.
func directoryOffset(s *source) (int64, error) {
	const record = 22
	s.budget = maxHAPBlock + 1<<20
	n := min(s.size, record+1<<16)
	data := make([]byte, n)
	if _, err := s.ReadAt(data, s.size-n); err != nil {
		return 0, fmt.Errorf("read the archive's end: %w", err)
	}
	at := bytes.LastIndex(data, []byte("PK\x05\x06"))
	if at < 0 || at+record > len(data) {
		return 0, errors.New("read the archive's end: there is none")
	}
	offset := int64(binary.LittleEndian.Uint32(data[at+16:]))
	if offset > s.size {
		return 0, errors.New("read the archive's end: it leads outside")
	}
	return offset, nil
}
