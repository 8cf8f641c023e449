//go:build !noapk

package scanner

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/icpaudit/icpaudit/observe"
)

// framework is what Debian's android-framework-res brings: the attributes that
// aapt2 needs.
const framework = "/usr/share/android-framework-res/framework-res.apk"

// tools are Android's own tools in a directory of the test.
type tools struct {
	t   *testing.T
	dir string
}

// androidTools leaves the test out where Debian's aapt, apksigner, zipalign and
// android-framework-res are not installed; in CI they have to be.
func androidTools(t *testing.T) tools {
	t.Helper()
	missing := ""
	for _, name := range []string{"aapt2", "apksigner", "zipalign", "keytool"} {
		if _, err := exec.LookPath(name); err != nil {
			missing = name
		}
	}
	if _, err := os.Stat(framework); err != nil {
		missing = framework
	}
	switch {
	case missing != "" && os.Getenv("ICPAUDIT_CI") != "":
		t.Fatalf("%s is missing, and CI has to bring it", missing)
	case missing != "":
		t.Skipf("left out: %s is missing (apt-get install aapt apksigner zipalign android-framework-res default-jre-headless)", missing)
	}
	return tools{t, t.TempDir()}
}

// run runs a tool in the directory.
func (k tools) run(name string, args ...string) string {
	k.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = k.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		k.t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

func (k tools) write(name, text string) {
	k.t.Helper()
	path := filepath.Join(k.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		k.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		k.t.Fatal(err)
	}
}

// build makes an aligned, unsigned APK with labels in several languages.
func (k tools) build() {
	k.write("AndroidManifest.xml", `<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="cn.example.qinghe" android:versionCode="7" android:versionName="@string/version">
<uses-sdk android:minSdkVersion="21" android:targetSdkVersion="29"/><application android:label="@string/app_name" android:hasCode="false"/></manifest>`)
	for values, label := range map[string]string{"values": "Qinghe Tea", "values-zh-rCN": "@string/chinese", "values-zh-rTW": "青禾茶葉", "values-fr": "Thé", "values-v26": "Newer"} {
		k.write("res/"+values+"/strings.xml", `<resources><string name="app_name">`+label+`</string></resources>`)
	}
	k.write("res/values/more.xml", `<resources><string name="chinese">青禾茶业</string><string name="version">1.2.3</string></resources>`)
	k.run("aapt2", "compile", "--dir", "res", "-o", "compiled.zip")
	k.run("aapt2", "link", "-I", framework, "--manifest", "AndroidManifest.xml", "-o", "plain.apk", "compiled.zip")
	k.run("zipalign", "-f", "4", "plain.apk", "aligned.apk")
}

func (k tools) key(name, algorithm, size string) {
	k.run("keytool", "-genkeypair", "-keystore", name, "-storetype", "PKCS12", "-storepass", "android", "-alias", "k",
		"-keyalg", algorithm, "-keysize", size, "-validity", "10000", "-dname", "CN="+name)
}

// Real signatures of each scheme, over keys of both kinds, with a rotation;
// apksigner itself says what is right.
func TestToolsSignatures(t *testing.T) {
	k := androidTools(t)
	k.build()
	k.key("old", "RSA", "2048")
	k.key("new", "EC", "256")
	k.run("apksigner", "rotate", "--out", "lineage", "--old-signer", "--ks", "old", "--ks-pass", "pass:android", "--new-signer", "--ks", "new", "--ks-pass", "pass:android")
	old := []string{"--ks", "old", "--ks-pass", "pass:android"}
	schemes := func(v1, v2, v3 string) []string {
		return []string{"--v1-signing-enabled", v1, "--v2-signing-enabled", v2, "--v3-signing-enabled", v3}
	}
	for name, c := range map[string]struct {
		args []string
		want []observe.Signer
	}{
		"v1":       {append(schemes("true", "false", "false"), old...), []observe.Signer{{Scheme: "v1", Subject: "CN=old"}}},
		"v2":       {append(schemes("false", "true", "false"), old...), []observe.Signer{{Scheme: "v2", Subject: "CN=old"}}},
		"v3":       {append(schemes("true", "true", "true"), old...), []observe.Signer{{Scheme: "v3", Subject: "CN=old"}}},
		"elliptic": {[]string{"--ks", "new", "--ks-pass", "pass:android"}, []observe.Signer{{Scheme: "v3", Subject: "CN=new"}}},
		"rotated": {append(old, "--next-signer", "--ks", "new", "--ks-pass", "pass:android", "--lineage", "lineage"),
			[]observe.Signer{{Scheme: "v3", Subject: "CN=new"}, {Scheme: "v3", Subject: "CN=old", Past: true}}},
	} {
		t.Run(name, func(t *testing.T) {
			k := tools{t, k.dir}
			k.run("apksigner", append(append([]string{"sign", "--v4-signing-enabled", "false", "--out", name + ".apk"}, c.args...), "aligned.apk")...)
			app := read(t, filepath.Join(k.dir, name+".apk"))
			if app.Package != "cn.example.qinghe" || app.Label != "Qinghe Tea" || app.LabelZH != "青禾茶业" || app.Version != "1.2.3" || len(app.Warnings) > 0 {
				t.Errorf("read %+v", app)
			}
			same := func(a, b observe.Signer) bool {
				return a.Scheme == b.Scheme && a.Subject == b.Subject && a.Past == b.Past
			}
			if !slices.EqualFunc(app.Signers, c.want, same) {
				t.Errorf("signers %+v, want %+v", app.Signers, c.want)
			}
			said := k.run("apksigner", "verify", "--min-sdk-version", "24", "--print-certs", "-v", name+".apk")
			for _, digest := range []string{app.Signers[0].MD5, app.Signers[0].SHA1, app.Signers[0].SHA256} {
				if !strings.Contains(said, digest) {
					t.Errorf("apksigner does not tell of %s:\n%s", digest, said)
				}
			}
		})
	}
}

// Splits of one set, made and signed by the tools, with one that another signed.
func TestToolsSplits(t *testing.T) {
	k := androidTools(t)
	k.build()
	k.key("old", "RSA", "2048")
	k.key("other", "RSA", "2048")
	k.write("AndroidManifest.xml", `<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="cn.example.qinghe" split="config.zh" android:versionCode="7"><application android:hasCode="false"/></manifest>`)
	k.run("aapt2", "link", "-I", framework, "--manifest", "AndroidManifest.xml", "-o", "split.apk")
	sign := func(key, in, out string) {
		k.run("apksigner", "sign", "--v4-signing-enabled", "false", "--min-sdk-version", "21", "--ks", key, "--ks-pass", "pass:android", "--out", out, in)
	}
	for _, c := range []struct {
		dir, key string
		warns    []string
	}{{"same", "old", nil}, {"mixed", "other", []string{"split-differs"}}} {
		k.write(c.dir+"/x", "")
		sign("old", "aligned.apk", c.dir+"/z-base.apk")
		sign(c.key, "split.apk", c.dir+"/a-config.zh.apk")
		app := read(t, filepath.Join(k.dir, c.dir))
		if app.Label != "Qinghe Tea" || len(app.Signers) != 1 || app.Signers[0].Subject != "CN=old" || !slices.Equal(codes(app), c.warns) {
			t.Errorf("%s: read %+v", c.dir, app)
		}
	}
}
