//go:build !noapk

package scanner

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/icpaudit/icpaudit/observe"
)

// parts takes an APK of the fixtures apart.
func parts(t testing.TB, name string) map[string][]byte {
	t.Helper()
	data := kept(t, name)
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, f := range r.File {
		rc, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if all[f.Name], err = io.ReadAll(rc); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// zeros is much of nothing, which compresses to a thousandth.
func zeros(n int) []byte { return make([]byte, n) }

// What is odd about an archive is told, and does no harm.
func TestOddArchives(t *testing.T) {
	p := parts(t, "v2.apk")
	manifest, resources := entry{"AndroidManifest.xml", p["AndroidManifest.xml"]}, entry{"resources.arsc", p["resources.arsc"]}
	encrypted := zipOf(t, nil, manifest, resources)
	for _, mark := range []string{"PK\x03\x04", "PK\x01\x02"} {
		for at := 0; ; at++ {
			next := bytes.Index(encrypted[at:], []byte(mark))
			if next < 0 {
				break
			}
			at += next
			encrypted[at+6+2*strings.Count(mark, "\x01")] |= 1
		}
	}
	method := zipOf(t, nil, manifest, resources)
	at := bytes.LastIndex(method, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint16(method[at+10:], 0x4242)
	for name, c := range map[string]struct {
		data []byte
		code string
	}{
		"fake encryption":   {encrypted, "marked-encrypted"},
		"duplicate entries": {zipOf(t, nil, manifest, resources, entry{"AndroidManifest.xml", []byte("other")}), "duplicate-entry"},
		"traversal":         {zipOf(t, nil, manifest, resources, entry{"../../../etc/passwd", []byte("x")}), "odd-name"},
		"no such method":    {method, "resources-unread"},
		"huge META-INF":     {zipOf(t, nil, manifest, resources, entry{"META-INF/MANIFEST.MF", zeros(maxSignature + 1)}), "signature-unread"},
		"no resources":      {zipOf(t, nil, manifest), "unsigned"},
		"cut resources":     {zipOf(t, nil, manifest, entry{"resources.arsc", resources.data[:len(resources.data)/2]}), "resources-unread"},
	} {
		app, fault := ReadPackage(context.Background(), wrote(t, "odd.apk", c.data))
		if fault != nil || app.Package != "cn.example.qinghe" || !slices.Contains(codes(app), c.code) {
			t.Errorf("%s: read %+v, fault %v, want the warning %s", name, app, fault, c.code)
		}
	}
}

// What can't be read is a fault that says why.
func TestUnreadablePackages(t *testing.T) {
	lie := kept(t, "v2.apk")
	lie = bytes.Clone(lie)
	at := bytes.LastIndex(lie, []byte("PK\x05\x06"))
	for i := range 8 { // counts and sizes that only a zip64 record could tell
		lie[at+8+i] = 0xff
	}
	binary.LittleEndian.PutUint32(lie[at+16:], 0xffffffff)
	for name, c := range map[string]struct {
		data   []byte
		kind   observe.FaultKind
		detail string
	}{
		"empty":           {nil, observe.FaultUnparsable, "directory"},
		"not an archive":  {[]byte("<html>404</html>"), observe.FaultUnparsable, "directory"},
		"nothing of ours": {zipOf(t, nil, entry{"a.txt", nil}), observe.FaultUnparsable, "none of APK"},
		"app bundle":      {zipOf(t, nil, entry{"base/manifest/AndroidManifest.xml", nil}), observe.FaultUnparsable, "App Bundle"},
		"text manifest":   {zipOf(t, nil, entry{"AndroidManifest.xml", []byte("<manifest package='a'/>")}), observe.FaultUnparsable, "binary XML"},
		"manifest bomb":   {zipOf(t, nil, entry{"AndroidManifest.xml", zeros(maxManifest + 1)}), observe.FaultTooLarge, "AndroidManifest.xml"},
		"plist bomb":      {zipOf(t, nil, entry{"Payload/A.app/Info.plist", zeros(maxPlist + 1)}), observe.FaultTooLarge, "Info.plist"},
		"plist too deep":  {zipOf(t, nil, entry{"Payload/A.app/Info.plist", []byte(strings.Repeat("(", maxPlistNested+1))}), observe.FaultTooLarge, "holds too much"},
		"config bomb":     {zipOf(t, nil, entry{"module.json", zeros(maxHAPConfig + 1)}), observe.FaultTooLarge, "module.json"},
		"no bundle name":  {zipOf(t, nil, entry{"module.json", []byte("{}")}), observe.FaultUnparsable, "names no bundle"},
		"zip64 lie":       {lie, observe.FaultUnparsable, "directory"},
		"nested bomb":     {zipOf(t, nil, entry{"base.apk", zipOf(t, nil, entry{"AndroidManifest.xml", zeros(maxManifest + 1)})}), observe.FaultTooLarge, ""},
	} {
		app, fault := ReadPackage(context.Background(), wrote(t, "a.apk", c.data))
		if app != nil || fault == nil || fault.Kind != c.kind || !strings.Contains(fault.Detail, c.detail) {
			t.Errorf("%s: read %+v, fault %v, want %s with %q", name, app, fault, c.kind, c.detail)
		}
	}
}

// A directory of a million entries is not read into memory.
func TestHugeDirectory(t *testing.T) {
	var record bytes.Buffer
	record.WriteString("PK\x01\x02")
	record.Write(zeros(24))
	binary.Write(&record, binary.LittleEndian, [3]uint16{200, 0, 0})
	record.Write(zeros(12))
	record.WriteString(strings.Repeat("n", 200))
	directory := bytes.Repeat(record.Bytes(), 2*maxDirectory/record.Len())
	end := binary.LittleEndian.AppendUint32([]byte("PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00"), uint32(len(directory)))
	data := append(append(directory, end...), 0, 0, 0, 0, 0, 0)
	path := wrote(t, "a.apk", data)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, fault := ReadPackage(context.Background(), path)
	runtime.ReadMemStats(&after)
	if fault == nil || fault.Kind != observe.FaultTooLarge {
		t.Errorf("the fault is %v", fault)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 8*maxDirectory {
		t.Errorf("%d bytes were taken for it", used)
	}
}

// No file is made while a package is read.
func TestNothingIsUnpackedToDisk(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	path := wrote(t, "a.xapk", zipOf(t, nil, entry{"base.apk", kept(t, "v2.apk")}, entry{"../x.apk", kept(t, "v2.apk")}))
	read(t, path)
	for _, dir := range []string{temp, filepath.Dir(path)} {
		files, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil || len(files) > 1 || len(files) == 1 && files[0] != path && !isDir(files[0]) {
			t.Errorf("there is %v, %v", files, err)
		}
	}
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func TestPackageFaults(t *testing.T) {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	for name, c := range map[string]struct {
		ctx  context.Context
		path string
		kind observe.FaultKind
	}{
		"no such file":    {context.Background(), filepath.Join(t.TempDir(), "a.apk"), observe.FaultNoPackage},
		"empty directory": {context.Background(), t.TempDir(), observe.FaultUnparsable},
		"a device":        {context.Background(), os.DevNull, observe.FaultUnparsable},
		"ended":           {ended, filepath.Join("testdata", "apps", "v2.apk"), observe.FaultCancelled},
	} {
		if app, fault := ReadPackage(c.ctx, c.path); app != nil || fault == nil || fault.Kind != c.kind {
			t.Errorf("%s: read %+v, fault %v, want %s", name, app, fault, c.kind)
		}
	}
}
