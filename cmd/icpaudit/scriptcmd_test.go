package main

import (
	"errors"
	"os/exec"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// code runs a command and wants an exit code: code 3 icpaudit demo.
func code(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	if neg || err != nil {
		ts.Fatalf("usage: code N command args…")
	}
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var status *exec.ExitError
	if errors.As(err, &status) {
		got = status.ExitCode()
	} else if err != nil {
		ts.Fatalf("run %v: %v", args[1:], err)
	}
	if got != want {
		ts.Fatalf("%v ended with exit code %d, want %d", args[1:], got, want)
	}
}

// validJSONL wants every line of a file to keep a schema: jsonl SCHEMA FILE.
func validJSONL(ts *testscript.TestScript, _ bool, args []string) {
	schema, err := jsonschema.NewCompiler().Compile(args[0])
	ts.Check(err)
	n := 0
	for line := range strings.Lines(ts.ReadFile(args[1])) {
		n++
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		ts.Check(err)
		if err := schema.Validate(value); err != nil {
			ts.Fatalf("%s line %d: %v\n%s", args[1], n, err, line)
		}
	}
	if n < 3 {
		ts.Fatalf("%s has %d lines", args[1], n)
	}
}
