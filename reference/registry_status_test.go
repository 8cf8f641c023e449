package reference

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRegistryStates(t *testing.T) {
	ref := load(t)
	for _, c := range []struct {
		state   string
		want    Standing
		unknown string
	}{
		{"存续", StandingGood, ""},
		{"存续（在营、开业、在册）", StandingGood, ""},
		{" 在 业 ", StandingGood, ""},
		{"吊销，未注销", StandingClosed, ""},
		{"存续 列入经营异常名录", StandingAbnormal, ""},
		{"注销；列入经营异常名录", StandingClosed, ""},
		{"存续(已移出经营异常名录)", StandingUnclear, ""},
		{"迁出", StandingUnclear, ""},
		{"吊销（已恢复）", "", "已恢复"},
		{"沉睡", "", "沉睡"},
		{"——", "", "——"},
		{"", "", ""},
	} {
		if got, unknown := ref.RegistryStatus.Of(c.state); got != c.want || unknown != c.unknown {
			t.Errorf("%q is %q, unknown %q; want %q, %q", c.state, got, unknown, c.want, c.unknown)
		}
	}
}

func TestMistakesInRegistryStates(t *testing.T) {
	const heading = "source: x\ndate: \"2026-01-01\"\n"
	for text, want := range map[string]string{
		heading + "states: []\n":                           "no words",
		heading + "states: [{means: fine, words: [存续]}]\n": `means "fine"`,
		heading + "states: [{means: good, words: [存续]}, {means: closed, words: [\"存 续\"]}]\n": "comes twice",
		heading + "states: [{means: good, words: [\"--\"]}]\n":                                "an empty word",
		"source: x\nstates: []\n": "date",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "registry_status.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s gives %v, want %s", text, err, want)
		}
	}
}
