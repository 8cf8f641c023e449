package reference

import (
	"slices"
	"testing"
	"testing/fstest"
)

func TestPlatformsRead(t *testing.T) {
	set, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]FiledPlatform{
		"Android":        {IDs: []string{"android"}},
		"安卓":             {IDs: []string{"android"}},
		"ＩＯＳ":            {IDs: []string{"ios"}},
		"iOS 17.2":       {IDs: []string{"ios"}},
		"HarmonyOS NEXT": {IDs: []string{"harmonyos"}},
		"鸿蒙 4.0":         {IDs: []string{"harmonyos"}},
		"安卓、iOS":         {IDs: []string{"android", "ios"}},
		"华为应用市场":         {Store: "华为应用市场", Unknown: []string{"华为应用市场"}},
		"App Store":      {Store: "appstore", Unknown: []string{"App Store"}},
		"小米应用商店（安卓）":     {Store: "小米应用商店", Unknown: []string{"小米应用商店(安卓)"}},
		"某某应用商店":         {Store: "应用商店", Unknown: []string{"某某应用商店"}},
		"手机":             {Unknown: []string{"手机"}},
		"":               {},
	} {
		got := set.Platforms.Read(text)
		if !slices.Equal(got.IDs, want.IDs) || got.Store != want.Store || !slices.Equal(got.Unknown, want.Unknown) {
			t.Errorf("%q is read as %+v, want %+v", text, got, want)
		}
	}
	if !slices.Equal(set.Platforms.Hashes("android"), []string{"md5"}) || set.Platforms.Hashes("mars") != nil {
		t.Error("the digests of platforms are wrong")
	}
	if set.Platforms.Resigner("CN=Apple iPhone OS Application Signing,O=Apple Inc.") != "App Store" || set.Platforms.Resigner("CN=Qinghe") != "" {
		t.Error("the signers of stores are wrong")
	}
}

func TestPlatformsMistakes(t *testing.T) {
	const head = "source: x\ndate: \"2026-11-24\"\n"
	for name, text := range map[string]string{
		"a name twice":       head + "platforms: [{id: a, names: [A]}, {id: b, names: [a]}]",
		"a digest unknown":   head + "platforms: [{id: a, names: [A], hashes: [crc]}]",
		"a store a platform": head + "platforms: [{id: a, names: [A]}]\nstores: [a]",
		"half a signer":      head + "store_signers: [{store: A}]",
		"no date":            "source: x\n",
	} {
		if _, err := readPlatforms(fstest.MapFS{"platforms.yaml": {Data: []byte(text)}}); err == nil {
			t.Errorf("%s is no mistake", name)
		}
	}
}
