package scanner

import (
	"slices"
	"testing"
)

const (
	moduleJSON = `{"app":{"bundleName":"cn.example.qinghe","versionName":"3.1","label":"$string:app_name"},"module":{"name":"entry","type":"entry"}}`
	configJSON = `{"app":{"bundleName":"cn.example.qinghe","version":{"name":"3.1","code":3}},"module":{"abilities":[{"label":"青禾茶业"}]}}`
	packInfo   = `{"summary":{"app":{"bundleName":"cn.example.qinghe","version":{"name":"3.1","code":3}},"modules":[{}]},"packages":[]}`
)

func TestReadHAP(t *testing.T) {
	root, signer := certificateOf(t, "Root", true), certificateOf(t, "Qinghe Release", true)
	cms := signedData(t, false, []byte("content"), root, signer)
	stage := zipOf(t, hapBlock("<hap sign block>", cms), entry{"module.json", []byte(moduleJSON)}, entry{"pack.info", []byte(packInfo)})
	for name, c := range map[string]struct {
		data  []byte
		label string
		warns []string
	}{
		"stage model":      {stage, "", []string{"label-unread"}},
		"older block":      {zipOf(t, hapBlock("HAP Sig Block 42", cms), entry{"config.json", []byte(configJSON)}), "青禾茶业", nil},
		"signed pack":      {zipOf(t, hapBlock("<hap sign block>", cms), entry{"pack.info", []byte(packInfo)}), "", nil},
		"pack of a signed": {zipOf(t, nil, entry{"pack.info", []byte(packInfo)}, entry{"entry.hap", stage}), "", []string{"label-unread"}},
	} {
		t.Run(name, func(t *testing.T) {
			app := read(t, wrote(t, "a.hap", c.data))
			if app.Platform != "harmonyos" || app.Package != "cn.example.qinghe" || app.Version != "3.1" || app.Label != c.label {
				t.Errorf("read %+v", app)
			}
			if len(app.Signers) != 1 || app.Signers[0] != signerOf("harmony", signer) || !slices.Equal(codes(app), c.warns) {
				t.Errorf("signers %+v, warnings %v", app.Signers, app.Warnings)
			}
		})
	}
}

func TestReadHAPUnsigned(t *testing.T) {
	app := read(t, wrote(t, "a.hap", zipOf(t, nil, entry{"config.json", []byte(configJSON)})))
	if len(app.Signers) != 0 || !slices.Equal(codes(app), []string{"unsigned"}) {
		t.Errorf("read %+v", app)
	}
}
