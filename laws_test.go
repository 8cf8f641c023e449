package icpaudit_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/icpaudit/icpaudit/checks"
	"github.com/icpaudit/icpaudit/observe"
	"github.com/icpaudit/icpaudit/reference"
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

// mayImport is which of our rooms each room may import.
func mayImport() map[string][]string {
	return map[string][]string{
		"filing/number": {}, "reference": {"filing/number", "reference/internal/iptable"}, "filing": {"filing/number"}, "observe": {"filing/number"},
		"scanner": {"filing/number", "observe", "reference"}, "checks": {"filing/number", "filing", "observe", "reference"},
		"remedy": {"filing/number", "filing", "reference"}, "fixtures": {"filing/number", "filing", "observe"},
		"report": {"filing/number", "filing", "observe", "checks", "remedy", "reference"},
		"audit":  {"filing/number", "filing", "observe", "reference", "scanner", "checks", "remedy", "report"},
	}
}

func TestRoomsImportOnlyWhatTheyMay(t *testing.T) {
	for _, s := range sources(t) {
		allowed, ruled := mayImport()[s.dir]
		if !ruled {
			continue
		}
		for _, spec := range s.file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if ours, ok := strings.CutPrefix(name, module); ok && !slices.Contains(allowed, ours) {
				t.Errorf("%s imports %s, which its room must not", s.path, ours)
			}
		}
	}
}

func TestFixedLibrariesStayInTheirFiles(t *testing.T) {
	for _, s := range sources(t) {
		for _, spec := range s.file.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			switch {
			case name == "github.com/miekg/dns" && s.dir == "scanner" && !strings.HasPrefix(path.Base(s.path), "dns"):
				t.Errorf("%s sees miekg/dns", s.path)
			case name == "github.com/likexian/whois" && s.path != "scanner/whois.go":
				t.Errorf("%s sees likexian/whois", s.path)
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
	banned := map[string][]string{"os": {"Exit", "Getenv", "LookupEnv", "Environ"}, "log": {"Fatal", "Fatalf", "Fatalln"},
		"net": {"LookupHost", "LookupIP", "LookupAddr", "LookupCNAME"}}
	clock := map[string]bool{"checks": true, "remedy": true}
	for _, s := range sources(t) {
		program := strings.HasPrefix(s.dir, "cmd/") || strings.Contains(s.dir, "/internal/gen")
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, ok := sel.X.(*ast.Ident)
			if !ok {
				return true
			}
			if !program && slices.Contains(banned[pkg.Name], sel.Sel.Name) {
				t.Errorf("%s calls %s.%s", s.path, pkg.Name, sel.Sel.Name)
			}
			if clock[s.dir] && pkg.Name == "time" && sel.Sel.Name == "Now" {
				t.Errorf("%s reads the clock", s.path)
			}
			return true
		})
	}
}

func TestGoroutinesStartWhereTheyMay(t *testing.T) {
	allowed := []string{"audit", "scanner", "fixtures", "cmd/icpaudit"}
	for _, s := range sources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			if _, ok := n.(*ast.GoStmt); ok && !slices.Contains(allowed, s.dir) {
				t.Errorf("%s starts a goroutine", s.path)
			}
			return true
		})
	}
}

// Every check has a file and a variable called after its id, and stands in All.
func TestChecksAreCalledAfterTheirScenes(t *testing.T) {
	declared := map[string]string{} // id to file
	id := regexp.MustCompile(`ID: "([a-z-]+)", Level:`)
	for _, s := range sources(t) {
		if s.dir != "checks" {
			continue
		}
		text, err := os.ReadFile(s.path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range id.FindAllStringSubmatch(string(text), -1) {
			declared[m[1]] = s.path
			if want := "checks/" + strings.ReplaceAll(m[1], "-", "_") + ".go"; s.path != want {
				t.Errorf("the check %s stands in %s, not in %s", m[1], s.path, want)
			}
		}
	}
	for _, c := range checks.All() {
		if declared[string(c.ID)] == "" {
			t.Errorf("the check %s has no file", c.ID)
		}
		delete(declared, string(c.ID))
	}
	for id, file := range declared {
		t.Errorf("the check %s of %s is not in All", id, file)
	}
}

// What the catalogue calls judged has a check with the same reasons, and the
// other way round; exactly twelve scenes are not judged.
func TestCatalogueAndChecksAgree(t *testing.T) {
	ref := load(t)
	byID := map[string]checks.Check{}
	for _, c := range checks.All() {
		byID[string(c.ID)] = c
	}
	unjudged := 0
	for _, scene := range ref.Catalogue.Scenes {
		c, ok := byID[scene.ID]
		if ok != scene.Judged {
			t.Errorf("%s: judged %v, but a check: %v", scene.ID, scene.Judged, ok)
		}
		if !scene.Judged {
			unjudged++
			continue
		}
		if string(c.Level) != scene.Level {
			t.Errorf("%s: the check is of level %s, the scene of %s", scene.ID, c.Level, scene.Level)
		}
		var reasons []string
		for _, r := range c.Reasons {
			reasons = append(reasons, r.ID)
		}
		slices.Sort(reasons)
		if !slices.Equal(reasons, scene.ReasonIDs()) {
			t.Errorf("%s: the check's reasons are %v, the catalogue's %v", scene.ID, reasons, scene.ReasonIDs())
		}
		delete(byID, scene.ID)
	}
	if unjudged != 12 {
		t.Errorf("%d scenes are not judged, want 12", unjudged)
	}
	for id := range byID {
		t.Errorf("the check %s has no scene", id)
	}
}

// Every code that a rule or a fault may carry has words.
func TestCodesHaveWords(t *testing.T) {
	ref := load(t)
	has := func(group, code string) bool {
		return ref.Words.Of(group, code, "zh") != code && ref.Words.Of(group, code, "en") != code || ref.Words.Has(group, code)
	}
	need := func(where, code string, groups ...string) {
		if !slices.ContainsFunc(groups, func(g string) bool { return has(g, code) }) {
			t.Errorf("%s: the code %q has no words in %v", where, code, groups)
		}
	}
	notes := regexp.MustCompile(`Note\{(?:Code: )?"([a-z0-9-]+)"`)
	proofs := regexp.MustCompile(`What: "([a-z0-9-]+)"|registrationProof\("([a-z0-9-]+)"`)
	whys := regexp.MustCompile(`why[A-Z][a-z]+ += "([a-z-]+)"|return "", "([a-z-]+)"|Why[A-Z][a-z]+ = "([a-z-]+)"`)
	for _, s := range sources(t) {
		if s.dir != "checks" {
			continue
		}
		text, err := os.ReadFile(s.path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range notes.FindAllStringSubmatch(string(text), -1) {
			if !strings.HasSuffix(m[1], "-") {
				need(s.path, m[1], "why", "advice", "fault")
			}
		}
		for _, m := range proofs.FindAllStringSubmatch(string(text), -1) {
			need(s.path, m[1]+m[2], "proof")
		}
		for _, m := range whys.FindAllStringSubmatch(string(text), -1) {
			need(s.path, m[1]+m[2]+m[3], "why", "fault")
		}
	}
	for _, status := range []observe.HolderStatus{observe.HolderRedacted, observe.HolderProxy, observe.HolderAbsent} {
		need("the holder's status", "holder-"+string(status), "why")
	}
	for _, o := range checks.Outcomes() {
		need("the outcomes", string(o), "outcome")
	}
}

func load(t *testing.T) *reference.Set {
	t.Helper()
	ref, err := reference.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return ref
}
