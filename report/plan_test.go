package report

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/filing"
	"github.com/icpaudit/icpaudit/reference"
	"github.com/icpaudit/icpaudit/remedy"
)

// planCase reads a case: filing and findings in.
func planCase(t *testing.T, archive *txtar.Archive, ref *reference.Set) remedy.Input {
	t.Helper()
	in := remedy.Input{Reference: ref, Options: remedy.Default(), Subject: &filing.Subject{}}
	for _, f := range archive.Files {
		var into any
		switch f.Name {
		case "today":
			if err := in.Today.UnmarshalText(bytes.TrimSpace(f.Data)); err != nil {
				t.Fatal(err)
			}
			continue
		case "receiver":
			in.Options.Receiver = strings.TrimSpace(string(f.Data))
			continue
		case "filing.json":
			into = in.Subject
		case "findings.json":
			into = &in.Problems
		default:
			continue
		}
		d := json.NewDecoder(bytes.NewReader(f.Data))
		d.DisallowUnknownFields()
		if err := d.Decode(into); err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
	}
	return in
}

func TestPlans(t *testing.T) {
	ref, err := reference.Load("")
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob("../fixtures/plans/*.txtar")
	if err != nil || len(paths) < 40 {
		t.Fatalf("%d cases of plans: %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			in := planCase(t, archive, ref)
			var got bytes.Buffer
			if err := NewTeller(ref, checks.DefaultPolicy(), "zh", in.Today.Time()).Plan(&got, remedy.Make(in)); err != nil {
				t.Fatal(err)
			}
			want := -1
			for i, f := range archive.Files {
				if f.Name == "plan" {
					want = i
				}
			}
			switch {
			case *update && want < 0:
				archive.Files = append(archive.Files, txtar.File{Name: "plan", Data: got.Bytes()})
			case *update:
				archive.Files[want].Data = got.Bytes()
			case want < 0 || string(archive.Files[want].Data) != got.String():
				t.Errorf("the plan is\n%s", got.String())
			}
			if *update {
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
