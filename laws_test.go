package icpaudit_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

const module = "github.com/icpaudit/icpaudit/"

// source is one parsed file of the program, tests apart.
type source struct {
	path string
	dir  string
	file *ast.File
	set  *token.FileSet
}

func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	set := token.NewFileSet()
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(set, name, nil, parser.ParseComments)
		all = append(all, source{name, path.Dir(name), file, set})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// imports are the paths that a file imports.
func (s source) imports() []string {
	var all []string
	for _, spec := range s.file.Imports {
		if name, err := strconv.Unquote(spec.Path.Value); err == nil {
			all = append(all, name)
		}
	}
	return all
}

// use is something of a package, called by its name.
type use struct{ pkg, name string }

func (s source) uses() []use {
	var all []use
	ast.Inspect(s.file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if pkg, ok := sel.X.(*ast.Ident); ok {
				all = append(all, use{pkg.Name, sel.Sel.Name})
			}
		}
		return true
	})
	return all
}

// isProgram says whether a directory holds a program: the product, or a
// generator of data.
func isProgram(dir string) bool {
	return strings.HasPrefix(dir, "cmd/") || strings.Contains(dir, "/internal/gen")
}

// mayImport is which of our rooms each room may import.
func mayImport() map[string][]string {
	return map[string][]string{
		"filing/number": {}, "filing": {"filing/number"}, "observe": {"filing/number"},
		"reference": {"filing/number", "reference/internal/iptable"}, "reference/internal/iptable": {},
		"scanner": {"filing/number", "observe", "reference"}, "checks": {"filing/number", "filing", "observe", "reference"},
		"remedy": {"filing/number", "filing", "reference"}, "fixtures/postgres": {}, "fixtures": {"filing/number", "filing", "observe"},
		"history":        {"filing/number", "filing", "observe", "checks", "remedy"},
		"report":         {"filing/number", "filing", "observe", "checks", "remedy", "reference", "history"},
		"audit/nightly":  {"filing", "observe", "scanner", "checks", "report", "report/deliver", "history", "audit"},
		"audit":          {"filing/number", "filing", "observe", "reference", "scanner", "checks", "remedy", "report"},
		"report/deliver": {"filing/number", "filing", "checks", "remedy", "reference", "report"},
	}
}

func TestRoomsImportOnlyWhatTheyMay(t *testing.T) {
	for _, s := range sources(t) {
		if isProgram(s.dir) {
			continue
		}
		allowed, ruled := mayImport()[s.dir]
		if !ruled {
			t.Errorf("%s stands in a room that the table of imports does not know", s.path)
		}
		for _, name := range s.imports() {
			if ours, ok := strings.CutPrefix(name, module); ok && !slices.Contains(allowed, ours) {
				t.Errorf("%s imports %s, which its room must not", s.path, ours)
			}
		}
	}
}

func TestFixedLibrariesStayInTheirFiles(t *testing.T) {
	for _, s := range sources(t) {
		for _, name := range s.imports() {
			switch {
			case name == "github.com/miekg/dns" && s.dir == "scanner" && !strings.HasPrefix(path.Base(s.path), "dns"):
				t.Errorf("%s sees miekg/dns", s.path)
			case name == "github.com/likexian/whois" && s.path != "scanner/whois.go":
				t.Errorf("%s sees likexian/whois", s.path)
			case strings.HasPrefix(name, "github.com/avast/") && s.path != "scanner/apps_apk_verify.go":
				t.Errorf("%s sees %s", s.path, name)
			}
		}
	}
}

// Rules and remedies see no disk, no network and no clock of their own.
func TestRulesArePure(t *testing.T) {
	banned := []string{"os", "net", "net/http", "io/fs", "os/exec", "syscall", "database/sql", "math/rand", "math/rand/v2", "crypto/rand", "unsafe"}
	clock := []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}
	for _, s := range sources(t) {
		if s.dir != "checks" && s.dir != "remedy" {
			continue
		}
		for _, name := range s.imports() {
			if slices.Contains(banned, name) {
				t.Errorf("%s imports %s", s.path, name)
			}
		}
		for _, u := range s.uses() {
			if u.pkg == "time" && slices.Contains(clock, u.name) {
				t.Errorf("%s reads the clock: time.%s", s.path, u.name)
			}
		}
	}
}

func TestNoInitNoExportedVariable(t *testing.T) {
	for _, s := range sources(t) {
		for _, decl := range s.file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.Name == "init" {
					t.Errorf("%s has an init", s.path)
				}
			case *ast.GenDecl:
				if d.Tok != token.VAR {
					continue
				}
				for _, spec := range d.Specs {
					for _, name := range spec.(*ast.ValueSpec).Names {
						if name.IsExported() {
							t.Errorf("%s has the exported variable %s", s.path, name.Name)
						}
					}
				}
			}
		}
	}
}

func TestOnlyTheProgramExitsAndReadsTheEnvironment(t *testing.T) {
	banned := map[string][]string{
		"os":  {"Exit", "Getenv", "LookupEnv", "Environ", "ExpandEnv", "Setenv"},
		"log": {"Fatal", "Fatalf", "Fatalln", "Panic", "Panicf", "Panicln"},
	}
	// The system's resolver takes its own trouble for a name that does not exist.
	lookups := []string{"LookupHost", "LookupIP", "LookupAddr", "LookupCNAME", "LookupNetIP", "LookupIPAddr", "LookupTXT", "LookupNS", "LookupMX", "ResolveIPAddr"}
	for _, s := range sources(t) {
		for _, u := range s.uses() {
			if slices.Contains(lookups, u.name) || !isProgram(s.dir) && slices.Contains(banned[u.pkg], u.name) {
				t.Errorf("%s calls %s.%s", s.path, u.pkg, u.name)
			}
		}
	}
}

// Goroutines start by go, or by a group's Go with a function of one's own.
func TestGoroutinesStartWhereTheyMay(t *testing.T) {
	allowed := []string{"audit", "audit/nightly", "scanner", "fixtures"}
	for _, s := range sources(t) {
		if slices.Contains(allowed, s.dir) || isProgram(s.dir) {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			starts := false
			switch n := n.(type) {
			case *ast.GoStmt:
				starts = true
			case *ast.CallExpr:
				if sel, ok := n.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Go" && len(n.Args) == 1 {
					_, starts = n.Args[0].(*ast.FuncLit)
				}
			}
			if starts {
				t.Errorf("%s: a goroutine starts", s.set.Position(n.Pos()))
			}
			return true
		})
	}
}

// Words for readers live in reference and report. Elsewhere Chinese stands
// only where it is compared with: in the grammars and columns of filings, in
// what the fixtures play, and in the files named here.
func TestWordsForReadersStayInTheirRooms(t *testing.T) {
	rooms := []string{"report", "reference", "reference/internal/gencatalogue", "filing", "filing/number", "fixtures"}
	files := []string{
		"checks/names.go", "checks/name_forms.go", // writings of a name
		"scanner/script.go", "scanner/sheet.go", // signs of a filing number
		"cmd/icpaudit/check.go", // an example of a number
	}
	registries := []string{"scanner/registration", "scanner/whois", "scanner/rdap", "scanner/holder"} // what registries answer
	for _, s := range sources(t) {
		if slices.Contains(rooms, s.dir) || slices.Contains(files, s.path) ||
			slices.ContainsFunc(registries, func(start string) bool { return strings.HasPrefix(s.path, start) }) {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if ok && lit.Kind == token.STRING && strings.ContainsFunc(lit.Value, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				t.Errorf("%s: %s", s.set.Position(lit.Pos()), lit.Value)
			}
			return true
		})
	}
}
