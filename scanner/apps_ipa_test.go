package scanner

import (
	"encoding/base64"
	"slices"
	"testing"

	"howett.net/plist"
)

const infoXML = `<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict>
<key>CFBundleIdentifier</key><string>cn.example.qinghe</string><key>CFBundleDisplayName</key><string>Qinghe</string>
<key>CFBundleExecutable</key><string>Qinghe</string><key>CFBundleShortVersionString</key><string>2.0</string>
<key>UIDeviceFamily</key><array><integer>1</integer></array></dict></plist>`

func TestReadIPA(t *testing.T) {
	authority, signer := certificateOf(t, "Apple CA", false), certificateOf(t, "Apple Distribution: Qinghe", false)
	binaryInfo, err := plist.Marshal(map[string]any{"CFBundleIdentifier": "cn.example.qinghe", "CFBundleDisplayName": "Qinghe",
		"CFBundleExecutable": "Qinghe", "CFBundleShortVersionString": "2.0", "Many": []any{1, 2}}, plist.BinaryFormat)
	if err != nil {
		t.Fatal(err)
	}
	thin := macho(signedData(t, true, nil, authority, signer))
	for name, c := range map[string]struct {
		info, executable []byte
	}{
		"XML, thin, indefinite lengths": {[]byte(infoXML), thin},
		"binary, fat, DER":              {binaryInfo, fat(macho(signedData(t, false, nil, authority, signer)))},
	} {
		t.Run(name, func(t *testing.T) {
			app := read(t, wrote(t, "a.ipa", zipOf(t, nil,
				entry{"Payload/Qinghe.app/PlugIns/W.appex/Info.plist", []byte("x")},
				entry{"Payload/Qinghe.app/Info.plist", c.info},
				entry{"Payload/Qinghe.app/zh-Hans.lproj/InfoPlist.strings", []byte(`"CFBundleDisplayName" = "青禾茶业";`)},
				entry{"Payload/Qinghe.app/Qinghe", c.executable})))
			if app.Platform != "ios" || app.Package != "cn.example.qinghe" || app.Label != "Qinghe" || app.LabelZH != "青禾茶业" || app.Version != "2.0" {
				t.Errorf("read %+v", app)
			}
			want := signerOf("apple", signer)
			if len(app.Signers) != 1 || app.Signers[0] != want || len(app.Warnings) > 0 {
				t.Errorf("signers %+v, warnings %v", app.Signers, app.Warnings)
			}
		})
	}
}

// Where the executable isn't signed, the profile tells who may sign.
func TestReadIPAProfile(t *testing.T) {
	authority, signer := certificateOf(t, "Apple CA", false), certificateOf(t, "Apple Development", true)
	profile := `<plist version="1.0"><dict><key>DeveloperCertificates</key><array><data>` + base64.StdEncoding.EncodeToString(signer.Raw) + `</data></array></dict></plist>`
	app := read(t, wrote(t, "a.ipa", zipOf(t, nil,
		entry{"Payload/Qinghe.app/Info.plist", []byte(infoXML)},
		entry{"Payload/Qinghe.app/Qinghe", macho(nil)},
		entry{"Payload/Qinghe.app/embedded.mobileprovision", signedData(t, true, []byte(profile), authority, authority)})))
	if len(app.Signers) != 1 || app.Signers[0].SHA1 != signerOf("", signer).SHA1 || !slices.Contains(codes(app), "signer-from-profile") {
		t.Errorf("signers %+v, warnings %v", app.Signers, app.Warnings)
	}
	if app.Signers[0].Key.Point == "" || app.Signers[0].Key.ModulusHex != "" {
		t.Errorf("the key is %+v", app.Signers[0].Key)
	}
}
