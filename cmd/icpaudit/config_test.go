package main

import (
	"os"
	"testing"

	"github.com/goccy/go-yaml"
)

// The configuration that the repository shows holds the defaults, all of them.
func TestShownConfigurationIsTheDefault(t *testing.T) {
	data, err := os.ReadFile("../../config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	shown := defaultConfig()
	if err := readConfig(data, &shown); err != nil {
		t.Fatal(err)
	}
	got, err := yaml.Marshal(shown)
	if err != nil {
		t.Fatal(err)
	}
	want, err := yaml.Marshal(defaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("config.yaml is in force as\n%s\nthe defaults are\n%s", got, want)
	}
	var keys map[string]any
	if err := yaml.Unmarshal(data, &keys); err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := yaml.Unmarshal(want, &all); err != nil {
		t.Fatal(err)
	}
	compareKeys(t, "", keys, all)
}

func compareKeys(t *testing.T, path string, got, want map[string]any) {
	t.Helper()
	for key, v := range want {
		have, ok := got[key]
		if !ok {
			t.Errorf("config.yaml does not show %s%s", path, key)
			continue
		}
		if deeper, ok := v.(map[string]any); ok {
			shown, _ := have.(map[string]any)
			compareKeys(t, path+key+".", shown, deeper)
		}
	}
}
