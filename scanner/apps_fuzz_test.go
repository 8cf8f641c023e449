//go:build !noapk

package scanner

import (
	"bytes"
	"context"
	"testing"
)

// Whatever the bytes are, an archive ends as an App or as an error, and never
// as a panic that something caught.
func FuzzReadArchive(f *testing.F) {
	for _, name := range []string{"v1.apk", "v2.apk", "v3.apk"} {
		f.Add(kept(f, name))
	}
	root, signer := certificateOf(f, "Root", true), certificateOf(f, "Release", true)
	cms := signedData(f, true, []byte("x"), root, signer)
	f.Add(zipOf(f, hapBlock("<hap sign block>", cms), entry{"module.json", []byte(moduleJSON)}))
	f.Add(zipOf(f, nil, entry{"Payload/Qinghe.app/Info.plist", []byte(infoXML)}, entry{"Payload/Qinghe.app/Qinghe", macho(cms)}))
	f.Fuzz(func(t *testing.T, data []byte) {
		app, err := readArchive(sourceOf(context.Background(), data))
		if err == nil && app.Package == "" {
			t.Error("an App without a package was read")
		}
	})
}

func FuzzParseManifest(f *testing.F) {
	f.Add(parts(f, "v2.apk")["AndroidManifest.xml"])
	f.Fuzz(func(t *testing.T, data []byte) { parseManifest(data) })
}

func FuzzParseResources(f *testing.F) {
	f.Add(parts(f, "v2.apk")["resources.arsc"], uint32(0x7f010000))
	f.Fuzz(func(t *testing.T, data []byte, id uint32) {
		table, _ := parseResources(data)
		table.resolve(resourceValue{ref: id})
	})
}

func FuzzReadCMS(f *testing.F) {
	root, signer := certificateOf(f, "Root", true), certificateOf(f, "Release", true)
	f.Add(signedData(f, true, []byte("x"), root, signer))
	f.Add(signedData(f, false, nil, root, signer))
	f.Fuzz(func(t *testing.T, data []byte) { readCMS(data) })
}

func FuzzReadMacho(f *testing.F) {
	f.Add(macho([]byte("cms")))
	f.Add(fat(macho([]byte("cms"))))
	f.Fuzz(func(t *testing.T, data []byte) { readMachoSignature(bytes.NewReader(data)) })
}

func FuzzHAPLabel(f *testing.F) {
	f.Add(hapIndex([]string{"", "Qinghe"}, []string{"zh CN", "青禾茶业"}), uint32(0x1000000))
	f.Fuzz(func(t *testing.T, data []byte, id uint32) { hapLabel(data, id, "app_name") })
}

func FuzzPlist(f *testing.F) {
	f.Add([]byte(infoXML))
	f.Add([]byte(`"CFBundleDisplayName" = "青禾茶业";`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var b bundle
		unmarshalPlist(data, &b)
	})
}
