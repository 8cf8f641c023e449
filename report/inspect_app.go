package report

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
)

// Package is an application package as inspection shows it: all that a filing
// form asks for.
type Package struct {
	File  string         `json:"file"`
	App   *observe.App   `json:"app"`
	Fill  []Fill         `json:"fill"` // what to file, of the present signer
	Fault *observe.Fault `json:"fault"`
}

// Fill is one digest that the forms of the package's platform take.
type Fill struct {
	Digest string `json:"digest"` // md5, sha1, sha256
	Value  string `json:"value"`
}

// InspectedApp shapes a package for people and scripts.
func InspectedApp(ref *reference.Set, file string, app *observe.App, fault *observe.Fault) Package {
	p := Package{File: file, App: app, Fill: []Fill{}, Fault: fault}
	if app == nil || len(app.Signers) == 0 {
		return p
	}
	s := app.Signers[0]
	values := map[string]string{"md5": s.MD5, "sha1": s.SHA1, "sha256": s.SHA256}
	for _, digest := range ref.Platforms.Hashes(app.Platform) {
		p.Fill = append(p.Fill, Fill{digest, values[digest]})
	}
	return p
}

// App writes an inspected package as text, one value a line.
func (t *Teller) App(w io.Writer, p Package) error {
	var b strings.Builder
	line := func(key, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\n", t.Say(key), Clean(value, 10000))
		}
	}
	line("app-file", filepath.Base(p.File))
	if p.Fault != nil {
		line("app-unread", t.word("fault", string(p.Fault.Kind))+" "+p.Fault.Detail)
	}
	if app := p.App; app != nil {
		line("app-platform", app.Platform)
		line("app-package", app.Package)
		line("app-label", app.Label)
		line("app-label-zh", app.LabelZH)
		line("app-version", app.Version)
		for _, f := range p.Fill {
			line("app-fill", strings.ToUpper(f.Digest)+" "+f.Value)
		}
		for _, s := range app.Signers {
			t.signer(line, s)
		}
		for _, note := range app.Warnings {
			line("warning", t.word("package", note.Code)+" "+note.Detail)
		}
	}
	_, err := fmt.Fprintln(w, b.String())
	return err
}

// AppJSON writes an inspected package as one JSON object.
func (t *Teller) AppJSON(w io.Writer, p Package) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(p)
}

func (t *Teller) signer(line func(key, value string), s observe.Signer) {
	key := "app-signer"
	if s.Past {
		key = "app-signer-past"
	}
	line(key, s.Scheme+" "+s.Subject)
	for _, d := range []Fill{{"MD5", s.MD5}, {"SHA-1", s.SHA1}, {"SHA-256", s.SHA256}} {
		line("  "+d.Digest, d.Value)
	}
	for _, pair := range [][2]string{{"app-key", s.Key.Algorithm}, {"app-modulus-hex", s.Key.ModulusHex}, {"app-modulus-dec", s.Key.ModulusDec}, {"app-point", s.Key.Point}, {"app-spki", s.Key.SPKI}} {
		line(pair[0], pair[1])
	}
}
