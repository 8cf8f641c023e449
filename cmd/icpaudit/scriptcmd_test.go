package main

import (
	"errors"
	"os/exec"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/xuri/excelize/v2"
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

// fillList fills in rows of the list of findings in a workbook, as people do:
// fill FILE ROW HEADER=TEXT…, where ROW is part of the row's key, or the number
// of a row. A text =… is a formula.
func fillList(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: fill FILE ROW HEADER=TEXT…")
	}
	path := ts.MkAbs(args[0])
	book, err := excelize.OpenFile(path)
	ts.Check(err)
	defer book.Close()
	sheet := book.GetSheetList()[1]
	rows, err := book.GetRows(sheet)
	ts.Check(err)
	at := slices.IndexFunc(rows, func(row []string) bool { return strings.Contains(row[len(row)-1], args[1]) }) + 1
	if n, err := strconv.Atoi(args[1]); err == nil {
		at = n
	}
	if at < 2 {
		ts.Fatalf("no row of %s has %q in its key", path, args[1])
	}
	for _, set := range args[2:] {
		header, text, _ := strings.Cut(set, "=")
		column := slices.Index(rows[0], header) + 1
		if column == 0 {
			ts.Fatalf("no column %q: %q", header, rows[0])
		}
		cell, err := excelize.CoordinatesToCellName(column, at)
		ts.Check(err)
		if strings.HasPrefix(text, "=") {
			ts.Check(book.SetCellFormula(sheet, cell, text[1:]))
			continue
		}
		ts.Check(book.SetCellStr(sheet, cell, text))
	}
	ts.Check(book.Save())
}
