//go:build !noapk

package scanner

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/icpaudit/icpaudit/observe"
)

// kept is an APK that Debian's apksigner signed; see apps_tools_test.go for how.
func kept(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "apps", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestReadAPK(t *testing.T) {
	const a, b = "CN=Qinghe a,O=Test", "CN=Qinghe b,O=Test"
	for name, want := range map[string][]observe.Signer{
		"v1.apk": {{Scheme: "v1", Subject: a}},
		"v2.apk": {{Scheme: "v2", Subject: a}},
		"v3.apk": {{Scheme: "v3", Subject: b, MD5: "d480d29e3dc35cd491a2cae23003239f", SHA1: "b2c44d06d2925a6e091a06b468000e58825f3e14"}, {Scheme: "v3", Subject: a, Past: true}},
	} {
		app := read(t, filepath.Join("testdata", "apps", name))
		if app.Platform != "android" || app.Package != "cn.example.qinghe" || app.Version != "1.2.3" || app.Label != "Qinghe Tea" || app.LabelZH != "青禾茶业" {
			t.Errorf("%s: read %+v", name, app)
		}
		if len(app.Signers) != len(want) || len(app.Warnings) > 0 {
			t.Errorf("%s: signers %+v, warnings %v", name, app.Signers, app.Warnings)
			continue
		}
		for i, s := range app.Signers {
			if s.Scheme != want[i].Scheme || s.Subject != want[i].Subject || s.Past != want[i].Past || len(s.Key.ModulusHex) != 512 {
				t.Errorf("%s: signer %+v, want %+v", name, s, want[i])
			}
			if want[i].MD5 != "" && (s.MD5 != want[i].MD5 || s.SHA1 != want[i].SHA1) {
				t.Errorf("%s: apksigner calls the certificate %s, %s, and we %s, %s", name, want[i].MD5, want[i].SHA1, s.MD5, s.SHA1)
			}
		}
	}
}

// The signer of a package that was changed afterwards is told with a warning.
func TestReadAPKBroken(t *testing.T) {
	data := bytes.Clone(kept(t, "v2.apk"))
	at := bytes.Index(data, []byte("resources.arsc")) + 200
	data[at] ^= 0xff
	app := read(t, wrote(t, "broken.apk", data))
	if len(app.Signers) != 1 || !slices.Contains(codes(app), "signature-broken") {
		t.Errorf("signers %+v, warnings %v", app.Signers, app.Warnings)
	}
}

// Sets of splits, in a directory and in archives, stored and compressed.
func TestReadSplits(t *testing.T) {
	base, split := kept(t, "v2.apk"), kept(t, "v1.apk")
	dir := t.TempDir()
	for name, data := range map[string][]byte{"base.apk": base, "other.apk": split, "readme.txt": []byte("x")} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var stored bytes.Buffer
	w := zip.NewWriter(&stored)
	f, err := w.CreateHeader(&zip.FileHeader{Name: "base.apk", Method: zip.Store})
	if err != nil {
		t.Fatal(err)
	}
	f.Write(base)
	w.Close()
	for name, path := range map[string]string{
		"directory":  dir,
		"compressed": wrote(t, "a.xapk", zipOf(t, nil, entry{"manifest.json", []byte("{}")}, entry{"base.apk", base}, entry{"splits/x.apk", split})),
		"stored":     wrote(t, "a.apks", stored.Bytes()),
	} {
		app := read(t, path)
		if app.Package != "cn.example.qinghe" || len(app.Signers) != 1 || app.Hash == "" || app.LabelZH != "青禾茶业" {
			t.Errorf("%s: read %+v", name, app)
		}
		if len(app.Warnings) > 0 {
			t.Errorf("%s: warnings %v", name, app.Warnings)
		}
	}
}
