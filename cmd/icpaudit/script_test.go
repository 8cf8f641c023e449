package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the scripts call the program as icpaudit, and other tests as one
// that they have a hold on.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"icpaudit":     func() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) },
		watchedProgram: func() { os.Exit(watched()) },
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Setup: func(env *testscript.Env) error {
			docs, err := filepath.Abs("../../docs")
			if err != nil {
				return err
			}
			env.Setenv("SCHEMA", filepath.Join(docs, "findings.schema.json"))
			env.Setenv("PLANS", filepath.Join(docs, "plans.schema.json"))
			apps, err := filepath.Abs("../../scanner/testdata/apps")
			env.Setenv("APPS", apps)
			return err
		},
		Dir: "testdata/script", RequireExplicitExec: true, RequireUniqueNames: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"code": code, "jsonl": validJSONL, "fill": fillList},
	})
}
