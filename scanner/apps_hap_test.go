package scanner

import (
	"encoding/binary"
	"slices"
	"strings"
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

// hapIndex is an index of resources with a text for each set of qualifiers.
func hapIndex(texts ...[]string) []byte {
	type set struct{ qualifiers, text string }
	var sets []set
	for _, t := range texts {
		sets = append(sets, set{t[0], t[1]})
	}
	keys, size := []byte{}, 136
	for _, s := range sets {
		size += 12 + 8*len(strings.Fields(s.qualifiers))
	}
	var body []byte
	for _, s := range sets {
		fields := strings.Fields(s.qualifiers)
		keys = append(keys, "KEYS"...)
		keys = binary.LittleEndian.AppendUint32(keys, uint32(size+len(body)))
		keys = binary.LittleEndian.AppendUint32(keys, uint32(len(fields)))
		for i, f := range fields {
			value := uint32(0)
			for _, b := range []byte(f) {
				value = value<<8 | uint32(b)
			}
			keys = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(keys, uint32(i)), value)
		}
		body = append(body, "IDSS"...)
		for _, n := range []int{2, 0x1000001, size + len(body) + 20 + 12 + 6, 0x1000000, size + len(body) + 20} {
			body = binary.LittleEndian.AppendUint32(body, uint32(n))
		}
		item := func(text, name string) {
			body = append(body, make([]byte, 12)...)
			for _, t := range []string{text, name} {
				body = append(binary.LittleEndian.AppendUint16(body, uint16(len(t)+1)), t+"\x00"...)
			}
		}
		item(s.text, "app_name")
	}
	head := make([]byte, 136)
	copy(head, "Restool 4.0")
	binary.LittleEndian.PutUint32(head[128:], uint32(size+len(body)))
	binary.LittleEndian.PutUint32(head[132:], uint32(len(sets)))
	return append(append(head, keys...), body...)
}

func TestReadHAPLabel(t *testing.T) {
	index := hapIndex([]string{"", "Qinghe"}, []string{"zh CN", "青禾茶业"}, []string{"zh Hant TW", "青禾茶葉"}, []string{"en US", "Tea"}, []string{"\x05", "Small"})
	byID := strings.Replace(moduleJSON, `"label"`, `"labelId":16777216,"label"`, 1)
	for name, c := range map[string]struct {
		config, index, label, zh string
	}{
		"by name":          {moduleJSON, string(index), "Qinghe", "青禾茶业"},
		"by id":            {byID, string(index), "Qinghe", "青禾茶业"},
		"only traditional": {byID, string(hapIndex([]string{"", "Qinghe"}, []string{"zh Hant TW", "青禾茶葉"})), "Qinghe", ""},
		"cut off":          {byID, string(index[:200]), "", ""},
		"another form":     {byID, strings.Repeat("RestoolV2", 40), "", ""},
	} {
		app := read(t, wrote(t, "a.hap", zipOf(t, nil, entry{"module.json", []byte(c.config)}, entry{"resources.index", []byte(c.index)})))
		if app.Label != c.label || app.LabelZH != c.zh || slices.Contains(codes(app), "label-unread") != (c.label == "") {
			t.Errorf("%s: the labels are %q and %q, warnings %v", name, app.Label, app.LabelZH, app.Warnings)
		}
	}
}

func TestReadHAPUnsigned(t *testing.T) {
	app := read(t, wrote(t, "a.hap", zipOf(t, nil, entry{"config.json", []byte(configJSON)})))
	if len(app.Signers) != 0 || !slices.Equal(codes(app), []string{"unsigned"}) {
		t.Errorf("read %+v", app)
	}
}
